// What an element has that is no attribute, and whether it has changed: scripts set values, rules and
// scroll offsets without a trace.

import { Array, Map, Set, dom } from "./native.js";

const VALUE = 0, CHECKED = 1, INDETERMINATE = 2, SELECTED = 3, SCROLL = 4, TOP_LAYER = 5, SHEET = 6,
  ADOPTED = 7, SIZE = 8, STATE = 10, SCHEME = 13;

// Without a value they show a word of the browser's own.
const BUTTONS = new Set(["submit", "reset", "button"]);
const HTML = "http://www.w3.org/1999/xhtml";
const SIZED = new Set(["img", "canvas", "video", "audio", "frameset", "frame", "object", "embed", "applet"]);

export class States {
  constructor(sheets, pseudos, screen) {
    this.styles = sheets;
    this.pseudos = pseudos;
    this.screen = screen;
    // What was ever scrolled: asking all would lay the page out.
    this.scrolled = new Set();
  }

  // `note` hears of a node whose state has changed, `wake` that one may have.
  start(win, signal, note, wake) {
    this.win = win;
    this.doc = win.document;
    this.signal = signal;
    this.note = note;
    // One a document: not every engine measures in those of frames, too.
    this.resizes = new Map();
    signal.addEventListener("abort", () => {
      this.stopMeasuring();
      this.screen.stop();
    });
    this.pseudos.start(win, signal, wake);
    this.screen.start((feature) => this.answered(feature));
  }

  // Style sheets that ask the screen are to be asked again.
  answered(feature) {
    for (const node of this.sheets.keys()) this.note(node);
    for (const root of this.adopted.keys()) this.note(root);
    if (!feature.includes("color-scheme")) return;
    for (const doc of this.schemes.keys()) {
      for (const node of dom.querySelectorAll(doc, '[style*="color-scheme" i]')) this.note(node);
    }
  }

  // Some style sheet asks for these pseudo-classes.
  ask(words) {
    this.pseudos.ask(words);
  }

  stopMeasuring() {
    for (const resizes of this.resizes.values()) resizes.disconnect();
    this.resizes.clear();
  }

  measure(node) {
    const doc = dom.ownerDocument(node);
    const win = dom.defaultView(doc);
    if (!win) return;
    let resizes = this.resizes.get(doc);
    if (!resizes) {
      this.resizes.set(doc, resizes = new win.ResizeObserver((entries) => {
        for (const { target } of entries) this.note(target);
      }));
    }
    resizes.observe(node);
  }

  reset() {
    this.pseudos.reset();
    this.controls = new Map();
    this.sheets = new Map();
    this.adopted = new Map();
    this.schemes = new Map();
    this.stopMeasuring();
    this.sized = new Set();
  }

  forget(node) {
    this.controls.delete(node);
    this.sheets.delete(node);
    this.adopted.delete(node);
    this.schemes.delete(node);
    if (this.sized.delete(node)) for (const resizes of this.resizes.values()) resizes.unobserve(node);
    this.resizes.delete(node);
    this.scrolled.delete(node);
    this.pseudos.forget(node);
  }

  // Compares what leaves no trace with what it was when it was read.
  changed(mark) {
    for (const [node, was] of this.controls) if (stateOf(node) !== was) mark(node);
    for (const [node, was] of this.sheets) if (this.styles.state(node.sheet) !== was) mark(node);
    for (const [root, was] of this.adopted) if (this.styles.adoptedState(root) !== was) mark(root);
    for (const [doc, was] of this.schemes) if (schemeOf(doc) !== was) mark(doc);
    this.pseudos.changed(mark);
  }

