// The documents that are read: the page's own and, through its frames, those of the same origin in
// it. A frame shows another document without any record of it, and `document.open` empties one and
// takes all listeners away; so both are looked for each time the page is asked what has changed.

import { Array, Map, dom } from "./native.js";

export class Documents {
  // `hear(doc, signal)` begins to listen to a document, `reload(frame)` hears of a frame that may
  // show another one.
  start(top, hear, reload) {
    this.top = top;
    this.hear = hear;
    this.reload = reload;
    // How often the page's own document was emptied and written anew.
    this.openings = 0;
    // Each with its frame, and with what tells that it was opened anew.
    this.known = new Map();
    // For each frame that was read its document, or null where it cannot be read.
    this.frames = new Map();
    this.add(top, null);
  }

  stop() {
    for (const { abort } of this.known.values()) abort.abort();
    this.known.clear();
    for (const { abort } of this.frames.values()) abort.abort();
    this.frames.clear();
  }

  // Of a frame as it is now, and remembered as what was read.
  read(frame) {
    const doc = documentOf(frame);
    const known = this.frames.get(frame);
    if (known) {
      known.doc = doc;
    } else {
      const abort = new AbortController();
      this.frames.set(frame, { doc, abort });
      dom.addEventListener(frame, "load", () => this.reload(frame), { signal: abort.signal });
    }
    if (doc && !this.known.has(doc)) this.add(doc, frame);
    return doc;
  }

  mode(doc) {
    return modeOf(doc);
  }

  // The frames whose documents cannot be read.
  foreign() {
    return Array.from(this.frames.keys()).filter((frame) => !this.frames.get(frame).doc);
  }

  frameOf(doc) {
    return this.known.get(doc)?.frame ?? null;
  }

  // Whether a node is on the page, through all frames around it.
  isLive(node) {
    for (;;) {
      if (!dom.isConnected(node)) return false;
      const doc = dom.nodeType(node) === 9 ? node : dom.ownerDocument(node);
      if (doc === this.top) return true;
      const frame = this.frameOf(doc);
      if (!frame || documentOf(frame) !== doc) return false;
      node = frame;
    }
  }

  // Looks at all of them. `renumber` hears of a document whose layout mode is another: it is
  // another document for the one who reads of it.
  look(renumber) {
    for (const [frame, { doc }] of this.frames) if (documentOf(frame) !== doc) this.reload(frame);
    for (const [doc, known] of this.known) {
      if (known.root === dom.documentElement(doc)) continue;
      // As many listeners as before, should it only have another root.
      known.abort.abort();
      const { frame, mode } = known;
      this.add(doc, frame);
      if (!frame) this.openings++;
      if (mode !== modeOf(doc)) renumber(doc, frame);
    }
  }

  forget(node) {
    this.known.get(node)?.abort.abort();
    this.known.delete(node);
    this.frames.get(node)?.abort.abort();
    this.frames.delete(node);
  }

  // Lets go of what is not on the page any more.
  tidy() {
    for (const frame of this.frames.keys()) if (!this.isLive(frame)) this.forget(frame);
    for (const doc of this.known.keys()) if (!this.isLive(doc)) this.forget(doc);
  }

  add(doc, frame) {
    const abort = new AbortController();
    this.known.set(doc, { frame, abort, root: dom.documentElement(doc), mode: modeOf(doc) });
    this.hear(doc, abort.signal);
    // The old document of a frame tells that it goes; the new one is there a moment later.
    if (!frame) return;
    const gone = () => setTimeout(() => this.reload(frame));
    const view = dom.defaultView(doc);
    if (view) dom.addEventListener(view, "pagehide", gone, { signal: abort.signal });
  }
}

// How a document is laid out, which its doctype says: 0 by the standards, 1 in quirks mode, and 2 in
// limited-quirks mode, of which `compatMode` does not tell.
function modeOf(doc) {
  if (dom.compatMode(doc) === "BackCompat") return 1;
  const doctype = dom.doctype(doc);
  if (!doctype || dom.contentType(doc) !== "text/html") return 0;
  const { publicId, systemId } = doctype;
  return /^-\/\/W3C\/\/DTD XHTML 1\.0 (Frameset|Transitional)\/\//i.test(publicId) ||
    (systemId && /^-\/\/W3C\/\/DTD HTML 4\.01 (Frameset|Transitional)\/\//i.test(publicId)) ? 2 : 0;
}

function documentOf(frame) {
  try {
    return dom.contentDocument(frame) ?? null;
  } catch {
    // Called so in a namespace of its own.
    return null;
  }
}
