// What a real JSON Schema validator says of each policy of a table: `node schema.mjs HOME SCHEMA TABLE`,
// where HOME has what package.json asks for.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [home, schema, table] = process.argv.slice(2);
const { default: Ajv } = createRequire(`${home}/`)("ajv/dist/2020.js");

const isGood = new Ajv({ strict: true, allErrors: true }).compile(JSON.parse(readFileSync(schema)));
const rows = readFileSync(table, "utf8").trim().split("\n\n").slice(1);
let wrong = 0;
for (const row of rows) {
  const [verdict, ...json] = row.split("\n");
  const expected = verdict === "good";
  if (isGood(JSON.parse(json.join("\n"))) === expected) continue;
  wrong++;
  console.error(`the schema says ${expected ? "bad" : "good"} of\n${json.join("\n")}`, isGood.errors ?? "");
}
console.log(`${rows.length - wrong} of ${rows.length} policies: the schema says what the reader says`);
process.exit(wrong || rows.length < 40 ? 1 : 0);
