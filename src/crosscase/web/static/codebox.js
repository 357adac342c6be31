// The box in which a code is found by typing, and chosen or made with Enter.

const MOST = 50;

/** Codes whose path holds all the words, those whose own name begins with them first. */
export function filtered(codes, words) {
  const wanted = words.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const fits = codes.filter((code) => {
    const path = code.path.join(" ").toLocaleLowerCase();
    return wanted.every((word) => path.includes(word));
  });
  const begins = (code) => (code.name.toLocaleLowerCase().startsWith(words.trim().toLocaleLowerCase()) ? 0 : 1);
  return wanted.length ? fits.map((code, at) => [begins(code), at, code]).sort((a, b) => a[0] - b[0] || a[1] - b[1]).map(([, , code]) => code) : fits;
}

export class CodeBox {
  #input = document.getElementById("code-filter");
  #list = document.getElementById("code-options");
  #options = [];
  #active = 0;
  #recent = [];

  /** `codes()` gives all codes; `choose(code | {name})` is called with the one chosen, or the name of a new one. */
  constructor(codes, choose, leave) {
    this.codes = codes;
    this.choose = choose;
    this.#input.addEventListener("input", () => this.refresh());
    this.#input.addEventListener("keydown", (event) => this.#key(event, leave));
    this.#list.addEventListener("click", (event) => {
      const option = event.target.closest("li");
      if (option) this.#take(Number(option.dataset.at));
    });
    this.#list.addEventListener("mousedown", (event) => event.preventDefault()); // the input keeps the focus
  }

  focus() {
    this.#input.focus({ preventScroll: true });
    this.#input.select();
  }

  refresh() {
    const words = this.#input.value;
    const all = this.codes();
    const order = words.trim() ? all : [...this.#recent.filter((id) => all.some((code) => code.id === id)).map((id) => all.find((code) => code.id === id)), ...all.filter((code) => !this.#recent.includes(code.id))];
    const found = filtered(order, words).slice(0, MOST);
    const same = found.some((code) => code.name.toLocaleLowerCase() === words.trim().toLocaleLowerCase());
    this.#options = words.trim() && !same ? [...found, { name: words.trim() }] : found;
    this.#active = 0;
    this.#list.replaceChildren(...this.#options.map((option, at) => this.#item(option, at)));
    this.#mark();
  }

  clear() {
    this.#input.value = "";
    this.refresh();
  }

  #item(option, at) {
    const item = document.createElement("li");
    item.id = `option-${at}`;
    item.role = "option";
    item.dataset.at = at;
    const swatch = document.createElement("span");
    const words = document.createElement("span");
    if (option.id === undefined) {
      swatch.textContent = "+";
      words.textContent = `New code “${option.name}”`;
    } else {
      swatch.className = `swatch ${option.css}`;
      words.textContent = option.name;
      if (option.path.length > 1) words.append(Object.assign(document.createElement("small"), { textContent: option.path.slice(0, -1).join(" › ") }));
    }
    item.append(swatch, words);
    return item;
  }

  #mark() {
    for (const [at, item] of [...this.#list.children].entries()) item.setAttribute("aria-selected", String(at === this.#active));
    const active = this.#list.children[this.#active];
    if (active) {
      this.#input.setAttribute("aria-activedescendant", active.id);
      active.scrollIntoView({ block: "nearest" });
    } else this.#input.removeAttribute("aria-activedescendant");
  }

  #key(event, leave) {
    const last = this.#options.length - 1;
    if (event.isComposing) return;
    if (event.key === "ArrowDown") this.#active = this.#active >= last ? 0 : this.#active + 1;
    else if (event.key === "ArrowUp") this.#active = this.#active <= 0 ? last : this.#active - 1;
    else if (event.key === "Enter") this.#take(this.#active);
    else if (event.key === "Escape") leave();
    else return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key.startsWith("Arrow")) this.#mark();
  }

  #take(at) {
    const option = this.#options[at];
    if (!option) return;
    if (option.id !== undefined) this.#recent = [option.id, ...this.#recent.filter((id) => id !== option.id)].slice(0, 5);
    this.choose(option);
    this.clear();
  }
}
