// Makes and changes elements. Text is always text: nothing here reads HTML.

export const one = (selector, root = document) => root.querySelector(selector);
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];

/**
 * An element. Of `given`: `class`, `dataset` (object), `onclick` and other listeners, properties that are
 * booleans (`hidden`, `disabled`, `checked`), and attributes. Children: nodes, texts, null, arrays.
 */
export function el(tag, given = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) give(node, name, value);
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function give(node, name, value) {
  if (value === null || value === undefined) return;
  if (name === "class") node.className = value;
  else if (name === "dataset") Object.assign(node.dataset, value);
  else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else if (typeof value === "boolean" && name in node) node[name] = value;
  else node.setAttribute(name, String(value));
}

/** Touches the page only where the text differs. */
export function setText(node, text) {
  const wanted = String(text);
  if (node && node.textContent !== wanted) node.textContent = wanted;
}

/** Shows `children` in place of whatever `node` has. */
export function fill(node, ...children) {
  node.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
}

/**
 * Lets the children of `container` be one for each of `rows`, in that order: known ones are moved and updated,
 * so that focus and selection stay. `key(row)` is a text; `make(row)` gives an element, `update(element, row)`
 * changes it (called for new ones, too).
 */
export function keyed(container, rows, { key, make, update = () => {} }) {
  const known = new Map([...container.children].map((node) => [node.dataset.key, node]));
  const names = rows.map((row) => String(key(row)));
  const wanted = new Set(names);
  for (const [name, node] of known) if (!wanted.has(name)) node.remove(); // first, or every other one would be moved past it
  let place = container.firstElementChild;
  rows.forEach((row, number) => {
    const name = names[number];
    let node = known.get(name);
    if (!node) {
      node = make(row);
      node.dataset.key = name;
    }
    update(node, row);
    if (node === place) place = place.nextElementSibling;
    else container.insertBefore(node, place);
  });
}

/** What json_script wrote under this id, or null. */
export function given(id) {
  const node = document.getElementById(id);
  return node ? JSON.parse(node.textContent) : null;
}
