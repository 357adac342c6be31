// The reader: joins the text, the painted codings, the list at the side, the box of codes and the keys.

import { at, newId, ask, Outbox, Refused } from "./api.js";
import { CodeBox } from "./codebox.js";
import { element, item, noteField } from "./listing.js";
import { follow } from "./live.js";
import { TextIndex } from "./offsets.js";
import { Painter, paragraphAt } from "./painter.js";
import { Suggestions } from "./suggest.js";
import { expanded, segments, unitsAround } from "./units.js";

const article = document.getElementById("text");
const source = article.dataset.source;
const get = (id) => document.getElementById(id);

if (!globalThis.Highlight || !CSS.highlights) {
  location.replace(at(`/source?id=${encodeURIComponent(source)}&view=marks`)); // the server marks the codings up instead
}

const index = new TextIndex(article);
const paragraphs = [...article.querySelectorAll("p[data-n]")].map((node) => {
  const runs = node.querySelectorAll("[data-start]");
  const said = [...runs].filter((run, at) => !run.classList.contains("label") || at === runs.length - 1);
  return {
    element: node, number: node.dataset.n, start: Number(runs[0].dataset.start), end: Number(node.dataset.end),
    said: Number(said[0].dataset.start), // where the words begin after the speaker's label
    get text() { return said.map((run) => run.firstChild.data).join(""); },
  };
});
const turns = [...article.querySelectorAll("section[data-turn]")].map((node) => ({
  start: Number(node.dataset.from), end: Number(node.dataset.to), question: node.classList.contains("question"),
}));
/** What of the source is on this page: all of it, or of a very long one a part. */
const part = { start: Number(article.dataset.from), end: Number(article.dataset.to) };
const codings = new Map();
const codes = new Map();
const state = { seen: 0, here: 0, passage: null, grown: [], recoding: null, moving: null, noting: null, walk: null, chosen: null };
const css = (code) => codes.get(code)?.css ?? "code-unknown";
const painter = new Painter(index, paragraphs, css);
const outbox = new Outbox(source, (waiting, trouble) => {
  const box = get("trouble");
  box.hidden = !trouble;
  const list = waiting.map((one) => one.what).join("; ");
  box.textContent = trouble ? `${trouble} ${waiting.length} ${waiting.length === 1 ? "change waits" : "changes wait"} in this tab and will be sent again: ${list}.` : "";
});
const box = new CodeBox(() => [...codes.values()], choose, leaveBox);
const suggestions = article.dataset.suggest ? new Suggestions(() => codes, acceptSuggestion) : null;

// -- what the server says ---------------------------------------------------------------------------------------------

function apply(changes, { now = false } = {}) {
  if (changes.reload) {
    // more changed than is listed row by row, perhaps the text itself
    if (outbox.waiting) return;
    if (!now && (state.noting || state.passage)) {
      return tell("Much of the study was changed elsewhere, and this text may have been replaced. Finish what you are writing, then load the page again.");
    }
    const told = get("trouble").hidden ? "Much of the study was changed elsewhere, and this text may have been replaced, so the page was loaded again." : get("trouble").firstChild.data;
    sessionStorage.setItem("crosscase-said", told);
    location.reload();
    return;
  }
  state.seen = Math.max(state.seen, changes.seen);
  if (changes.codes.length || changes.codes_gone.length) setCodes(changes.codes);
  for (const id of changes.gone) {
    codings.delete(id);
    painter.remove(id);
  }
  for (const coding of changes.codings) {
    if (coding.source !== source) continue;
    codings.set(coding.id, coding);
    paint(coding);
  }
  if (changes.what) say(changes.what);
  list();
  fillWalk();
  if (changes.codings.length || changes.gone.length) suggestions?.refresh();
}

/** Paint what of a coding is on this page. */
function paint(coding) {
  const [start, end] = [Math.max(coding.start, part.start), Math.min(coding.end, part.end)];
  if (start < end) painter.add({ ...coding, start, end });
  else painter.remove(coding.id);
}

function setCodes(all) {
  codes.clear();
  for (const code of all) codes.set(code.id, code);
  const sheet = get("colours");
  sheet.href = at(`/colours.css?seen=${state.seen}`);
  box.refresh();
}

async function load() {
  const all = await ask("GET", `/api/codings?source=${encodeURIComponent(source)}`);
  state.seen = all.seen;
  for (const id of codings.keys()) painter.remove(id);
  codings.clear();
  codes.clear();
  for (const code of all.codes) codes.set(code.id, code);
  for (const coding of all.codings) {
    codings.set(coding.id, coding);
    paint(coding);
  }
  box.refresh();
  list();
  fillWalk();
}

