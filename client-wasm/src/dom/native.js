// The browser's own ways to ask of nodes. Pages change prototypes, libraries wrap them, a form's
// controls hide the form's properties by their names, and forms and images hide a document's: so
// nothing is asked of a node by a property of its own where that can be. It is as fast.

// What only one engine does, it cannot be asked for.
export const IS_FIREFOX = CSS.supports("-moz-appearance", "none");
export const IS_WEBKIT = CSS.supports("-webkit-nbsp-mode", "space");

const { getOwnPropertyDescriptor, ownKeys } = Reflect;
const HTML = "http://www.w3.org/1999/xhtml";
const print = Function.prototype.toString;

// Tables without a prototype: what a page adds to all objects is none of their names.
const GETTERS = {
  __proto__: null,
  Node: ["baseURI", "childNodes", "firstChild", "isConnected", "lastChild", "nextSibling", "nodeType", "ownerDocument",
    "parentNode", "previousSibling", "textContent"],
  CharacterData: ["data"],
  Element: ["localName", "namespaceURI", "scrollLeft", "scrollTop", "shadowRoot"],
  ShadowRoot: ["host"],
  Document: ["compatMode", "contentType", "defaultView", "doctype", "documentElement", "fonts", "head",
    "hidden", "implementation", "scrollingElement", "timeline", "title", "URL"],
  HTMLElement: ["offsetHeight", "offsetWidth", "style"],
  HTMLIFrameElement: ["contentDocument"],
};
const METHODS = {
  __proto__: null,
  Element: ["closest", "getAttribute", "getAttributeNames", "getAttributeNode", "getBoundingClientRect",
    "hasAttribute", "hasAttributes", "matches", "prepend", "remove", "removeAttribute", "removeAttributeNS", "scrollTo",
    "setAttribute", "setAttributeNode", "setAttributeNS", "toggleAttribute"],
  Document: ["close", "createDocumentFragment", "createElementNS", "createTextNode", "createTreeWalker", "getSelection",
    "importNode", "open", "write"],
  EventTarget: ["addEventListener"],
  Node: ["appendChild", "getRootNode", "insertBefore"],
};
// There on several kinds of node: by `nodeType`.
const KINDS = { __proto__: null, 1: "Element", 9: "Document", 11: "ShadowRoot" };
const SHARED_GETTERS = ["activeElement", "adoptedStyleSheets", "fullscreenElement"];
const SHARED_METHODS = ["getAnimations", "moveBefore", "querySelector", "querySelectorAll"];
// Of one type of element each, as one name has a getter on each of them.
const FIELDS = {
  __proto__: null,
  HTMLInputElement: { tag: "input", names: ["checked", "form", "indeterminate", "type", "value"] },
  HTMLTextAreaElement: { tag: "textarea", names: ["value"] },
  HTMLSelectElement: { tag: "select", names: ["multiple", "options", "selectedIndex", "selectedOptions"] },
  HTMLOptionElement: { tag: "option", names: ["index", "selected"] },
};
const TYPES = ["Array", "Map", "MutationObserver", "Set", "WeakMap", "WeakSet"];

// A window that no script of the page has touched. What was taken from it works when it is gone.
const frame = isUntouched(window) ? null : opened();
const realm = frame?.contentWindow ?? window;

export const { Array, Map, MutationObserver, Set, WeakMap, WeakSet } = realm;

// `f` with its `this` as the first argument; bound, as engines see through that.
const { apply } = realm.Reflect, { bind, call } = realm.Function.prototype;
const uncurried = (f) => f && apply(bind, call, [f]);
// Some engines do not have it.
const getter = (type, name) => uncurried(descriptor(realm, type, name)?.get) ?? (() => undefined);
const method = (type, name) => uncurried(realm[type].prototype[name]);

const own = {};
for (const type in GETTERS) for (const name of GETTERS[type]) own[name] = getter(type, name);
for (const type in METHODS) for (const name of METHODS[type]) own[name] = method(type, name);
for (const name of SHARED_GETTERS) own[name] = shared(getter, name);
for (const name of SHARED_METHODS) own[name] = shared(method, name);

// `dom.firstChild(node)` for `node.firstChild`, `dom.matches(node, css)` for `node.matches(css)`. A
// copy is found things in faster than what was filled one by one.
export const dom = { ...own };

// `fields.input.value(node)`, for what has been found to be an input.
export const fields = {};
for (const type in FIELDS) {
  const all = fields[FIELDS[type].tag] = {};
  for (const name of FIELDS[type].names) all[name] = getter(type, name);
}

// Elements of other namespaces have it elsewhere, and hide nothing.
export const styleOf = (node) => (dom.namespaceURI(node) === HTML ? dom.style(node) : node.style);

