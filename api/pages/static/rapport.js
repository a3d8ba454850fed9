// Everything works without this file. It only makes leaving quicker.
"use strict";

document.querySelectorAll("[data-exit]").forEach((link) => {
  const leave = () => {
    // Nothing of this page is left to go back to.
    document.body.replaceChildren();
    document.title = "New tab";
    window.location.replace(link.href);
  };
  link.addEventListener("click", (event) => { event.preventDefault(); leave(); });
  let last = 0;
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (event.timeStamp - last < 800) leave();
    last = event.timeStamp;
  });
});

document.querySelectorAll("[data-with]").forEach((field) => {
  const other = document.getElementById(field.dataset.with);
  if (!other) return;
  other.addEventListener("input", () => { field.value = other.value; });
  field.addEventListener("input", () => { other.value = field.value; });
});
