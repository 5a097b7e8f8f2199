// Brings a part of the page to what the server has just rendered, touching only what differs: focus, selection
// and what scripts have put in stay. Children are told apart by data-key; what is in a `data-mine` belongs to
// scripts, and so does a whole element that is `data-mine="own"`.

/** `html` is the server's own rendering. Scripts in it never run. */
export function morphInto(root, html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").body;
  morphChildren(root, fresh);
}

function morph(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  if ("mine" in old.dataset) return;
  morphAttributes(old, fresh);
  morphChildren(old, fresh);
}

function morphAttributes(old, fresh) {
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
}

function morphChildren(old, fresh) {
  const known = new Map();
  for (const child of old.children) if (child.dataset.key) known.set(child.dataset.key, child);
  let place = old.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    while (isOwn(place)) place = place.nextSibling;
    const kept = match(place, wanted, known);
    if (!kept) {
      old.insertBefore(document.importNode(wanted, true), place);
      continue;
    }
    if (kept === place) place = place.nextSibling;
    else old.insertBefore(kept, place);
    morph(kept, wanted);
  }
  while (place) {
    const next = place.nextSibling;
    if (!isOwn(place)) place.remove();
    place = next;
  }
}

/** The present node that `wanted` is about: by its key, else the one that stands in its place. */
function match(place, wanted, known) {
  const key = wanted.dataset?.key;
  if (key) {
    const found = known.get(key);
    known.delete(key);
    return found?.nodeName === wanted.nodeName ? found : null;
  }
  return place && place.nodeName === wanted.nodeName && !place.dataset?.key ? place : null;
}

const isOwn = (node) => node?.dataset?.mine === "own";
