// Vue: views that take turns, two-way bindings of every kind, transitions, a teleport, a list that
// moves, styles in scopes and one that follows the state.

import { createApp } from "vue";
import App from "./App.vue";
import { choose, click, type } from "steps";

createApp(App).mount("#app");

window.steps = [
  click(".sort button"),
  click(".sort button", 1),
  click("[data-row] .remove", 1),
  click("#add"),
  type("#words", "19"),
  type("#words", ""),
  click("nav button", 1),
  type("#name", "Asha Rao"),
  type("#note", "First line\nsecond line"),
  click("[name=regime]", 1),
  click("[name=sources]", 1),
  click("[name=sources]"),
  choose("#state", 2),
  type("#share", "80"),
  click("#ask"),
  click("#close"),
  click("nav button", 2),
  click("#reveal"),
  click("nav button"),
];
