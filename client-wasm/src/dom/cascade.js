// The style sheets of a replica. All are adopted ones, in the order in which the page has them: ours
// first, so that its layer is weaker than any of the page's; then those of elements, in tree order;
// last the page's own adopted ones. A console that forbids inline styles so forbids none of them, and a
// text that many shadow trees have is parsed once.

// Texts that are kept beyond those in use.
const SPARE = 64;

export class Cascade {
  constructor() {
    this.base = "";
    this.clear();
  }

  clear() {
    // The text by element, or by root for what the page has adopted.
    this.owned = new Map();
    this.adopted = new Map();
    // For each root the sheets that it shows.
    this.shown = new Map();
    // For each document ours, and the sheets by their text: one of another document is refused.
    this.documents = new Map();
    this.dirty = false;
  }

  // What comes before all else.
  begin(text) {
    if (this.base === text) return;
    this.base = text;
    for (const { base } of this.documents.values()) base.replaceSync(text);
  }

  // A document or shadow root comes in.
  root(root) {
    this.show(root, []);
  }

  // The style sheet of an element; none if the text is empty.
  own(node, text) {
    if (text) this.owned.set(node, text);
    else this.owned.delete(node);
    this.dirty = true;
  }

  adopt(root, text) {
    if (text) this.adopted.set(root, text);
    else this.adopted.delete(root);
    this.dirty = true;
  }

  // Something was moved or taken away, and sheets with it perhaps.
  moved() {
    this.dirty ||= this.owned.size > 0 || this.documents.size > 1;
  }

  forget(node) {
    this.dirty = this.owned.delete(node) || this.dirty;
    this.adopted.delete(node);
    this.shown.delete(node);
  }

  // Puts all sheets where they belong by now.
  settle() {
    if (!this.dirty) return;
    this.dirty = false;
    const owners = new Map();
    for (const node of this.owned.keys()) {
      const root = node.getRootNode();
      if (root.adoptedStyleSheets === undefined) continue;
      const list = owners.get(root);
      if (list) list.push(node);
      else owners.set(root, [node]);
    }
    for (const root of new Set([...owners.keys(), ...this.adopted.keys(), ...this.shown.keys()])) {
      const nodes = owners.get(root) ?? [];
      nodes.sort((a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
      const texts = nodes.map((node) => this.owned.get(node));
      if (this.adopted.has(root)) texts.push(this.adopted.get(root));
      this.show(root, texts);
    }
    this.tidy();
  }

  show(root, texts) {
    const doc = root.ownerDocument ?? root;
    // In no page, for now.
    if (!doc.defaultView) return;
    const known = this.document(doc);
    const sheets = [known.base, ...texts.map((text) => sheetOf(known, text))];
    const before = this.shown.get(root);
    // A root that comes into another document has lost its sheets, too.
    const same = before?.length === sheets.length && root.adoptedStyleSheets.length === sheets.length &&
      sheets.every((sheet, i) => sheet === before[i]);
    if (same) return;
    root.adoptedStyleSheets = sheets;
    this.shown.set(root, sheets);
  }

  document(doc) {
    let known = this.documents.get(doc);
    if (!known) {
      const base = new doc.defaultView.CSSStyleSheet();
      base.replaceSync(this.base);
      this.documents.set(doc, known = { doc, base, sheets: new Map() });
    }
    return known;
  }

  tidy() {
    let kept = 0;
    for (const { sheets } of this.documents.values()) kept += sheets.size;
    if (kept <= SPARE + 2 * (this.owned.size + this.adopted.size)) return;
    const used = new Set([...this.shown.values()].flat());
    for (const [doc, { sheets }] of this.documents) {
      for (const [text, sheet] of sheets) if (!used.has(sheet)) sheets.delete(text);
      if (!doc.defaultView) this.documents.delete(doc);
    }
  }
}

function sheetOf({ doc, sheets }, text) {
  let sheet = sheets.get(text);
  if (!sheet) {
    sheet = new doc.defaultView.CSSStyleSheet();
    sheet.replaceSync(text);
    sheets.set(text, sheet);
  }
  return sheet;
}
