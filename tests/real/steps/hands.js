// What a user does, as steps of a page, and how a page of fixtures is taken.
//
// A step is a function without arguments; the harness calls it, waits for what it returns, and then
// compares. A step whose element is not there fails, or a changed package would test nothing.

/** The page's steps: those of its component, then a look at all of it from the top to the bottom. */
export function take(steps = []) {
  // What was once a password is never shown, also after "Show": the comparison must know.
  for (const input of document.querySelectorAll("input[type=password]")) input.everSecret = true;
  const above = Math.ceil(document.documentElement.scrollHeight / innerHeight) - 1;
  const looks = Array.from({ length: Math.min(above, MOST_LOOKS) }, () => look);
  window.steps = [...steps, ...looks];
}

/** The tallest pages go on with what only the packages' own unit tests look at. */
const MOST_LOOKS = 5;

function look() {
  scrollBy({ top: innerHeight, behavior: "instant" });
  return calm();
}

/** Clicks, as a user's mouse does: the button has the focus then. */
export const click = (selector, nth) => step(selector, nth, (element) => {
  element.focus({ preventScroll: true });
  element.click();
});

/** Types into a field, by way of the property below any that a framework has put over it. */
export const type = (selector, text, nth) => step(selector, nth, (field) => {
  field.focus({ preventScroll: true });
  if (field.isContentEditable) field.textContent = text;
  else {
    const kind = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
    Object.getOwnPropertyDescriptor(kind.prototype, "value").set.call(field, text);
  }
  tell(field);
});

/** Chooses an option. */
export const choose = (selector, index, nth) => step(selector, nth, (select) => {
  select.selectedIndex = index;
  tell(select);
});

/** Presses a key and lets it go. */
export const press = (selector, key, nth, more = {}) => step(selector, nth, (element) => {
  element.focus({ preventScroll: true });
  for (const name of ["keydown", "keyup"]) {
    element.dispatchEvent(new KeyboardEvent(name, { key, code: key, bubbles: true, cancelable: true, ...more }));
  }
});

/** Moves the mouse over it, or away. */
export const point = (selector, nth, name = "mouseover") => step(selector, nth, (element) => {
  element.dispatchEvent(new MouseEvent(name, { bubbles: name !== "mouseenter", view: window }));
});

/** Several steps that are one to the eye. */
export const all = (...steps) => async () => {
  for (const step of steps) await step();
};

function step(selector, nth, act) {
  return async () => {
    act(await one(selector, nth));
    await calm();
  };
}

function tell(field) {
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

/** Until what began has ended: the scripts' own next turns, transitions and other animations. */
async function calm() {
  for (;;) {
    for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
    const running = document.getAnimations().filter((animation) => animation.playState === "running" && isFinite(animation.effect.getComputedTiming().endTime));
    if (!running.length) return;
    // One that is cancelled has ended, too.
    await Promise.allSettled(running.map((animation) => animation.finished));
  }
}

/** The element, as soon as it is there: parts of an app come late. */
async function one(selector, nth = 0) {
  const start = performance.now();
  for (;;) {
    const element = document.querySelectorAll(selector)[nth];
    if (element) return element;
    if (performance.now() - start > PATIENCE) throw new Error(`no ${selector} (${nth}) on ${location.pathname}`);
    await new Promise(requestAnimationFrame);
  }
}

/** Milliseconds. */
const PATIENCE = 3000;
