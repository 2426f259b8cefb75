// Small helps on top of pages that work without them: file names chosen, panels that close. Hooks are data- attributes.
"use strict";

function listChosen(input, list) {
  list.replaceChildren(
    ...Array.from(input.files, (file) => {
      const row = document.createElement("li");
      const size = document.createElement("span");
      row.textContent = file.name;
      size.textContent = `${Math.max(1, Math.round(file.size / 1024)).toLocaleString()} KB`;
      row.append(size);
      return row;
    }),
  );
}

for (const drop of document.querySelectorAll("[data-drop]")) {
  const input = drop.querySelector("input[type=file]");
  const list = drop.parentElement.querySelector("[data-chosen]");
  input.addEventListener("change", () => listChosen(input, list));
  for (const name of ["dragover", "dragenter"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    input.files = event.dataTransfer.files;
    listChosen(input, list);
  });
}

for (const panel of document.querySelectorAll("details[data-close-outside]")) {
  document.addEventListener("click", (event) => {
    if (!panel.contains(event.target)) panel.open = false;
  });
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    panel.open = false;
    panel.querySelector("summary").focus();
  });
}

// A form is sent once, however often the button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
