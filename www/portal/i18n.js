// Words in the reader's language. English is written in the pages and is the key; hi.js holds the Hindi.
// Numbers inside a text are left out of the key: "AY 2026-27" is looked up as "AY #-#".

const STORE = "karpath.language";
const ATTRIBUTES = ["aria-label", "placeholder", "title", "alt"];
const originals = new WeakMap(); // Text or Element → the English it was written with
const listeners = new Set();
const pageTitle = document.title;

let hindi = {};
let language = document.documentElement.lang === "hi" ? "hi" : "en";
if (language === "hi") await loadHindi();

/** The language shown now: "en" or "hi". */
export const currentLanguage = () => language;

/** Calls `render` now and after each change of language. */
export function inEveryLanguage(render) {
  listeners.add(render);
  render();
}

/** `english` in the reader's language; `{name}` is filled in from `values`. */
export function t(english, values = {}) {
  const text = language === "hi" ? toHindi(english) : english;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** An amount in whole rupees with Indian grouping, without the sign: 1240500 → "12,40,500". */
export const grouped = (rupees) => new Intl.NumberFormat("en-IN", { maximumFractionDigits: 0 }).format(rupees);

/** An amount with the rupee sign. */
export const rupees = (amount) => `${amount < 0 ? "−" : ""}₹ ${grouped(Math.abs(amount))}`;

/** An ISO date ("2026-07-31") in the reader's language. */
export function date(iso, style = { day: "numeric", month: "long", year: "numeric" }) {
  return new Intl.DateTimeFormat(`${language}-IN`, { ...style, timeZone: "UTC" }).format(new Date(`${iso}T00:00Z`));
}

export async function setLanguage(next) {
  if (next === language) return;
  if (next === "hi") await loadHindi();
  language = next;
  document.documentElement.lang = next;
  try {
    localStorage.setItem(STORE, next);
  } catch {
    // Not remembered, then.
  }
  translatePage();
  for (const render of listeners) render();
}

/** Puts what is written in the page itself into the reader's language. */
export function translatePage() {
  document.title = t(pageTitle);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT, (text) =>
    text.data.trim() && !text.parentElement.closest("[translate=no], script, style, time, textarea")
      ? NodeFilter.FILTER_ACCEPT
      : NodeFilter.FILTER_REJECT);
  while (walker.nextNode()) translateText(walker.currentNode);
  for (const name of ATTRIBUTES) {
    for (const element of document.querySelectorAll(`[${name}]:not([translate=no])`)) translateAttribute(element, name);
  }
  for (const time of document.querySelectorAll("time[datetime]:not([translate=no])")) {
    time.textContent = date(time.dateTime);
  }
}

function translateText(text) {
  let english = originals.get(text);
  // A text that a script has rewritten since is new English, or already translated: either way a new original.
  if (!english || (text.data !== english && text.data !== padded(english, toHindi(squeezed(english))))) {
    english = text.data;
    originals.set(text, english);
  }
  const wanted = language === "hi" ? padded(english, toHindi(squeezed(english))) : english;
  if (text.data !== wanted) text.data = wanted;
}

function translateAttribute(element, name) {
  const known = originals.get(element) ?? {};
  known[name] ??= element.getAttribute(name);
  originals.set(element, known);
  const wanted = t(known[name]);
  if (element.getAttribute(name) !== wanted) element.setAttribute(name, wanted);
}

const squeezed = (text) => text.trim().replace(/\s+/g, " ");
const padded = (old, text) => old.match(/^\s*/)[0] + text + old.match(/\s*$/)[0];

function toHindi(english) {
  if (hindi[english]) return hindi[english];
  const numbers = english.match(/\d[\d,.]*\d|\d/g) ?? [];
  const pattern = hindi[english.replace(/\d[\d,.]*\d|\d/g, "#")];
  let next = 0;
  return pattern ? pattern.replace(/#/g, () => numbers[next++] ?? "") : english;
}

async function loadHindi() {
  hindi = (await import("./hi.js")).default;
}
