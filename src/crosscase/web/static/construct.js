// The cells of a construct as the form stands, a moment after the last key; and names put into the form by choosing them.

import { at } from "./api.js";

const form = document.getElementById("construct");
const cells = document.getElementById("cells");
let timer = 0;
let asked = "";

async function preview() {
  const fields = new URLSearchParams(new FormData(form));
  fields.delete("token");
  fields.delete("version");
  if (!cells.dataset.id) fields.delete("id");
  const query = fields.toString();
  if (query === asked) return;
  asked = query;
  cells.classList.add("stale");
  const answer = await fetch(at(`/construct/preview?${query}`)).catch(() => null);
  if (query !== asked) return;
  cells.classList.remove("stale");
  if (answer?.ok) cells.innerHTML = await answer.text(); // made and escaped by our own server
}

form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(preview, 250);
});

document.querySelector("[data-add]").addEventListener("change", (event) => {
  const option = event.target.selectedOptions[0];
  if (!option.value) return;
  const { of, drawn_from: from } = form.elements;
  if (option.dataset.origin !== from.value) {
    from.value = option.dataset.origin;
    of.value = "";
  }
  const lines = of.value.split("\n").map((one) => one.trim()).filter(Boolean);
  if (!lines.includes(option.value)) lines.push(option.value);
  of.value = lines.join("\n");
  event.target.value = "";
  preview();
});
