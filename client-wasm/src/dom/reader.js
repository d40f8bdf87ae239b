// The bulk reader: nodes into words and one blob of text, in one pass, without a call into Rust a
// node. It decides nothing: what is masked, sent or dropped is decided in `core`. The words are
// those of `core/src/reading.rs`.

import { Array, Map, MutationObserver, Set, WeakSet, dom } from "./native.js";
import { fallsBack } from "./pictures.js";
import { inlineStyle } from "./sheets.js";

// Asked of each node: engines know a constant for what it is.
const { data, firstChild, getAttribute, getAttributeNames, hasAttributes, lastChild, localName, namespaceURI,
  nextSibling, nodeType, parentNode, previousSibling } = dom;

const END = 0, ELEMENT = 1, TEXT = 2, KNOWN = 3, SHADOW = 4, DOCUMENT = 5;
const SETTINGS = 1, CHILDREN = 2, TEXT_PART = 4, SUBTREE = 8;
const BLOCK = 4, CONFIRM = 16, EVER_SECRET = 32;
const PROP = 0x80000000;
const NAMESPACES = { "http://www.w3.org/1999/xhtml": 0, "http://www.w3.org/2000/svg": 1, "http://www.w3.org/1998/Math/MathML": 2 };
const SHEET = 6;
// Reading a style sheet takes as long as reading so many nodes.
const SHEET_COST = 16;
const OBSERVED = { subtree: true, childList: true, attributes: true, attributeOldValue: true, characterData: true };

// Ours: not part of the page.
const OWN = new Set(["saath-ui", "saath-help"]);
// What is in them is not read: it is never sent, or is read as a state of the element.
const CLOSED = new Set(["script", "noscript", "template", "style", "textarea", "iframe", "frameset",
  "object", "video", "audio", "canvas"]);
// That a frame's document cannot be read: it is of another origin.
const WITHHELD = 9;

export class Reader {
  constructor(doc, wake, states, shadows, documents, marks, secrets) {
    this.states = states;
    this.shadows = shadows;
    this.doc = doc;
    this.win = dom.defaultView(doc);
    this.wake = wake;
    this.next = 2;
    this.marks = marks;
    this.secrets = secrets;
    // Documents whose policy was seen to forbid a style attribute.
    this.strict = new WeakSet();
    this.roots = new Set();
    this.queue = [];
    this.noted = new Map();
    this.observer = new MutationObserver((records) => {
      for (const record of records) this.queue.push(record);
      this.wake();
    });
    this.words = new Uint32Array(1 << 12);
    this.abort = new AbortController();
    this.scroll = (event) => {
      this.states.scrolled.add(event.target);
      this.note(event.target, SETTINGS);
    };
    states.start(this.win, this.abort.signal, (node) => this.note(node, SETTINGS), () => this.wake(),
      (node) => this.id(node));
    this.ids = new Map();
    this.documents = documents;
    documents.start(doc, (doc, signal) => this.listen(doc, signal), (frame) => this.note(frame, SUBTREE));
    this.reset();
  }

  // Forgets all numbers; none is used again.
  reset() {
    this.ids = new Map([[this.doc, 1]]);
    this.nodes = [undefined, this.doc];
    this.isReplaced = false;
    this.states.reset();
    this.documents.tidy();
    for (const root of this.roots) if (!this.documents.isLive(root)) this.roots.delete(root);
  }

  on(target, type, handler, signal = this.abort.signal) {
    dom.addEventListener(target, type, handler, { capture: true, passive: true, signal });
  }

  // Everything that changes a document without a mutation record.
  listen(doc, signal) {
    const on = (type, handler) => this.on(doc, type, handler, signal);
    const later = () => this.wake();
    for (const type of ["input", "change", "click", "keyup", "focusout", "submit"]) on(type, later);
    on("reset", () => setTimeout(later));
    const settings = (event) => this.note(event.composedPath?.()[0] ?? event.target, SETTINGS);
    for (const type of ["load", "error"]) {
      on(type, ({ target }) => tagOf(target) === "object" && this.note(target, SUBTREE));
    }
    for (const type of ["load", "error", "toggle", "close", "loadedmetadata"]) on(type, settings);
    on("securitypolicyviolation", (event) => {
      if (!event.effectiveDirective.startsWith("style-src")) return;
      this.strict.add(doc);
      settings(event);
    });
    on("scroll", this.scroll);
    this.observer.observe(doc, OBSERVED);
    this.states.reopened(doc);
    this.shadows.watch(doc, (host) => this.note(host, SUBTREE));
    if (doc !== this.doc) {
      const pointed = (event) => this.pointed?.(event);
      for (const type of ["pointermove", "pointerdown", "pointerleave"]) on(type, pointed);
      this.marks.find(doc);
      this.states.findScrolled(doc);
    }
  }

