// What the platform says of a node, whatever the page has patched and however its forms' fields are
// called: this window's own accessors, which take the nodes of any other.

const native = ({ prototype }, name) => {
  const { get, value } = Object.getOwnPropertyDescriptor(prototype, name);
  return get ? (node) => get.call(node) : (node, ...rest) => value.apply(node, rest);
};

export const nodeType = native(Node, "nodeType");
export const childNodes = native(Node, "childNodes");
export const localName = native(Element, "localName");
export const namespaceOf = native(Element, "namespaceURI");
export const attributesOf = native(Element, "attributes");
export const attribute = native(Element, "getAttribute");
export const matches = native(Element, "matches");
export const shadowRoot = native(Element, "shadowRoot");
export const boxOf = native(Element, "getBoundingClientRect");
export const boxesOf = native(Element, "getClientRects");
export const dataOf = native(CharacterData, "data");
export const viewOf = native(Document, "defaultView");
export const modeOf = native(Document, "compatMode");
export const scrollerOf = native(Document, "scrollingElement");
export const documentOf = native(Node, "ownerDocument");
export const left = native(Element, "scrollLeft");
export const top = native(Element, "scrollTop");
/** Of an input; nothing of what is only called so, in a namespace of its own. */
export const field = Object.fromEntries(["checked", "indeterminate", "type", "value"].map((name) => {
  const get = native(HTMLInputElement, name);
  return [name, (node) => (/xhtml$/.test(namespaceOf(node)) ? get(node) : undefined)];
}));
const queries = [Document, DocumentFragment, Element].map((type) => native(type, "querySelectorAll"));
export const allOf = (node, css) => queries[{ 9: 0, 11: 1 }[nodeType(node)] ?? 2](node, css);
export const idOf = native(Element, "id");
export const classOf = native(Element, "className");
