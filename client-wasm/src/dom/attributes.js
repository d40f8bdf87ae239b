// What the elements of a replica are given: their attributes, the states that style sheets ask for,
// and sizes.

import { dom, styleOf } from "./native.js";

const XLINK = "http://www.w3.org/1999/xlink", XML = "http://www.w3.org/XML/1998/namespace";
const STATES = "data-saath-state";
const PART_STATES = ["hover", "active", "focus", "focus-visible", "focus-within", "valid", "invalid", "user-valid",
  "user-invalid"].map((state) => `saath-${state}`);

export class Attributes {
  set(node, name, value) {
    // A page that forbids inline styles forbids the attribute, but not this.
    if (name === "style" && styleOf(node)) styleOf(node).cssText = value;
    else if (name.startsWith("xlink:")) dom.setAttributeNS(node, XLINK, name, value);
    else if (name.startsWith("xml:")) dom.setAttributeNS(node, XML, name, value);
    else setNamed(node, name, value);
    if (name === "part" || name === "exportparts") nameParts(node);
  }

  remove(node, name) {
    if (name.startsWith("xlink:")) dom.removeAttributeNS(node, XLINK, name.slice(6));
    else dom.removeAttribute(node, name);
  }

  // The words of its states, or null.
  states(node, words) {
    if (words !== null) dom.setAttribute(node, STATES, words);
    else dom.removeAttribute(node, STATES);
    nameParts(node);
  }

  // Over its inline style: `width,height`.
  size(node, value) {
    const [width, height] = value.split(",");
    // What takes no room at all makes no line either.
    const style = styleOf(node);
    if (value === "0,0" && dom.localName(node).startsWith("saath-")) {
      style.setProperty("display", dom.localName(node) === "saath-audio" ? "none" : "inline", "important");
      return;
    }
    style?.setProperty("width", `${width}px`, "important");
    style?.setProperty("height", `${height}px`, "important");
    style?.setProperty("box-sizing", "border-box", "important");
  }
}

// Not every engine lets a script give an attribute each name that a parser does. There one is parsed:
// in a document of nobody, and it is taken only if it came to what was asked for.
function setNamed(node, name, value) {
  try {
    dom.setAttribute(node, name, value);
  } catch {
    const { body } = new DOMParser().parseFromString(`<p ${name}>`, "text/html");
    const [attribute, more] = body.firstChild.attributes;
    if (attribute?.name !== name.toLowerCase() || more) return;
    dom.setAttributeNode(node, dom.importNode(dom.ownerDocument(node), attribute));
    dom.getAttributeNode(node, name).value = value;
  }
}

// A part has its states as more names: nothing else can be asked of it from outside its shadow tree.
// They are handed on wherever parts are.
function nameParts(node) {
  const own = (text) => text.filter((name) => name && !name.startsWith("saath-"));
  if (dom.hasAttribute(node, "part")) {
    const states = (dom.getAttribute(node, STATES) ?? "").split(" ").filter(Boolean);
    const names = own(dom.getAttribute(node, "part").split(/\s+/));
    dom.setAttribute(node, "part", [...names, ...states.map((state) => `saath-${state}`)].join(" "));
  }
  if (dom.hasAttribute(node, "exportparts")) {
    const names = own(dom.getAttribute(node, "exportparts").split(/\s*,\s*/));
    dom.setAttribute(node, "exportparts", [...names, ...PART_STATES].join(", "));
  }
}
