// What every page of the portal has: language switch, menu of the phone layout, short messages.

import { currentLanguage, inEveryLanguage, setLanguage, translatePage } from "./i18n.js";

/** Builds an element: `el("td", { class: "right" }, "text", child)`. Properties starting with "on" are listeners. */
export function el(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (typeof value === "boolean") element.toggleAttribute(key, value);
    else element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** A small line icon from the path of a 24 × 24 drawing. */
export function icon(path, size = 18) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  const attributes = { viewBox: "0 0 24 24", width: size, height: size, fill: "none", stroke: "currentColor", "stroke-width": 2, "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true" };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

let hideToast;

/** Says something in passing, at the bottom left; screen readers hear it too. */
export function toast(text) {
  // Always in the page and only emptied: a status that is un-hidden together with its text is often not read out.
  const place = document.querySelector(".toast");
  place.textContent = text;
  clearTimeout(hideToast);
  hideToast = setTimeout(() => (place.textContent = ""), 5000);
}

document.body.append(el("p", { class: "toast", role: "status" }));

const menuButton = document.querySelector(".menu-btn");
menuButton.addEventListener("click", () => {
  const open = document.getElementById("nav").classList.toggle("open");
  menuButton.setAttribute("aria-expanded", String(open));
});

for (const button of document.querySelectorAll(".lang-btn")) {
  button.addEventListener("click", () => setLanguage(button.value));
}
inEveryLanguage(() => {
  for (const button of document.querySelectorAll(".lang-btn")) {
    const on = button.value === currentLanguage();
    button.classList.toggle("on", on);
    button.setAttribute("aria-pressed", String(on));
  }
});

translatePage();
document.documentElement.classList.remove("untranslated");
