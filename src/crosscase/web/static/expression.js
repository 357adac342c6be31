// Fields for expressions: constructs are completed while one types, and the line below says how it is read: a caret under
// the place that does not parse, the nearest names for an unknown one, and what the cases would show.

import { ask } from "./api.js";
import { element } from "./listing.js";

const WORDS = { contradicting: "contradict", literal: "show condition and outcome", theoretical: "show neither", silent: "are silent" };
const MOST = 12;
const constructs = [...(document.getElementById("constructs")?.options ?? [])].map((one) => ({ id: one.value, name: one.label === one.value ? "" : one.label }));

class ExpressionField {
  #input;
  #list;
  #read;
  #offered = [];
  #active = -1;
  #timer = 0;
  #asked = "";

  constructor(input) {
    this.#input = input;
    this.#list = document.getElementById(`${input.id}-options`);
    this.#read = document.getElementById(`${input.id}-read`);
    for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list", "aria-controls": this.#list.id })) input.setAttribute(name, value);
    input.addEventListener("input", () => { this.#offer(); this.#soon(); });
    input.addEventListener("keydown", (event) => this.#key(event));
    input.addEventListener("blur", () => this.#close());
    this.#list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    this.#list.addEventListener("click", (event) => {
      const option = event.target.closest("li");
      if (option) this.#take(Number(option.dataset.at));
    });
    if (input.value.trim()) this.#ask();
  }

  // -- completing --------------------------------------------------------------------------------------------------------

  /** The beginning of a name before the caret. */
  #begun() {
    const before = this.#input.value.slice(0, this.#input.selectionStart);
    return before.match(/[\p{L}_][\p{L}\p{N}_.]*$/u)?.[0] ?? "";
  }

  #offer() {
    const begun = this.#begun().toLocaleLowerCase();
    const fits = ({ id, name }) => id.toLocaleLowerCase().includes(begun) || name.toLocaleLowerCase().includes(begun);
    const begins = ({ id }) => (id.toLocaleLowerCase().startsWith(begun) ? 0 : 1);
    const found = begun ? constructs.filter(fits).sort((a, b) => begins(a) - begins(b)) : [];
    this.#offered = found.length === 1 && found[0].id.toLocaleLowerCase() === begun ? [] : found.slice(0, MOST);
    this.#active = -1;
    this.#list.replaceChildren(...this.#offered.map(({ id, name }, at) => {
      const item = element("li", "", "");
      Object.assign(item, { id: `${this.#list.id}-${at}`, role: "option" });
      item.dataset.at = at;
      item.append(element("span", "formula", id), element("span", "quiet", name));
      return item;
    }));
    this.#show();
  }

  #show() {
    const open = this.#offered.length > 0;
    this.#list.hidden = !open;
    this.#input.setAttribute("aria-expanded", String(open));
    for (const [at, item] of [...this.#list.children].entries()) item.setAttribute("aria-selected", String(at === this.#active));
    const active = this.#list.children[this.#active];
    if (active) this.#input.setAttribute("aria-activedescendant", active.id);
    else this.#input.removeAttribute("aria-activedescendant");
    active?.scrollIntoView({ block: "nearest" });
  }

  #close() {
    this.#offered = [];
    this.#show();
  }

  #key(event) {
    const count = this.#offered.length;
    if (!count) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.#active = this.#active < 0 ? (step > 0 ? 0 : count - 1) : (this.#active + step + count) % count;
      this.#show();
    } else if (event.key === "Enter" && this.#active >= 0) {
      event.preventDefault();
      this.#take(this.#active);
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.#close();
    }
  }

  #take(at) {
    const { id } = this.#offered[at];
    const end = this.#input.selectionStart;
    this.#input.setRangeText(id, end - this.#begun().length, end, "end");
    this.#close();
    this.#ask();
  }

  // -- reading -----------------------------------------------------------------------------------------------------------

  #soon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), 150);
  }

  async #ask() {
    clearTimeout(this.#timer);
    const text = this.#input.value;
    this.#asked = text;
    try {
      const found = await ask("GET", `/api/expression?text=${encodeURIComponent(text)}`);
      if (text === this.#asked) this.#say(found);
    } catch (error) {
      this.#read.replaceChildren(element("p", "quiet", `It was not read: ${error.message}`));
    }
  }

  #say(found) {
    const said = [];
    this.#input.setAttribute("aria-invalid", String(Boolean(found.problem)));
    if (found.caret) said.push(element("pre", "caret", found.caret));
    if (found.problem) said.push(element("p", "wrong", `${found.problem}${found.mend ? `; ${found.mend}` : ""}.`));
    for (const [name, near] of Object.entries(found.unknown)) {
      said.push(element("p", "wrong", `There is no construct ${name} yet. ${near.length ? `Nearest: ${near.join(", ")}.` : "There are none."}`));
    }
    const groups = Object.entries(found.groups);
    if (groups.length) said.push(element("p", "quiet", `Read as ${found.statement}. Of the cases, ${groups.map(([group, cases]) => `${cases.length} ${WORDS[group]}`).join(", ")}.`));
    this.#read.replaceChildren(...said);
  }
}

for (const input of document.querySelectorAll("input[data-expression]")) new ExpressionField(input);
