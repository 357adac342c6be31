// Dragging a code onto another puts it under that one; onto the heading of the table, to the top.  The form does the same.

let dragged = null;

function target(event) {
  const row = event.target.closest?.(".tree tr");
  return row && row.dataset.code !== dragged ? row : null;
}

document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("tr[data-code]")?.dataset.code ?? null;
  if (dragged) event.dataTransfer.setData("text/plain", dragged);
});
document.addEventListener("dragover", (event) => {
  const row = dragged && target(event);
  for (const other of document.querySelectorAll(".over")) if (other !== row) other.classList.remove("over");
  if (!row) return;
  event.preventDefault();
  row.classList.add("over");
});
document.addEventListener("dragend", () => { dragged = null; });
document.addEventListener("drop", (event) => {
  const row = dragged && target(event);
  if (!row) return;
  event.preventDefault();
  const form = document.getElementById("move");
  form.elements.code.value = dragged;
  form.elements.parent.value = row.dataset.code ?? "";
  form.submit();
});