  // `out.set(prop, value)` takes each state that there is.
  element(node, tag, isBlocked, out) {
    switch (tag) {
      case "input": {
        this.controls.set(node, stateOf(node));
        const { type } = node;
        if (type === "checkbox" || type === "radio") {
          if (node.checked) out.set(CHECKED, "1");
          if (node.indeterminate) out.set(INDETERMINATE, "1");
        } else if (type !== "file" && type !== "image" && (!BUTTONS.has(type) || dom.hasAttribute(node, "value"))) {
          out.set(VALUE, node.value);
        }
        break;
      }
      case "textarea":
        this.controls.set(node, stateOf(node));
        out.set(VALUE, node.value);
        break;
      case "select":
        this.controls.set(node, stateOf(node));
        if (node.selectedIndex < 0 && !node.multiple) out.set(INDETERMINATE, "1");
        break;
      case "option":
        if (node.selected) out.set(SELECTED, "1");
        break;
      case "dialog":
        if (is(node, ":modal")) out.set(TOP_LAYER, "modal");
        break;
      case "style":
      case "link":
        if (node.sheet) {
          this.sheets.set(node, this.styles.state(node.sheet));
          if (tag === "link") this.styles.fetchSource(node, this.signal, () => this.note(node));
          out.set(SHEET, this.styles.text(node.sheet));
        }
        break;
    }
    if (dom.hasAttribute(node, "popover") && is(node, ":popover-open")) out.set(TOP_LAYER, "popover");
    if (isBlocked || SIZED.has(tag)) this.size(node, out);
    const words = this.pseudos.of(node, tag);
    if (words) out.set(STATE, words);
    if (this.scrolled.has(node)) out.set(SCROLL, `${dom.scrollLeft(node)},${dom.scrollTop(node)}`);
  }

  size(node, out) {
    if (!this.sized.has(node)) this.measure(node);
    this.sized.add(node);
    const { width, height } = dom.namespaceURI(node) === HTML
      ? { width: dom.offsetWidth(node), height: dom.offsetHeight(node) }
      : dom.getBoundingClientRect(node);
    // What has no width is not seen, however high its line is.
    out.set(SIZE, width && height ? `${width},${height}` : "0,0");
  }

  // A document that is opened anew has lost its listeners: they come back when it is read again.
  reopened(doc) {
    this.pseudos.forget(doc);
    this.note(doc);
  }

  // Of a document or a shadow root.
  root(root, out) {
    this.pseudos.root(root);
    if (dom.nodeType(root) === 9) {
      const scheme = schemeOf(root);
      this.schemes.set(root, scheme);
      if (scheme) out.set(SCHEME, scheme);
    }
    this.adopted.set(root, this.styles.adoptedState(root));
    const adopted = dom.adoptedStyleSheets(root);
    if (adopted?.length) {
      out.set(ADOPTED, Array.from(adopted, (sheet) => this.styles.text(sheet)).join("\n"));
    }
    const win = dom.nodeType(root) === 9 ? dom.defaultView(root) : null;
    if (win && (win.scrollX || win.scrollY || this.scrolled.has(root))) {
      out.set(SCROLL, `${win.scrollX},${win.scrollY}`);
    }
  }

  // Scroll offsets set before the capture began. Reading one lays the element out, so this is done
  // in slices while the page is idle.
  findScrolled(doc = this.doc) {
    const walker = dom.createTreeWalker(doc, doc, 1);
    const idle = this.win.requestIdleCallback ?? ((f) => setTimeout(() => f({ timeRemaining: () => 4 }), 50));
    const slice = (deadline) => {
      if (this.signal.aborted) return;
      for (let i = 1; ; i++) {
        const node = walker.nextNode();
        if (!node) return;
        if ((dom.scrollTop(node) || dom.scrollLeft(node)) && node !== dom.scrollingElement(doc)) {
          this.scrolled.add(node);
          this.note(node);
        }
        if (i % 64 === 0 && deadline.timeRemaining() < 2) break;
      }
      idle.call(this.win, slice);
    };
    idle.call(this.win, slice);
  }
}

// The colour schemes that the page says it has, elsewhere than in its style sheets.
function schemeOf(doc) {
  const [meta] = dom.querySelectorAll(doc, 'head > meta[name="color-scheme" i]');
  return (meta && dom.getAttribute(meta, "content")) ?? "";
}

function is(node, selector) {
  try {
    return dom.matches(node, selector);
  } catch {
    return false;
  }
}

function stateOf(node) {
  if (node.localName === "select") {
    let state = node.options.length + ":";
    for (const option of node.selectedOptions) state += option.index + ",";
    return state;
  }
  const { type } = node;
  if (type === "checkbox" || type === "radio") return `${node.checked}${node.indeterminate}`;
  return node.value;
}
