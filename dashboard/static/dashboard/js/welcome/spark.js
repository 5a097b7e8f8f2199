// A small line of prices without axes.

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 400;
const HEIGHT = 96;
const EDGE = 6;

/** Of approximate numbers, oldest first: only a shape. Fewer than two make none. */
export function spark(values) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({ viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", class: "spark", "aria-hidden": "true" })) {
    svg.setAttribute(name, value);
  }
  if (values.length > 1) {
    const line = points(values).join("L");
    svg.append(path(`M${line}L${WIDTH} ${HEIGHT}L0 ${HEIGHT}z`, "area"), path(`M${line}`, ""));
  }
  return svg;
}

function points(values) {
  const low = Math.min(...values);
  const span = Math.max(...values) - low || 1;
  return values.map((value, place) => {
    const x = (place / (values.length - 1)) * WIDTH;
    const y = HEIGHT - EDGE - ((value - low) / span) * (HEIGHT - 2 * EDGE);
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  });
}

function path(d, kind) {
  const node = document.createElementNS(SVG, "path");
  node.setAttribute("d", d);
  if (kind) node.setAttribute("class", kind);
  return node;
}
