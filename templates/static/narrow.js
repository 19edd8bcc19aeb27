// Puts a field above each long list of choices that hides what does not have the typed letters.
"use strict";
const plain = (text) => text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase();
for (const form of document.querySelectorAll("[data-narrow]")) {
  for (const list of form.querySelectorAll("details > ul")) {
    if (list.children.length < 8) continue;
    const field = document.createElement("input");
    field.type = "search";
    field.className = "narrow";
    field.placeholder = form.dataset.narrow;
    const summary = list.parentElement.querySelector("summary");
    field.setAttribute("aria-label", `${form.dataset.narrow}: ${summary.firstChild.textContent.trim()}`);
    field.addEventListener("input", () => {
      const typed = plain(field.value.trim());
      for (const item of list.children) item.hidden = !plain(item.textContent).includes(typed);
    });
    // Enter would send the form.
    field.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
    list.before(field);
  }
}