/** Send a change and show what came of it. */
async function change(method, url, body, what) {
  try {
    apply(await outbox.send({ method, url, body, what }));
    return true;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    refused(error);
    return false;
  }
}

/** Show a message until it is read. */
function tell(text) {
  const trouble = get("trouble");
  trouble.hidden = false;
  trouble.replaceChildren(text, " ", Object.assign(element("button", "", "Understood"), { type: "button", onclick: () => { trouble.hidden = true; } }));
}

/** Say what was refused; for a conflict both states, and show what stands there now. */
async function refused(error) {
  const { what, mend, mine, theirs } = error.body;
  let text = `${what}${mend ? `; ${mend}` : ""}.`;
  if (mine) text += ` You wanted: ${plain(mine)}.`;
  if (theirs) text += ` Now: ${plain(theirs)}.`;
  if (codings.has(theirs?.id)) codings.get(theirs.id).version = theirs.version; // both states are shown: doing it again is meant
  tell(text);
  apply(await ask("GET", `/api/changes?after=${state.seen}`), { now: !state.noting });
}

function plain(values) {
  const names = { code: (id) => `code ${codes.get(id)?.path.join(" › ") ?? id}`, start: (at) => `from ${at}`, end: (at) => `to ${at}`, note: (text) => `note “${text}”`, coder: (who) => `by ${who}`, delete: () => "to delete it" };
  return Object.entries(values).filter(([name, value]) => names[name] && value !== "").map(([name, value]) => names[name](value)).join(", ");
}

function say(text) {
  get("status").textContent = text;
}

// -- the list of codings ----------------------------------------------------------------------------------------------

function codingsIn(start, end) {
  return [...codings.values()].filter((one) => one.start < end && start < one.end).sort((a, b) => a.start - b.start || b.end - a.end);
}

function list() {
  const here = paragraphs[state.here];
  const [start, end] = state.passage ?? [here?.start ?? 0, here?.end ?? 0];
  get("here-name").textContent = state.passage ? "the selected passage" : here ? `paragraph ${here.number}` : "this paragraph";
  const found = codingsIn(start, end);
  const typing = get("here").contains(document.activeElement) && document.activeElement.matches("textarea");
  get("here").replaceChildren(...(found.length ? found.map(shown) : [element("p", "quiet", "No coding here.")]));
  if (typing) get("here").querySelector("textarea")?.focus();
}

function shown(coding) {
  const code = codes.get(coding.code);
  const made = item(coding, code?.path ?? [coding.code], css(coding.code), [
    ["Show", () => go(coding.start, coding.id), "Show it in the text"],
    ["Next", () => { walkCode(coding.code); step(1); }, "Next passage with this code (n)"],
    ["Recode", () => recode(coding.id), "Give it another code"],
    ["Set ends", () => setEnds(coding.id), "Extend or shrink it: to what is selected, or by keys"],
    ["Note", () => note(coding.id), "Write a note on this coding"],
    ["Evidence", () => useAsEvidence(coding), "Use it as evidence for a claim (v)"],
    ["Delete", () => remove(coding.id), "Take the code off; can be undone"],
  ]);
  if (coding.id === state.chosen) made.classList.add("chosen");
  if (state.noting?.id === coding.id) made.append(noteField(state.noting, () => keepNote(coding.id), () => leaveNote(coding.id)));
  return made;
}

function remove(id) {
  const one = codings.get(id);
  const url = `/api/codings/${encodeURIComponent(id)}?version=${encodeURIComponent(one.version)}&after=${state.seen}`;
  change("DELETE", url, undefined, "delete a coding");
}

/** To the form that links a coding to a claim, which comes back to this place. */
function useAsEvidence(coding) {
  if (outbox.waiting) return say("A change is still on its way.");
  const to = `/source?id=${encodeURIComponent(source)}#at=${coding.start}&coding=${encodeURIComponent(coding.id)}`;
  location.assign(at(`/evidence/use?${new URLSearchParams({ coding: coding.id, to })}`));
}

/** The chosen coding, or else the first one here. */
function evidenceHere() {
  const here = paragraphs[state.here];
  const coding = codings.get(state.chosen) ?? codingsIn(here?.start ?? 0, here?.end ?? 0)[0];
  if (coding) useAsEvidence(coding);
  else say("No coding here to use as evidence.");
}

