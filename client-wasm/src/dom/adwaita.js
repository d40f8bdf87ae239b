// The looks that WebKitGTK gives to its own controls while they are pointed at, pressed or have the
// focus. It paints them by what is really so, which in a replica it never is. What it would paint is
// laid over them as drawings of the same shapes, for controls that no page has styled otherwise, and for
// lists, of which the engine paints nearly as much if one has.

import { Array, IS_WEBKIT, Map, Set, dom } from "./native.js";

const LOOK = "data-saath-look";
// That of Apple has other controls, and fonts by such names.
const IS_GTK = IS_WEBKIT && !CSS.supports("font", "-apple-system-body");
const BUTTONS = new Set(["button", "submit", "reset"]);
const TEXTS = new Set(["text", "url", "tel", "email", "password", "number"]);
// As no page has touched them: background, sort of border, its width and colour, and its radius.
const PLAIN = {
  button: "rgb(192, 192, 192) outset 2px rgb(192, 192, 192) 0px",
  pressed: "rgb(192, 192, 192) inset 2px rgb(192, 192, 192) 0px",
  text: "rgb(255, 255, 255) inset 2px rgb(128, 128, 128) 5px",
  area: "rgb(255, 255, 255) solid 1px rgb(0, 0, 0) 5px",
  list: "rgb(255, 255, 255) solid 1px rgb(0, 0, 0) 5px",
  box: "rgba(0, 0, 0, 0) none 0px rgb(0, 0, 0) 0px",
  range: "rgb(255, 255, 255) none 0px rgb(144, 144, 144) 0px",
};
const EDGE = 'fill="#000" fill-opacity=".196"';
const ACCENT = 'fill="#3584e4" fill-opacity=".8"';
const FACES = { "": "#f4f4f4", hover: "#f8f8f8", active: "#d6d6d6" };
// How large boxes are, and how far their rings reach.
const BOX = 12, REACH = 3;
// Lists of so many sizes are drawn, as each has its arrow elsewhere.
const MOST = 64;

export class Adwaita {
  constructor() {
    // What is drawn, and its number.
    this.lists = new Map();
    this.last = 0;
  }

  // As a style sheet.
  rules() {
    return IS_GTK ? `@layer saath { ${BASE}\n${Array.from(this.lists, ([drawn, number]) => `[${LOOK}~="n${number}"] { ${drawn} }`).join("\n")} }` : "";
  }

  // A control has other states or other styles by now. Says whether there are other rules, and nothing of
  // one that need not be looked at again.
  show(node) {
    const kind = IS_GTK && kindOf(node);
    if (!kind && !dom.hasAttribute(node, LOOK)) return undefined;
    dom.removeAttribute(node, LOOK);
    const words = (dom.getAttribute(node, "data-saath-state") ?? "").split(" ");
    const state = ["active", "hover"].find((word) => words.includes(word)) ?? "";
    if (!state && !words.includes("focus") || !dom.isConnected(node)) return undefined;
    const style = dom.defaultView(dom.ownerDocument(node))?.getComputedStyle(node);
    if (!style || dom.matches(node, ":disabled")) return false;
    const plain = isPlain(style, kind);
    if (!plain && (kind !== "list" || !isEven(style))) return false;
    const around = words.includes("focus") && style.outlineStyle === "auto" ? "ring" : "";
    // What is cut off with the ring that the engine would add.
    if (around && style.boxShadow !== "none") return false;
    const size = `${dom.offsetWidth(node)} ${dom.offsetHeight(node)}`;
    const parts = [kind, state, around];
    let isNew = false;
    if (kind === "box") {
      if (size !== `${BOX} ${BOX}` || style.accentColor !== "auto") return false;
      parts.push(dom.matches(node, ":checked, :indeterminate") ? "full" : "", node.type);
    } else if (kind === "range") {
      if (!around || !size.endsWith(" 20")) return false;
    } else if (kind === "list") {
      const drawn = list(style, ...size.split(" ").map(Number), FACES[state], around, plain);
      isNew = !this.lists.has(drawn);
      if (isNew && this.lists.size >= MOST) this.lists.clear();
      if (isNew) this.lists.set(drawn, this.last++);
      parts.push(`n${this.lists.get(drawn)}`);
    }
    dom.setAttribute(node, LOOK, parts.filter(Boolean).join(" "));
    return isNew;
  }
}

