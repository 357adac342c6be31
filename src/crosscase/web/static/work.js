// Long work as it goes on: bars move with the stream of events, and a panel is asked for anew when its work begins or ends.

import { follow, refresh } from "./live.js";

const main = document.querySelector("main");
const state = (one) => one.state + (one.cancelling ? "-stopping" : "");

/** A time as the server says it. */
function howLong(seconds) {
  if (seconds < 1) return "under a second";
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function show(panel, one) {
  const bar = panel.querySelector("progress");
  if (!bar || !one.total) return;
  if (one.done) bar.value = one.done / one.total;
  const far = panel.querySelector("[data-far]");
  const steps = far.textContent.split(" ").pop() || { import: "files", build: "steps", merge: "tables" }[one.kind] || "draws";
  far.textContent = `${one.done.toLocaleString("en")} of ${one.total.toLocaleString("en")} ${steps}`;
  panel.querySelector("[data-left]").textContent = one.left === null ? "" : `about ${howLong(one.left)} left`;
}

follow({
  seen: () => Number(main.dataset.seen),
  changed: () => {},
  working: (list) => {
    const panels = new Map([...main.querySelectorAll("[data-work]")].map((panel) => [panel.dataset.work, panel]));
    const alone = !document.getElementById("running");
    const other = list.some((one) => {
      const panel = panels.get(one.id);
      return panel ? panel.dataset.state !== state(one) : !alone && ["waiting", "running"].includes(one.state);
    });
    if (other) return refresh();
    for (const one of list) if (panels.has(one.id)) show(panels.get(one.id), one);
  },
});
