// The bulk writer: words into a document, without a call from Rust a node. It decides nothing:
// names and values have been checked and cleaned in `core`. No element comes from an HTML parser, so
// what is built is what was named.

import { IS_WEBKIT, dom } from "./native.js";

const DOCUMENT = 0, ELEMENT = 1, TEXT = 2, SHADOW = 3, MOVE = 4, REMOVE = 5, SET_TEXT = 6, ATTR = 7,
  NO_ATTR = 8, PROP = 9, NO_PROP = 10, FRAME = 11;
const VALUE = 0, CHECKED = 1, INDETERMINATE = 2, SELECTED = 3, SCROLL = 4, TOP_LAYER = 5, SHEET = 6,
  ADOPTED = 7, SIZE = 8, WITHHELD = 9, STATE = 10, PICTURE = 11, ANIMATIONS = 12, SCHEME = 13, SELECTION = 14,
  SLOTTED = 15;
const NAMESPACES = ["http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg",
  "http://www.w3.org/1998/Math/MathML"];
// By layout mode: by the standards, with quirks, with few.
const DOCTYPES = ["<!DOCTYPE html>", "", '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "">'];
// Halves of characters; see the reader.
const HALVES = /[\u{10F800}-\u{10FFFF}]/gu;
const LISTS = new Set(["select", "optgroup", "option"]);

export class Writer {
  constructor(frame, attributes, cascade, frames, player, layers, selector, offsets, assets, placer) {
    this.frame = frame;
    this.attributes = attributes;
    this.cascade = cascade;
    this.frames = frames;
    this.player = player;
    this.layers = layers;
    this.selector = selector;
    this.offsets = offsets;
    this.assets = assets;
    this.placer = placer;
    cascade.start(assets);
    assets.start((node) => this.redraw(node), () => {
      cascade.settle();
      offsets.retry();
    });
    this.clear();
  }

  get document() {
    return this.frame.contentDocument;
  }

  // A number is this asset, by a promise of it, or cannot be had, by null.
  asset(number, asset) {
    this.assets.expect(number, asset);
  }

  forgetAssets() {
    this.assets.forget();
  }

  // Blank at once. A frame that was taken off the page has no document.
  clear() {
    if (this.document) this.open(0);
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
    if (blob.search(HALVES) >= 0) for (const i in strings) strings[i] = strings[i].replace(HALVES, half);
    // Opening a dialog moves the focus, and the agent may be typing elsewhere.
    const focused = document.activeElement;
    this.late = [];
    for (let i = 0; i < words.length;) i = this.step(words, i, strings);
    this.finish(gone, focused);
  }

