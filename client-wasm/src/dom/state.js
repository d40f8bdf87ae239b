// What an element has that is no attribute, and whether it has changed: scripts set values, rules and
// scroll offsets without a trace.

import { Array, IS_WEBKIT, Map, Set, dom, fields, observer } from "./native.js";
import { fallsBack } from "./pictures.js";

const { input, textarea } = fields;
// Asked of each field each time.
const { checked, indeterminate, type: typeOf, value: valueOf } = input;
const { options, selectedOptions } = fields.select, { index } = fields.option;

const VALUE = 0, CHECKED = 1, INDETERMINATE = 2, SELECTED = 3, SCROLL = 4, SHEET = 6,
  ADOPTED = 7, SIZE = 8, MADE_FOR = 9, STATE = 10, SCHEME = 13;

// Without a value they show a word of the browser's own.
const BUTTONS = new Set(["submit", "reset", "button"]);
const HTML = "http://www.w3.org/1999/xhtml";
const SIZED = new Set(["img", "canvas", "video", "audio", "frameset", "frame", "object", "embed", "applet"]);

// How many sheets are compared in a turn.
const SHEETS = 64;

export class States {
  constructor(sheets, pseudos, screen, motion, layers, selected, waits, pictures, slots) {
    this.styles = sheets;
    this.pseudos = pseudos;
    this.screen = screen;
    this.motion = motion;
    this.layers = layers;
    this.selected = selected;
    this.waits = waits;
    this.pictures = pictures;
    this.slots = slots;
    // What was ever scrolled: asking all would lay the page out.
    this.scrolled = new Set();
  }

  // `note` hears of a node whose state has changed, `wake` that one may have; `id` tells
  // the number of a node.
  start(win, signal, note, wake, id) {
    this.win = win;
    this.doc = win.document;
    this.signal = signal;
    this.note = note;
    this.styles.start(win, signal, wake);
    this.motion.start(signal, wake);
    this.layers.start(signal, note, id);
    this.selected.start(signal, wake, id);
    this.slots.start(signal, wake, id);
    // One a document: not every engine measures in those of frames, too.
    this.resizes = new Map();
    signal.addEventListener("abort", () => {
      this.stopMeasuring();
      this.screen.stop();
    });
    this.pseudos.start(win, signal, wake);
    this.pictures.start(win, signal, note);
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

  // Style sheets ask more of these attributes by now. The names are in lower case; those in a drawing
  // need not be, and not every engine folds them in a selector.
  noteAttributes(names) {
    const selector = `${names.map((name) => `[*|${CSS.escape(name)}]`)},svg,svg *`;
    for (const root of this.adopted.keys()) {
      for (const node of dom.querySelectorAll(root, selector)) this.note(node);
    }
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
      const heard = (entries) => {
        for (const { target } of entries) this.note(target);
      };
      this.resizes.set(doc, resizes = observer(win, "ResizeObserver", heard));
    }
    resizes.observe(node);
  }

  reset() {
    this.pseudos.reset();
    this.controls = new Map();
    this.sheets = new Map();
    this.round = this.sheets.entries();
    this.adopted = new Map();
    this.schemes = new Map();
    this.stopMeasuring();
    this.sized = new Set();
    this.motion.reset();
    this.layers.reset();
    this.selected.reset();
    this.slots.reset();
    this.pictures.reset();
  }

  forget(node) {
    this.pictures.forget(node);
    this.controls.delete(node);
    this.sheets.delete(node);
    this.adopted.delete(node);
    this.schemes.delete(node);
    if (this.sized.delete(node)) for (const resizes of this.resizes.values()) resizes.unobserve(node);
    this.resizes.delete(node);
    this.scrolled.delete(node);
    this.pseudos.forget(node);
    this.styles.forget(node);
    this.motion.forget(node);
    this.layers.forget(node);
    this.selected.forget(node);
    this.slots.forget(node);
  }

  // Compares what leaves no trace with what it was when it was read; of the sheets some at a time.
  // Whether the round is made.
  changed(mark) {
    this.pictures.changed(mark);
    for (const [node, { tag, was }] of this.controls) if (stateOf(node, tag) !== was) mark(node);
    for (const [root, was] of this.adopted) if (this.styles.adoptedState(root) !== was) mark(root);
    for (const [doc, was] of this.schemes) if (schemeOf(doc) !== was) mark(doc);
    this.pseudos.changed(mark);
    this.motion.changed(mark);
    this.layers.changed(mark);
    this.selected.changed(mark);
    this.slots.changed(mark);
    for (let i = 0; i < SHEETS; i++) {
      const { done, value } = this.round.next();
      if (done) {
        this.round = this.sheets.entries();
        return true;
      }
      if (this.styles.state(value[0].sheet) !== value[1]) mark(value[0]);
    }
    return false;
  }

