// The table of past returns: sorting, filtering and one row of details under each.

import { el, icon, toast } from "../portal.js";
import { date, inEveryLanguage, rupees, t } from "../i18n.js";

const STATUS = {
  processing: ["Being processed", "wait"],
  refunded: ["Refund paid", "good"],
  settled: ["Nothing due", "good"],
  revised: ["Replaced by a revision", ""],
  demand: ["Tax still due", "bad"],
};

// balance: refund above zero, tax due below.
const RETURNS = [
  { year: "2025-26", form: "ITR-1", filed: "2025-07-19", number: "318264750190725", income: 792340, tax: 84910, balance: 18420, status: "processing" },
  { year: "2024-25", form: "ITR-1", filed: "2024-07-24", number: "274915603240724", income: 731880, tax: 73150, balance: 9640, status: "refunded" },
  { year: "2023-24", form: "ITR-2", filed: "2023-11-30", number: "690372184301123", income: 668410, tax: 60780, balance: -2310, status: "demand" },
  { year: "2023-24", form: "ITR-1", filed: "2023-07-29", number: "157830642290723", income: 655900, tax: 58120, balance: 0, status: "revised" },
  { year: "2022-23", form: "ITR-1", filed: "2022-07-21", number: "402618953210722", income: 611250, tax: 52340, balance: 4180, status: "refunded" },
  { year: "2021-22", form: "ITR-1", filed: "2021-12-18", number: "835702461181221", income: 548700, tax: 41600, balance: 0, status: "settled" },
  { year: "2020-21", form: "ITR-1", filed: "2020-11-27", number: "561094738271120", income: 512360, tax: 35070, balance: 6250, status: "refunded" },
  { year: "2019-20", form: "ITR-1", filed: "2019-08-23", number: "920473615230819", income: 486900, tax: 0, balance: 11830, status: "refunded" },
  { year: "2018-19", form: "ITR-1", filed: "2018-07-28", number: "743158206280718", income: 458120, tax: 10600, balance: 0, status: "settled" },
  { year: "2017-18", form: "ITR-1", filed: "2017-08-02", number: "286507914020817", income: 421340, tax: 17840, balance: 1520, status: "refunded" },
  { year: "2016-17", form: "ITR-2A", filed: "2016-07-30", number: "614893027300716", income: 396750, tax: 14940, balance: 0, status: "settled" },
  { year: "2015-16", form: "ITR-1", filed: "2015-08-29", number: "370256891290815", income: 352480, tax: 10550, balance: 2290, status: "refunded" },
  { year: "2014-15", form: "ITR-1", filed: "2014-07-31", number: "509741382310714", income: 318900, tax: 7100, balance: 0, status: "settled" },
  { year: "2013-14", form: "ITR-1", filed: "2013-07-27", number: "128460579270713", income: 284610, tax: 6650, balance: 870, status: "refunded" },
];

const ARROW = "M12 5v14M6 11l6-6 6 6";
const CHEVRON = "M6 9l6 6 6-6";

const table = document.getElementById("returns");
const filter = document.getElementById("filter");
const statusFilter = document.getElementById("status-filter");
const open = new Set();
let order = { key: "year", down: true };

for (const button of table.querySelectorAll(".sort")) {
  button.append(icon(ARROW, 14));
  button.addEventListener("click", () => {
    order = { key: button.value, down: order.key === button.value ? !order.down : false };
    sortRows();
  });
}
filter.addEventListener("input", show);
statusFilter.addEventListener("change", show);
inEveryLanguage(() => {
  table.tBodies[0].replaceChildren(...RETURNS.flatMap(rowsOf));
  sortRows();
  show();
});

/** The two table rows of one return: the line, and its details. */
function rowsOf(entry) {
  const [label, tone] = STATUS[entry.status];
  const isOpen = open.has(entry.number);
  const id = `details-${RETURNS.indexOf(entry)}`;
  const button = el("button", { class: isOpen ? "open-row on" : "open-row", type: "button", "aria-expanded": String(isOpen), "aria-controls": id, "aria-label": t("Details of {year}", { year: entry.year }) }, icon(CHEVRON, 20));
  const line = el("tr", { class: "main-row" },
    el("td", { class: "num" }, entry.year),
    el("td", { class: "only-wide" }, entry.form),
    el("td", { class: "num only-wide" }, date(entry.filed, { day: "numeric", month: "short", year: "numeric" })),
    el("td", { class: "num right only-wide" }, rupees(entry.income)),
    el("td", { class: "num right" }, entry.balance ? rupees(entry.balance) : "–"),
    el("td", {}, el("span", { class: `tag ${tone}`.trim() }, t(label))),
    el("td", { class: "right" }, button));
  const detail = el("tr", { class: "detail", id, hidden: !isOpen }, el("td", { colspan: 7 },
    el("dl", { class: "detail-grid" },
      fact("Acknowledgement number", entry.number, { class: "num acknowledgement", "data-saath-mask": "" }),
      fact("Form", entry.form),
      fact("Filed on", date(entry.filed)),
      fact("Total income", rupees(entry.income), { class: "num" }),
      fact("Tax for the year", rupees(entry.tax), { class: "num" }),
      fact(entry.balance < 0 ? "Tax due" : "Refund", rupees(Math.abs(entry.balance)), { class: "num" })),
    el("div", { class: "actions" },
      el("button", { class: "btn tight", type: "button", onclick: () => toast(t("The receipt for {year} is on its way to your e-mail.", { year: entry.year })) }, t("E-mail the receipt")))));
  button.addEventListener("click", () => {
    detail.hidden = !detail.hidden;
    if (detail.hidden) open.delete(entry.number);
    else open.add(entry.number);
    button.classList.toggle("on", !detail.hidden);
    button.setAttribute("aria-expanded", String(!detail.hidden));
  });
  entry.rows = [line, detail];
  return entry.rows;
}

function fact(label, value, properties = {}) {
  return el("div", {}, el("dt", {}, t(label)), el("dd", properties, value));
}

/** Moves the rows there are; nothing is built anew. */
function sortRows() {
  const value = (entry) => (order.key === "status" ? t(STATUS[entry.status][0]) : entry[order.key]);
  const sign = order.down ? -1 : 1;
  const sorted = [...RETURNS].sort((a, b) => sign * (value(a) > value(b) ? 1 : value(a) < value(b) ? -1 : 0));
  table.tBodies[0].append(...sorted.flatMap((entry) => entry.rows));
  for (const button of table.querySelectorAll(".sort")) {
    const mine = button.value === order.key;
    button.classList.toggle("up", mine && !order.down);
    button.classList.toggle("down", mine && order.down);
    if (mine) button.closest("th").setAttribute("aria-sort", order.down ? "descending" : "ascending");
    else button.closest("th").removeAttribute("aria-sort");
  }
}

function show() {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const entry of RETURNS) {
    const text = `${entry.year} ${entry.form} ${STATUS[entry.status][0]} ${t(STATUS[entry.status][0])} ${date(entry.filed)}`.toLowerCase();
    const fits = words.every((word) => text.includes(word)) && (!statusFilter.value || statusFilter.value === entry.status);
    entry.rows[0].hidden = !fits;
    entry.rows[1].hidden = !fits || !open.has(entry.number);
    shown += fits;
  }
  document.getElementById("no-returns").hidden = shown > 0;
  document.getElementById("count").textContent = t("{shown} of {all} returns", { shown, all: RETURNS.length });
}
