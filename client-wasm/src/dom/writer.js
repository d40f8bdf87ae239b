// The bulk writer: words into a document, without a call from Rust a node. It decides nothing:
// names and values have been checked and cleaned in `core`. No HTML parser is used anywhere, so
// what is built is what was named.

const DOCUMENT = 0, ELEMENT = 1, TEXT = 2, SHADOW = 3, MOVE = 4, REMOVE = 5, SET_TEXT = 6, ATTR = 7,
  NO_ATTR = 8, PROP = 9, NO_PROP = 10;
const VALUE = 0, CHECKED = 1, INDETERMINATE = 2, SELECTED = 3, SCROLL = 4, TOP_LAYER = 5, SHEET = 6,
  ADOPTED = 7, SIZE = 8, WITHHELD = 9, STATE = 10, SCHEME = 13;
const NAMESPACES = ["http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg",
  "http://www.w3.org/1998/Math/MathML"];
const XLINK = "http://www.w3.org/1999/xlink", XML = "http://www.w3.org/XML/1998/namespace";
const PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==";
// Weaker than any style of the page: the first layer of all.
const BASE = `@layer saath {
  saath-gap { display: none }
  saath-box { display: inline-block; vertical-align: baseline }
  saath-box, [data-saath-withheld="blocked"], img[src^="data:image/gif"] {
    background: repeating-linear-gradient(45deg, #8a94a61f 0 8px, #8a94a638 8px 16px)
  }
  [data-saath-withheld="masked"] {
    background-image: repeating-linear-gradient(45deg, #1f4b991f 0 6px, transparent 6px 12px)
  }
  :focus-visible:not([data-saath-state~="focus-visible"]) { outline: none }
  [data-saath-state~="focus-visible"] { outline: auto 1px; outline: auto 1px -webkit-focus-ring-color }
  :is(button, [type="button"], [type="submit"], [type="reset"])[data-saath-state~="active"] { border-style: inset }
  [data-saath-state~="-webkit-autofill"] {
    background: light-dark(#e8f0fe, #465a7e66) !important;
    color: fieldtext !important
  }
}`;

const STATES = "data-saath-state";
const PART_STATES = ["hover", "active", "focus", "focus-visible", "focus-within", "valid", "invalid", "user-valid",
  "user-invalid"].map((state) => `saath-${state}`);
const LISTS = new Set(["select", "optgroup", "option"]);
const NO_SCROLLBARS = "* { scrollbar-width: none !important }";

export class Writer {
  constructor(frame, cascade) {
    this.frame = frame;
    this.cascade = cascade;
    this.clear();
  }

  get document() {
    return this.frame.contentDocument;
  }

  // Blank at once.
  clear() {
    this.open("CSS1Compat");
  }

  node(id) {
    return this.nodes[id];
  }

  id(node) {
    return this.ids.get(node) ?? 0;
  }

  write(words, blob, lengths, gone) {
    const strings = new Array(lengths.length);
    for (let i = 0, at = 0; i < lengths.length; i++) strings[i] = blob.slice(at, at += lengths[i]);
    // Opening a dialog moves the focus, and the agent may be typing elsewhere.
    const focused = document.activeElement;
    this.late = [];
    for (let i = 0; i < words.length;) i = this.step(words, i, strings);
    this.finish(gone, focused);
  }

