// Changes as they happen: one stream of events from the server while the page is seen.  A page that is hidden lets go of its
// stream, because a browser keeps few connections to one server, and catches up when it is seen again.

import { at } from "./api.js";

/** Follow a study.  `seen()` is the last entry that the page knows; `changed(what)` and `people(list)` are told the rest,
 *  and `working(list)` how far long work is. */
export function follow({ seen, source = "", changed, people = showPeople, working = null }) {
  let stream = null;
  function open() {
    if (stream || document.hidden) return;
    stream = new EventSource(at(`/api/events?after=${seen()}&source=${encodeURIComponent(source)}${working ? "&work=true" : ""}`));
    stream.addEventListener("changes", (event) => changed(JSON.parse(event.data)));
    stream.addEventListener("people", (event) => people(JSON.parse(event.data)));
    if (working) stream.addEventListener("work", (event) => working(JSON.parse(event.data)));
    stream.addEventListener("error", () => {
      if (stream?.readyState !== EventSource.CLOSED) return; // it connects again by itself
      stream = null;
      setTimeout(open, 5000);
    });
  }
  function close() {
    stream?.close();
    stream = null;
  }
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", open);
  open();
}

/** Who else is here, and in which source, as a line at the side. */
function showPeople(list) {
  const line = document.getElementById("people");
  if (!line) return;
  const others = list.filter((one) => one.who !== line.dataset.me);
  line.textContent = others.length ? `Here now: ${others.map((one) => (one.source ? `${one.who} in ${one.source}` : one.who)).join(", ")}` : "";
}

// A page that says in data-live which tables it shows is asked for again when they change, unless somebody is writing in it.
const main = document.querySelector("main");
if (main?.dataset.live) {
  const tables = main.dataset.live.split(" ");
  let seen = Number(main.dataset.seen);
  let waiting = null;
  follow({
    seen: () => seen,
    changed: (what) => {
      seen = Math.max(seen, what.seen);
      if (!what.reload && !tables.some((table) => what.tables[table])) return;
      clearTimeout(waiting);
      waiting = setTimeout(() => (busy() ? offer() : refresh()), 100);
    },
  });
}

function busy() {
  if (main.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")) return true;
  return [...main.querySelectorAll("input:not([type=hidden]), textarea")].some((one) =>
    one.type === "checkbox" ? one.checked !== one.defaultChecked : one.value !== one.defaultValue);
}

function offer() {
  if (document.getElementById("changed")) return;
  const note = Object.assign(document.createElement("p"), { id: "changed", className: "notice", textContent: "Somebody has changed what stands here. " });
  note.setAttribute("role", "status");
  note.append(Object.assign(document.createElement("button"), { type: "button", textContent: "Show it", onclick: refresh }));
  main.prepend(note);
}

/** Ask for the page again and show what stands in it now. */
export async function refresh() {
  if ("scripted" in main.dataset) return location.reload(); // its scripts hold on to what stands in it
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
  const focused = document.activeElement?.id;
  main.replaceChildren(...fresh.childNodes);
  if (focused) document.getElementById(focused)?.focus();
  const colours = document.querySelector('link[href*="/colours.css"]');
  if (colours) colours.href = at(`/colours.css?seen=${main.dataset.seen = fresh.dataset.seen}`);
}
