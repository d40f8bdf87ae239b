// What the step of a page waits for: states, not times.

// What was done is on the screen.
window.painted = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));

// Something is so.
window.until = async (isSo) => { while (!isSo()) await painted(); };

// Told once. Ask before it can be.
window.heard = (target, type) => new Promise((done) => target.addEventListener(type, done, { once: true }));

// The pictures of these addresses are there for all that shows them: in a document each is loaded once.
window.pictures = async (...addresses) => {
  for (const src of addresses) await Object.assign(new Image(), { src }).decode();
  await painted();
};