  // The customer's pointer over the document of a frame, which the page's own is not told of.
  onPointer(pointed) {
    this.pointed = pointed;
  }

  // Frames of other origins.
  foreign() {
    return this.documents.foreign();
  }

  // How often the page's document was opened anew: listeners on it are gone then.
  openings() {
    return this.documents.openings;
  }

  stop() {
    this.abort.abort();
    this.documents.stop();
    this.pointed = undefined;
    this.observer.disconnect();
    this.shadows.stop();
    this.queue = [];
    this.noted.clear();
    this.wake = () => {};
    this.reset();
  }

  // Five selector lists of marks, and of what the customer may show; throws on one that does not parse.
  select(mask, show, block, noAct, confirm, mayShow) {
    this.marks.select(this.doc, [mask, show, block, noAct, confirm], mayShow);
  }

  node(id) { return this.nodes[id]; }

  id(node) { return this.ids.get(node) ?? 0; }

  // The first of so many numbers that no node gets.
  reserve(count) {
    this.next += count;
    return this.next - count;
  }

  forget(gone) {
    for (const id of gone) {
      const node = this.nodes[id];
      // It may be on the page again under this very number: then it was not reported gone.
      this.nodes[id] = undefined;
      if (this.ids.get(node) !== id) continue;
      this.ids.delete(node);
      this.roots.delete(node);
      this.states.forget(node);
      this.documents.forget(node);
      if (nodeType(node) === 9) this.shadows.unwatch(node);
    }
  }

  note(node, parts) {
    const id = this.ids.get(node);
    if (id === undefined) return;
    this.noted.set(id, (this.noted.get(id) ?? 0) | parts);
    this.wake();
  }

  // Dirt, if the node has a number, that nobody need be woken for.
  later(id, parts) {
    if (id !== undefined) this.noted.set(id, (this.noted.get(id) ?? 0) | parts);
  }

  // What may have changed since the last call: pairs of number and parts.
  dirt() {
    const records = this.queue;
    this.queue = [];
    for (const record of this.observer.takeRecords()) records.push(record);
    this.secrets.follow(records);
    const { ids, noted } = this;
    const mark = (node, parts) => this.later(ids.get(node), parts);
    for (const { type, target, addedNodes, attributeName } of records) {
      if (type === "characterData") {
        mark(target, TEXT_PART);
        const parent = parentNode(target);
        if (parent && !isOpen(parent, tagOf(parent))) mark(parent, SETTINGS);
        continue;
      }
      if (type === "attributes") {
        this.marks.changed(attributeName);
        // What can be typed into, and what kind of field it is, decides for all that is in it.
        mark(target, attributeName === "contenteditable" || tagOf(target) === "select" ? SUBTREE : SETTINGS);
      } else {
        this.marks.unsure = true;
        const tag = tagOf(target);
        mark(target, CHILDREN | (tag === "style" || tag === "textarea" ? SETTINGS : 0));
        for (let i = 0; i < addedNodes.length; i++) mark(addedNodes[i], SUBTREE);
      }
    }
    this.documents.look((doc, frame) => {
      if (!frame) this.isReplaced = true;
      else this.ids.delete(doc);
      mark(frame, SUBTREE);
    });
    if (this.marks.isStale()) {
      // What changed its marks is read again with all that is in it.
      this.marks.renew([...this.documents.known.keys(), ...this.roots], (node) => mark(node, SUBTREE));
    }
    this.behind = !this.states.changed((node) => mark(node, tagOf(node) === "select" ? SUBTREE : SETTINGS));
    if (this.behind) this.wake();
    const out = new Uint32Array(noted.size * 2);
    let n = 0;
    for (const [id, parts] of noted) {
      out[n++] = id;
      out[n++] = parts;
    }
    noted.clear();
    return out;
  }

