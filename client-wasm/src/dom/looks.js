// The looks that an engine gives to its own controls while they are pointed at or pressed. Firefox
// paints them by what is really so, which in a replica it never is; what it would paint is styled, for
// controls that no page has styled otherwise.

import { dom } from "./native.js";

const LOOK = "data-saath-look";
const IS_FIREFOX = CSS.supports("-moz-appearance", "none");
const BUTTONS = new Set(["button", "submit", "reset"]);
const BOXES = new Set(["checkbox", "radio"]);
const TEXTS = new Set(["text", "search", "url", "tel", "email", "password", "number"]);
const EDGE = "rgb(143, 143, 157)";
const FACES = { button: "rgb(233, 233, 237)", text: "rgb(255, 255, 255)" };

const edge = (color) => `appearance: none; border-image: linear-gradient(${color}, ${color}) 1 / 1px`;

const RULES = `@layer saath {
  [${LOOK}~="face"][${LOOK}~="hover"] { background-color: #d0d0d7 }
  [${LOOK}~="face"][${LOOK}~="active"] { background-color: #b1b1b9 }
  [${LOOK}~="edge"][${LOOK}~="hover"] { border-color: #676774 }
  [${LOOK}~="edge"][${LOOK}~="active"] { border-color: #484851 }
  [${LOOK}~="face"][${LOOK}~="edge"][${LOOK}~="hover"] { ${edge("#676774")}; border-radius: 4px }
  [${LOOK}~="face"][${LOOK}~="edge"][${LOOK}~="active"] { ${edge("#484851")}; border-radius: 4px }
  [${LOOK}="text hover"] { ${edge("#676774")}; border-radius: 2px }
  /* As it has the ring itself, and others have not. */
  :is(:any-link, [type="checkbox"], [type="radio"])[data-saath-state~="focus-visible"] { outline-offset: 0 }
  [${LOOK}="box hover"] { accent-color: #2374ff }
  [${LOOK}="text active"] { ${edge("#484851")}; border-radius: 2px }
}`;

export class Looks {
  constructor(adwaita) {
    this.adwaita = adwaita;
  }

  // As a style sheet.
  rules() {
    return IS_FIREFOX ? RULES : this.adwaita.rules();
  }

  // An element has other states by now, and all its styles. Says whether there are other rules.
  show(node) {
    if (!IS_FIREFOX) return this.adwaita.show(node);
    look(node);
    return false;
  }
}

function look(node) {
  const kind = kindOf(node);
  if (!kind) return;
  dom.removeAttribute(node, LOOK);
  const words = (dom.getAttribute(node, "data-saath-state") ?? "").split(" ");
  const state = ["active", "hover"].find((word) => words.includes(word));
  if (!state || dom.matches(node, ":disabled")) return;
  const style = dom.defaultView(dom.ownerDocument(node))?.getComputedStyle(node);
  if (!style || style.appearance !== "auto") return;
  const isPlain = style.backgroundColor === FACES[kind] && style.backgroundImage === "none";
  const isEdged = ["Top", "Right", "Bottom", "Left"].every((side) => style[`border${side}Color`] === EDGE &&
    style[`border${side}Width`] === "2px" && ["inset", "outset"].includes(style[`border${side}Style`]));
  if (kind === "box") {
    if (style.accentColor === "auto") dom.setAttribute(node, LOOK, `box ${state}`);
  } else if (kind === "text") {
    if (isPlain && isEdged) dom.setAttribute(node, LOOK, `text ${state}`);
  } else if (isPlain || isEdged) {
    dom.setAttribute(node, LOOK, [isPlain && "face", isEdged && "edge", state].filter(Boolean).join(" "));
  }
}

function kindOf(node) {
  const tag = dom.localName(node);
  if (tag === "button") return "button";
  if (tag === "textarea") return "text";
  if (tag !== "input") return "";
  const { type } = node;
  return BUTTONS.has(type) ? "button" : BOXES.has(type) ? "box" : TEXTS.has(type) ? "text" : "";
}