/** Give a coding the ends of what is selected; when nothing is, let them be moved from where they are. */
function setEnds(id) {
  if (state.passage && !state.moving) {
    const [start, end] = state.passage;
    return patch(id, { start, end }, "set ends");
  }
  const { start, end } = codings.get(id);
  state.moving = id;
  state.here = paragraphAt(paragraphs, start);
  select(start, end);
  focusHere();
  say("Move the ends: Shift with an arrow moves the end, Alt and Shift the beginning, e widens both. Enter keeps them, Escape leaves.");
}

async function keepEnds() {
  const id = state.moving;
  const [start, end] = state.passage;
  state.moving = null;
  if (codings.has(id)) await patch(id, { start, end }, "set ends");
  unselect();
  focusHere();
}

function note(id) {
  state.noting = { id, text: codings.get(id).note };
  list();
  get("here").querySelector("textarea")?.focus();
}

/** What was typed stays in its field until it is kept or left. */
async function keepNote(id) {
  const { text } = state.noting;
  if (!(await patch(id, { note: text.trim() }, "note"))) return;
  leaveNote(id);
}

function leaveNote(id) {
  state.noting = null;
  list();
  get("here").querySelector(`[data-coding="${CSS.escape(id)}"] button`)?.focus();
}

function patch(id, fields, what, version = codings.get(id).version) {
  return change("PATCH", `/api/codings/${encodeURIComponent(id)}`, { version, ...fields, after: state.seen, text: article.dataset.hash }, what);
}

// -- selecting --------------------------------------------------------------------------------------------------------

/** Make a passage the selected one, in the page's own selection too, so that mouse and keys go on from each other. */
function select(start, end, { open = false } = {}) {
  state.passage = [start, end];
  const from = index.toDom(start);
  const to = index.toDom(end, { end: true });
  if (!open) getSelection().setBaseAndExtent(from.node, from.offset, to.node, to.offset);
  showPassage();
  bringIntoView(from.node.parentElement);
}

function showPassage() {
  painter.show("passage", state.passage ? [state.passage] : [], 8);
  get("box").hidden = !state.passage;
  if (!state.passage) state.recoding = state.moving = null;
  get("box").classList.toggle("moving", Boolean(state.moving));
  get("box-title").textContent = state.moving ? "Move the ends" : state.recoding ? "Choose the other code" : "Code this passage";
  suggestions?.show(source, state.moving || state.recoding ? null : state.passage);
  if (state.passage) get("selected").textContent = textOf(...state.passage);
  list();
}

function textOf(start, end) {
  const parts = [];
  for (let at = paragraphAt(paragraphs, start); at < paragraphs.length && paragraphs[at].start < end; at += 1) {
    const { said, text } = paragraphs[at];
    parts.push([...text].slice(Math.max(0, start - said), Math.max(0, end - said)).join(""));
    if (parts.length > 40) return `${parts.join("\n")} …`;
  }
  return parts.join("\n");
}

function unselect() {
  state.passage = null;
  state.grown = [];
  getSelection().removeAllRanges();
  showPassage();
}

function readSelection() {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed || !article.contains(selection.anchorNode) || !article.contains(selection.focusNode)) return null;
  const range = selection.getRangeAt(0);
  const start = index.toPoint(range.startContainer, range.startOffset);
  const end = index.toPoint(range.endContainer, range.endOffset);
  return start < end ? [start, end] : null;
}

document.addEventListener("selectionchange", () => {
  const found = readSelection();
  if (!found || (state.passage && found[0] === state.passage[0] && found[1] === state.passage[1])) return;
  state.passage = found;
  state.grown = [];
  state.here = paragraphAt(paragraphs, found[0]);
  showPassage();
});

// a click comes when the browser has settled the selection that the mouse or finger made
article.addEventListener("click", (event) => {
  if (readSelection()) {
    if (event.pointerType === "mouse" && !state.moving) openBox();
    return;
  }
  if (state.passage) unselect();
  const bar = event.target.closest(".bar");
  if (bar) return choosePlace(codings.get(bar.dataset.coding));
  const caret = document.caretPositionFromPoint?.(event.clientX, event.clientY);
  if (!caret || !article.contains(caret.offsetNode)) return;
  const point = index.toPoint(caret.offsetNode, caret.offset);
  const clicked = paragraphs.findIndex((one) => one.element === event.target.closest("p"));
  if (event.pointerType === "touch" && clicked === state.here && !codingsIn(point, point + 1).some((one) => one.id !== state.chosen)) {
    // a second tap in the same paragraph takes the word under the finger, which the buttons of the box make wider
    const word = wordsHere().find(([start, end]) => start <= point && point <= end);
    if (word) return select(...word);
  }
  moveTo(clicked < 0 ? paragraphAt(paragraphs, point) : clicked, { focus: false });
  const covering = codingsIn(point, point + 1).sort((a, b) => a.end - a.start - (b.end - b.start))[0];
  chooseCoding(covering?.id ?? null);
});

