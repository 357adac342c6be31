// Positions: the server counts code points, the browser UTF-16 units.  This is the one place where the two meet here.
// Nothing else in the workspace adds, subtracts or compares a unit with a code point.

const PAIRS = /[\ud800-\udbff][\udc00-\udfff]/g;

/** How many code points a text has. */
export function codePoints(text) {
  return text.length - (text.match(PAIRS)?.length ?? 0);
}

/** The code point at the UTF-16 unit `unit`; a unit inside a pair belongs to the character that it splits. */
export function fromUnits(text, unit) {
  const end = unit > 0 && unit < text.length && splits(text, unit) ? unit - 1 : unit;
  return codePoints(text.slice(0, end));
}

/** The UTF-16 unit at which the code point number `point` begins. */
export function toUnits(text, point) {
  let unit = 0;
  for (let left = point; left > 0 && unit < text.length; left -= 1) {
    unit += splits(text, unit + 1) ? 2 : 1;
  }
  return unit;
}

function splits(text, unit) {
  const before = text.charCodeAt(unit - 1);
  const after = text.charCodeAt(unit);
  return before >= 0xd800 && before <= 0xdbff && after >= 0xdc00 && after <= 0xdfff;
}

/** The text of a source as it stands in the page: runs of text, each knowing the code point at which it begins. */
export class TextIndex {
  constructor(root) {
    this.runs = [];
    for (const element of root.querySelectorAll("[data-start]")) {
      const node = element.firstChild;
      const start = Number(element.dataset.start);
      const length = codePoints(node.data);
      this.runs.push({ node, start, end: start + length, plain: length === node.data.length });
      element.run = this.runs[this.runs.length - 1];
    }
  }

  /** Where the code point `point` is in the page.  A place between runs is the start of the next, or the end of the last. */
  toDom(point, { end = false } = {}) {
    const runs = this.runs;
    let at = this.#first((run) => (end ? run.end >= point : run.end > point));
    if (end && at < runs.length && runs[at].start >= point && at > 0) at -= 1;
    if (at >= runs.length) at = runs.length - 1;
    const run = runs[at];
    const inside = Math.min(Math.max(point, run.start), run.end) - run.start;
    return { node: run.node, offset: run.plain ? inside : toUnits(run.node.data, inside) };
  }

  /** The code point at a place in the page, which may lie beside the text. */
  toPoint(node, offset) {
    const run = node.nodeType === Node.TEXT_NODE ? node.parentElement?.run : undefined;
    if (run?.node === node) return run.start + (run.plain ? offset : fromUnits(node.data, offset));
    const place = document.createRange();
    place.setStart(node, offset);
    const at = this.#first((one) => place.comparePoint(one.node, 0) >= 0);
    return at < this.runs.length ? this.runs[at].start : this.runs.at(-1).end;
  }

  /** A range for the passage from one code point to another. */
  range(start, end) {
    const from = this.toDom(start);
    const to = this.toDom(end, { end: true });
    return new StaticRange({
      startContainer: from.node, startOffset: from.offset, endContainer: to.node, endOffset: to.offset,
    });
  }

  /** Where some words stand, whatever their case, as [start, end]; at most 5,000 places, each within one run. */
  find(words) {
    const wanted = words.toLocaleLowerCase();
    const hits = [];
    if (!wanted) return hits;
    for (const { node, start } of this.runs) {
      const text = node.data.toLocaleLowerCase();
      if (text.length !== node.data.length) continue; // lower case of another length has other places
      for (let at = text.indexOf(wanted); at >= 0 && hits.length < 5000; at = text.indexOf(wanted, at + wanted.length)) {
        hits.push([start + fromUnits(node.data, at), start + fromUnits(node.data, at + wanted.length)]);
      }
    }
    return hits;
  }

  /** The first run for which something holds that holds for all after it. */
  #first(holds) {
    let low = 0;
    let high = this.runs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (holds(this.runs[middle])) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
