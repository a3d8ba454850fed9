// Shows what a form would do while its numbers change. Its button does the same without this file.
"use strict";

document.querySelectorAll("form[data-live]").forEach((form) => {
  const part = document.getElementById(form.dataset.part);
  const told = part.querySelector("[role=status]"), shown = part.querySelector("[data-shown]");
  // Long enough for a slider to come to rest, and for others to have had their turn.
  const PAUSE = 350, AGAIN = 3000;
  let waiting = 0, underWay = null;

  const soon = (after) => {
    clearTimeout(waiting);
    underWay?.abort();
    told.textContent = form.dataset.busy;
    shown.setAttribute("aria-busy", "true");
    waiting = setTimeout(ask, after);
  };

  const show = async (answer) => {
    if (answer.status === 503) return soon(AGAIN);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.querySelector("[data-told]");
    shown.replaceChildren(...(found ? [found] : []));
    told.textContent = found ? found.dataset.told : form.dataset.failed;
    shown.removeAttribute("aria-busy");
  };

  const ask = async () => {
    const mine = underWay = new AbortController();
    try {
      const body = new URLSearchParams(new FormData(form));
      // Who is led elsewhere is no longer signed in.
      await show(await fetch(form.dataset.live, { method: "POST", body, signal: mine.signal, redirect: "error" }));
    } catch {
      if (mine.signal.aborted) return;
      told.textContent = form.dataset.failed;
      shown.replaceChildren();
      shown.removeAttribute("aria-busy");
    }
  };

  form.addEventListener("input", (event) => {
    if (event.target.matches("[type=range], [type=number]")) soon(PAUSE);
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-by], button[data-to]");
    const field = button && document.getElementById(button.dataset.of);
    if (!field || field.value === "") return;
    event.preventDefault();
    const times = () => Number((field.valueAsNumber * Number(button.dataset.by)).toPrecision(12));
    field.value = button.dataset.to ?? times();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  // The form may have been filled in before: by the page, or by a browser that kept what was typed.
  const numbers = [...form.querySelectorAll("[data-now]")];
  part.hidden = false;
  if (numbers.some((field) => Number(field.value) !== Number(field.dataset.now))) soon(0);
});