  // Reads what is asked for; the answer is fetched by `take*`. Of whole subtrees not more nodes are
  // read than `most`, and what is left is noted for the next turn. All else is read in any case: were
  // only some of the lists of children read, they would not fit one another.
  read(request, most) {
    this.length = 0;
    this.sids = new Map();
    this.strings = [];
    this.room = most;
    this.left = false;
    const whole = new Set(), listed = new Set(), covered = [];
    const done = this.done = new Set();
    for (let i = 0; i < request.length; i += 2) {
      if (request[i + 1] & SUBTREE) whole.add(this.nodes[request[i]]);
      if (request[i + 1] & CHILDREN) listed.add(this.nodes[request[i]]);
    }
    const read = (id, parts) => {
      const node = this.nodes[id];
      if (!node || done.has(node) || !this.documents.isLive(node)) return;
      if (parts & SUBTREE && this.room <= 0) this.leave(id, SUBTREE);
      else if (parts & SUBTREE) this.whole(node);
      else if (nodeType(node) === 3) {
        this.room++; // As it leaves room for what others are to be read with.
        this.whole(node);
      } else this.part(node, parts & (SETTINGS | CHILDREN), whole);
    };
    // Before anything gets a number: what is new and blocked has one then, and nothing in it is read.
    const alone = [];
    for (let i = 0; i < request.length; i += 2) {
      const id = request[i], parts = request[i + 1], node = this.nodes[id];
      if (!node || !this.documents.isLive(node)) continue;
      if (this.isCovered(node, whole, listed)) covered.push([node, id, parts]);
      else alone.push([id, parts]);
    }
    // Whole subtrees first: it may be their marks that have changed.
    for (const first of [SUBTREE, 0]) {
      for (const [id, parts] of alone) if ((parts & SUBTREE) === first) read(id, parts);
    }
    if (this.left) {
      // What they were to be read with may have been left.
      for (const [node, id, parts] of covered) if (!done.has(node)) this.later(id, parts);
      this.behind = true;
      this.wake();
    }
    this.done = undefined;
  }

  leave(id, parts) {
    this.left = true;
    this.later(id, parts);
  }

  takeWords() {
    const words = this.words.slice(0, this.length);
    if (this.words.length > 1 << 16) this.words = new Uint32Array(1 << 12);
    return words;
  }

  takeText() {
    return this.strings.join("");
  }

  takeLengths() {
    const lengths = Uint32Array.from(this.strings, (text) => text.length);
    this.strings = [];
    this.sids = undefined;
    return lengths;
  }

  part(node, parts, whole) {
    const type = nodeType(node), tag = type === 1 ? localName(node) : "";
    const light = isOpen(node, tag);
    const open = (light || tag === "iframe") && !(this.marks.of(node) & BLOCK);
    this.open(node, type, tag, open ? parts : parts & SETTINGS);
    if (!(parts & CHILDREN) || !open) return;
    let left = false;
    const child = (child) => {
      const id = this.ids.get(child);
      if (id !== undefined && !whole.has(child)) this.push(KNOWN, id);
      else if (this.room > 0) this.whole(child);
      else if (id === undefined) left = true;
      else this.leaveChild(child, id, node);
    };
    const root = this.inner(node, tag);
    if (root) child(root);
    if (light) for (let at = firstChild(node); at; at = nextSibling(at)) if (isRead(at)) child(at);
    // Once: a long list is gone through at each turn.
    if (left) this.leave(this.ids.get(node), CHILDREN);
    this.push(END);
  }

  // What is known stays as it was until the next turn, what is new is not there yet.
  leaveChild(node, id, parent) {
    if (id === undefined) {
      this.leave(this.ids.get(parent), CHILDREN);
    } else {
      this.push(KNOWN, id);
      this.leave(id, SUBTREE);
    }
  }

  // Reads a node and all that is in it. A stack of our own: pages can be deeper than the engine's.
  whole(root) {
    const stack = [root];
    while (stack.length) {
      const node = stack.pop();
      if (node === null) {
        this.push(END);
        continue;
      }
      if (this.room <= 0 && node !== root) {
        this.leaveChild(node, this.ids.get(node), this.above(node));
        continue;
      }
      this.room--;
      this.done.add(node);
      const type = nodeType(node);
      if (type === 3 || type === 4) {
        this.push(TEXT, this.number(node), this.string(data(node)));
        continue;
      }
      const tag = type === 1 ? localName(node) : "";
      this.open(node, type, tag, SETTINGS | CHILDREN);
      stack.push(null);
      if (this.marks.of(node) & BLOCK) continue;
      if (isOpen(node, tag)) for (let at = lastChild(node); at; at = previousSibling(at)) if (isRead(at)) stack.push(at);
      const inner = this.inner(node, tag);
      if (inner) stack.push(inner);
    }
  }

  // What is read as the first child: the shadow root, or the document of a frame.
  inner(node, tag) {
    if (tag === "iframe") return this.documents.read(node);
    return tag ? this.shadows.of(node) : null;
  }

