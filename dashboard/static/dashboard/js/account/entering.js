// Forms that the server reads: sent once however often the button is pressed, with passwords that can be looked at.

import { all, el, one } from "../lib/dom.js";

for (const form of all("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    one('button[type="submit"]', form)?.classList.add("is-sending");
  });
}

// A page that the browser kept (back button) can be sent again.
addEventListener("pageshow", () => {
  for (const form of all("form[data-once]")) {
    delete form.dataset.sent;
    one(".is-sending", form)?.classList.remove("is-sending");
  }
});

for (const field of all('input[type="password"]')) {
  const button = el("button", { type: "button", class: "button quiet", "aria-pressed": "false", onclick: () => turn() }, "Show");
  const box = el("div", { class: "with-show" });
  field.replaceWith(box);
  box.append(field, button);
  if (field.autofocus) field.focus();
  const label = one(`label[for="${field.id}"]`)?.textContent ?? "password";
  button.setAttribute("aria-label", `Show: ${label}`);

  function turn() {
    const isShown = field.type === "password";
    field.type = isShown ? "text" : "password";
    button.setAttribute("aria-pressed", String(isShown));
    button.textContent = isShown ? "Hide" : "Show";
    button.setAttribute("aria-label", `${isShown ? "Hide" : "Show"}: ${label}`);
  }
}
