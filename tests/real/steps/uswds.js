// What a user does on the pages of the U.S. Web Design System, by component.

import { all, choose, click, point, press, type } from "./hands.js";

export default {
  "usa-accordion": [click(".usa-accordion__button"), click(".usa-accordion__button", 1), click(".usa-accordion__button", 1)],
  "usa-banner": [click(".usa-banner__button"), click(".usa-banner__button", 1), click(".usa-banner__button")],
  "usa-character-count": [
    type(".usa-character-count__field", "A little"),
    type(".usa-character-count__field", "Much more than may be said"),
  ],
  "usa-checkbox": [click(".usa-checkbox__input"), click(".usa-checkbox__input", 1)],
  "usa-combo-box": [
    click(".usa-combo-box__toggle-list"),
    type(".usa-combo-box__input", "ber"),
    press(".usa-combo-box__input", "ArrowDown"),
    click(".usa-combo-box__list-option"),
    click(".usa-combo-box__clear-input"),
  ],
  "usa-date-picker": [
    type(".usa-date-picker__external-input", "03/05/2024"),
    click(".usa-date-picker__button"),
    click(".usa-date-picker__calendar__next-month"),
    click(".usa-date-picker__calendar__month-selection"),
    click(".usa-date-picker__calendar__month", 6),
    click(".usa-date-picker__calendar__year-selection"),
    click(".usa-date-picker__calendar__year", 2),
    click(".usa-date-picker__calendar__date", 12),
  ],
  "date-range-picker": [
    type(".usa-date-picker__external-input", "03/05/2024"),
    type(".usa-date-picker__external-input", "03/15/2024", 1),
    click(".usa-date-picker__button", 1),
    click(".usa-date-picker__button", 1),
  ],
  "usa-file-input": [],
  "usa-footer": [click(".usa-footer__primary-link"), click(".usa-footer__primary-link", 1)],
  "usa-header": [
    click(".usa-menu-btn"),
    click(".usa-nav.is-visible .usa-accordion__button"),
    click(".usa-nav.is-visible .usa-nav__close"),
  ],
  "usa-in-page-navigation": [click(".usa-in-page-nav__link", 2)],
  "usa-input-mask": [type(".usa-masked", "123"), type(".usa-masked", "1234", 1)],
  "usa-language-selector": [click(".usa-language__link"), click(".usa-language__link")],
  "usa-modal": [
    click("[data-open-modal]"),
    click(".usa-modal-wrapper.is-visible [data-close-modal]"),
    click("[data-open-modal]", 2),
    click(".usa-modal-wrapper.is-visible [data-close-modal]"),
  ],
  "usa-radio": [click(".usa-radio__input"), click(".usa-radio__input", 1)],
  "usa-range": [type(".usa-range", "70")],
  "usa-search": [type(".usa-input", "passport")],
  "usa-select": [choose("select", 2)],
  "usa-table": [
    click(".usa-table__header__button"),
    click(".usa-table__header__button"),
    click(".usa-table__header__button", 2),
  ],
  "usa-time-picker": [
    click(".usa-combo-box__toggle-list"),
    all(press(".usa-combo-box__input", "ArrowDown"), press(".usa-combo-box__list-option--focused", "ArrowDown")),
    click(".usa-combo-box__list-option", 20),
  ],
  "usa-tooltip": [
    point(".usa-tooltip__trigger"),
    point(".usa-tooltip__trigger", 1),
    point(".usa-tooltip__trigger", 1, "mouseleave"),
  ],
  "usa-validation": [type("#code-0", "Aa1")],
  "web-component": [
    () => document.querySelector("usa-banner").shadowRoot.querySelector("button").click(),
    () => document.querySelectorAll("usa-banner")[1].setAttribute("lang", "en"),
  ],
};
