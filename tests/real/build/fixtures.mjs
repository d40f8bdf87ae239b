// What the pages of both governments' components have in common.

/** Attributes whose value is an id, or several. */
const IDS =
  /(\s(?:id|for|headers|list|form|(?:data-)?aria-controls|aria-labelledby|aria-describedby|aria-owns|data-validation-element)=")([^"]+)(")/g;
const FRAGMENTS = /(\shref="#)([^"]+)(")/g;

/**
 * Several fixtures on one page, each under its name. Fixtures are written to stand alone and use the
 * same ids: they get a number, or the components' scripts would find the wrong element.
 */
export function onOnePage(fixtures) {
  return fixtures
    .map(({ name, html }, index) => {
      const number = (ids) => ids.trim().split(/\s+/).map((id) => `${id}-${index}`).join(" ");
      const own = html
        .replace(IDS, (_, before, ids, after) => before + number(ids) + after)
        .replace(FRAGMENTS, (_, before, id, after) => `${before}${id}-${index}${after}`);
      return `<section data-fixture="${escape(name)}">\n${own}\n</section>`;
    })
    .join("\n");
}

export function escape(text) {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}
