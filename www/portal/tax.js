// Income tax of a resident individual below 60 for AY 2026-27, as ITR-1 has it: pure figures in, pure figures out.
// A demonstration: near enough to be believed, not a tool to file by. All amounts are whole rupees.

const SLABS = {
  old: [[250000, 0], [500000, 0.05], [1000000, 0.2], [Infinity, 0.3]],
  new: [[400000, 0], [800000, 0.05], [1200000, 0.1], [1600000, 0.15], [2000000, 0.2], [2400000, 0.25], [Infinity, 0.3]],
};
const REBATE = { old: { upTo: 500000, most: 12500 }, new: { upTo: 1200000, most: 60000 } };
const STANDARD_DEDUCTION = { old: 50000, new: 75000 };

/** Works out one return under "old" or "new". `figures` are the amounts of the form by the ids of its fields. */
export function assess(figures, regime) {
  const salary = salaryIncome(figures, regime);
  const house = houseIncome(figures, regime);
  const other = figures["savings-interest"] + figures["deposit-interest"] + figures.dividends + figures["other-income"];
  const gross = Math.max(0, salary + house + other);
  const d80tta = Math.min(figures["savings-interest"], 10000);
  const deductions = regime === "old" ? Math.min(gross, chapterSixA(figures) + d80tta) : 0;
  const income = toTen(gross - deductions);
  const tax = slabTax(income, SLABS[regime]);
  const rebate = rebate87A(income, tax, regime);
  const cess = Math.round((tax - rebate) * 0.04);
  const total = toTen(tax - rebate + cess);
  const paid = figures["tds-salary"] + figures["tds-other"] + figures["advance-tax"] + figures["self-tax"];
  return { standard: STANDARD_DEDUCTION[regime], salary, house, other, gross, d80tta, deductions, income, tax, rebate, cess, total, paid, refund: toTen(paid - total) };
}

function salaryIncome(figures, regime) {
  const exempt = regime === "old" ? figures["exempt-allowances"] + Math.min(figures["professional-tax"], 2500) : 0;
  return Math.max(0, figures["gross-salary"] - exempt - STANDARD_DEDUCTION[regime]);
}

function houseIncome(figures, regime) {
  const interest = figures["loan-interest"];
  if (figures.use === "none") return 0;
  if (figures.use === "self") return regime === "old" ? 0 - Math.min(interest, 200000) : 0;
  const net = Math.round(Math.max(0, figures.rent - figures["municipal-tax"]) * 0.7) - interest;
  // A loss can be set off against other income only in the old regime, and only so far.
  return Math.max(regime === "old" ? -200000 : 0, net);
}

function chapterSixA(figures) {
  return Math.min(figures.d80c, 150000)
    + Math.min(figures.d80ccd, 50000)
    + Math.min(figures.d80d, 25000)
    + Math.min(figures["d80d-parents"], figures.parentsSenior ? 50000 : 25000)
    + Math.round(figures.d80g / 2);
}

function slabTax(income, slabs) {
  let tax = 0;
  let from = 0;
  for (const [upTo, rate] of slabs) {
    tax += Math.max(0, Math.min(income, upTo) - from) * rate;
    from = upTo;
  }
  return Math.round(tax);
}

function rebate87A(income, tax, regime) {
  const { upTo, most } = REBATE[regime];
  if (income <= upTo) return Math.min(tax, most);
  // Marginal relief: a little more income must never cost more than itself.
  return regime === "new" ? Math.max(0, tax - (income - upTo)) : 0;
}

/** Sections 288A and 288B: to the nearest ten rupees. */
const toTen = (amount) => Math.round(amount / 10) * 10;
