// The columns of the table of open orders.
export const COLUMNS = [
  { name: "Time" },
  { name: "Market" },
  { name: "Side" },
  { name: "Type" },
  { name: "Price", right: true },
  { name: "Size", right: true },
  { name: "Filled", right: true },
  { name: "State" },
  { name: "Action", right: true },
];