function choosePlace(coding) {
  moveTo(paragraphAt(paragraphs, coding.start), { focus: false });
  chooseCoding(coding.id);
}

function chooseCoding(id) {
  state.chosen = id;
  painter.choose(id);
  list();
  get("here").querySelector(".chosen")?.scrollIntoView({ block: "nearest" });
}

const isHere = (point) => part.start <= point && (point < part.end || part.end === Number(article.dataset.length));

/** To the part of the source that holds a place; `more` says what to go on with there. */
function toPart(point, more = {}) {
  const search = new URLSearchParams(location.search);
  search.set("at", point);
  location.assign(at(`/source?${search}#${new URLSearchParams({ at: point, ...more })}`));
}

/** Go to a place, and to a coding there. */
function go(point, id) {
  if (!isHere(point)) return toPart(point, { ...(id ? { coding: id } : {}), ...(get("walk").value ? { walk: get("walk").value } : {}) });
  moveTo(paragraphAt(paragraphs, point));
  if (id) chooseCoding(id);
}

function moveTo(at, { focus = true } = {}) {
  if (at < 0 || at >= paragraphs.length) return;
  const old = paragraphs[state.here]?.element;
  old?.classList.remove("here");
  old?.removeAttribute("tabindex");
  state.here = at;
  const { element: now } = paragraphs[at];
  now.classList.add("here");
  now.tabIndex = 0;
  if (focus) {
    now.focus({ preventScroll: true });
    bringIntoView(now);
  }
  list();
}

function bringIntoView(node) {
  const { top, bottom } = node.getBoundingClientRect();
  const head = document.querySelector(".reader-head").getBoundingClientRect().bottom;
  if (top < head + 8 || bottom > innerHeight - 40) node.scrollIntoView({ block: bottom - top < innerHeight / 2 ? "center" : "start" });
}

// -- growing the selection by key -------------------------------------------------------------------------------------

const language = article.lang;
const wordsHere = () => segments(paragraphs[state.here], "word", language);

function firstWord() {
  const [first] = wordsHere();
  if (first) select(...first);
}

function grow() {
  const span = state.passage ?? wordsHere()[0];
  if (!state.passage) return firstWord();
  const wider = expanded(span, unitsAround(span, paragraphs, turns, language));
  if (wider[0] === span[0] && wider[1] === span[1]) return;
  const grown = [...state.grown, span];
  select(...wider);
  state.grown = grown;
}

function shrink() {
  const last = state.grown.at(-1);
  if (!last) return;
  const grown = state.grown.slice(0, -1);
  select(...last);
  state.grown = grown;
}

/** Move the selected word, or one end of the selection ("start" or "end"), by a word. */
function byWord(step, which) {
  if (!state.passage) return firstWord();
  const [start, end] = state.passage;
  const near = [state.here - 1, state.here, state.here + 1].filter((at) => paragraphs[at]).flatMap((at) => segments(paragraphs[at], "word", language));
  if (which === "end") {
    const next = step > 0 ? near.find((word) => word[1] > end) : near.findLast((word) => word[1] < end && word[1] > start);
    if (next) select(start, next[1]);
  } else if (which === "start") {
    const next = step > 0 ? near.find((word) => word[0] > start && word[0] < end) : near.findLast((word) => word[0] < start);
    if (next) select(next[0], end);
  } else {
    const next = step > 0 ? near.find((word) => word[0] >= end) : near.findLast((word) => word[1] <= start);
    if (next) select(...next);
  }
  state.here = paragraphAt(paragraphs, state.passage[0]);
}

// -- coding -----------------------------------------------------------------------------------------------------------

function openBox() {
  if (state.moving) return keepEnds();
  if (!state.passage) select(paragraphs[state.here].said, paragraphs[state.here].end);
  get("box").hidden = false;
  box.focus();
}

function leaveBox() {
  state.recoding = null;
  showPassage();
  if (state.passage) focusHere();
}

