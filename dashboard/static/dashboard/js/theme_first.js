// Sets the chosen theme before the first paint. A classic script, because modules run too late for that.
(function () {
  let chosen = "dark";
  let pair = "";
  try {
    chosen = localStorage.getItem("theme") || "dark";
    pair = localStorage.getItem("pair") || "";
  } catch {
    // storage may be forbidden: then the page is dark
  }
  const light = chosen === "light" || (chosen === "system" && matchMedia("(prefers-color-scheme: light)").matches);
  document.documentElement.dataset.theme = light ? "light" : "dark";
  document.documentElement.dataset.chosenTheme = chosen;
  if (pair) document.documentElement.dataset.pair = pair;
})();
