// Suggestions beside the box of codes: likely codes with their reasons, and passages like the selected one.
// Nothing is coded here; `accept(code, way)` is called when the person takes a suggestion.

import { ask, at as address } from "./api.js";
import { element } from "./listing.js";

const PAUSE = 350; // milliseconds after the selection has come to rest
const AGAIN = 1500;

export class Suggestions {
  #root = document.getElementById("suggested");
  #asked = "";
  #timer = 0;
  #found = null;

  constructor(codes, accept) {
    this.codes = codes;
    this.accept = accept;
  }

  /** Suggest for a passage of a source, or for nothing. */
  show(source, passage) {
    const asked = passage ? `source=${encodeURIComponent(source)}&start=${passage[0]}&end=${passage[1]}` : "";
    if (asked === this.#asked) return;
    this.#asked = asked;
    this.#found = null;
    this.#root.hidden = true;
    clearTimeout(this.#timer);
    if (asked) this.#timer = setTimeout(() => this.#ask(asked), PAUSE);
  }

  /** Ask anew, for what was just coded is no suggestion any more. */
  refresh() {
    if (this.#asked) this.#ask(this.#asked);
  }

  /** Take the suggestion with a number, from 1. */
  take(number) {
    const one = this.#found?.codes[number - 1];
    if (one) this.accept(one.code, this.#found.way);
    return Boolean(one);
  }

  async #ask(asked) {
    let found;
    try {
      found = await ask("GET", `/api/suggestions?${asked}`);
    } catch (error) {
      found = { codes: [], passages: [], trouble: error.message, reading: false };
    }
    if (asked !== this.#asked) return; // something else was selected meanwhile
    this.#found = found;
    this.#draw(found);
    clearTimeout(this.#timer);
    if (found.reading) this.#timer = setTimeout(() => this.#ask(asked), AGAIN);
  }

  #draw(found) {
    const open = new Set([...this.#root.querySelectorAll("details[open]")].map((one) => one.dataset.code));
    const parts = [element("h3", "", `Suggested ${found.by ?? ""}`)];
    if (found.trouble) parts.push(element("p", "quiet", found.trouble));
    if (found.reading) parts.push(reading(found));
    const codes = found.codes.filter((one) => this.codes().has(one.code));
    if (codes.length) {
      const list = element("ol", "suggestions");
      for (const [at, one] of codes.entries()) list.append(this.#code(one, at + 1, found.way, open));
      parts.push(list);
    } else if (!found.trouble && !found.reading) parts.push(element("p", "quiet", "No code was given to anything like it."));
    if (found.passages.length) {
      const more = element("details");
      more.dataset.code = "passages";
      more.append(element("summary", "", `Passages like it (${found.passages.length})`));
      const list = element("ul", "suggestions");
      for (const one of found.passages) list.append(this.#passage(one));
      more.append(list);
      parts.push(more);
    }
    for (const one of parts) if (one.dataset.code && open.has(one.dataset.code)) one.open = true;
    this.#root.replaceChildren(...parts);
    this.#root.hidden = false;
  }

  #code(one, number, way, open) {
    const code = this.codes().get(one.code);
    const made = element("li");
    const button = element("button", "", "");
    button.type = "button";
    button.title = `Accept (Alt+${number})`;
    button.append(element("span", `swatch ${code.css}`), ` ${code.name}`);
    button.setAttribute("aria-label", `Accept ${code.path.join(", ")}`);
    button.addEventListener("click", () => this.accept(one.code, way));
    const why = element("details");
    why.dataset.code = one.code;
    why.open = open.has(one.code);
    why.append(element("summary", "", `Why: ${one.passages} of the nearest coded passages`));
    for (const reason of one.reasons) why.append(passage(reason, reason.coding));
    made.append(button, element("kbd", "", `Alt+${number}`), why);
    return made;
  }

  #passage(one) {
    const made = passage(one);
    const names = one.codes.map((id) => this.codes().get(id)?.name ?? id);
    if (names.length) made.append(element("p", "by", `coded: ${names.join(", ")}`));
    return made;
  }
}

function passage(one, coding) {
  const made = element(coding ? "div" : "li", "reason");
  const words = element("q", "", one.text.length > 180 ? `${one.text.slice(0, 180).trim()} …` : one.text);
  words.dir = "auto";
  const where = element("a", "", one.title);
  where.href = address(`/source?id=${encodeURIComponent(one.source)}#at=${one.start}${coding ? `&coding=${encodeURIComponent(coding)}` : ""}`);
  const by = element("p", "by");
  by.append(where, ...(one.case ? [` · ${one.case}`] : []), ` · likeness ${one.score.toFixed(2)}`, one.shared.length ? ` · both: ${one.shared.join(", ")}` : "");
  made.append(words, by);
  return made;
}

function reading(found) {
  const made = element("p", "quiet");
  const bar = element("progress");
  bar.setAttribute("aria-label", "Texts read");
  if (found.done) Object.assign(bar, { value: found.done, max: found.of });
  made.append("The study is being read for the first time. ", bar);
  return made;
}
