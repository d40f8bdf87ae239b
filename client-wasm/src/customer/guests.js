// The frames of other origins whose clients take part: who knocks is answered with a port, at its
// exact origin. What comes through the port goes to Rust as it is.

import { Array, Map, WeakMap, WeakSet, dom } from "../dom/native.js";

const VERSION = 1;
// Of one message, in bytes: a page and what is around it.
const MOST = 5 << 20;

export class Guests {
  // `came(key, frame)` hears of a client, `heard(key, bytes)` what it says, undefined if it has gone.
  constructor(origins, came, heard) {
    Object.assign(this, { origins, came, heard });
    this.last = 0;
    // There may be another client on the page; what answers its call is its.
    this.call = Math.random();
    // By key: frame, port, and whether the document in the frame has still to say that it is loaded.
    this.guests = new Map();
    this.frames = [];
    this.called = new WeakSet();
    // Whose documents are not listened to any more, and whether they have still to be loaded.
    this.refused = new WeakMap();
    this.abort = new AbortController();
    const { signal } = this.abort;
    dom.addEventListener(window, "message", (event) => this.message(event), { signal });
  }

  // The frames there are: those that are new may have been there before us, and are called once.
  look(frames) {
    this.frames = frames;
    for (const frame of frames) {
      if (this.called.has(frame)) continue;
      this.called.add(frame);
      dom.addEventListener(frame, "load", () => this.loaded(frame), { signal: this.abort.signal });
      for (const origin of this.origins) frame.contentWindow?.postMessage({ saath: "call", version: VERSION, call: this.call }, origin);
    }
  }

  message({ data, origin, source }) {
    if (data?.saath !== "knock" || data.version !== VERSION || !source || !this.origins.includes(origin)) return;
    if ((data.call ?? this.call) !== this.call) return;
    // One that is not known yet is called as soon as it is.
    const frame = this.frames.find((frame) => frame.contentWindow === source);
    if (!frame || this.refused.has(frame)) return;
    this.leave(frame);
    const key = ++this.last, { port1: port, port2 } = new MessageChannel();
    this.guests.set(key, { frame, port, loading: !data.loaded });
    port.onmessage = ({ data }) => {
      if (!this.guests.has(key)) return;
      const fits = data instanceof ArrayBuffer && data.byteLength <= MOST;
      if (!fits) this.refuse(key);
      this.heard(key, fits ? new Uint8Array(data) : undefined);
    };
    source.postMessage({ saath: "port", version: VERSION }, origin, [port2]);
    this.came(key, frame);
  }

  // Another document is in the frame, unless it is the very one that has knocked.
  loaded(frame) {
    if (this.refused.get(frame)) this.refused.set(frame, false);
    else this.refused.delete(frame);
    for (const guest of this.guests.values()) {
      if (guest.frame !== frame || !guest.loading) continue;
      guest.loading = false;
      return;
    }
    this.leave(frame);
  }

  leave(frame) {
    for (const [key, guest] of Array.from(this.guests)) if (guest.frame === frame) this.heard(key, undefined);
  }

  frame(key) {
    return this.guests.get(key)?.frame;
  }

  send(key, bytes) {
    this.guests.get(key)?.port.postMessage(bytes.buffer);
  }

  close(key) {
    this.guests.get(key)?.port.close();
    this.guests.delete(key);
  }

  // For as long as its document is there.
  refuse(key) {
    const guest = this.guests.get(key);
    if (guest) this.refused.set(guest.frame, guest.loading);
  }

  stop() {
    this.abort.abort();
    for (const key of Array.from(this.guests.keys())) this.close(key);
  }
}
