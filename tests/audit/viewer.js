// What an agent would see of an audited page: frames in, a replica out. The same class as a console's.

import init, { Replica } from "/saath/saath.js";

const stage = document.getElementById("stage");
let replica, folded;

window.viewer = {
  ready: init(),
  /** An empty replica for a window of this size. */
  begin(width, height) {
    replica?.free();
    stage.replaceChildren();
    Object.assign(stage.style, { width: `${width}px`, height: `${height}px` });
    replica = new Replica(stage);
  },
  /** Shows what was recorded, each frame a text in base64; why not, or nothing. */
  async apply(frames) {
    try {
      for (const text of frames) replica.apply(Uint8Array.from(atob(text), (char) => char.charCodeAt(0)));
    } catch (error) {
      return `${error.name}: ${error.message}`;
    }
    const start = performance.now();
    const loads = (doc) => Array.from(doc.images).some((image) => !image.complete);
    do await new Promise(requestAnimationFrame); while (loads(replica.document) && performance.now() - start < 3000);
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    return null;
  },
  document: () => replica.document,
  /** Shows all of it at once, for a picture so many pixels high. */
  unfold(height) {
    folded = around().map((element) => [element, element.style.height]);
    for (const [element] of folded) element.style.height = `${height}px`;
  },
  fold() {
    for (const [element, height] of folded) element.style.height = height;
  },
};

/** The replica's frame, and the mat that it lies in. */
function around() {
  const frame = stage.querySelector("iframe");
  return [frame, frame.parentNode];
}
