// What the parts of the trade page tell each other. Nobody here knows who listens.
//
// "price" text: a price was chosen, as in the book · "quantity" text: how much of the base stands up to it ·
// "side" "BUY" or "SELL": a side was chosen outside of the form · "market" the market: its facts, status or ticker
// changed · "book" the market: its book changed · "order", "fill", "balances": by whoever keeps the account ·
// "standing" {state, words, sinceMs}: whether what is shown is live · "view" name: which part a narrow page shows

const listeners = new Map();

/** Gives how to stop listening. */
export function on(name, listener) {
  if (!listeners.has(name)) listeners.set(name, new Set());
  listeners.get(name).add(listener);
  return () => listeners.get(name).delete(listener);
}

/** One listener that fails takes nothing from the others. */
export function emit(name, value) {
  for (const listener of listeners.get(name) ?? []) {
    try {
      listener(value);
    } catch (error) {
      console.error(`a listener of ${name} failed`, error);
    }
  }
}

export const bus = { on, emit };
