// Which elements are marked: by the selectors of the policy and of the page, found in one search for
// all of them; and which fields were passwords.

import { Array, Map, Set, WeakSet, dom, fields } from "./native.js";

export class Marks {
  constructor() {
    this.marks = new Map();
    // For each mark, in the order of its bit, the selector list of those that have it.
    this.selectors = [];
    this.any = "";
    // Whether marks may have changed.
    this.unsure = false;
    // Fields that were passwords, and what they are called: a page may put a copy in their place.
    this.secrets = new WeakSet();
    this.called = new Set();
  }

  // Whether a field is a password, or was one, or is called as one that was.
  isSecret(node) {
    const name = dom.getAttribute(node, "name"), id = dom.getAttribute(node, "id");
    if (fields.input.type(node) === "password") {
      this.secrets.add(node);
      if (name) this.called.add(`name ${name}`);
      if (id) this.called.add(`id ${id}`);
    }
    return this.secrets.has(node) || this.called.has(`name ${name}`) || this.called.has(`id ${id}`);
  }

  // Throws on a list that does not parse.
  select(doc, selectors) {
    const probe = dom.createDocumentFragment(doc);
    for (const selector of selectors) dom.querySelectorAll(probe, selector);
    this.selectors = selectors;
    this.any = selectors.join();
    this.asked = attributesOf(this.any);
    this.unsure = true;
  }

  of(node) {
    return this.marks.get(node) ?? 0;
  }

  // An attribute of this name has changed somewhere.
  changed(name) {
    this.unsure ||= !this.asked || this.asked.has(name);
  }

  // Asks all anew; `changed` is called with each node that has other marks.
  renew(roots, changed) {
    this.unsure = false;
    const before = this.marks;
    this.marks = new Map();
    for (const root of roots) this.find(root);
    for (const [node, bits] of this.marks) if (before.get(node) !== bits) changed(node);
    for (const node of before.keys()) if (!this.marks.has(node)) changed(node);
  }

  // Few elements are marked, and only those are asked which marks.
  find(root) {
    for (const node of dom.querySelectorAll(root, this.any)) {
      let bits = 0;
      this.selectors.forEach((selector, i) => {
        if (is(node, selector)) bits |= 1 << i;
      });
      this.marks.set(node, bits);
    }
  }
}

function is(node, selector) {
  try {
    return dom.matches(node, selector);
  } catch {
    return false;
  }
}

// The attributes that selectors ask for; null if they may ask for any.
function attributesOf(selectors) {
  if (/[\\|]|:(?!(?:not|is|where)\()/.test(selectors)) return null;
  const names = Array.from(selectors.matchAll(/\[\s*([^\s\]~^$*=]+)/g), ([, name]) => name.toLowerCase());
  return new Set([...names, "class", "id"]);
}
