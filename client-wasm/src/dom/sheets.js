// Style sheets as text.

import { Array, WeakMap, dom, ofWindow, styleOf } from "./native.js";

export class Sheets {
  constructor(edits, alternates, registered) {
    this.edits = edits;
    this.alternates = alternates;
    this.registered = registered;
    // For each sheet its text as it was written, and what it was like then.
    this.sources = new WeakMap();
    // Numbers by which sheets are told from one another.
    this.numbers = new WeakMap();
    this.last = 0;
  }

  start(win, signal, wake) {
    this.edits.start(win, signal, wake);
    this.registered.start(wake);
    signal.addEventListener("abort", () => this.registered.stop());
  }

  // What tells whether a sheet has changed, with all that it imports: scripts change sheets without a trace.
  state(sheet) {
    if (!sheet) return "none";
    try {
      let state = `${this.number(sheet)} ${this.isOn(sheet)} ${sheet.media.mediaText} ${this.rulesState(sheet)}`;
      for (const rule of importing(sheet)) if (isImport(rule)) state += `\n(${this.state(rule.styleSheet)})`;
      return state;
    } catch {
      return "closed";
    }
  }

  // The same of its own rules.
  rulesState(sheet) {
    return `${sheet.cssRules.length} ${this.edits.of(sheet)}`;
  }

  forget(node) {
    if (dom.nodeType(node) === 9) this.registered.forget(node);
  }

  number(sheet) {
    let number = this.numbers.get(sheet);
    if (!number) this.numbers.set(sheet, number = ++this.last);
    return number;
  }

  isOn(sheet) {
    return !sheet.disabled && (!sheet.title || this.alternates.isOn(sheet));
  }

  // The same for the adopted sheets of a root, and the fonts and properties that scripts have added to
  // a document.
  adoptedState(root) {
    const sheets = Array.from(dom.adoptedStyleSheets(root) ?? [], (sheet) => this.state(sheet));
    return [...sheets, this.added(root)].join("\n");
  }

  added(root) {
    return dom.nodeType(root) === 9 ? this.registered.rules(root) + fontFaces(root) : "";
  }

  // The text of all of them; nothing if there is none.
  adopted(root) {
    const sheets = Array.from(dom.adoptedStyleSheets(root) ?? [], (sheet) => this.text(sheet));
    if (dom.nodeType(root) === 9) this.registered.watch(root);
    const text = [this.added(root), ...sheets].join("\n").trim();
    const doc = dom.ownerDocument(root) ?? root;
    return text && doc !== document ? baseRule(dom.baseURI(doc)) + text : text;
  }

  // A sheet's text, as it was written where that still holds: printing the rules loses what an
  // engine has not kept, as shorthands with a variable that a later longhand overrides.
  text(sheet) {
    if (!this.isOn(sheet)) return "";
    const { ownerNode } = sheet;
    if (ownerNode && dom.localName(ownerNode) === "style" && !this.sources.has(sheet)) this.keep(sheet, dom.textContent(ownerNode));
    const source = this.sources.get(sheet);
    const written = source && source.state === this.rulesState(sheet) ? source.text : "";
    let text;
    try {
      const print = (rule) => this.ruleText(rule);
      const first = importing(sheet);
      const imported = first.map(print).join("\n");
      const own = written.trim() ? written : Array.from(sheet.cssRules).slice(first.length).map(print).join("\n");
      text = imported + based(sheet, own, imported);
    } catch {
      return written;
    }
    const media = sheet.media?.mediaText;
    return media && text ? `@media ${media}{${text}}` : text;
  }

  // What a sheet was written as, if that is what it still is when it is first seen.
  keep(sheet, text) {
    const probe = new CSSStyleSheet();
    probe.replaceSync(text);
    const holds = this.edits.isLike(sheet, probe);
    this.sources.set(sheet, holds ? { text, state: this.rulesState(sheet) } : undefined);
  }

  ruleText(rule) {
    if (!isImport(rule)) return ownText(rule, (inner) => this.ruleText(inner));
    // Not there yet, or not to be had.
    if (!rule.styleSheet) return "";
    let text = this.text(rule.styleSheet);
    if (rule.supportsText) text = `@supports ${rule.supportsText}{${text}}`;
    if (typeof rule.layerName === "string") text = `@layer ${rule.layerName}{${text}}`;
    const media = rule.media?.mediaText;
    return media ? `@media ${media}{${text}}` : text;
  }

