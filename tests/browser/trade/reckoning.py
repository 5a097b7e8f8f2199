"""The order form's arithmetic, asked without a form: what is written, the market and the book go in."""

from typing import Any

from playwright.sync_api import Page

MARKET = {
    "symbol": "BTC-USDB",
    "status": "OPEN",
    "base_asset": "BTC",
    "quote_asset": "USDB",
    "base_decimals": 8,
    "quote_decimals": 8,
    "tick_size": "0.10",
    "lot_size": "0.00010",
    "min_notional": "1.00000000",
    "max_notional": "1000000.00000000",
    "max_open_orders": 3,
    "band_ppm": None,
    "reference_price": None,
}
WRITTEN = {
    "side": "BUY",
    "type": "LIMIT",
    "price": "",
    "trigger": "",
    "size": "",
    "unit": "base",
    "timeInForce": "GTC",
    "postOnly": False,
    "expires": "",
    "selfTrade": "EXPIRE_MAKER",
}
SCENE = {
    "maker": 1000,
    "taker": 2000,
    "bids": [["60000.00", "0.50000"], ["59999.50", "1.00000"]],
    "asks": [["60010.00", "0.20000"], ["60020.00", "1.00000"]],
    "base": "1.00000000",
    "quote": "10000.00000000",
    "last": "60005.00",
    "openOrders": 0,
    "atMs": 1_795_000_000_000,
}
_RECKON = """async ({market, written, scene}) => {
  const frame = document.querySelector('script[src*="js/frame.js"]').src;
  const load = (name) => import(frame.replace(/js\\/frame\\.js.*$/, `js/${name}.js`));
  const names = ["units", "ticket", "estimate", "judging", "summary"].map((name) => `trade/${name}`);
  const [units, ticket, figures, judging, summaries, {toAtoms}] =
    await Promise.all([...names, "lib/decimal"].map(load));
  const own = units.unitsOf(market);
  const level = ([price, lots]) =>
    ({ticks: toAtoms(price, own.priceDecimals), lots: toAtoms(lots, own.quantityDecimals)});
  const seen = {
    units: own, rates: {maker: BigInt(scene.maker), taker: BigInt(scene.taker)},
    bids: scene.bids.map(level), asks: scene.asks.map(level),
    free: {base: toAtoms(scene.base, 8), quote: toAtoms(scene.quote, 8)},
    last: scene.last === null ? null : toAtoms(scene.last, own.priceDecimals),
  };
  const read = ticket.readTicket(written, seen);
  const found = read.problems.length ? null : figures.estimate(read.ticket, seen);
  const rules = {facts: market, scene: seen, found, atMs: scene.atMs, openOrders: scene.openOrders};
  const answer = {
    ...read, found,
    judged: read.problems.length ? [] : judging.judge(read.ticket, rules),
    warnings: judging.warningsOf(read.ticket, {found, facts: market}),
    summary: summaries.summaryOf(read.ticket, found, seen, {base: "BTC", quote: "USDB"}),
    parts: [25, 50, 75, 100].map((part) => ticket.sizeOfPart(written, seen, part)),
    body: read.problems.length ? null : ticket.bodyOf(read.ticket, own, market.symbol, "mine"),
  };
  const plain = (_, value) => (typeof value === "bigint" ? value.toString() : value);
  return JSON.parse(JSON.stringify(answer, plain));
}"""


def reckon(page: Page, written: dict[str, Any], **scene: Any) -> Any:
    """`written` over an empty form. Of `scene`, `market` changes the market's facts."""
    market = MARKET | scene.pop("market", {})
    return page.evaluate(_RECKON, {"market": market, "written": WRITTEN | written, "scene": SCENE | scene})


def codes(answer: Any) -> list[str]:
    return [one["code"] for one in answer["judged"]]
