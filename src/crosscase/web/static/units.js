// Growing and shrinking a selection: word, sentence, paragraph, turn.  Works on code points of the source.

import { codePoints, fromUnits } from "./offsets.js";
import { paragraphAt } from "./painter.js";

/** The words or sentences of a paragraph as [start, end] in code points of the source, white space at the ends left out. */
export function segments(paragraph, granularity, language) {
  const text = paragraph.text;
  const segmenter = new Intl.Segmenter(language || undefined, { granularity });
  const found = [];
  for (const { segment, index, isWordLike } of segmenter.segment(text)) {
    const trimmed = segment.trim();
    if (!trimmed || (granularity === "word" && !isWordLike)) continue;
    const start = paragraph.said + fromUnits(text, index + segment.indexOf(trimmed));
    found.push([start, start + codePoints(trimmed)]);
  }
  return found;
}

/** The smallest of word, sentence, paragraph and turn (or a run of them) that holds a span and more. */
export function expanded(span, units) {
  for (const level of units) {
    const inside = level.filter(([start, end]) => start < span[1] && span[0] < end);
    if (!inside.length) continue;
    const wider = [Math.min(span[0], inside[0][0]), Math.max(span[1], inside.at(-1)[1])];
    if (wider[0] < span[0] || wider[1] > span[1]) return wider;
  }
  return span;
}

/** The words, sentences, paragraphs and turns around a span, as lists of [start, end] for `expanded`. */
export function unitsAround([start, end], paragraphs, turns, language) {
  const inside = [];
  for (let at = paragraphAt(paragraphs, start); at < paragraphs.length && paragraphs[at].start < end; at += 1) inside.push(paragraphs[at]);
  return [
    inside.flatMap((one) => segments(one, "word", language)),
    inside.flatMap((one) => segments(one, "sentence", language)),
    inside.map((one) => [one.said, one.end]),
    turns.map((one) => [one.start, one.end]),
  ];
}
