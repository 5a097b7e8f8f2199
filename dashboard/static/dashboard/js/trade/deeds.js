// Begins what a person does on the trade page: the account, the order form, the tabs and the keys.
import { one } from "../lib/dom.js";
import { account } from "./account.js";
import { connection } from "./connection.js";
import { OrderForm } from "./form.js";
import { bindKeys } from "./keyboard.js";
import { startTabs } from "./tabs.js";

const root = one("#order-form");
if (root) {
  const form = new OrderForm(root);
  form.fields.setSide("BUY");
  form.fields.setKind("LIMIT");
  const tabs = startTabs();
  bindKeys(form, tabs);
  connection.start();
  account.start(document.body.dataset.knowledge !== "nobody");
  form.show();
}
