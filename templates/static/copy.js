// Puts a copy button on each block of code. Without this script the blocks can still be selected by hand.
"use strict";
for (const block of document.querySelectorAll("[data-copy]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = block.dataset.copy;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(block.querySelector("code").textContent);
      button.textContent = block.dataset.copied;
    } catch {
      getSelection().selectAllChildren(block.querySelector("code"));
    }
    setTimeout(() => { button.textContent = block.dataset.copy; }, 2000);
  });
  block.prepend(button);
}
