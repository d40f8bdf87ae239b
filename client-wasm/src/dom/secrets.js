// Which inputs hold a password or have held one, whatever they are now: a button shows what is in one,
// and a framework that draws it anew puts another element in its place.

import { Array, Set, WeakSet, dom, fields } from "./native.js";

const HTML = "http://www.w3.org/1999/xhtml";
const { getAttribute, getAttributeNames, localName, namespaceURI, nodeType, querySelectorAll } = dom;
const { type: typeOf } = fields.input;

export class Secrets {
  constructor() {
    this.known = new WeakSet();
    // By these it is known again wherever it is.
    this.names = new Set();
    this.any = false;
  }

  // Whether this input is one, by what was seen until now.
  has(input) {
    if (typeOf(input) === "password" || this.any && called(input).some((name) => this.names.has(name))) this.add(input);
    return this.known.has(input);
  }

  add(input) {
    if (this.known.has(input)) return;
    this.any = true;
    this.known.add(input);
    for (const name of called(input)) this.names.add(name);
  }

  // Since the last call: what was one for a moment; and what comes where one has gone, and looks like
  // it, is one: it need not have a name.
  follow(records) {
    for (const { type, target, attributeName, oldValue, addedNodes } of records) {
      if (type === "childList") {
        for (let i = 0; i < addedNodes.length; i++) {
          for (const input of inputs(addedNodes[i])) if (typeOf(input) === "password") this.add(input);
        }
      } else if (attributeName === "type" && oldValue?.toLowerCase() === "password") {
        for (const input of inputs(target)) this.add(input);
      }
    }
    if (!this.any) return;
    const gone = new Set();
    for (const { removedNodes } of records) {
      for (let i = 0; i < removedNodes.length; i++) {
        for (const input of inputs(removedNodes[i])) if (this.known.has(input)) gone.add(look(input));
      }
    }
    if (!gone.size) return;
    for (const { addedNodes } of records) {
      for (let i = 0; i < addedNodes.length; i++) {
        for (const input of inputs(addedNodes[i])) if (gone.has(look(input))) this.add(input);
      }
    }
  }
}

function inputs(node) {
  if (nodeType(node) !== 1) return [];
  const found = localName(node) === "input" ? [node] : Array.from(querySelectorAll(node, "input"));
  return found.filter((input) => namespaceURI(input) === HTML);
}

const called = (input) =>
  ["name", "id"].map((key) => [key, getAttribute(input, key)]).filter(([, value]) => value).map(([key, value]) => `${key} ${value}`);

// All but what is in it, and whether that is to be read.
const look = (input) =>
  getAttributeNames(input).filter((name) => !/^(type|value|aria-.*|data-saath-.*)$/.test(name)).sort()
    .map((name) => `${name}=${getAttribute(input, name)}`).join("\n");
