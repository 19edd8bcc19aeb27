// Shows what a search may mean while it is typed. Without this script the form is sent as any other.
// The pattern is WAI-ARIA's "combobox with list": the text keeps the focus, arrows move through the list.
"use strict";
for (const field of document.querySelectorAll("[data-suggest]")) {
  const list = document.createElement("ul"), told = document.createElement("p");
  let waiting = 0, asking = null, chosen = -1;
  list.id = `${field.id}-list`;
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.dataset.list);
  told.className = "unseen";
  told.setAttribute("role", "status");
  field.form.append(list, told);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false",
  })) field.setAttribute(name, value);

  const close = () => { list.hidden = true; told.textContent = ""; choose(-1); field.setAttribute("aria-expanded", "false"); };

  function choose(number) {
    chosen = number;
    [...list.children].forEach((item, n) => item.setAttribute("aria-selected", String(n === number)));
    if (number < 0) field.removeAttribute("aria-activedescendant");
    else {
      field.setAttribute("aria-activedescendant", list.children[number].id);
      list.children[number].scrollIntoView({ block: "nearest" });
    }
  }

  function line(found, number) {
    const item = document.createElement("li"), kind = document.createElement("small"), text = document.createElement("span");
    item.id = `${list.id}-${number}`;
    item.dataset.url = found.url;
    item.setAttribute("role", "option");
    for (const [part, isFound] of found.pieces) {
      const piece = document.createElement(isFound ? "mark" : "span");
      piece.textContent = part;
      text.append(piece);
    }
    kind.textContent = found.kind;
    item.append(text, kind);
    return item;
  }

  async function ask() {
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking, typed = field.value.trim();
    if (typed.length < 2) return close();
    let found = [];
    try {
      const answer = await fetch(`${field.dataset.suggest}?q=${encodeURIComponent(typed)}`, { signal });
      if (answer.ok) found = await answer.json();
    } catch { /* no network, or something newer was typed */ }
    if (signal.aborted) return;
    list.replaceChildren(...found.map(line));
    if (!found.length) return close();
    choose(-1);
    list.hidden = false;
    field.setAttribute("aria-expanded", "true");
    told.textContent = field.dataset.found.replace("{count}", found.length);
  }

  field.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(ask, 120); });
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    const count = list.hidden ? 0 : list.children.length;
    if (event.key === "Escape" && count) close();
    else if (event.key === "ArrowDown" && count) choose((chosen + 1) % count);
    else if (event.key === "ArrowUp" && count) choose(chosen > 0 ? chosen - 1 : count - 1);
    else if (event.key === "Enter" && count && chosen >= 0) location.href = list.children[chosen].dataset.url;
    else return;
    event.preventDefault();
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the text keeps the focus
  list.addEventListener("click", (event) => {
    const item = event.target.closest("li");
    if (item) location.href = item.dataset.url;
  });
}