  // `out.set(prop, value)` takes each state that there is.
  element(node, tag, isBlocked, out) {
    if (tag.includes("-")) out.set(MADE_FOR, madeFor(node));
    switch (tag) {
      case "input":
      case "textarea":
      case "select":
      case "option":
        if (dom.namespaceURI(node) === HTML) this.field(node, tag, out);
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
    this.layers.element(node, tag, out);
    this.slots.element(node, tag, out);
    if (isBlocked || (SIZED.has(tag) && !(tag === "object" && fallsBack(node))) || (tag === "input" && dom.namespaceURI(node) === HTML && input.type(node) === "image")) this.size(node, out);
    if (!isBlocked) this.pictures.element(node, tag, out);
    const words = this.pseudos.of(node, tag);
    if (words) out.set(STATE, words);
    this.motion.element(node, out);
    if (this.scrolled.has(node)) out.set(SCROLL, `${dom.scrollLeft(node)},${dom.scrollTop(node)}`);
  }

  // Not the element's own: what masks the typing into a field may have a value of its own to tell.
  field(node, tag, out) {
    if (tag !== "option") this.controls.set(node, { tag, was: stateOf(node, tag) });
    switch (tag) {
      case "input": {
        const type = input.type(node);
        if (type === "checkbox" || type === "radio") {
          if (input.checked(node)) out.set(CHECKED, "1");
          if (input.indeterminate(node)) out.set(INDETERMINATE, "1");
        } else if (type !== "file" && type !== "image" && (!BUTTONS.has(type) || dom.hasAttribute(node, "value"))) {
          out.set(VALUE, input.value(node));
          if (IS_WEBKIT && dom.scrollLeft(node)) this.scrolled.add(node);
        }
        break;
      }
      case "textarea": out.set(VALUE, textarea.value(node)); break;
      case "select":
        if (fields.select.selectedIndex(node) < 0 && !fields.select.multiple(node)) out.set(INDETERMINATE, "1");
        if (isBox(node) && dom.scrollTop(node)) this.scrolled.add(node);
        break;
      case "option":
        if (fields.option.selected(node)) out.set(SELECTED, "1");
        break;
    }
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
    for (const part of [this.pseudos, this.motion, this.layers, this.selected]) part.forget(doc);
    this.note(doc);
  }

  // Of a document or a shadow root.
  root(root, out) {
    this.pictures.listen(root);
    this.pseudos.root(root);
    if (dom.nodeType(root) === 9) {
      const scheme = schemeOf(root);
      this.schemes.set(root, scheme);
      if (scheme) out.set(SCHEME, scheme);
      this.selected.root(root, out);
      this.waits.watch(root);
    }
    this.motion.root(root);
    this.layers.root(root);
    this.slots.root(root, out);
    this.adopted.set(root, this.styles.adoptedState(root));
    const adopted = this.styles.adopted(root);
    if (adopted) out.set(ADOPTED, adopted);
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
  const head = dom.head(doc);
  const meta = head && dom.querySelector(head, ':scope > meta[name="color-scheme" i]');
  return (meta && dom.getAttribute(meta, "content")) ?? "";
}

// What the class of an element says of itself: whether it is a control of forms, and which attributes
// it looks at. It is the page's, and may do anything when asked.
function madeFor(node) {
  try {
    const { formAssociated, observedAttributes = [] } = Object.getPrototypeOf(node).constructor;
    return `${formAssociated ? ":form " : ""}${[...observedAttributes].join(" ")}`;
  } catch {
    return "";
  }
}

// A list that stands open. Not every engine tells that one is scrolled.
function isBox(node) {
  return fields.select.multiple(node) || dom.getAttribute(node, "size") > 1;
}

function stateOf(node, tag) {
  if (tag === "select") {
    let state = options(node).length + ":";
    for (const option of selectedOptions(node)) state += index(option) + ",";
    return state + (isBox(node) ? dom.scrollTop(node) : "");
  }
  if (tag === "textarea") return textarea.value(node);
  const type = typeOf(node);
  if (type === "checkbox" || type === "radio") return `${checked(node)}${indeterminate(node)}`;
  // There nothing tells that a field is scrolled.
  return IS_WEBKIT ? `${dom.scrollLeft(node)} ${valueOf(node)}` : valueOf(node);
}