  step(words, i, strings) {
    const op = words[i++];
    if (op === DOCUMENT) {
      this.open(words[i++]);
      return i;
    }
    const { nodes } = this;
    const id = words[i++];
    switch (op) {
      case ELEMENT: {
        const parent = words[i++], before = words[i++], namespace = words[i++];
        const node = this.make(namespace, strings[words[i++]]);
        this.keep(id, node);
        this.place(node, nodes[parent], before ? nodes[before] : null);
        this.touch(node);
        break;
      }
      case TEXT: {
        const parent = words[i++], before = words[i++];
        const node = dom.createTextNode(this.document, strings[words[i++]]);
        this.keep(id, node);
        dom.insertBefore(nodes[parent], node, before ? nodes[before] : null);
        break;
      }
      case SHADOW: {
        const host = nodes[words[i++]], slotAssignment = words[i++] ? "manual" : "named";
        let root;
        try {
          root = host.attachShadow({ mode: "open", slotAssignment });
          this.begin(root);
        } catch {
          root = dom.createDocumentFragment(this.document);
        }
        this.keep(id, root);
        break;
      }
      case FRAME:
        this.frames.open(id, nodes[words[i++]], words[i++]);
        break;
      case MOVE: {
        const parent = words[i++], before = words[i++];
        this.touch(nodes[id]);
        this.move(nodes[id], nodes[parent], before ? nodes[before] : null);
        this.cascade.moved();
        this.touch(nodes[id]);
        break;
      }
      case REMOVE:
        if (dom.nodeType(nodes[id]) === 9) this.frames.remove(id);
        this.touch(nodes[id]);
        take(nodes[id]);
        break;
      case SET_TEXT:
        nodes[id].data = strings[words[i++]];
        break;
      case ATTR: {
        const name = strings[words[i++]], value = strings[words[i++]];
        if (name === "style") {
          this.styles.set(id, value);
          this.inline(id);
        } else this.attributes.set(nodes[id], name, value);
        // What stands for a picture, and what of it is meant.
        if (this.pictures.has(id) && /^(alt|(xlink:)?href)$/.test(name)) this.inline(id);
        break;
      }
      case NO_ATTR: {
        const name = strings[words[i++]];
        if (name === "style") {
          this.styles.delete(id);
          this.inline(id);
        } else this.attributes.remove(nodes[id], name);
        break;
      }
      case PROP: {
        const prop = words[i++], value = strings[words[i++]];
        if (prop === SIZE) this.sizes.set(id, value);
        if (prop === PICTURE) this.pictures.set(id, value);
        if (prop === SCROLL || prop === TOP_LAYER) this.fleeting.set(`${id} ${prop}`, [id, prop, value]);
        this.prop(nodes[id], prop, value, id);
        break;
      }
      case NO_PROP: {
        const prop = words[i++];
        this.fleeting.delete(`${id} ${prop}`);
        if (prop === SIZE) this.sizes.delete(id);
        if (prop === PICTURE) this.pictures.delete(id);
        this.prop(nodes[id], prop, null, id);
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
    this.layers.settle();
    this.frames.settle();
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
    this.player.settle();
    this.cascade.look();
    if (document.activeElement !== focused) focused?.focus?.({ preventScroll: true });
  }

  open(mode) {
    const doc = this.document;
    this.frames.start(this);
    this.player.start();
    this.layers.start((id) => this.nodes[id]);
    this.offsets.start();
    // What a node forgets when its document is another one: offsets, and places in the top layer.
    this.fleeting = new Map();
    this.assets.reset();
    this.cascade.clear();
    this.blank(doc, mode);
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
    this.pictures = new Map();
  }

  // Makes a document an empty one. `document.open` also ends a frame's own first load, which some
  // engines do late.
  blank(doc, mode) {
    dom.open(doc);
    dom.write(doc, `${DOCTYPES[mode]}<html></html>`);
    dom.close(doc);
    if (dom.documentElement(doc)) dom.remove(dom.documentElement(doc));
    this.begin(doc);
    if (IS_WEBKIT) this.frames.unseen.add(doc);
  }

  // A document, or a shadow root.
  begin(root) {
    this.cascade.root(root);
    this.player.root(root);
    this.offsets.root(root);
  }

  hideScrollbars(hide) {
    this.cascade.hideScrollbars(hide);
  }

  forget(id) {
    const node = this.nodes[id];
    this.nodes[id] = undefined;
    this.sizes.delete(id);
    this.styles.delete(id);
    this.pictures.delete(id);
    this.assets.drop(node);
    for (const prop of [SCROLL, TOP_LAYER]) this.fleeting.delete(`${id} ${prop}`);
    this.frames.forget(id);
    // A frame's document is the same for the engine when it is another one for us.
    if (this.ids.get(node) !== id) return;
    this.ids.delete(node);
    this.cascade.forget(node);
    this.player.forget(node);
    this.layers.forget(node);
    this.offsets.forget(node);
  }

  // A document has room for one root; the one before goes in a later op.
  place(node, parent, before) {
    const root = dom.nodeType(parent) === 9 ? dom.documentElement(parent) : null;
    if (root && root !== node) dom.remove(root);
    dom.insertBefore(parent, node, before === root ? null : before);
  }

  move(node, parent, before) {
    if (!this.frames.told.size) return this.place(node, parent, before);
    const doc = dom.ownerDocument(node);
    try {
      // Frames stay as they are.
      dom.moveBefore(parent, node, before);
    } catch {
      this.place(node, parent, before);
    }
    const fresh = this.frames.restore();
    if (dom.ownerDocument(node) !== doc) fresh.add(dom.ownerDocument(node));
    if (fresh.size) this.refit(fresh);
  }

  // The number has another document, with all that was in the old one.
  replace(id, was, doc) {
    this.cascade.replace(was, doc);
    this.player.forget(was);
    this.ids.delete(was);
    this.ids.set(doc, id);
    this.nodes[id] = doc;
  }

  // What nodes lose on the way into another document.
  refit(documents) {
    const moved = (node) => documents.has(documentOf(node));
    for (const [id, prop, value] of this.fleeting.values()) {
      if (moved(this.nodes[id])) this.prop(this.nodes[id], prop, value, id);
    }
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
      shape = dom.createElementNS(this.document, NAMESPACES[namespace], tag);
      this.shapes.set(key, shape);
    }
    const node = shape.cloneNode(false);
    if (tag === "iframe") this.frames.begin(node);
    return node;
  }

  // An asset that the node names has come, or cannot be had.
  redraw(node) {
    const id = this.ids.get(node);
    if (id === undefined) return;
    if (this.styles.has(id) || this.pictures.has(id)) this.inline(id);
    this.cascade.redraw(node);
  }

  // The style attribute, and what is laid over it.
  inline(id) {
    const node = this.nodes[id];
    const style = this.styles.get(id);
    if (style !== undefined) this.attributes.set(node, "style", this.assets.style(node, style));
    else this.attributes.remove(node, "style");
    if (this.sizes.has(id)) this.attributes.size(node, this.sizes.get(id));
    this.placer.show(node, this.pictures.get(id) ?? null, this.sizes.has(id), this.assets);
  }

  prop(node, prop, value, id) {
    const on = value !== null;
    switch (prop) {
      // After the options and the attributes that bound them.
      case VALUE: this.late.push([1, () => setValue(node, value ?? "")]); break;
      case CHECKED: node.checked = on; break;
      case INDETERMINATE:
        // Of a list: nothing is chosen, which is no state of any of its options.
        if (dom.localName(node) !== "select") node.indeterminate = on;
        else this.chooseLater(this.unchosen, node, on);
        break;
      case SELECTED: this.chooseLater(this.chosen, node, on); break;
      case TOP_LAYER: this.layers.set(node, value ?? ""); break;
      // A frame's document may be another one by then.
      case SCROLL: this.late.push([3, () => this.id(node) === id && this.offsets.set(node, value ?? "0,0")]); break;
      case SHEET: this.cascade.own(node, value); break;
      case ADOPTED: this.cascade.adopt(node, value); break;
      case SIZE:
      case PICTURE: this.inline(id); break;
      // When it is in its place, with its styles.
      case ANIMATIONS: this.late.push([4, () => this.player.set(node, value)]); break;
      case SELECTION:
        this.late.push([5, () => this.selector.show(node, value ?? "", (id) => this.nodes[id])]);
        break;
      // When all of them are in their places.
      case SLOTTED: this.late.push([0, () => this.fill(node, value ?? "")]); break;
      case STATE:
        this.attributes.states(node, value);
        this.cascade.looks.nodes.add(node);
        break;
      case SCHEME: this.cascade.scheme(node, value); break;
      case WITHHELD:
        if (on) this.attributes.set(node, "data-saath-withheld", value);
        else this.attributes.remove(node, "data-saath-withheld");
        if (dom.localName(node) === "iframe") this.late.push([0, () => this.frames.label(node)]);
        break;
    }
  }

  fill(slot, numbers) {
    const nodes = numbers.split(" ").map((id) => this.nodes[id]).filter(Boolean);
    slot.assign?.(...nodes);
  }

  // Options come, go and move, and each time the engine chooses anew: so what is chosen is set when
  // all of them are in their places.
  touch(node) {
    const list = dom.nodeType(node) === 1 && LISTS.has(dom.localName(node)) ? dom.closest(node, "select") : null;
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
    // Firefox lays a list out for what is in it only when it shows something else: told more often
    // than the page's was, the replica's would have another width.
    const { selectedIndex, selectedOptions } = list;
    if (selectedIndex === index && selectedOptions[0] === list.options[index]) return;
    // By way of nothing: that engine also takes an index for set where no option has it.
    list.selectedIndex = -1;
    list.selectedIndex = index;
  }
}

function half(char) {
  return String.fromCharCode(char.codePointAt(0) - 0x102000);
}

// Blocks are no date, number or colour: such a field would look empty.
function setValue(node, value) {
  node.value = value;
  if (value.includes("\u2588") && node.value !== value) {
    node.type = "text";
    node.value = value;
  }
}

// An element's, a shadow root's, a document's own.
const documentOf = (node) => (dom.nodeType(node) === 9 ? node : dom.ownerDocument(node));

// Out of where it is; a document and a shadow root stay.
function take(node) {
  const type = dom.nodeType(node);
  if (type === 1) dom.remove(node);
  else if (type === 3) node.remove();
}
