// What an element shows that is a picture: where it comes from, and its size. The words are those
// of `core/src/assets/picture.rs`. It decides nothing: what of it may be sent is decided in `core`.

import { Array, IS_WEBKIT, Map, Set, WeakSet, dom, observer } from "./native.js";

const PICTURE = 11;
// What loads or plays tells so by events that do not leave a shadow tree.
const EVENTS = ["load", "error", "loadeddata", "play", "pause", "seeked", "timeupdate", "emptied"];
const PICTURED = new Set(["img", "input", "image", "feImage", "canvas", "video", "audio", "object", "embed",
  "applet", "use", "body", "table", "td", "th"]);
const BY_TYPE = /^image\/|\.(png|jpe?g|gif|webp|avif|svg|bmp|ico)([?#]|$)/i;

export class Pictures {
  // `note` hears of a node that shows something else.
  start(win, signal, note) {
    this.signal = signal;
    this.note = note;
    // How much of each element is on the screen, in CSS pixels.
    this.visible = new Map();
    // Those of which that is not known yet.
    this.unseen = new Set();
    this.watcher = observer(win, "IntersectionObserver", (entries) => {
      for (const { target, isIntersecting, intersectionRect: { width, height } } of entries) {
        this.unseen.delete(target);
        if (isIntersecting) this.visible.set(target, width * height);
        else this.visible.delete(target);
      }
    });
    this.roots = new WeakSet();
    signal.addEventListener("abort", () => this.watcher.disconnect());
  }

  reset() {
    this.seen = new Map();
    this.visible.clear();
    this.unseen.clear();
    this.watcher.disconnect();
  }

  forget(node) {
    if (!this.seen.delete(node)) return;
    this.visible.delete(node);
    this.unseen.delete(node);
    this.watcher.unobserve(node);
  }

  // Hears of what loads in a document or a shadow root.
  listen(root) {
    if (this.roots.has(root)) return;
    this.roots.add(root);
    const changed = ({ target }) => {
      if (this.seen.has(target)) this.note(target);
    };
    for (const type of EVENTS) {
      dom.addEventListener(root, type, changed, { capture: true, passive: true, signal: this.signal });
    }
  }

  // The documents that pictures stand in.
  documents() {
    return new Set(Array.from(this.seen.keys(), (node) => dom.ownerDocument(node)));
  }

  // A source can change without a trace: where the window or a script chooses another one.
  changed(mark) {
    for (const [node, was] of this.seen) if (look(node, dom.localName(node), was.id) !== was.text) mark(node);
  }

  // `out.set(prop, value)` takes what there is.
  element(node, tag, out) {
    if (!PICTURED.has(tag)) return;
    const id = out.number(node);
    const text = look(node, tag, id);
    if (text === null && tag !== "img" && tag !== "video" && tag !== "audio") return;
    if (!this.seen.has(node)) {
      this.unseen.add(node);
      this.watcher.observe(node);
    }
    this.seen.set(node, { text, id });
    if (text !== null) out.set(PICTURE, text);
  }

  // How much of what comes from an address is on the screen.
  areas() {
    const areas = new Map();
    for (const [node, area] of this.visible) {
      const address = addressOf(this.seen.get(node)?.text);
      if (address) areas.set(address, Math.max(area, areas.get(address) ?? 0));
    }
    return areas;
  }

  // The images of the page by the addresses that they have loaded.
  images() {
    const images = new Map();
    for (const [node, { text }] of this.seen) {
      if (dom.localName(node) === "img") images.set(addressOf(text), node);
    }
    return images;
  }
}

const addressOf = (text) => text?.split("\n")[3];

// Four lines: natural size, a word for what it is without its picture, its number if it paints
// itself, its address.
const lines = (size, label, live, address) => [size, label, live, address].join("\n");

function look(node, tag, id) {
  switch (tag) {
    case "img": return image(node);
    case "canvas": return lines("0,0", "canvas", id, "");
    case "video": return video(node, id);
    // Without buttons it is not seen.
    case "audio": return node.controls ? lines("0,0", played("audio", node), "", "") : null;
    case "object": return fallsBack(node) ? null : plugin(node, "object", node.data);
    case "embed": return plugin(node, "embed", node.src);
    case "applet": return lines("0,0", "applet", "", "");
    case "input": return node.type === "image" && node.src ? lines("0,0", "", "", node.src) : null;
    case "use":
    case "image":
    case "feImage": {
      const { baseVal } = node.href ?? {};
      return !baseVal || baseVal.startsWith("#") ? null : lines("0,0", "", "", resolve(tag === "use" ? baseVal.split("#")[0] : baseVal, node));
    }
    default: {
      const background = dom.getAttribute(node, "background");
      return background ? lines("0,0", "", "", resolve(background, node)) : null;
    }
  }
}

function image(node) {
  const { currentSrc, naturalWidth, naturalHeight } = node;
  if (!currentSrc && !dom.hasAttribute(node, "src") && !dom.hasAttribute(node, "srcset")) return "none";
  if (!node.complete) return null;
  if (naturalWidth && naturalHeight) return lines(`${naturalWidth},${naturalHeight}`, "", "", currentSrc);
  // A drawing may have no size of its own, and be there all the same.
  return /\.svg([?#]|$)|^data:image\/svg/i.test(currentSrc) && node.clientWidth
    ? lines("0,0", "", "", currentSrc)
    : isRefused(node) ? "none" : "broken";
}

// WebKit shows an image for which it may not ask, or cannot, as one without an address. No pattern can
// be made of it; of one that has failed making it throws.
function isRefused(node) {
  try {
    return IS_WEBKIT && !new OffscreenCanvas(1, 1).getContext("2d").createPattern(node, "");
  } catch {
    return false;
  }
}

function video(node, id) {
  const { poster } = node;
  const untouched = node.paused && !node.currentTime && !node.played.length;
  const frame = node.readyState >= 2 && node.videoWidth && !(poster && untouched);
  // With nothing to show it is an empty box there, too.
  return frame || poster || node.controls ? lines("0,0", played("video", node), frame ? id : "", poster) : null;
}

function played(kind, node) {
  const state = node.paused ? "\u23f8" : "\u25b6";
  return `${kind} ${state} ${Math.min(Math.floor(node.currentTime), 999999)}${node.controls ? " controls" : ""}`;
}

function plugin(node, kind, address) {
  if (/pdf/i.test(node.type) || /\.pdf([?#]|$)/i.test(address)) return lines("0,0", "pdf", "", "");
  if (!address) return null;
  const picture = BY_TYPE.test(node.type || address);
  return lines("0,0", picture ? "picture" : kind, "", picture ? address : "");
}

function resolve(address, node) {
  try {
    return new URL(address, dom.baseURI(node)).href;
  } catch {
    return "";
  }
}

// Whether a plug-in's element shows what is in it, as it has nothing else to show. Nothing tells but
// that it is laid out.
export function fallsBack(node) {
  const range = dom.ownerDocument(node).createRange();
  range.selectNodeContents(node);
  return range.getClientRects().length > 0;
}
