// Dark, light or as the system; and which pair of colours means up and down. Kept in this browser.

const NEXT = { dark: "light", light: "system", system: "dark" };

export function chosenTheme() {
  return document.documentElement.dataset.chosenTheme || "dark";
}

export function setTheme(chosen) {
  const light = chosen === "light" || (chosen === "system" && matchMedia("(prefers-color-scheme: light)").matches);
  Object.assign(document.documentElement.dataset, { theme: light ? "light" : "dark", chosenTheme: chosen });
  keep("theme", chosen);
  document.dispatchEvent(new CustomEvent("theme"));
}

export const nextTheme = () => NEXT[chosenTheme()] ?? "dark";

export function setPair(pair) {
  if (pair) document.documentElement.dataset.pair = pair;
  else delete document.documentElement.dataset.pair;
  keep("pair", pair);
  document.dispatchEvent(new CustomEvent("theme"));
}

/** The value of a token as it is now: for what draws on a canvas. */
export const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

function keep(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // storage may be forbidden: then it lasts as long as the page
  }
}
