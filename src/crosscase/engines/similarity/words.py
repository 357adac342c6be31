"""The nearest texts by TF-IDF of words and of pieces of words.

A text is a vector of its words and one of its pieces: runs of two to four characters inside words, which find the same
stem under other endings and need no list of words of any language.  Both are weighted by inverse document frequency
(Spärck Jones, 1972; the smoothed form of scikit-learn) and compared by their cosine; the similarity is the mean of the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

#: How many texts are put together at once when their pieces are counted.
_CHUNK = 2000

#: A word in more than this share of the texts says nothing about what two of them share.
_COMMON = 0.05

_WORD = r"(?u)\w+"


class Neighbour(NamedTuple):
    """The number of a text and its similarity, from 0 to 1."""

    row: int
    score: float


class WordIndex:
    """Texts to be compared with.  Making it takes about a second for 10,000 passages; asking it, milliseconds."""

    def __init__(self, texts: Sequence[str]) -> None:
        from scipy import sparse
        from sklearn.feature_extraction.text import CountVectorizer

        self.size = len(texts)
        self._last: tuple[str, Any, Any] | None = None
        self._vectorizer = CountVectorizer(token_pattern=_WORD)
        self._pieces = CountVectorizer(analyzer="char_wb", ngram_range=(2, 4))
        try:
            counts = self._vectorizer.fit_transform(texts)
        except ValueError:  # scikit-learn's way to say that there is no word in any text
            self.size = 0
            return
        self._names = self._vectorizer.get_feature_names_out()
        self._counts = counts.astype(np.float64).tocsr()
        self._idf = _idf(np.bincount(counts.indices, minlength=counts.shape[1]), self.size)
        self._words = _unit(sparse.csr_array(self._counts @ sparse.diags_array(self._idf)))
        # the pieces of a text are those of its words, so they are cut once a word and never stored for the texts
        self._inside = self._pieces.fit_transform(self._names).astype(np.float64).tocsr()
        found = np.zeros(self._inside.shape[1])
        for part in self._parts():
            found += np.bincount(part.indices, minlength=len(found))
        self._piece_idf = _idf(found, self.size)
        squares = self._piece_idf**2
        self._norms = np.sqrt(np.concatenate([part.power(2) @ squares for part in self._parts()]))

    def nearest(self, text: str, most: int = 20) -> list[Neighbour]:
        """The most similar texts, the nearest first; those that share nothing with it are left out."""
        if not self.size:
            return []
        words, pieces = self._vectors(text)
        weighted = self._inside @ (pieces * self._piece_idf**2)
        size = np.sqrt((pieces**2) @ self._piece_idf**2)
        with np.errstate(invalid="ignore", divide="ignore"):
            by_piece = np.nan_to_num((self._counts @ weighted) / (self._norms * size))
        scores = (self._words @ words + by_piece) / 2
        return best(scores, most)

    def shared(self, text: str, row: int, most: int = 6) -> list[str]:
        """The words that a text shares with one of the index, those that tell the most first, common words left out."""
        if not self.size:
            return []
        words, _ = self._vectors(text)
        other = self._words[[row]].toarray()[0]
        limit = _idf(np.array([_COMMON * self.size]), self.size)[0] if self.size > 20 else 0.0
        both = np.where(self._idf >= limit, words * other, 0.0)
        return [str(self._names[at]) for at in np.argsort(-both)[:most] if both[at] > 0]

    def _vectors(self, text: str) -> tuple[Any, Any]:
        """The weighted words of a text, of length 1, and the counts of its pieces; those of the last text are kept."""
        last = self._last
        if last is None or last[0] != text:
            last = self._last = (text, *self._weighed(text))
        return last[1], last[2]

    def _weighed(self, text: str) -> tuple[Any, Any]:
        words = self._vectorizer.transform([text]).toarray()[0] * self._idf
        length = np.linalg.norm(words)
        tokens = self._vectorizer.build_analyzer()(text)  # its words, also those that the index has never seen
        pieces = np.asarray(self._pieces.transform(tokens).sum(axis=0), dtype=np.float64).ravel() if tokens else np.zeros(self._inside.shape[1])  # fmt: skip
        return (words / length if length else words), pieces

    def _parts(self) -> Any:
        for first in range(0, self.size, _CHUNK):
            yield (self._counts[first : first + _CHUNK] @ self._inside).tocsr()


def best(scores: Any, most: int) -> list[Neighbour]:
    """The rows with the highest scores above 0; of equal ones the earlier."""
    most = min(most, len(scores))
    if most <= 0:
        return []
    rows = np.argpartition(-scores, most - 1)[:most]
    rows = rows[np.lexsort((rows, -scores[rows]))]
    return [Neighbour(int(row), min(1.0, float(scores[row]))) for row in rows if scores[row] > 1e-9]


def _idf(found: Any, size: int) -> Any:
    return np.log((1 + size) / (1 + found)) + 1


def _unit(matrix: Any) -> Any:
    from sklearn.preprocessing import normalize

    return normalize(matrix)