  // The text of a linked sheet of this origin; the browser has it in its cache.
  async fetchSource(link, signal, then) {
    const { sheet } = link;
    if (!sheet?.href || this.sources.has(sheet) || new URL(sheet.href).origin !== location.origin) return;
    this.sources.set(sheet, undefined);
    try {
      const answer = await fetch(sheet.href, { credentials: "same-origin", cache: "force-cache", signal });
      if (!answer.ok) return;
      this.keep(sheet, await answer.text());
      then();
    } catch {
      // The rules as the engine prints them have to do.
    }
  }
}

const isImport = (rule) => rule.styleSheet !== undefined;

// The rules up to the last import: only names of layers stand among those, and they say which comes first.
function importing(sheet) {
  let length = 0, i = 0;
  for (const rule of sheet.cssRules) {
    if (!isImport(rule) && !rule.nameList) break;
    i++;
    if (isImport(rule)) length = i;
  }
  return length ? Array.from(sheet.cssRules).slice(0, length) : [];
}

// What the addresses in a sheet are relative to is told in front of it: it is inlined elsewhere.
function based(sheet, text, imported) {
  const { href, ownerNode } = sheet;
  const other = imported || (ownerNode && ownerNode.ownerDocument !== document);
  return text && (href || other) ? baseRule(href ?? ownerNode?.baseURI ?? "") + text : text;
}

const baseRule = (address) => `@saath-base ${JSON.stringify(address)};`;

// A shorthand with a variable: some engines print its longhands, all of them empty.
function ownText(rule, inner) {
  const { cssText } = rule;
  if (!cssText.includes(": ;")) return cssText;
  const prelude = rule.selectorText ?? cssText.slice(0, cssText.indexOf("{"));
  const nested = rule.cssRules ? Array.from(rule.cssRules, inner).join("\n") : "";
  return `${prelude}{${rule.style ? declarations(rule.style) : ""}${nested}}`;
}

// Fonts that scripts have added, as rules. Where they come from is known only if `early.js` was there
// when they were made.
function fontFaces(root) {
  const sources = ofWindow(root, FONTS), fonts = sources && dom.fonts(root);
  if (!fonts) return "";
  let text = "";
  for (const face of fonts) {
    const source = sources.get(face);
    if (!source) continue;
    text += `@font-face{font-family:${face.family};src:${source};`;
    for (const [name, key, plain] of DESCRIPTORS) {
      if (face[key] && face[key] !== plain) text += `${name}:${face[key]};`;
    }
    text += "}";
  }
  return text;
}

const FONTS = Symbol.for("saath.fonts");
const DESCRIPTORS = [["font-style", "style", "normal"], ["font-weight", "weight", "normal"],
  ["font-stretch", "stretch", "normal"], ["unicode-range", "unicodeRange", "U+0-10FFFF"],
  ["font-feature-settings", "featureSettings", "normal"], ["font-display", "display", "auto"],
  ["ascent-override", "ascentOverride", "normal"], ["descent-override", "descentOverride", "normal"],
  ["line-gap-override", "lineGapOverride", "normal"]];

const SHORTHANDS = ["all", "animation", "background", "background-position", "border", "border-block",
  "border-block-color", "border-block-end", "border-block-start", "border-block-style", "border-block-width",
  "border-bottom", "border-color", "border-image", "border-inline", "border-inline-color",
  "border-inline-end", "border-inline-start", "border-inline-style", "border-inline-width", "border-left",
  "border-radius", "border-right", "border-style", "border-top", "border-width", "column-rule", "columns",
  "contain-intrinsic-size", "container", "flex", "flex-flow", "font", "font-variant", "gap", "grid",
  "grid-area", "grid-column", "grid-row", "grid-template", "inset", "inset-block", "inset-inline",
  "list-style", "margin", "margin-block", "margin-inline", "mask", "offset", "outline", "overflow",
  "overscroll-behavior", "padding", "padding-block", "padding-inline", "place-content", "place-items",
  "place-self", "scroll-margin", "scroll-padding", "text-decoration", "text-emphasis", "transition"];

function declarations(style) {
  let text = "";
  const write = (name) => {
    const value = style.getPropertyValue(name);
    const priority = style.getPropertyPriority(name);
    if (value) text += `${name}:${value}${priority && " !important"};`;
  };
  for (const name of SHORTHANDS) if (style.getPropertyValue(name).includes("var(")) write(name);
  for (const name of style) write(name);
  return text;
}

// A style attribute: what is in force of it, and what an address in a frame's is relative to. The
// policies of `strict` documents forbid it, and it says nothing, or not what is in force.
export function inlineStyle(node, strict) {
  const doc = dom.ownerDocument(node), style = styleOf(node);
  if (style?.length === 0) return "";
  const text = style && strict.has(doc) ? style.cssText : dom.getAttribute(node, "style") ?? "";
  return doc === document || !text.includes("(") ? text : baseRule(dom.baseURI(node)) + text;
}
