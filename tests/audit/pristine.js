// A function of the text `SURVEY` in a window of its own, where no page has changed anything: pages
// patch the prototypes and collections that a survey stands on. Runs before the survey, in the page; the
// frame is gone again before anybody looks.

const root = Object.getOwnPropertyDescriptor(Document.prototype, "documentElement").get.call(document);
const frame = Document.prototype.createElement.call(document, "iframe");
Node.prototype.appendChild.call(root, frame);
const fresh = Object.getOwnPropertyDescriptor(HTMLIFrameElement.prototype, "contentWindow").get.call(frame);
// Types by name: in Chromium a window that is gone has none of the DOM's any more.
const survey = fresh.Function(`const { Node, Element, Document, DocumentFragment, HTMLElement, CSS } = globalThis;
  return (root, policy, secrets, closed) => { ${SURVEY} }`)();
const parse = fresh.JSON.parse, stringify = fresh.JSON.stringify, WeakSet = fresh.WeakSet;
Node.prototype.removeChild.call(root, frame);
