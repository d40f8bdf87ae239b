// The return: amounts recalculated at every change, draft kept for this tab, declaration before it is submitted.

import { el, toast } from "../portal.js";
import { grouped, inEveryLanguage, rupees, t } from "../i18n.js";
import { assess } from "../tax.js";

const DRAFT = "karpath.draft";
const MOST_BYTES = 5 * 1024 * 1024;

const form = document.getElementById("return");
const byId = (id) => document.getElementById(id);
const amounts = [...form.querySelectorAll("input.amount")];
const deductionFields = [...byId("deduction-fields").querySelectorAll("input")];
const declaration = byId("declaration");
const untouched = readForm();

restoreDraft();
inEveryLanguage(recalculate);

form.addEventListener("input", recalculate);
for (const input of amounts) {
  if (input.id !== "gross-salary") input.addEventListener("change", () => tidyAmount(input));
}

// The gross salary is a controlled input, as frameworks make them: what is typed is rewritten at once,
// and the caret stays behind the same digit.
byId("gross-salary").addEventListener("input", ({ target }) => {
  const digitsBefore = target.value.slice(0, target.selectionStart).replace(/\D/g, "").length;
  const next = grouped(amountOf(target));
  if (target.value === next) return;
  target.value = next;
  let caret = 0;
  for (let seen = 0; seen < digitsBefore && caret < next.length; caret++) if (/\d/.test(next[caret])) seen++;
  if (document.activeElement === target) target.setSelectionRange(caret, caret);
});

byId("form16").addEventListener("change", showFiles);
byId("save-draft").addEventListener("click", () => {
  sessionStorage.setItem(DRAFT, JSON.stringify(readForm()));
  toast(t("Draft saved at {time}", { time: new Date().toLocaleTimeString("en-IN", { hour: "2-digit", minute: "2-digit" }) }));
});
byId("discard-draft").addEventListener("click", () => {
  sessionStorage.removeItem(DRAFT);
  writeForm(untouched);
  recalculate();
  toast(t("Changes discarded"));
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const missing = [byId("checked-26as"), byId("foreign")].find((box) => !box.checked);
  byId("submit-error").hidden = !missing;
  if (missing) {
    byId("submit-error").textContent = t("Tick both statements before you submit.");
    missing.focus();
    return;
  }
  byId("declare").checked = false;
  byId("submit-return").disabled = true;
  declaration.showModal();
});
byId("declare").addEventListener("change", ({ target }) => (byId("submit-return").disabled = !target.checked));
byId("go-back").addEventListener("click", () => declaration.close());
declaration.addEventListener("close", () => {
  if (declaration.returnValue !== "submit") return;
  declaration.returnValue = "";
  sessionStorage.removeItem(DRAFT);
  byId("draft-state").textContent = t("Submitted");
  byId("draft-state").className = "tag good";
  byId("receipt").showModal();
});

function recalculate() {
  const regime = form.elements.regime.value;
  const figures = Object.fromEntries(amounts.map((input) => [input.id, amountOf(input)]));
  figures.use = byId("house-use").value;
  figures.parentsSenior = byId("parents-senior").checked;
  const both = { old: assess(figures, "old"), new: assess(figures, "new") };
  const result = both[regime];

  byId("let-out").hidden = figures.use !== "let";
  byId("loan-interest").disabled = figures.use === "none";
  byId("regime-note").hidden = regime === "old";
  for (const input of deductionFields) input.disabled = regime === "new";

  const shown = {
    "standard-deduction": result.standard, "salary-income": result.salary, "house-income": result.house,
    "other-income-total": result.other, "deductions-total": result.deductions, "paid-total": result.paid,
    "d80tta": regime === "old" ? result.d80tta : 0,
    "sum-gross": result.gross, "sum-deductions": result.deductions, "sum-income": result.income, "sum-tax": result.tax,
    "sum-rebate": result.rebate, "sum-cess": result.cess, "sum-total": result.total, "sum-paid": result.paid,
    "dialog-income": result.income, "dialog-total": result.total, "dialog-result": Math.abs(result.refund),
    "result-amount": Math.abs(result.refund), "old-total": both.old.total, "new-total": both.new.total,
  };
  for (const [id, amount] of Object.entries(shown)) put(byId(id), rupees(amount));

  const label = result.refund >= 0 ? t("Refund to you") : t("Tax still to pay");
  put(byId("result-label"), label);
  put(byId("dialog-result-label"), label);
  byId("result").classList.toggle("due", result.refund < 0);

  byId("limit").value = Math.min(figures.d80c, 150000);
  const most = Math.max(both.old.total, both.new.total, 1);
  byId("old-bar").value = both.old.total / most;
  byId("new-bar").value = both.new.total / most;
  put(byId("regime-advice"), advice(both));
}

function advice({ old, new: fresh }) {
  const saving = Math.abs(old.total - fresh.total);
  if (!saving) return t("Both regimes come to the same tax.");
  return old.total < fresh.total
    ? t("The old regime saves you {amount}.", { amount: rupees(saving) })
    : t("The new regime saves you {amount}.", { amount: rupees(saving) });
}

/** Writes a text only where it differs: what stands still needs no redrawing, here or anywhere it is mirrored. */
function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** The whole rupees typed into a field; ten digits are more than any return has. */
function amountOf(input) {
  return Number(input.value.replace(/\D/g, "").slice(0, 10));
}

function tidyAmount(input) {
  input.value = grouped(amountOf(input));
}

function showFiles() {
  const files = [...byId("form16").files];
  const tooBig = files.filter((file) => file.size > MOST_BYTES);
  byId("files").replaceChildren(...files.map((file) => el("li", {}, `${file.name} · ${grouped(Math.ceil(file.size / 1024))} KB`)));
  byId("file-error").hidden = !tooBig.length;
  byId("file-error").textContent = tooBig.length ? t("Too big: {names}", { names: tooBig.map((file) => file.name).join(", ") }) : "";
}

function fieldsOfDraft() {
  return [...form.elements].filter((field) => field.id && !field.readOnly && !["file", "submit", "button", "fieldset"].includes(field.type) || field.name === "regime");
}

function readForm() {
  return fieldsOfDraft().map((field) => (["checkbox", "radio"].includes(field.type) ? field.checked : field.value));
}

function writeForm(values) {
  fieldsOfDraft().forEach((field, at) => {
    if (["checkbox", "radio"].includes(field.type)) field.checked = values[at];
    else field.value = values[at];
  });
}

function restoreDraft() {
  const saved = sessionStorage.getItem(DRAFT);
  if (!saved) return;
  const values = JSON.parse(saved);
  // A draft of an older layout of the form would land in the wrong fields.
  if (values.length === untouched.length) writeForm(values);
}
