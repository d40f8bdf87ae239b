// Searches the questions as the taxpayer types.

import "../portal.js";

const search = document.getElementById("faq-search");
search.addEventListener("input", () => {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const question of document.querySelectorAll(".faq")) {
    const fits = words.every((word) => question.textContent.toLowerCase().includes(word));
    question.hidden = !fits;
    shown += fits;
  }
  document.getElementById("faq-none").hidden = shown > 0;
});