function focusHere() {
  const { element: now } = paragraphs[state.here];
  now.tabIndex = 0;
  now.focus({ preventScroll: true });
}

function recode(id) {
  const one = codings.get(id);
  state.recoding = id;
  state.recoded = one.version; // what was seen when it was begun: a change that comes in meanwhile is not overwritten
  select(one.start, one.end, { open: true });
  box.focus();
}

function choose(option) {
  const what = `“${textOf(...state.passage).slice(0, 40)}” as ${option.name}`;
  if (state.recoding && option.id !== undefined) {
    patch(state.recoding, { code: option.id }, `recode ${what}`, state.recoded);
    state.recoding = null;
    showPassage();
    return;
  }
  code(option.id !== undefined ? { code: option.id } : { new_code: { name: option.name } }, what);
}

function code(fields, what) {
  const [start, end] = state.passage;
  const body = { source, start, end, id: newId(), after: state.seen, text: article.dataset.hash, ...fields };
  return change("POST", "/api/codings", body, what);
}

function acceptSuggestion(id, way) {
  if (state.passage && codes.has(id)) code({ code: id, suggested: way }, `suggested code ${codes.get(id).name}`);
}

/** Undo and redo must not be done twice, so they are not sent again when the answer is lost. */
async function back(way) {
  try {
    const answer = await ask("POST", `/api/${way}`, { after: state.seen });
    apply(answer);
    if (!answer.what) say(way === "undo" ? "There is nothing of yours to undo." : "There is nothing to do again.");
  } catch (error) {
    if (error instanceof Refused) return refused(error);
    say(`No answer came, so it is not known whether ${way} was done; it was not asked again.`);
  }
}

// -- walking ----------------------------------------------------------------------------------------------------------

function nextUncoded() {
  const from = paragraphs[state.here]?.start ?? 0;
  const open = turns.filter((turn) => !turn.question && !codingsIn(turn.start, turn.end).length);
  const after = open.find((turn) => turn.start > from && paragraphAt(paragraphs, turn.start) !== state.here);
  if (!after && part.end < Number(article.dataset.length)) return toPart(part.end, { next: "uncoded" });
  const next = after ?? open[0];
  if (!turns.length) say("This source has no turns.");
  else if (!next) say("Every answer has a coding.");
  else go(next.start);
}

function walkCode(code) {
  state.walk = () => [...codings.values()].filter((one) => one.code === code).sort((a, b) => a.start - b.start).map((one) => [one.start, one.end, one.id]);
}

/** The codes of this source, to walk through one of them. */
function fillWalk() {
  const used = [...new Set([...codings.values()].map((one) => one.code))].filter((id) => codes.has(id));
  const paths = used.map((id) => [id, codes.get(id).path.join(" › ")]).sort((one, other) => one[1].localeCompare(other[1]));
  const chosen = get("walk").value;
  get("walk").replaceChildren(new Option("Walk through…", ""), ...paths.map(([id, path]) => new Option(path, id)));
  get("walk").value = used.includes(chosen) ? chosen : "";
}

/** To the next or previous place of what one walks through. */
function step(way) {
  const places = state.walk?.() ?? [];
  if (!places.length) return;
  const from = state.at ?? [paragraphs[state.here].start, 0];
  const after = places.findIndex(([start]) => start > from[0]);
  const before = places.findLastIndex(([start]) => start < from[0]);
  const at = way > 0 ? (after < 0 ? 0 : after) : before < 0 ? places.length - 1 : before;
  state.at = places[at];
  say(`${at + 1} of ${places.length}`);
  go(places[at][0], places[at][2]);
  if (!isHere(places[at][0])) return;
  const { node } = index.toDom(places[at][0]);
  bringIntoView(node.parentElement.closest("p"));
}

function find() {
  const words = get("find-words").value.trim();
  const hits = index.find(words);
  painter.show("found", hits, 4);
  get("find-count").textContent = words ? `${hits.length} ${hits.length === 1 ? "hit" : "hits"}` : "";
  state.walk = words ? () => hits : null;
  state.at = null;
}

// -- keys and buttons -------------------------------------------------------------------------------------------------

