// The bytes of pictures and fonts, read in the customer's browser: what matters most first, a few at
// a time, while the page is idle. What may be sent is decided in `core`; only that has a number.

import { Map, Set, dom } from "../dom/native.js";
import { idle } from "./loaded.js";

const PICTURE = 0, FONT = 1, LIVE = 2;
const AT_ONCE = 4;
// Larger pictures are made smaller.
const LARGE = 16 << 20;
// How often it is waited for that it is known what is on the screen.
const PATIENCE = 50;
const UNREADABLE = 0, TOO_LARGE = 1, OVER_BUDGET = 2;
const NO_ROOM = new Error("no room");

export class Assets {
  // `tell(number, hash, size, turn, keep, painted)`; without a hash `size` says why there is none.
  constructor(pictures, painted, loaded, tell) {
    this.pictures = pictures;
    this.painted = painted;
    this.loaded = loaded;
    this.tell = tell;
    this.blobs = new Map();
    this.room = Infinity;
    this.patience = 0;
    this.waiting = [];
    // How many were chosen to be read.
    this.turn = 0;
    this.busy = 0;
    this.stopping = new AbortController();
    painted.start(pictures, (number, blob) => this.take(number, blob, this.turn, false, true));
    // Origins that the page's own policy closes to us.
    this.closed = new Set();
    const { signal } = this.stopping;
    dom.addEventListener(document, "securitypolicyviolation", (event) => {
      if (event.effectiveDirective === "connect-src") this.closed.add(originOf(event.blockedURI));
    }, { signal });
    loaded.start(signal, this.closed, () => this.next());
  }

  // A number that was given, the base of its address, and the node if it paints itself.
  add(number, use, base, address, node) {
    if (use === LIVE) {
      if (node) this.painted.add(number, node);
      return;
    }
    let url;
    try {
      url = new URL(address, base || dom.baseURI(document)).href;
    } catch {
      this.tell(number, undefined, UNREADABLE, 0, false, false);
      return;
    }
    this.waiting.push({ number, use, url });
    if (!isMade(url)) this.loaded.wonder(url, use === PICTURE);
    this.next();
  }

  // What has these numbers is not shown any more.
  withdraw(numbers) {
    const gone = new Set(numbers);
    this.waiting = this.waiting.filter(({ number }) => !gone.has(number));
    for (const number of gone) {
      this.blobs.delete(number);
      this.painted.nodes.delete(number);
    }
  }

  // So many bytes more may be read. If none, what waits is missing.
  left(room) {
    this.room = room;
    if (room > 0) return;
    for (const { number } of this.waiting.splice(0)) this.tell(number, undefined, OVER_BUDGET, 0, false, false);
  }

  // A piece of what was read before.
  async read(number, offset, length) {
    const blob = this.blobs.get(number);
    const piece = await blob?.slice(offset, offset + length).arrayBuffer();
    if (blob && offset + length >= blob.size) this.painted.sent(number);
    return piece && new Uint8Array(piece);
  }

  // All of it, for the customer to look at: it counts as sent to nobody.
  async copy(number) {
    const bytes = await this.blobs.get(number)?.arrayBuffer();
    return bytes && new Uint8Array(bytes);
  }

  stop() {
    this.stopping.abort();
    this.painted.stop();
    this.waiting = [];
    this.blobs.clear();
    this.tell = () => {};
  }

  next() {
    if (this.scheduled || this.busy >= AT_ONCE || this.stopping.signal.aborted) return;
    if (this.room <= 0) return this.left(0);
    this.scheduled = true;
    idle(200).then(() => {
      this.scheduled = false;
      if (this.stopping.signal.aborted) return;
      // What is on the screen is known with the next frame, of a page that is seen at all.
      if (this.pictures.unseen.size && this.patience++ < PATIENCE) {
        setTimeout(() => this.next(), 20);
        return;
      }
      this.patience = 0;
      for (const doc of this.pictures.documents()) this.loaded.watch(dom.defaultView(doc));
      for (const asset of this.choose(AT_ONCE - this.busy)) this.load(asset);
    });
  }

  // Fonts in use, then what is on the screen, the larger first, then the rest of what the page has
  // loaded, and what another page may have. What the page has not loaded waits until it does.
  choose(count) {
    const areas = this.pictures.areas(), images = this.pictures.images();
    const rank = ({ use, url }) => {
      const loaded = isMade(url) || this.loaded.has(url);
      const image = use === PICTURE && images.has(url);
      if (!loaded && !image && !this.loaded.isCut) return 0;
      if (use === FONT) return loaded ? 1e12 : 1;
      const area = areas.get(url);
      if (area !== undefined) return 1e6 + area;
      if (image) return 10;
      return isMade(url) || this.loaded.isListed(url) ? 1e6 : loaded ? 1e5 : 1;
    };
    const ranked = this.waiting.map((asset) => [rank(asset), asset]).filter(([rank]) => rank > 0);
    ranked.sort(([a], [b]) => b - a);
    const chosen = ranked.slice(0, count).map(([, asset]) => asset);
    this.waiting = this.waiting.filter((asset) => !chosen.includes(asset));
    return chosen;
  }

