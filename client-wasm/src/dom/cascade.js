// The style sheets of a replica. All are adopted ones, in the order in which the page has them: ours
// first, so that its layer is weaker than any of the page's; then those of elements, in tree order;
// last the page's own adopted ones. No policy of a console takes one away, and a text that many shadow
// trees have is parsed once.

import { adopt, dom } from "./native.js";

// Weaker than any style of the page: the first layer of all.
const BASE = `@layer saath {
  saath-gap { display: none }
  saath-box, saath-canvas, saath-video, saath-audio, saath-object, saath-embed, saath-applet {
    display: inline-block; vertical-align: baseline; overflow: hidden
  }
  saath-video { object-fit: contain }
  saath-object:not([data-saath-sized]) { display: inline; overflow: visible }
  [data-saath-label]:not([data-saath-picture])::after {
    content: attr(data-saath-label); position: absolute; padding: 2px 4px; font: 11px sans-serif; color: #5b6575
  }
  saath-box, [data-saath-label]:not([data-saath-picture]), [data-saath-withheld="blocked"],
  img[src^="data:image/gif"] {
    background: repeating-linear-gradient(45deg, #8a94a61f 0 8px, #8a94a638 8px 16px)
  }
  [data-saath-withheld="masked"] {
    background-image: repeating-linear-gradient(45deg, #1f4b991f 0 6px, transparent 6px 12px)
  }
  [data-saath-picker] { outline: 3px solid #1f4b99 !important; outline-offset: 2px !important }
  /* Where the customer has scrolled to is told; nothing is to move it from there. */
  * { overflow-anchor: none !important; scroll-snap-type: none !important }
  /* As a browser has what fills its screen, and nothing of what popovers have. */
  [data-saath-fullscreen] {
    border: 0; padding: 0; color: inherit; background: none; overflow: visible; object-fit: contain;
    position: fixed !important; inset: 0 !important; margin: 0 !important; box-sizing: border-box !important;
    width: 100% !important; height: 100% !important; min-width: 0 !important; max-width: none !important;
    min-height: 0 !important; max-height: none !important; transform: none !important
  }
  [data-saath-fullscreen]::backdrop { background: black }
  /* The customer's transitions are played; none begins here. */
  * { transition: none !important }
  ::before { transition: none !important }
  ::after { transition: none !important }
  ::backdrop { transition: none !important }
  :focus-visible:not([data-saath-state~="focus-visible"]) { outline: none }
  [data-saath-state~="focus-visible"] { outline: auto 1px; outline: auto 1px -webkit-focus-ring-color }
  @supports (outline-color: -webkit-focus-ring-color) and (not (-webkit-nbsp-mode: space)) {
    :any-link[data-saath-state~="focus-visible"] { outline-offset: 1px }
    svg a:any-link[data-saath-state~="focus-visible"] { outline: auto 5px -webkit-focus-ring-color; outline-offset: 0 }
    :is([type="checkbox" i], [type="radio" i])[data-saath-state~="focus-visible"] { outline-offset: 2px }
  }
  /* As WebKit has it. */
  @supports (-webkit-nbsp-mode: space) {
    [data-saath-state~="focus-visible"] { outline: auto 5px -webkit-focus-ring-color }
    :is(html, body, input[readonly], embed, iframe, object)[data-saath-state~="focus-visible"] { outline: none }
    :is(input, textarea, select)[data-saath-state~="focus"] { outline-offset: -2px }
    input:is([type="button" i], [type="checkbox" i], [type="file" i], [type="image" i], [type="radio" i], [type="reset" i],
      [type="search" i], [type="submit" i])[data-saath-state~="focus"] { outline-offset: 0 }
  }
  [data-saath-state~="focus-visible"]::-webkit-inner-spin-button { opacity: 1 }
  :is(button, [type="button"], [type="submit"], [type="reset"])[data-saath-state~="active"] { border-style: inset }
  [data-saath-state~="-webkit-autofill"] {
    background: light-dark(#e8f0fe, #465a7e66) !important;
    color: fieldtext !important
  }
}`;

const NO_SCROLLBARS = "@layer saath { * { scrollbar-width: none !important } }";
// Texts that are kept beyond those in use.
const SPARE = 64;

export class Cascade {
  constructor(looks) {
    this.looks = looks;
  }

  start(assets) {
    this.assets = assets;
    this.hides = false;
    this.clear();
  }

  // A page begins.
  clear() {
    // By element, or by root for what the page has adopted: the text as it came, and with the addresses
    // of the assets that are here.
    this.owned = new Map();
    this.adopted = new Map();
    // For each root the sheets that it shows.
    this.shown = new Map();
    // For each document ours, and the sheets by their text: one of another document is refused.
    this.documents = new Map();
    // The colour scheme that a document says it has.
    this.schemes = new Map();
    this.dirty = false;
  }