const KEYS = {
  ArrowDown: () => moveTo(state.here + 1), ArrowUp: () => moveTo(state.here - 1),
  j: () => moveTo(state.here + 1), k: () => moveTo(state.here - 1),
  u: nextUncoded, v: evidenceHere, n: () => step(1), N: () => step(-1), d: dim, w: firstWord, e: grow, E: shrink,
  Enter: openBox, c: openBox, Escape: unselect,
  "/": () => get("find-words").focus(), "?": () => location.assign(at("/help")),
  ArrowRight: () => byWord(1), ArrowLeft: () => byWord(-1),
  "Shift+ArrowRight": () => byWord(1, "end"), "Shift+ArrowLeft": () => byWord(-1, "end"),
  "Alt+Shift+ArrowRight": () => byWord(1, "start"), "Alt+Shift+ArrowLeft": () => byWord(-1, "start"),
};

article.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey) return;
  const name = event.shiftKey && event.key.startsWith("Arrow") ? `Shift+${event.key}` : event.key;
  const act = KEYS[event.altKey ? `Alt+${name}` : name];
  if (!act) return;
  event.preventDefault();
  if (["ArrowDown", "ArrowUp", "j", "k"].includes(event.key) && state.passage) unselect();
  act();
});

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
  if (event.target.matches?.("input, textarea") && event.target.value) return; // a field has its own undo
  event.preventDefault();
  back(event.shiftKey ? "redo" : "undo");
});

// printed is the view that the server marks up, which holds on paper without colours
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.key.toLowerCase() !== "p") return;
  event.preventDefault();
  const search = new URLSearchParams({ id: source, view: "marks", at: part.start });
  location.assign(at(`/source?${search}#print`));
});

// in the box, wherever the focus is: Escape leaves it, Alt with a number takes the suggestion of that number
get("box").addEventListener("keydown", (event) => {
  if (event.key === "Escape") leaveBox();
  if (event.altKey && !event.ctrlKey && /^Digit[1-9]$/.test(event.code) && suggestions?.take(Number(event.code.at(-1)))) event.preventDefault();
});

document.addEventListener("copy", (event) => {
  if (state.passage && event.target === get("code-filter") && event.target.selectionStart === event.target.selectionEnd) {
    event.clipboardData.setData("text/plain", textOf(...state.passage));
    event.preventDefault();
  }
});

function dim() {
  const on = article.classList.toggle("dim");
  get("dim").setAttribute("aria-pressed", String(on));
}

get("undo").onclick = () => back("undo");
get("redo").onclick = () => back("redo");
get("next-uncoded").onclick = nextUncoded;
get("dim").onclick = dim;
get("expand").onclick = grow;
get("shrink").onclick = shrink;
get("keep-ends").onclick = keepEnds;
get("walk").addEventListener("change", () => {
  if (!get("walk").value) return;
  walkCode(get("walk").value);
  state.at = null;
  step(1);
});
get("close-box").onclick = () => { unselect(); paragraphs[state.here]?.element.focus({ preventScroll: true }); };
get("find").addEventListener("submit", (event) => { event.preventDefault(); step(1); });
get("find-words").addEventListener("input", find);
const catchUp = () => ask("GET", `/api/changes?after=${state.seen}`).then(apply, () => {}); // what another tab or person did
window.addEventListener("focus", catchUp);

article.tabIndex = -1;
await load();
const said = sessionStorage.getItem("crosscase-said");
if (said) tell(said);
sessionStorage.removeItem("crosscase-said");
outbox.resume(apply);
follow({ source, seen: () => state.seen, changed: (what) => { if (what.seen > state.seen) catchUp(); } });
const done = new URLSearchParams(location.search).get("said");
if (done) say(done);
const asked = new URLSearchParams(location.hash.slice(1));
if (asked.get("walk")) {
  get("walk").value = asked.get("walk");
  walkCode(asked.get("walk"));
}
if (asked.has("at")) go(Number(asked.get("at")), asked.get("coding") ?? undefined);
else {
  state.here = 0;
  paragraphs[0]?.element.setAttribute("tabindex", "0");
}
if (get("find-words").value) find();
if (article.dataset.walk) {
  // places that another page sent the reader to walk through
  const places = JSON.parse(article.dataset.walk);
  painter.show("found", places.filter(([start]) => isHere(start)), 4);
  state.walk = () => places;
  state.at = places.find(([start]) => start >= Number(asked.get("at") ?? 0)) ?? null;
  for (const [id, way] of [["walk-on", 1], ["walk-back", -1]]) get(id).onclick = () => step(way);
}
if (asked.get("next") === "uncoded") {
  state.here = 0;
  const first = turns.find((turn) => !turn.question && isHere(turn.start) && !codingsIn(turn.start, turn.end).length);
  if (first) go(first.start);
  else nextUncoded();
}
article.dataset.ready = "yes";
performance.mark("crosscase-ready");
