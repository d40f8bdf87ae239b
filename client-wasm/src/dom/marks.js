// Which elements are marked: by the selectors of the policy and of the page, found in one search for
// all of them, and by the customer.

import { Array, Map, Set, dom } from "./native.js";

const MASK = 1;
// Pseudo-classes that follow from what is recorded: elements and attributes. All others can change
// without a record.
const STEADY = new Set(["not", "is", "where", "has", "root", "host", "host-context", "lang", "any-link", "link",
  "disabled", "enabled", "required", "optional", "first-child", "last-child", "only-child", "nth-child",
  "nth-last-child", "first-of-type", "last-of-type", "only-of-type", "nth-of-type", "nth-last-of-type"]);

export class Marks {
  constructor() {
    this.marks = new Map();
    // For each mark, in the order of its bit, the selector list of those that have it.
    this.selectors = [];
    this.any = "";
    // What the customer may show.
    this.showable = "";
    // The marks that the customer has made, each an element and its bit. Held until the end, as what
    // is off the page may come back to it.
    this.own = new Map();
    // Whether marks may have changed.
    this.unsure = false;
  }

  // Throws on a list that does not parse.
  select(doc, selectors, showable) {
    const probe = dom.createDocumentFragment(doc);
    for (const selector of [...selectors, showable]) dom.querySelectorAll(probe, selector);
    this.selectors = selectors;
    this.any = selectors.join();
    this.showable = showable;
    const all = `${this.any},${showable}`;
    this.asked = attributesOf(all);
    this.restless = isRestless(all);
    this.unsure = true;
  }

  // The customer makes a mark, or takes theirs away by 0.
  choose(node, bit) {
    if (bit) this.own.set(node, bit);
    else this.own.delete(node);
    this.unsure = true;
  }

  of(node) {
    return this.marks.get(node) ?? 0;
  }

  // Whether the customer may show an element, by the page's marks and the policy.
  isShowable(node) {
    for (let at = node; at;) {
      if (dom.closest(at, this.showable)) return true;
      const root = dom.getRootNode(at);
      at = dom.nodeType(root) === 11 && dom.isConnected(root) ? dom.host(root) : null;
    }
    return false;
  }

  // An attribute of this name has changed somewhere.
  changed(name) {
    this.unsure ||= !this.asked || this.asked.has(name.toLowerCase());
  }

  // Whether all have to be asked anew.
  isStale() {
    return this.unsure || this.restless;
  }

  // Asks all anew; `changed` is called with each node that has other marks.
  renew(roots, changed) {
    this.unsure = false;
    const before = this.marks;
    this.marks = new Map();
    for (const root of roots) this.find(root);
    for (const [node, bit] of this.own) if (bit === MASK || this.isShowable(node)) this.add(node, bit);
    for (const [node, bits] of this.marks) if (before.get(node) !== bits) changed(node);
    for (const node of before.keys()) if (!this.marks.has(node)) changed(node);
  }

  // Few elements are marked, and only those are asked which marks.
  find(root) {
    for (const node of dom.querySelectorAll(root, this.any)) {
      let bits = 0;
      this.selectors.forEach((selector, i) => {
        if (dom.matches(node, selector)) bits |= 1 << i;
      });
      // A selector that means one thing in a search and another asked of an element: which mark it
      // stands for is not known.
      this.add(node, bits || MASK);
    }
  }

  add(node, bits) {
    this.marks.set(node, this.of(node) | bits);
  }
}

// The attributes that selectors ask for, in lower case; null if they may ask for any.
function attributesOf(selectors) {
  if (/[\\|/]|:(?!(?:not|is|where)\()/.test(selectors)) return null;
  const names = Array.from(selectors.matchAll(/\[\s*([^\s\]~^$*=]+)/g), ([, name]) => name.toLowerCase());
  return new Set([...names, "class", "id"]);
}

// Whether they ask for what changes without a record. What is in quotes counts, too: it only costs.
function isRestless(selectors) {
  const names = Array.from(selectors.matchAll(/:([\w-]+|\\)/g), ([, name]) => name.toLowerCase());
  return names.some((name) => !STEADY.has(name));
}