  async load({ number, use, url }) {
    const turn = ++this.turn;
    this.busy++;
    try {
      let { blob, keep } = await this.bytes(use, url);
      if (blob.size > LARGE && use === PICTURE) blob = await smaller(blob);
      if (blob.size > this.room) throw NO_ROOM;
      await this.take(number, blob, turn, keep, false);
    } catch (error) {
      this.tell(number, undefined, error === NO_ROOM ? OVER_BUDGET : UNREADABLE, 0, false, false);
    }
    this.busy--;
    this.next();
  }

  // Bytes that a frame of another origin has read, as important as what is being read; none of what
  // it cannot.
  given(number, bytes, keep, painted) {
    if (bytes.length) this.take(number, new Blob([bytes]), this.turn, keep, painted);
    else this.tell(number, undefined, UNREADABLE, 0, false, painted);
  }

  async take(number, blob, turn, keep, painted) {
    if (blob.size > LARGE) return this.tell(number, undefined, TOO_LARGE, 0, false, painted);
    const hash = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
    this.blobs.set(number, blob);
    this.tell(number, new Uint8Array(hash), blob.size, turn, keep, painted);
  }

  async bytes(use, url) {
    if (url.startsWith("data:")) return { blob: decode(url), keep: false };
    const image = use === PICTURE ? this.pictures.images().get(url) : undefined;
    const origin = originOf(url);
    if (!this.closed.has(origin)) {
      try {
        return await this.fetch(url, origin);
      } catch (error) {
        if (!image || error === NO_ROOM) throw error;
      }
    }
    if (!image) throw new Error("closed");
    return { blob: await drawn(image), keep: false };
  }

  async fetch(url, origin) {
    const own = origin === location.origin;
    const ask = async (cache) => {
      const { signal } = this.stopping;
      const credentials = own ? "same-origin" : "omit";
      const answer = await fetch(url, { cache, credentials, signal, priority: "low" });
      if (!answer.ok) throw new Error("refused");
      const length = Number(answer.headers.get("content-length") ?? 0);
      if (length > this.room && length <= LARGE) {
        answer.body?.cancel();
        throw NO_ROOM;
      }
      const control = answer.headers.get("cache-control") ?? "";
      const keep = !url.startsWith("blob:") && !/private|no-store/i.test(control);
      return { blob: await answer.blob(), keep };
    };
    try {
      return await ask("force-cache");
    } catch (error) {
      // What the page loaded without asking for leave lies in the cache without it.
      if (error === NO_ROOM || own || this.closed.has(origin) || this.stopping.signal.aborted) throw error;
      return ask("reload");
    }
  }
}

// What a policy may allow or forbid: of what is made in the page a scheme, which is all that the
// report of a refusal says of it.
const originOf = (url) => {
  if (url === "blob" || url.startsWith("blob:")) return "blob";
  try {
    return new URL(url).origin;
  } catch {
    return url;
  }
};

// In the page itself, and never loaded.
const isMade = (url) => /^(data|blob):/.test(url);

// By hand: a page's policy may forbid to fetch it.
function decode(url) {
  const comma = url.indexOf(",");
  const head = url.slice(5, comma), body = url.slice(comma + 1).split("#")[0];
  if (!/;\s*base64\s*$/i.test(head)) return new Blob([percentDecoded(body)]);
  const text = atob(decodeURIComponent(body));
  return new Blob([Uint8Array.from(text, (c) => c.charCodeAt(0))]);
}

function percentDecoded(text) {
  const bytes = new TextEncoder().encode(text);
  let length = 0;
  for (let i = 0; i < bytes.length; i++) {
    const hex = bytes[i] === 37 ? String.fromCharCode(bytes[i + 1], bytes[i + 2]) : "";
    if (/^[0-9a-f]{2}$/i.test(hex)) {
      bytes[length++] = parseInt(hex, 16);
      i += 2;
    } else bytes[length++] = bytes[i];
  }
  return bytes.subarray(0, length);
}

// The picture of an image that may be read but not fetched; throws for one that may not.
// Decoding it may take long, and is not waited for.
async function drawn(image) {
  const { naturalWidth, naturalHeight } = image;
  const bitmap = await createImageBitmap(image, { resizeWidth: naturalWidth, resizeHeight: naturalHeight });
  const canvas = new OffscreenCanvas(naturalWidth, naturalHeight);
  canvas.getContext("bitmaprenderer").transferFromImageBitmap(bitmap);
  return canvas.convertToBlob();
}

async function smaller(blob) {
  const LONGEST = 2048;
  const bitmap = await createImageBitmap(blob);
  const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
  const canvas = new OffscreenCanvas(Math.ceil(bitmap.width * scale), Math.ceil(bitmap.height * scale));
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas.convertToBlob({ type: blob.type === "image/jpeg" ? blob.type : "image/webp", quality: 0.85 });
}
