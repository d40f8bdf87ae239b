// Contact details and bank accounts.

import { toast } from "../portal.js";
import { t } from "../i18n.js";

const form = document.getElementById("contact");
const error = document.getElementById("contact-error");

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const wrong = [...form.elements].find((field) => !field.validity.valid);
  for (const field of form.elements) field.classList.toggle("is-invalid", field === wrong);
  error.hidden = !wrong;
  if (wrong) {
    error.textContent = t("Check this field: {name}", { name: wrong.labels[0].textContent });
    wrong.focus();
    return;
  }
  toast(t("Contact details saved"));
});

for (const button of document.querySelectorAll(".remove-account")) {
  button.addEventListener("click", () => {
    button.closest("li").remove();
    toast(t("Bank account removed"));
  });
}
