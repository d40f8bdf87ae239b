// Svelte: bindings, keyed blocks that fly to their places, transitions, styles put into the document
// as components are first used, global ones, and elements carried elsewhere by an action.

import { mount } from "svelte";
import App from "./App.svelte";
import { all, choose, click, type } from "steps";

mount(App, { target: document.getElementById("app") });

window.steps = [
  choose("#order", 1),
  choose("#order", 2),
  click(".remove", 2),
  click("#undo"),
  type("#words", "review"),
  type("#words", ""),
  all(click(".row summary"), click(".row summary", 3)),
  click("#dark"),
  click("nav a", 1),
  type("#amount", "850000"),
  click("[name=plan]", 1),
  click("#agree"),
  type("#note", "It grows\nas it is written"),
  click("#tell"),
  click("#away"),
  click("nav a"),
];