function kindOf(node) {
  const tag = dom.localName(node);
  if (tag === "button") return "button";
  if (tag === "textarea") return "area";
  if (tag === "select") return node.multiple || node.size > 1 ? "open" : "list";
  if (tag !== "input") return "";
  const { type } = node;
  if (type === "checkbox" || type === "radio") return "box";
  if (TEXTS.has(type)) return dom.hasAttribute(node, "list") || node.readOnly ? "" : "text";
  return BUTTONS.has(type) ? "button" : type === "range" ? "range" : "";
}

// Background, sort of border, its width and colour, and its radius, for each side.
function sidesOf(style) {
  return ["Top", "Right", "Bottom", "Left"].map((side) =>
    `${style.backgroundColor} ${["Style", "Width", "Color"].map((what) => style[`border${side}${what}`]).join(" ")} ${style.borderTopLeftRadius}`);
}

function isPlain(style, kind) {
  const plain = [PLAIN[kind], kind === "button" && PLAIN.pressed];
  return isOurs(style) && sidesOf(style).every((side) => plain.includes(side));
}

// Whether it has a border of the page's that can be drawn: lists are painted as ever within that.
function isEven(style) {
  const [first, ...others] = sidesOf(style);
  return isOurs(style) && ["solid", "none"].includes(style.borderTopStyle) && others.every((side) => side === first);
}

const isOurs = (style) => style.appearance === "auto" && style.backgroundImage === "none";

