// The looks that an engine gives to its own controls while they are pointed at or pressed. Firefox
// paints them by what is really so, which in a replica it never is; what it would paint is styled, for
// controls that no page has styled otherwise.

import { IS_FIREFOX, Set, dom } from "./native.js";

const LOOK = "data-saath-look";
const BUTTONS = new Set(["button", "submit", "reset"]);
const BOXES = new Set(["checkbox", "radio"]);
const TEXTS = new Set(["text", "search", "url", "tel", "email", "password", "number"]);
const EDGE = "rgb(143, 143, 157)";
const FACES = { button: "rgb(233, 233, 237)", list: "rgb(233, 233, 237)", text: "rgb(255, 255, 255)" };

// What it paints: a rounded rectangle, its edge half a pixel from the outside. As a border's image it
// leaves all that lays out as it is, and outlines, which would follow rounded corners of our own.
const painted = (face, edge, radius) => {
  const drawing = `<svg xmlns='http://www.w3.org/2000/svg' width='12' height='12'><rect x='.5' y='.5' width='11' height='11' rx='${radius - 0.5}' fill='${face}' stroke='${edge}'/></svg>`;
  return `background-clip: padding-box; border-image: url("data:image/svg+xml,${encodeURIComponent(drawing)}") 5 fill / 5px`;
};

const RULES = `@layer saath {
  [${LOOK}~="face"][${LOOK}~="hover"] { background-color: #d0d0d7 }
  [${LOOK}~="face"][${LOOK}~="active"] { background-color: #b1b1b9 }
  [${LOOK}~="edge"][${LOOK}~="hover"] { border-color: #676774 }
  [${LOOK}~="edge"][${LOOK}~="active"] { border-color: #484851 }
  :is([${LOOK}="face edge hover"], [${LOOK}="list hover"]) { ${painted("#d0d0d7", "#676774", 4)} }
  :is([${LOOK}="face edge active"], [${LOOK}="list active"]) { ${painted("#b1b1b9", "#484851", 4)} }
  [${LOOK}="text hover"] { ${painted("#ffffff", "#676774", 2)} }
  [${LOOK}="text active"] { ${painted("#ffffff", "#484851", 2)} }
  [${LOOK}="box hover"] { accent-color: #2374ff }
  /* As it has the ring itself, and others have not. */
  :is(:any-link, [type="checkbox"], [type="radio"])[data-saath-state~="focus-visible"] { outline-offset: 0 }
}`;

export class Looks {
  constructor(adwaita) {
    this.adwaita = adwaita;
    // Elements with other states than before. Controls stay while they are pointed at, pressed or have the
    // focus: what else becomes of them may give them a look of their own.
    this.nodes = new Set();
  }

  // As a style sheet.
  rules() {
    return IS_FIREFOX ? RULES : this.adwaita.rules();
  }

  // The page is as it is told, for now. Says whether there are other rules.
  settle() {
    let isNew = false;
    for (const node of this.nodes) {
      const found = IS_FIREFOX ? look(node) : this.adwaita.show(node);
      if (found === undefined) this.nodes.delete(node);
      isNew ||= found;
    }
    return isNew;
  }
}

// Says nothing of what need not be looked at again.
function look(node) {
  const kind = kindOf(node);
  if (!kind) return undefined;
  dom.removeAttribute(node, LOOK);
  const words = (dom.getAttribute(node, "data-saath-state") ?? "").split(" ");
  const state = ["active", "hover"].find((word) => words.includes(word));
  if (!state || !dom.isConnected(node)) return undefined;
  const style = dom.defaultView(dom.ownerDocument(node))?.getComputedStyle(node);
  if (style?.appearance === "auto" && !dom.matches(node, ":disabled")) give(node, kind, state, style);
  return false;
}

function give(node, kind, state, style) {
  const isPlain = style.backgroundColor === FACES[kind] && style.backgroundImage === "none";
  const isEdged = ["Top", "Right", "Bottom", "Left"].every((side) => style[`border${side}Color`] === EDGE &&
    style[`border${side}Width`] === "2px" && ["inset", "outset"].includes(style[`border${side}Style`]));
  if (kind === "box") {
    if (style.accentColor === "auto") dom.setAttribute(node, LOOK, `box ${state}`);
  } else if (kind !== "button") {
    if (isPlain && isEdged) dom.setAttribute(node, LOOK, `${kind} ${state}`);
  } else if (isPlain || isEdged) {
    dom.setAttribute(node, LOOK, [isPlain && "face", isEdged && "edge", state].filter(Boolean).join(" "));
  }
}

function kindOf(node) {
  const tag = dom.localName(node);
  if (tag === "button") return "button";
  if (tag === "textarea") return "text";
  // One that stands open is a field.
  if (tag === "select") return node.multiple || node.size > 1 ? "text" : "list";
  if (tag !== "input") return "";
  const { type } = node;
  return BUTTONS.has(type) ? "button" : BOXES.has(type) ? "box" : TEXTS.has(type) ? "text" : "";
}