  step(words, i, strings) {
    const op = words[i++];
    if (op === DOCUMENT) {
      this.open(words[i++] ? "BackCompat" : "CSS1Compat");
      return i;
    }
    const { nodes } = this;
    const id = words[i++];
    switch (op) {
      case ELEMENT: {
        const parent = words[i++], before = words[i++], namespace = words[i++];
        const node = this.make(namespace, strings[words[i++]]);
        this.keep(id, node);
        // A document has room for one root; the one before goes in a later op.
        const root = parent === 1 ? this.document.documentElement : null;
        root?.remove();
        nodes[parent].insertBefore(node, before && nodes[before] !== root ? nodes[before] : null);
        this.touch(node);
        break;
      }
      case TEXT: {
        const parent = words[i++], before = words[i++];
        const node = this.document.createTextNode(strings[words[i++]]);
        this.keep(id, node);
        nodes[parent].insertBefore(node, before ? nodes[before] : null);
        break;
      }
      case SHADOW: {
        const host = nodes[words[i++]];
        let root;
        try {
          root = host.attachShadow({ mode: "open" });
          this.cascade.root(root);
        } catch {
          root = this.document.createDocumentFragment();
        }
        this.keep(id, root);
        break;
      }
      case MOVE: {
        const parent = words[i++], before = words[i++];
        this.touch(nodes[id]);
        this.cascade.moved();
        nodes[parent].insertBefore(nodes[id], before ? nodes[before] : null);
        this.touch(nodes[id]);
        break;
      }
      case REMOVE:
        this.touch(nodes[id]);
        this.cascade.moved();
        nodes[id].remove?.();
        break;
      case SET_TEXT:
        nodes[id].data = strings[words[i++]];
        break;
      case ATTR: {
        const name = strings[words[i++]], value = strings[words[i++]];
        setAttribute(nodes[id], name, value);
        if (name === "part" || name === "exportparts") nameParts(nodes[id]);
        if (name === "style") {
          this.styles.set(id, value);
          if (this.sizes.has(id)) size(nodes[id], this.sizes.get(id));
        }
        break;
      }
      case NO_ATTR: {
        const name = strings[words[i++]];
        if (name === "style") this.styles.delete(id);
        if (name.startsWith("xlink:")) nodes[id].removeAttributeNS(XLINK, name.slice(6));
        else nodes[id].removeAttribute(name);
        break;
      }
      case PROP: {
        const prop = words[i++], value = strings[words[i++]];
        if (prop === SIZE) this.sizes.set(id, value);
        this.prop(nodes[id], prop, value);
        break;
      }
      case NO_PROP: {
        const prop = words[i++];
        this.prop(nodes[id], prop, null);
        if (prop === SIZE) {
          this.sizes.delete(id);
          setAttribute(nodes[id], "style", this.styles.get(id) ?? "");
        }
        break;
      }
    }
    return i;
  }

  finish(gone, focused) {
    for (const id of gone) this.forget(id);
    for (const list of this.lists) this.choose(list);
    this.lists.clear();
    this.cascade.settle();
    // What needs the whole tree, or its layout.
    this.late.sort((a, b) => a[0] - b[0]);
    for (const [, act] of this.late) {
      try {
        act();
      } catch {
        // A dialog that is gone again, a popover on an element that cannot have one.
      }
    }
    this.late = [];
    if (document.activeElement !== focused) focused?.focus?.({ preventScroll: true });
  }

  // `document.open` also ends the frame's own first load, which some engines do late.
  open(compat) {
    const doc = this.document;
    doc.open();
    doc.write(compat === "BackCompat" ? "<html></html>" : "<!DOCTYPE html><html></html>");
    doc.close();
    doc.documentElement?.remove();
    this.cascade.clear();
    this.scheme = null;
    this.renew();
    this.cascade.root(doc);
    this.nodes = [undefined, doc];
    this.ids = new Map([[doc, 1]]);
    this.shapes = new Map();
    // Options that are chosen, lists in which none is, and lists to look after.
    this.chosen = new WeakSet();
    this.unchosen = new WeakSet();
    this.lists = new Set();
    // Inline styles as they came, and sizes laid over them.
    this.styles = new Map();
    this.sizes = new Map();
  }

  hideScrollbars(hide) {
    if (this.hides === hide) return;
    this.hides = hide;
    this.renew();
  }

  // What the replica looks like before any style of the page.
  renew() {
    const scheme = this.scheme ? `@layer saath { :root { color-scheme: ${this.scheme} } }` : "";
    this.cascade.begin(BASE + scheme + (this.hides ? NO_SCROLLBARS : ""));
  }

  forget(id) {
    this.cascade.forget(this.nodes[id]);
    this.ids.delete(this.nodes[id]);
    this.sizes.delete(id);
    this.styles.delete(id);
    this.nodes[id] = undefined;
  }

  keep(id, node) {
    // A repair builds a node anew under its number.
    if (this.nodes[id]) this.forget(id);
    this.nodes[id] = node;
    this.ids.set(node, id);
  }

  // Cloning an empty element is faster than making one.
  make(namespace, tag) {
    const key = namespace ? `${namespace}${tag}` : tag;
    let shape = this.shapes.get(key);
    if (!shape) {
      shape = this.document.createElementNS(NAMESPACES[namespace], tag);
      this.shapes.set(key, shape);
    }
    return shape.cloneNode(false);
  }

