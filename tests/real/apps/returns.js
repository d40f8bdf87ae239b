// What all three apps show: some tax returns.

export const RETURNS = [
  { id: "r19", year: "2019–20", income: 641000, state: "Processed" },
  { id: "r20", year: "2020–21", income: 598000, state: "Processed" },
  { id: "r21", year: "2021–22", income: 702500, state: "Refund issued" },
  { id: "r22", year: "2022–23", income: 755000, state: "Under review" },
  { id: "r23", year: "2023–24", income: 810000, state: "Defective" },
  { id: "r24", year: "2024–25", income: 866400, state: "Draft" },
];

export const rupees = (amount) => `₹${amount.toLocaleString("en-IN")}`;

/** What a user would call the order in which the list stands. */
export const ORDERS = {
  newest: (a, b) => b.year.localeCompare(a.year),
  oldest: (a, b) => a.year.localeCompare(b.year),
  income: (a, b) => b.income - a.income,
};