function drawing(width, height, shapes) {
  const text = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${shapes}</svg>`;
  return `url("data:image/svg+xml,${encodeURIComponent(text)}")`;
}

// A rectangle with round corners, so far within another.
function round(width, height, inset, radius) {
  const [w, h] = [width - 2 * inset, height - 2 * inset];
  const corner = (x, y) => `a${radius} ${radius} 0 0 1 ${x * radius} ${y * radius}`;
  return `M${inset + radius} ${inset}h${w - 2 * radius}${corner(1, 1)}v${h - 2 * radius}${corner(-1, 1)}` +
    `h${2 * radius - w}${corner(-1, -1)}v${2 * radius - h}${corner(1, -1)}z`;
}

function face(width, height, inset, radius, paint) {
  return `<path ${paint} d="${round(width, height, inset, radius)}"/>`;
}

// Between two of them.
function rim(width, height, [outer, outerRadius], [inner, innerRadius], paint) {
  const d = round(width, height, outer, outerRadius) + round(width, height, inner, innerRadius);
  return `<path fill-rule="evenodd" ${paint} d="${d}"/>`;
}

// Two pixels around such a rectangle, smoothed as the engine does it: a line of which what is within is
// taken away.
function ring(width, height, inset, radius) {
  const line = `<path fill="none" stroke="#fff" stroke-width="4" d="${round(width, height, inset, radius)}"/>`;
  return `<mask id="ring" maskUnits="userSpaceOnUse" x="-2" y="-2" width="${width + 4}" height="${height + 4}">` +
    `${line}${face(width, height, inset + 0.1, radius - 0.1, "")}</mask>` +
    `<path ${ACCENT} mask="url(#ring)" d="M0 0h${width}v${height}h-${width}z"/>`;
}

function button(width, height, color, isRinged, outer = 5, inner = 4) {
  return rim(width, height, [0, outer], [1, inner], EDGE) + face(width, height, 1, 4, `fill="${color}"`) +
    (isRinged && rim(width, height, [0, 3.5], [2, 2], ACCENT));
}

// In nine parts, for any size.
function stretched(shapes) {
  return `border-image: ${drawing(24, 24, shapes)} 8 fill / 8px / 0 stretch`;
}

// What a page has styled keeps its background, and has its border above the rest. There is room for the
// arrow within what is around the words.
function list(style, width, height, color, isRinged, isPlain) {
  const [line, radius, ...within] = ["borderTopWidth", "borderTopLeftRadius", "paddingTop", "paddingRight", "paddingBottom", "paddingLeft"]
    .map((name) => parseFloat(style[name]));
  const edge = isPlain ? 0 : line;
  // The engine smooths corners twice, as it cuts lists round: these come out nearest to that.
  const corners = isRinged ? [] : [5.75, 3.5];
  const arrow = `<path fill="#2e3436" d="M${width - 18} ${(height - 16) / 2 + 6}h10l-5 5z"/>`;
  const shapes = (edge && !isRinged ? face(width, height, edge, 0, `fill="${color}"`) : button(width, height, color, isRinged, ...corners)) + arrow +
    (isRinged && rim(width, height, [0, 5], [2, 2], ACCENT)) +
    (edge && face(width, height, edge / 2, Math.max(radius - edge / 2, 0), `fill="none" stroke="${style.borderTopColor}" stroke-width="${edge}"`));
  const cut = isRinged ? radius : edge && radius - 1;
  return `padding: ${[5, 21, 5, 5].map((room, i) => `${within[i] + room}px`).join(" ")} !important; ` +
    `border-image: ${drawing(width, height, shapes)} 0 fill / 0 / 0 stretch !important; ` +
    `background-clip: ${isPlain ? "content" : "border"}-box !important; ${cut > 0 ? `clip-path: inset(0 round ${cut}px)` : ""}`;
}

// A box keeps what the engine paints; this lies over it.
function boxRule(type, state, isRinged, full) {
  const size = BOX + 2 * REACH;
  const radius = type === "radio" ? BOX / 2 : 2;
  const hovered = !state ? "" : full ? face(size, size, REACH, radius, 'fill="#fff" fill-opacity=".1"')
    : rim(size, size, [REACH, radius], [REACH + 2, Math.max(radius - 2, 1)], 'fill="#000" fill-opacity=".146"');
  const around = isRinged && ring(size, size, 2, type === "radio" ? 6.5 : 2);
  const look = ["box", state, isRinged, full, type].filter(Boolean).join(" ");
  return `[${LOOK}="${look}"]::before { content: ""; display: block; width: ${size}px; height: ${size}px; margin: -${REACH}px; background: ${drawing(size, size, hovered + around)} }`;
}

const each = (list, f) => list.map(f).join("\n");
const BASE = `
  [${LOOK}^="button"], [${LOOK}^="text"][${LOOK}~="ring"], [${LOOK}^="area"][${LOOK}~="ring"] {
    appearance: none; background-clip: content-box
  }
  [${LOOK}^="list"] { appearance: none }
  /* Without the appearance it has there is the ring of any other element around it, too. */
  [${LOOK}^="button"][${LOOK}~="ring"] { clip-path: inset(0 round 2.5px) }
  :is([${LOOK}^="text"], [${LOOK}^="area"])[${LOOK}~="ring"] { clip-path: inset(0 round 5px) }
  ${each(["", "hover", "active"], (state) => each(["", "ring"], (around) =>
    `[${LOOK}="${["button", state, around].filter(Boolean).join(" ")}"] { ${stretched(button(24, 24, FACES[state], around))} }`))}
  /* That cut rounds its corners, too. */
  ${each(["area", "text"], (kind, inset) =>
    `[${LOOK}="${kind} ring"] { ${stretched(face(24, 24, inset, 5, 'fill="#fff"') + rim(24, 24, [0, 2], [2, 2], ACCENT))} }`)}
  ${each(["checkbox", "radio"], (type) => each(["", "hover", "active"], (state) => each(["", "ring"], (around) =>
    each(["", "full"], (full) => boxRule(type, state, around, full)))))}
  [${LOOK}^="range"][${LOOK}~="ring"]::-webkit-slider-runnable-track {
    border-image: ${drawing(28, 20, `<g transform="translate(0 3)">${rim(28, 14, [0, 6.2], [2, 3.7], ACCENT)}</g>`)} 0 8 fill / 0 8px / 0 4px stretch
  }`;
