// The browser's own ways to ask of nodes. Pages change prototypes, libraries wrap them, a form's
// controls hide the form's properties by their names, and forms and images hide a document's: so
// nothing is asked of a node by a property of its own. Calling a getter is as fast.

const { apply, getOwnPropertyDescriptor, ownKeys } = Reflect;
const print = Function.prototype.toString;

const GETTERS = {
  Node: ["firstChild", "isConnected", "lastChild", "nextSibling", "nodeType", "ownerDocument", "parentNode",
    "previousSibling", "textContent"],
  CharacterData: ["data"],
  Element: ["localName", "namespaceURI", "scrollLeft", "scrollTop", "shadowRoot"],
  ShadowRoot: ["host"],
  Document: ["compatMode", "defaultView", "documentElement", "hidden", "scrollingElement", "title", "URL"],
  HTMLElement: ["offsetHeight", "offsetWidth"],
  HTMLIFrameElement: ["contentDocument"],
};
const METHODS = {
  Element: ["getAttribute", "getAttributeNames", "getBoundingClientRect", "hasAttribute", "hasAttributes", "matches"],
  Document: ["createDocumentFragment", "createTreeWalker"],
  EventTarget: ["addEventListener"],
};
// There on several kinds of node.
const QUERY = "querySelectorAll", QUERIES = ["Document", "DocumentFragment", "Element"];
const SHEETS = "adoptedStyleSheets", ADOPTERS = ["Document", "ShadowRoot"];
const TYPES = ["Array", "Map", "MutationObserver", "Set", "WeakMap"];

const realm = isUntouched(window) ? window : fresh();

export const { Array, Map, MutationObserver, Set, WeakMap } = realm;

// `dom.firstChild(node)` for `node.firstChild`, `dom.matches(node, css)` for `node.matches(css)`.
export const dom = {};
for (const type in GETTERS) for (const name of GETTERS[type]) dom[name] = getter(type, name);
for (const type in METHODS) for (const name of METHODS[type]) dom[name] = method(type, name);
const queries = QUERIES.map((type) => method(type, QUERY)), adopted = ADOPTERS.map((type) => getter(type, SHEETS));
dom[QUERY] = (node, css) => {
  const type = dom.nodeType(node);
  return queries[type === 9 ? 0 : type === 11 ? 1 : 2](node, css);
};
dom[SHEETS] = (root) => adopted[dom.nodeType(root) === 9 ? 0 : 1](root);

// What is told of the page itself.
export const titleOf = (doc) => dom.title(doc);
export const addressOf = (doc) => dom.URL(doc);
export const rootOf = (doc) => dom.documentElement(doc) ?? undefined;
export const isHidden = (doc) => dom.hidden(doc);
export const titleElementOf = (doc) => dom.querySelectorAll(doc, "title")[0];

function getter(type, name) {
  const get = getOwnPropertyDescriptor(realm[type].prototype, name)?.get;
  // This engine does not have it.
  if (!get) return () => undefined;
  return (node) => apply(get, node, []);
}

function method(type, name) {
  const f = realm[type].prototype[name];
  return (node, a, b, c) => apply(f, node, c === undefined ? [a, b] : [a, b, c]);
}

function isUntouched(win) {
  const found = [];
  for (const type in GETTERS) {
    for (const name of GETTERS[type]) found.push(getOwnPropertyDescriptor(win[type].prototype, name)?.get);
  }
  for (const type in METHODS) for (const name of METHODS[type]) found.push(win[type].prototype[name]);
  for (const type of QUERIES) found.push(win[type].prototype[QUERY]);
  for (const type of TYPES) found.push(win[type], win[type].from);
  return found.every((f) => f === undefined || isNative(f));
}

// By its text, and by what it has of its own: libraries make their functions' texts look right.
function isNative(f) {
  const own = ["from", "groupBy", "isArray", "length", "name", "of", "prototype", "fromAsync"];
  return /\[native code\]\s*\}$/.test(apply(print, f, [])) &&
    ownKeys(f).every((key) => typeof key === "symbol" ? key === Symbol.species : own.includes(key));
}

// A window that no script of the page has touched. What was taken from it works when it is gone.
function fresh() {
  const frame = document.createElement("iframe");
  frame.style.display = "none";
  document.documentElement.appendChild(frame);
  const { contentWindow } = frame;
  frame.parentNode.removeChild(frame);
  return contentWindow;
}
