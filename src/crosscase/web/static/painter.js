// Painting codings: one Highlight a code over the text, and bars in the margin.  Nothing in the text itself changes.

const LANES = 9;
const LANE = 8;

export class Painter {
  #index;
  #paragraphs;
  #highlights = new Map();
  #painted = new Map();
  #lanes = [];

  /** `paragraphs` are {element, start, end} in the order of the text; `css(code)` is the style name of a code. */
  constructor(index, paragraphs, css) {
    this.#index = index;
    this.#paragraphs = paragraphs;
    this.css = css;
  }

  add(coding) {
    this.remove(coding.id);
    const name = this.css(coding.code);
    const range = this.#index.range(coding.start, coding.end);
    this.#highlight(name).add(range);
    const lane = this.#lane(coding);
    const bars = this.#crossed(coding).map((paragraph) => bar(coding, paragraph, lane, name));
    this.#painted.set(coding.id, { name, range, bars, lane, coding });
  }

  remove(id) {
    const was = this.#painted.get(id);
    if (!was) return;
    this.#highlights.get(was.name).delete(was.range);
    for (const element of was.bars) element.remove();
    this.#lanes[was.lane].delete(was.coding);
    this.#painted.delete(id);
  }

  /** Paint passages that are no codings: what is selected, found, or looked at. */
  show(name, spans, priority = 10) {
    const made = new Highlight(...spans.map(([start, end]) => this.#index.range(start, end)));
    made.priority = priority;
    CSS.highlights.set(name, made);
  }

  choose(id) {
    for (const element of document.querySelectorAll(".bar.chosen")) element.classList.remove("chosen");
    const one = this.#painted.get(id);
    this.show("selected-coding", one ? [[one.coding.start, one.coding.end]] : [], 5);
    for (const element of one?.bars ?? []) element.classList.add("chosen");
  }

  #highlight(name) {
    let highlight = this.#highlights.get(name);
    if (!highlight) {
      highlight = new Highlight();
      this.#highlights.set(name, highlight);
      CSS.highlights.set(name, highlight);
    }
    return highlight;
  }

  /** The first lane in which no bar is in the way; the last one takes what does not fit. */
  #lane(coding) {
    for (let lane = 0; lane < LANES; lane += 1) {
      const taken = (this.#lanes[lane] ??= new Set());
      const free = lane === LANES - 1 || ![...taken].some((one) => one.start < coding.end && coding.start < one.end);
      if (free) {
        taken.add(coding);
        return lane;
      }
    }
    return LANES - 1;
  }

  #crossed(coding) {
    const found = [];
    for (let at = paragraphAt(this.#paragraphs, coding.start); at < this.#paragraphs.length; at += 1) {
      if (this.#paragraphs[at].start >= coding.end) break;
      if (coding.start < this.#paragraphs[at].end) found.push(this.#paragraphs[at]);
    }
    return found;
  }
}

/** The place of the paragraph that holds a code point, or of the next one. */
export function paragraphAt(paragraphs, point) {
  let low = 0;
  let high = paragraphs.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (paragraphs[middle].end > point) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** A bar beside the lines of one paragraph; its ends are set by the share of the paragraph, which needs no layout. */
function bar(coding, paragraph, lane, name) {
  const element = document.createElement("span");
  element.className = `bar ${name}`;
  element.dataset.coding = coding.id;
  const length = paragraph.end - paragraph.start;
  const top = Math.max(0, coding.start - paragraph.start) / length;
  const bottom = Math.max(0, paragraph.end - coding.end) / length;
  element.style.insetInlineStart = `${lane * LANE}px`;
  element.style.top = `${100 * top}%`;
  element.style.bottom = `${100 * bottom}%`;
  paragraph.bars ??= paragraph.element.appendChild(Object.assign(document.createElement("span"), { className: "bars", ariaHidden: "true" }));
  paragraph.bars.append(element);
  return element;
}
