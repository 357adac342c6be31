// The tree of codes by keyboard and by dragging (the pattern of a treegrid): fold, walk, tick, and put codes under others.
// Everything that changes the codebook is a form of the page; this only fills it in and sends it.

let rows = [];
let focused = ""; // the code whose row has the focus
const folded = new Set(JSON.parse(sessionStorage.getItem("crosscase-folded") ?? "[]"));
let taken = null; // the code that Ctrl+X took up
let dragged = null;

const level = (row) => Number(row.getAttribute("aria-level"));
const nameOf = (row) => row.querySelector("a").textContent;
const shown = () => rows.filter((row) => !row.hidden);
const say = (text) => { document.getElementById("said").textContent = text; };

/** The row of the code above, by the order of the rows: the nearest before it on a higher level. */
function above(row) {
  return rows.slice(0, rows.indexOf(row)).findLast((one) => level(one) < level(row)) ?? null;
}

// -- folding ----------------------------------------------------------------------------------------------------------

function refold() {
  let hiddenBelow = Infinity;
  for (const row of rows) {
    row.hidden = level(row) > hiddenBelow;
    if (row.hidden) continue;
    const isFolded = row.hasAttribute("aria-expanded") && folded.has(row.dataset.code);
    if (row.hasAttribute("aria-expanded")) row.setAttribute("aria-expanded", String(!isFolded));
    hiddenBelow = isFolded ? level(row) : Infinity;
  }
}

function fold(row, closed) {
  if (closed) folded.add(row.dataset.code);
  else folded.delete(row.dataset.code);
  sessionStorage.setItem("crosscase-folded", JSON.stringify([...folded]));
  refold();
}

// -- walking by key ---------------------------------------------------------------------------------------------------

function focusRow(row) {
  if (!row) return;
  for (const one of rows) one.tabIndex = one === row ? 0 : -1;
  row.focus();
}

function send(code, parent) {
  const move = document.getElementById("move");
  sessionStorage.setItem("crosscase-focus", code);
  move.elements.code.value = code;
  move.elements.parent.value = parent;
  move.submit();
}

/** Under the code that stands before it on the same level. */
function indent(row) {
  const before = rows.slice(0, rows.indexOf(row)).findLast((one) => level(one) <= level(row));
  if (before && level(before) === level(row)) send(row.dataset.code, before.dataset.code);
  else say(`There is no code before ${nameOf(row)} that it could stand under.`);
}

function outdent(row) {
  const parent = above(row);
  if (parent) send(row.dataset.code, above(parent)?.dataset.code ?? "");
  else say(`${nameOf(row)} stands at the top already.`);
}

function take(row, { quietly = false } = {}) {
  taken?.classList.remove("taken");
  taken = row;
  row?.classList.add("taken");
  if (row && !quietly) say(`${nameOf(row)} is taken up. Go to the code that it is to stand under and press Ctrl+V; Escape leaves it.`);
}

function typeAhead(row, letter) {
  const all = shown();
  const at = all.indexOf(row);
  focusRow([...all.slice(at + 1), ...all.slice(0, at + 1)].find((one) => nameOf(one).toLocaleLowerCase().startsWith(letter.toLocaleLowerCase())));
}

function arrow(row, key) {
  const all = shown();
  const at = all.indexOf(row);
  const open = row.getAttribute("aria-expanded");
  if (key === "ArrowDown") focusRow(all[at + 1]);
  else if (key === "ArrowUp") focusRow(all[at - 1]);
  else if (key === "Home") focusRow(all[0]);
  else if (key === "End") focusRow(all.at(-1));
  else if (key === "ArrowRight" && open === "false") fold(row, false);
  else if (key === "ArrowRight" && open === "true") focusRow(all[at + 1]);
  else if (key === "ArrowLeft" && open === "true") fold(row, true);
  else if (key === "ArrowLeft") focusRow(above(row));
}

function byKey(event) {
  const row = event.target;
  if (!rows.includes(row)) return false; // a link or a box inside a row keeps its own keys
  const { key } = event;
  if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === "x") take(row);
  else if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === "v") {
    if (taken && taken !== row) send(taken.dataset.code, row.dataset.code);
  } else if (event.ctrlKey || event.metaKey || event.altKey) return false;
  else if (event.shiftKey && key === "ArrowRight") indent(row);
  else if (event.shiftKey && key === "ArrowLeft") outdent(row);
  else if (key.startsWith("Arrow") || key === "Home" || key === "End") arrow(row, key);
  else if (key === "Enter") row.querySelector("a").click();
  else if (key === " ") row.querySelector("input").click();
  else if (key === "Escape") take(null);
  else if (key.length === 1) typeAhead(row, key);
  else return false;
  return true;
}

const main = document.getElementById("main");
main.addEventListener("keydown", (event) => {
  if (byKey(event)) event.preventDefault();
});
main.addEventListener("focusin", (event) => { focused = rows.includes(event.target) ? event.target.dataset.code : ""; });
main.addEventListener("click", (event) => {
  const row = event.target.closest(".tree tbody tr");
  if (event.target.closest(".twisty") && row?.hasAttribute("aria-expanded")) fold(row, row.getAttribute("aria-expanded") === "true");
});

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || event.target.matches?.("input:not([type=checkbox]), textarea")) return;
  event.preventDefault();
  document.querySelector(`button[name=way][value=${event.shiftKey ? "redo" : "undo"}]`).click();
});

// -- dragging: onto a code puts it under that one, onto the heading of the table to the top ---------------------------

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
  send(dragged, row.dataset.code ?? "");
});

// -- grouping ---------------------------------------------------------------------------------------------------------

function showGrouping() {
  const grouping = document.getElementById("grouping");
  if (!grouping) return;
  const ticked = rows.filter((row) => row.querySelector("input").checked);
  grouping.hidden = !ticked.length;
  grouping.querySelector("legend").textContent = `Group ${ticked.map(nameOf).join(", ")} under a new code`;
}

main.addEventListener("change", showGrouping);

// -- at the beginning, and when the page was filled anew because somebody else changed the codebook --------------------

function arrange() {
  const again = sessionStorage.getItem("crosscase-focus") ?? focused;
  sessionStorage.removeItem("crosscase-focus");
  rows = [...document.querySelectorAll(".tree tbody tr")];
  take(rows.find((row) => row.dataset.code === taken?.dataset.code) ?? null, { quietly: true });
  showGrouping();
  refold();
  for (const row of rows) row.tabIndex = -1;
  const first = rows.find((row) => row.dataset.code === again) ?? rows.find((row) => row.matches("[aria-current]")) ?? rows[0];
  if (first) first.tabIndex = 0;
  if (first?.dataset.code === again && !first.hidden) first.focus();
}

arrange();
new MutationObserver(arrange).observe(main, { childList: true });