const setters = [9, 11].map((kind) => uncurried(descriptor(realm, KINDS[kind], "adoptedStyleSheets")?.set));
export const adopt = (root, sheets) => setters[dom.nodeType(root) === 9 ? 0 : 1](root, sheets);

// An observer of a window's own class, which measures in its documents; a page that has put there
// what cannot be made is not measured.
export function observer(win, type, heard) {
  try {
    return new win[type](heard);
  } catch {
    return { observe() {}, unobserve() {}, disconnect() {} };
  }
}

// What has the focus in a document, within open shadow trees too.
export function focusedIn(doc) {
  for (let root = doc, node = null; ;) {
    const inner = dom.activeElement(root);
    if (!inner) return node;
    node = inner;
    root = dom.shadowRoot(node);
    if (!root) return node;
  }
}

if (frame) dom.remove(frame);

// By which a wrapped function tells what it wraps, also to another copy of this module.
const LAYER = Symbol.for("saath.layer");

// Puts `heard(call, self, args)` in the place of a function; what is given back puts the function
// into its place again. Others may have wrapped it since, and may stop earlier or later.
export function wrap(owner, name, heard) {
  const layer = { original: owner[name] };
  // Proxies keep the functions' names, lengths and looks.
  const wrapped = owner[name] = new Proxy(layer.original, {
    apply: (_, self, args) => heard(() => apply(layer.original, self, args), self, args),
    get: (original, key) => (key === LAYER ? layer : Reflect.get(original, key)),
  });
  return () => {
    if (owner[name] === wrapped) owner[name] = layer.original;
    // Then they take what we wrapped, if they are of our kind.
    let above = owner[name][LAYER];
    while (above && above.original !== wrapped) above = above.original[LAYER];
    if (above) above.original = layer.original;
  };
}

// What the window of a document has by this name. It may show another document by now, and one of
// another origin.
export function ofWindow(doc, name) {
  try {
    return dom.defaultView(doc)?.[name];
  } catch {
    return undefined;
  }
}

// What Rust asks. A module's imports must be functions of this window: Firefox takes no other.
export const title = (doc) => dom.title(doc);
export const address = (doc) => dom.URL(doc);
export const documentElement = (doc) => dom.documentElement(doc);
export const defaultView = (doc) => dom.defaultView(doc);
export const isHidden = (doc) => dom.hidden(doc);
export const nodeType = (node) => dom.nodeType(node);
export const titleElement = (doc) => dom.querySelector(doc, "title");
export const policies = (doc) => {
  const found = dom.querySelectorAll(doc, 'script[type="application/json" i][data-saath-policy]');
  return Array.from(found, (script) => dom.textContent(script));
};
export const count = (doc, selector) => dom.querySelectorAll(doc, selector).length;
export const rootOf = (node) => dom.getRootNode(node);
export const parses = (doc, selector) => {
  try {
    dom.querySelectorAll(dom.createDocumentFragment(doc), selector);
    return true;
  } catch {
    return false;
  }
};

function shared(kindOf, name) {
  const of = {};
  for (const kind in KINDS) of[kind] = kindOf(KINDS[kind], name);
  return (node, a, b) => of[dom.nodeType(node)](node, a, b);
}

function descriptor(win, type, name) {
  return getOwnPropertyDescriptor(win[type].prototype, name);
}

function isUntouched(win) {
  const found = [print, win.Reflect.apply, win.Function.prototype.bind, win.Function.prototype.call];
  const getters = (type, names) => {
    for (const name of names) found.push(descriptor(win, type, name)?.get);
  };
  const methods = (type, names) => {
    for (const name of names) found.push(win[type].prototype[name]);
  };
  for (const type in GETTERS) getters(type, GETTERS[type]);
  for (const type in FIELDS) getters(type, FIELDS[type].names);
  for (const type in METHODS) methods(type, METHODS[type]);
  for (const kind in KINDS) {
    getters(KINDS[kind], SHARED_GETTERS);
    methods(KINDS[kind], SHARED_METHODS);
  }
  for (const type of TYPES) found.push(win[type], win[type].from);
  return found.every((f) => f === undefined || isNative(f));
}

// By its text, and by what it has of its own: libraries make their functions' texts look right.
function isNative(f) {
  const own = ["from", "fromAsync", "groupBy", "isArray", "length", "name", "of", "prototype"];
  return /\[native code\]\s*\}$/.test(print.call(f)) &&
    ownKeys(f).every((key) => typeof key === "symbol" ? key === Symbol.species : own.includes(key));
}

function opened() {
  const frame = document.createElement("iframe");
  frame.style.display = "none";
  document.documentElement.appendChild(frame);
  return frame;
}