  open(node, type, name, parts) {
    const head = this.length;
    const id = this.number(node);
    this.count = 0;
    switch (type) {
      case 9: {
        this.push(DOCUMENT | this.documents.mode(node) << 4 | parts << 6, id);
        if (parts & SETTINGS) this.states.root(node, this);
        break;
      }
      case 11: {
        this.push(SHADOW | parts << 6, id);
        this.root(node);
        if (parts & SETTINGS) this.states.root(node, this);
        break;
      }
      default: {
        const namespace = NAMESPACES[namespaceURI(node)];
        // In a namespace of its own a `script` or an `input` is neither.
        const tag = namespace === undefined ? "saath-other" : name;
        let marks = this.marks.of(node);
        if (tag === "input" && namespace === 0 && this.secrets.has(node)) marks |= EVER_SECRET;
        // What submits a form is the customer's to press.
        if ((tag === "button" || tag === "input") && node.form && (node.type === "submit" || node.type === "image")) {
          marks |= CONFIRM;
        }
        this.push(ELEMENT | (namespace ?? 0) << 4 | parts << 6 | marks << 8, id, this.string(tag));
        if (parts & SETTINGS && tag !== "script" && tag !== "template") {
          this.attributes(node);
          this.states.element(node, tag, (marks & BLOCK) !== 0, this);
          if (tag === "iframe" && !this.documents.read(node)) this.set(WITHHELD, "");
        }
      }
    }
    this.words[head] += this.count * (1 << 14);
  }

  // What happens inside a shadow root is not seen from outside.
  root(root) {
    if (this.roots.has(root)) return;
    this.roots.add(root);
    this.observer.observe(root, OBSERVED);
    this.on(root, "scroll", this.scroll);
    this.on(root, "change", () => this.wake());
    this.marks.find(root);
  }

  // Whether a node is read on the way with something above it. It must not be read by itself then:
  // where it stands now may be masked, or new, and only the reading from above knows.
  isCovered(node, whole, listed) {
    if (whole.has(node) && listed.has(this.above(node))) return true;
    for (let at = this.above(node); at; at = this.above(at)) {
      if (whole.has(at) || !this.ids.has(at)) return true;
    }
    return false;
  }

  // A shadow root is below its host, a document below its frame.
  above(node) {
    return parentNode(node) ?? (nodeType(node) === 11 ? dom.host(node) : this.documents.frameOf(node));
  }

  attributes(node) {
    if (!hasAttributes(node)) return;
    const names = getAttributeNames(node);
    this.ensure(names.length * 2);
    for (const name of names) {
      this.words[this.length++] = this.string(name);
      // It is asked in lower case, and some have it otherwise.
      this.words[this.length++] = this.string(valueOf(node, name, this.strict));
    }
    this.count += names.length;
    this.room -= names.length >> 3;
  }

  // A state of the node whose settings are being read.
  set(prop, value) {
    this.push((PROP | prop) >>> 0, this.string(value));
    this.count++;
    if (prop === SHEET) this.room -= SHEET_COST;
  }

  number(node) {
    let id = this.ids.get(node);
    if (id === undefined) {
      id = this.next++;
      this.ids.set(node, id);
      this.nodes[id] = node;
    }
    return id;
  }

  string(text) {
    let sid = this.sids.get(text);
    if (sid === undefined) {
      sid = this.strings.length;
      // Long texts take their time, too.
      this.room -= text.length >> 8;
      this.sids.set(text, sid);
      this.strings.push(wellFormed(text));
    }
    return sid;
  }

  ensure(count) {
    if (this.length + count <= this.words.length) return;
    const words = new Uint32Array(Math.max(this.words.length * 2, this.length + count));
    words.set(this.words.subarray(0, this.length));
    this.words = words;
  }

  push(a, b, c) {
    this.ensure(3);
    this.words[this.length++] = a;
    if (b !== undefined) this.words[this.length++] = b;
    if (c !== undefined) this.words[this.length++] = c;
  }
}

function isRead(node) {
  const type = nodeType(node);
  return type === 3 || type === 4 || (type === 1 && !OWN.has(localName(node)));
}

// Half a character would be lost on the way, or found together with the other half in the next text:
// it goes as one of the last that are nobody's, and the writer makes it what it was.
function wellFormed(text) {
  return text.isWellFormed?.() ? text : text.replace(/\p{Surrogate}/gu, (half) => String.fromCodePoint(0x102000 + half.charCodeAt(0)));
}

// Of a reference into another drawing only what it names there is told: which drawing is told as a
// picture is.
function valueOf(node, name, strict) {
  if (name === "style") return inlineStyle(node, strict);
  const value = getAttribute(node, name) ?? "";
  return name.endsWith("href") && localName(node) === "use" && value.includes("#") ? value.slice(value.indexOf("#")) : value;
}

function isOpen(node, tag) {
  if (tag === "object") return fallsBack(node);
  return !CLOSED.has(tag) || !(namespaceURI(node) in NAMESPACES);
}

const tagOf = (node) => (nodeType(node) === 1 ? localName(node) : "");
