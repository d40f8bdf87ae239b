// Whether a style sheet with a title is in force. Of all titles of a document one is, and scripts can
// switch others on; not every engine says so in `disabled`. So a rule is put into the sheet for what no
// page has, and taken out again before anything is shown.

import { WeakMap, dom } from "./native.js";

const PSEUDO = "::highlight(saath-probe)";
const COLOR = "rgb(1, 2, 3)";
const INTERVAL = 1000;

export class Alternates {
  constructor() {
    this.found = new WeakMap();
  }

  isOn(sheet) {
    const root = sheet.ownerNode && dom.getRootNode(sheet.ownerNode);
    // Titles mean nothing in a shadow tree.
    if (!root || dom.nodeType(root) !== 9 || !dom.documentElement(root)) return true;
    const now = performance.now();
    let found = this.found.get(sheet);
    if (!found || now - found.at > INTERVAL) this.found.set(sheet, found = { at: now, isOn: probe(sheet, root) });
    return found.isOn;
  }
}

function probe(sheet, doc) {
  try {
    const at = sheet.cssRules.length;
    sheet.insertRule(`:root${PSEUDO}{color:${COLOR}!important;forced-color-adjust:none}`, at);
    try {
      const { color } = dom.defaultView(doc).getComputedStyle(dom.documentElement(doc), PSEUDO);
      return color === "" || color === COLOR;
    } finally {
      sheet.deleteRule(at);
    }
  } catch {
    // It cannot be looked into, or is being loaded.
    return true;
  }
}
