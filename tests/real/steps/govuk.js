// What a user does on the pages of govuk-frontend, by component. Only those with a behaviour are here.

import { all, choose, click, press, type } from "./hands.js";

const shown = (fixture) => `[data-fixture="${fixture}"]`;

export default {
  accordion: [
    click(".govuk-accordion__section-button"),
    click(".govuk-accordion__show-all"),
    click(".govuk-accordion__section-button", 1),
    click(".govuk-accordion__show-all"),
  ],
  button: [click(".govuk-button"), click(".govuk-button", 3)],
  "character-count": [
    type(".govuk-js-character-count", "A little"),
    type(".govuk-js-character-count", "Much more than may be said. ".repeat(12)),
    type(".govuk-js-character-count", ""),
  ],
  checkboxes: [
    click(".govuk-checkboxes__input"),
    click(".govuk-checkboxes__input[aria-controls]"),
    type(".govuk-checkboxes__conditional input", "07700 900 982"),
    click(".govuk-checkboxes__input[data-behaviour=exclusive]"),
    click(".govuk-checkboxes__input[aria-controls]"),
  ],
  "date-input": [type(".govuk-date-input__input", "27"), type(".govuk-date-input__input", "3", 1)],
  details: [click("summary"), click("summary", 1), click("summary")],
  "error-summary": [click(".govuk-error-summary a")],
  "exit-this-page": [
    // Two of three: the third leaves the page.
    press(".govuk-exit-this-page__button", "Shift", 0, { shiftKey: true }),
    press(".govuk-exit-this-page__button", "Shift", 0, { shiftKey: true }),
  ],
  "file-upload": [click("label")],
  input: [type(".govuk-input", "Anna"), type(".govuk-input", "", 0)],
  "notification-banner": [click(".govuk-notification-banner a")],
  "password-input": [
    type(".govuk-password-input__input", "correct horse"),
    click(".govuk-password-input__toggle"),
    click(".govuk-password-input__toggle"),
  ],
  radios: [
    click(".govuk-radios__input"),
    click(".govuk-radios__input", 1),
    click(".govuk-radios__input[aria-controls]"),
    click(".govuk-radios__input[aria-controls]", 1),
  ],
  select: [choose("select", 2), choose("select", 0)],
  "service-navigation": [click(".govuk-service-navigation__toggle"), click(".govuk-service-navigation__toggle")],
  "skip-link": [all(press(".govuk-skip-link", "Tab"))],
  tabs: [
    click(`${shown("default")} .govuk-tabs__tab`, 1),
    press(`${shown("default")} .govuk-tabs__tab`, "ArrowRight", 1),
    click(`${shown("default")} .govuk-tabs__tab`),
  ],
  textarea: [type(".govuk-textarea", "One line\nand another\nand so on")],
};
