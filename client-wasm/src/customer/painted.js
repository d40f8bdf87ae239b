// What paints itself, canvases and films, as pictures: while they are on the screen, at most four
// times a second, and only when they have changed.

import { Map, dom } from "../dom/native.js";

const PACE = 250;
// What has not changed is looked at less often.
const SLOWEST = 1000;
// A picture that nobody fetches holds the next one up so long.
const PATIENCE = 5000;
// Longer sides are halved until they are not.
const LONGEST = 2048;

export class Painted {
  constructor() {
    this.nodes = new Map();
  }

  // `show(number, blob)` takes a picture.
  start(pictures, show) {
    this.pictures = pictures;
    this.show = show;
  }

  add(number, node) {
    this.nodes.set(number, { node, pace: PACE, due: 0, print: undefined, sending: 0, busy: false });
    this.timer ??= setInterval(() => this.look(), PACE);
    this.look();
  }

  // The last picture is on its way.
  sent(number) {
    const entry = this.nodes.get(number);
    if (entry) entry.sending = 0;
  }

  stop() {
    clearInterval(this.timer);
    cancelAnimationFrame(this.frame);
    this.nodes.clear();
    this.show = () => {};
  }

  // In a frame, after the page's own callbacks: what WebGL has drawn is there only until it is shown.
  look() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => {
      const now = performance.now();
      for (const [number, entry] of this.nodes) {
        if (this.isDue(entry, now)) this.take(number, entry, now);
      }
    });
  }

  isDue(entry, now) {
    if (entry.busy || now < entry.due || now < entry.sending + PATIENCE && entry.sending) return false;
    // The first picture of all, the others while they are seen.
    return !entry.print || this.pictures.visible.has(entry.node);
  }

  async take(number, entry, now) {
    entry.busy = true;
    try {
      const blob = await pictureOf(entry.node);
      const print = blob && await printOf(blob);
      if (print && print !== entry.print) {
        entry.print = print;
        entry.pace = PACE;
        entry.sending = now;
        this.show(number, blob);
      } else {
        entry.pace = Math.min(entry.pace * 2, SLOWEST);
      }
    } catch {
      // It may not be read: its box says what it is. It stays so, as taint stays.
      this.show(number, new Blob());
      this.nodes.delete(number);
    }
    entry.busy = false;
    entry.due = now + entry.pace;
  }
}

async function pictureOf(node) {
  const film = dom.localName(node) === "video";
  let width = film ? node.videoWidth : node.width;
  let height = film ? node.videoHeight : node.height;
  if (!width || !height || film && node.readyState < 2) return undefined;
  while (Math.max(width, height) > LONGEST) {
    width = Math.ceil(width / 2);
    height = Math.ceil(height / 2);
  }
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d").drawImage(node, 0, 0, width, height);
  // A film that runs is many pictures, and none of them is looked at closely.
  return canvas.convertToBlob(film && !node.paused ? { type: "image/jpeg", quality: 0.75 } : {});
}

async function printOf(blob) {
  const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
  return String.fromCharCode(...new Uint8Array(digest));
}
