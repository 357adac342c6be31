// The keys of the list of quotations.  They work while the list has the focus, so that they are never in the way of typing;
// every one of them does what a button or link of the quotation does.

const list = document.getElementById("found");
const items = [...list.children];
const undo = document.querySelector("form.undo");

function go(item) {
  for (const one of items) one.tabIndex = one === item ? 0 : -1;
  item.focus();
}

if (items.length) {
  const there = location.hash && document.getElementById(location.hash.slice(1));
  if (there && items.includes(there)) go(there);
  else items[0].tabIndex = 0;
}

/** Press the button that gives this mark; nothing when it stands already. */
function mark(item, wanted) {
  const form = item.querySelector("form.marks");
  if (!form) return;
  const pressed = form.querySelector('button[aria-pressed="true"]');
  const button = wanted ? form.querySelector(`button[value="${wanted}"]`) : pressed;
  if (button) form.requestSubmit(button);
}

list.addEventListener("keydown", (event) => {
  const item = event.target.closest("li");
  if (!item || event.target !== item || event.altKey) return;
  if (event.ctrlKey || event.metaKey) {
    if (undo && event.key.toLowerCase() === "z") {
      event.preventDefault();
      undo.requestSubmit(undo.querySelector(`button[value="${event.shiftKey ? "redo" : "undo"}"]`));
    }
    return;
  }
  const at = items.indexOf(item);
  const acts = {
    j: () => go(items[Math.min(at + 1, items.length - 1)]),
    ArrowDown: () => go(items[Math.min(at + 1, items.length - 1)]),
    k: () => go(items[Math.max(at - 1, 0)]),
    ArrowUp: () => go(items[Math.max(at - 1, 0)]),
    Home: () => go(items[0]),
    End: () => go(items.at(-1)),
    1: () => mark(item, "power"),
    2: () => mark(item, "proof"),
    0: () => mark(item, ""),
    "?": () => location.assign("/help"),
    Enter: () => item.querySelector("a.place")?.click(),
  };
  if (!(event.key in acts)) return;
  event.preventDefault();
  acts[event.key]();
});