  prop(node, prop, value) {
    const on = value !== null;
    switch (prop) {
      // After the options and the attributes that bound them.
      case VALUE: this.late.push([1, () => setValue(node, value ?? "")]); break;
      case CHECKED: node.checked = on; break;
      case INDETERMINATE:
        // Of a list: nothing is chosen, which is no state of any of its options.
        if (node.localName !== "select") node.indeterminate = on;
        else this.chooseLater(this.unchosen, node, on);
        break;
      case SELECTED: this.chooseLater(this.chosen, node, on); break;
      case TOP_LAYER: this.late.push([2, () => topLayer(node, value)]); break;
      case SCROLL: this.late.push([3, () => scroll(node, value ?? "0,0")]); break;
      case SHEET: this.cascade.own(node, value); break;
      case ADOPTED: this.cascade.adopt(node, value); break;
      case SIZE: size(node, value); break;
      case STATE:
        if (on) node.setAttribute(STATES, value);
        else node.removeAttribute(STATES);
        nameParts(node);
        break;
      case SCHEME:
        this.scheme = value;
        this.renew();
        break;
      case WITHHELD:
        if (on) node.setAttribute("data-saath-withheld", value);
        else node.removeAttribute("data-saath-withheld");
        break;
    }
  }

  // Options come, go and move, and each time the engine chooses anew: so what is chosen is set when
  // all of them are in their places.
  touch(node) {
    const list = LISTS.has(node.localName) ? node.closest("select") : null;
    if (list) this.lists.add(list);
  }

  chooseLater(set, node, on) {
    if (on) set.add(node);
    else set.delete(node);
    this.touch(node);
  }

  choose(list) {
    if (list.multiple) {
      for (const option of list.options) option.selected = this.chosen.has(option);
      return;
    }
    const index = Array.from(list.options).findLastIndex((option) => this.chosen.has(option));
    if (index < 0 && !this.unchosen.has(list)) return;
    // By way of nothing: an engine that takes the index for set already would leave it at that.
    list.selectedIndex = -1;
    list.selectedIndex = index;
  }
}

// A part has its states as more names: nothing else can be asked of it from outside its shadow tree.
// They are handed on wherever parts are.
function nameParts(node) {
  const own = (text) => text.filter((name) => name && !name.startsWith("saath-"));
  if (node.hasAttribute("part")) {
    const states = (node.getAttribute(STATES) ?? "").split(" ").filter(Boolean);
    const names = own(node.getAttribute("part").split(/\s+/));
    node.setAttribute("part", [...names, ...states.map((state) => `saath-${state}`)].join(" "));
  }
  if (node.hasAttribute("exportparts")) {
    const names = own(node.getAttribute("exportparts").split(/\s*,\s*/));
    node.setAttribute("exportparts", [...names, ...PART_STATES].join(", "));
  }
}

function setAttribute(node, name, value) {
  // A page that forbids inline styles forbids the attribute, but not this.
  if (name === "style" && node.style) node.style.cssText = value;
  else if (name.startsWith("xlink:")) node.setAttributeNS(XLINK, name, value);
  else if (name.startsWith("xml:")) node.setAttributeNS(XML, name, value);
  else node.setAttribute(name, value);
}

// Blocks are no date, number or colour: such a field would look empty.
function setValue(node, value) {
  node.value = value;
  if (value.includes("\u2588") && node.value !== value) {
    node.type = "text";
    node.value = value;
  }
}

function topLayer(node, value) {
  if (value === "modal") {
    node.removeAttribute("open");
    node.showModal();
  } else if (value === "popover") {
    if (!node.popover) node.popover = "manual";
    node.showPopover();
  } else if (node.localName === "dialog") {
    const open = node.hasAttribute("open");
    // Without the attribute a dialog counts as closed already, and stays in the top layer.
    node.setAttribute("open", "");
    node.close();
    if (open) node.setAttribute("open", "");
  } else {
    node.hidePopover();
  }
}

function scroll(node, value) {
  const [left, top] = value.split(",").map(Number);
  const target = node.nodeType === 9 ? node.defaultView : node;
  target.scrollTo({ left, top, behavior: "instant" });
}

function size(node, value) {
  if (value === null) return;
  const [width, height] = value.split(",");
  // What takes no room at all makes no line either.
  if (value === "0,0" && node.localName === "saath-box") {
    node.style.setProperty("display", "inline", "important");
    return;
  }
  if (node.localName === "saath-box") node.style.removeProperty("display");
  if (node.localName === "img") node.src = PIXEL;
  node.style?.setProperty("width", `${width}px`, "important");
  node.style?.setProperty("height", `${height}px`, "important");
  node.style?.setProperty("box-sizing", "border-box", "important");
}