  // A document or shadow root begins.
  root(root) {
    this.forget(root);
    this.show(root, []);
  }

  // The style sheet of an element; none if there is no text.
  own(node, text) {
    this.put(this.owned, node, text);
  }

  adopt(root, text) {
    this.put(this.adopted, root, text);
  }

  put(map, node, text) {
    this.dirty = true;
    if (text) map.set(node, { text, shown: this.assets.style(node, text) });
    else map.delete(node);
  }

  scheme(doc, value) {
    this.schemes.set(doc, value);
    this.renew();
  }

  // Elements have other states by now, or other styles.
  look() {
    if (this.looks.settle()) this.renew();
  }

  hideScrollbars(hide) {
    if (this.hides === hide) return;
    this.hides = hide;
    this.renew();
  }

  // An asset that a node's styles name has come, or cannot be had.
  redraw(node) {
    for (const map of [this.owned, this.adopted]) if (map.has(node)) this.put(map, node, map.get(node).text);
  }

  // Something was moved, and sheets with it perhaps; or a shadow root into another document.
  moved() {
    this.dirty ||= this.owned.size > 0 || this.documents.size > 1;
  }

  // The number has another document, with all that was in the old one.
  replace(was, doc) {
    const adopted = this.adopted.get(was);
    if (adopted) this.adopt(doc, adopted.text);
    this.scheme(doc, this.schemes.get(was));
    this.forget(was);
  }

  forget(node) {
    this.dirty = this.owned.delete(node) || this.dirty;
    this.adopted.delete(node);
    this.shown.delete(node);
    this.schemes.delete(node);
  }

  // Puts all sheets where they belong by now.
  settle() {
    if (!this.dirty) return;
    this.dirty = false;
    const owners = new Map();
    for (const node of this.owned.keys()) {
      const root = dom.getRootNode(node);
      if (!this.shown.has(root)) continue;
      const list = owners.get(root);
      if (list) list.push(node);
      else owners.set(root, [node]);
    }
    for (const root of this.shown.keys()) {
      const nodes = owners.get(root) ?? [];
      // They are nearly always in order.
      nodes.sort((a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
      const texts = nodes.map((node) => this.owned.get(node).shown);
      if (this.adopted.has(root)) texts.push(this.adopted.get(root).shown);
      this.show(root, texts);
    }
    this.tidy();
  }

  show(root, texts) {
    const doc = dom.nodeType(root) === 9 ? root : dom.ownerDocument(root);
    const before = this.shown.get(root);
    if (!before) this.shown.set(root, []);
    // In no page, for now.
    if (!dom.defaultView(doc)) return;
    const known = this.document(doc);
    const sheets = [known.base, ...texts.map((text) => sheetOf(known, text))];
    // A root that comes into another document has lost its sheets.
    const isSame = dom.adoptedStyleSheets(root).length === sheets.length && before?.length === sheets.length &&
      sheets.every((sheet, i) => sheet === before[i]);
    if (isSame) return;
    adopt(root, sheets);
    this.shown.set(root, sheets);
  }

  document(doc) {
    let known = this.documents.get(doc);
    if (!known) {
      const base = new (dom.defaultView(doc).CSSStyleSheet)();
      base.replaceSync(this.base(doc));
      this.documents.set(doc, known = { doc, base, sheets: new Map() });
    }
    return known;
  }

  renew() {
    for (const { doc, base } of this.documents.values()) base.replaceSync(this.base(doc));
  }

  // What a document looks like before any style of the page.
  base(doc) {
    const scheme = this.schemes.get(doc);
    return BASE + this.looks.rules() + (scheme ? `@layer saath { :root { color-scheme: ${scheme} } }` : "") + (this.hides ? NO_SCROLLBARS : "");
  }

  // Lets go of documents that are gone, and of texts that nobody has any more.
  tidy() {
    let kept = 0;
    for (const { doc, sheets } of this.documents.values()) {
      if (dom.defaultView(doc)) kept += sheets.size;
      else this.documents.delete(doc);
    }
    if (kept <= SPARE + 2 * (this.owned.size + this.adopted.size)) return;
    const used = new Set([...this.shown.values()].flat());
    for (const { sheets } of this.documents.values()) {
      for (const [text, sheet] of sheets) if (!used.has(sheet)) sheets.delete(text);
    }
  }
}

function sheetOf({ doc, sheets }, text) {
  let sheet = sheets.get(text);
  if (!sheet) {
    sheet = new (dom.defaultView(doc).CSSStyleSheet)();
    sheet.replaceSync(text);
    sheets.set(text, sheet);
  }
  return sheet;
}
