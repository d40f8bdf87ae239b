// The steps of assets/policy.html: nothing inline may run there.
const p = document.querySelector("p");
window.steps = [
  () => { p.append(", changed"); p.style.fontWeight = "400"; },
  () => { p.setAttribute("style", "color: red"); },
  () => { document.adoptedStyleSheets = [new CSSStyleSheet()]; document.adoptedStyleSheets[0].insertRule("p { text-decoration: underline }"); },
  () => { document.querySelector("link").remove(); },
];
