// Time on a page: the house's clock, work at most so often, and work that rests while the page is hidden.

let offsetMs = 0;

/** The house's time in ms, as last heard. */
export const now = () => Date.now() + offsetMs;

/** Call with each time that the house tells. */
export function heardTime(houseMs) {
  const offset = houseMs - Date.now();
  // An answer that took long makes the house's clock look late: the largest offset heard is the truest.
  offsetMs = offsetMs === 0 ? offset : Math.max(offset, offsetMs - 5);
}

/** `fn` at the next frame, and not more often than `hz` times a second; many calls become one. */
export function atMost(hz, fn) {
  let lastMs = -Infinity;
  let isDue = false;
  const run = () => {
    isDue = false;
    lastMs = performance.now();
    fn();
  };
  return () => {
    if (isDue) return;
    isDue = true;
    const waitMs = Math.max(0, lastMs + 1000 / hz - performance.now());
    if (document.hidden) setTimeout(run, Math.max(waitMs, 1000));
    else if (waitMs > 0) setTimeout(() => requestAnimationFrame(run), waitMs);
    else requestAnimationFrame(run);
  };
}

/** `fn` now and each `ms`, not while the page is hidden, and at once when it is seen again. Gives how to end it. */
export function every(ms, fn) {
  let timer = 0;
  const turn = () => {
    clearTimeout(timer);
    timer = setTimeout(turn, ms);
    if (!document.hidden) fn();
  };
  const onSight = () => document.hidden || turn();
  document.addEventListener("visibilitychange", onSight);
  turn();
  return () => {
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", onSight);
  };
}

/** "3 s", "2 min", "5 h", "4 d" */
export function span(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}
