// Keeps the market's book up with the socket: goes on after a reconnect, begins anew after a gap.

import { house } from "../lib/socket.js";
import { bus } from "./bus.js";
import { market } from "./market.js";

const ASKED_AGAIN_MS = 5_000;

/** Gives how to stop. Who begins again goes on where the book stands. */
export function followBook() {
  const fields = { market: market.symbol };
  let timer = 0;
  const stop = house.subscribe("book", fields, take, { since: () => market.book.sequence ?? undefined });
  return () => {
    clearTimeout(timer);
    stop();
  };

  function take(frame) {
    if (frame.type === "refused") return refused();
    if (frame.type === "resync") return become("resync");
    const fit = market.book.apply(frame);
    if (fit === "gap") {
      become("resync");
      house.resubscribe("book", fields);
    } else if (fit === "next") become("live");
  }

  function refused() {
    become("refused");
    clearTimeout(timer);
    timer = setTimeout(() => house.resubscribe("book", fields), ASKED_AGAIN_MS);
  }
}

function become(state) {
  market.bookState = state;
  bus.emit("book", market);
}
