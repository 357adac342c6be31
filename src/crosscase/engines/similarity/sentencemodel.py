"""A small sentence model of the BERT family in NumPy: a text in, a vector out, whose cosine says how alike two texts are.

It reads the files of a sentence-transformers model (``config.json``, ``vocab.txt``, ``model.safetensors`` with float32
weights, mean pooling), such as all-MiniLM-L6-v2 (Reimers and Gurevych, 2019; Wang et al., 2020).  For using such a model
without a framework of several gigabytes, not for training one.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from crosscase.core.errors import InputError
from crosscase.engines.similarity.wordpiece import WordPiece

#: How many texts go through the model at once.
BATCH = 16


def read_safetensors(path: Path) -> dict[str, Any]:
    """The float32 arrays of a safetensors file: the length of a JSON header, the header, the numbers.

    Raises:
        InputError: the file is not of this form.
    """
    data = np.memmap(path, dtype=np.uint8, mode="r")
    try:
        (length,) = struct.unpack("<Q", bytes(data[:8]))
        header = json.loads(bytes(data[8 : 8 + length]))
        arrays = {}
        for name, about in header.items():
            if name != "__metadata__" and about["dtype"] == "F32":
                first, last = about["data_offsets"]
                found = data[8 + length + first : 8 + length + last].view("<f4")
                arrays[name] = np.array(found).reshape(about["shape"])
    except (struct.error, ValueError, KeyError, TypeError) as error:
        raise InputError(f"this is no file of weights: {error}", where=str(path)) from None
    return arrays


class SentenceModel:
    """A model, ready to encode.  ``size`` is the length of its vectors, ``longest`` the most word pieces that it reads."""

    def __init__(self, weights: Mapping[str, Any], pieces: WordPiece, *, heads: int, layers: int, epsilon: float = 1e-12, longest: int = 256) -> None:  # fmt: skip
        self._weights, self._pieces, self._heads, self._layers, self._epsilon = weights, pieces, heads, layers, epsilon
        self.longest = longest
        self.size = int(weights["embeddings.word_embeddings.weight"].shape[1])

    @classmethod
    def read(cls, folder: Path) -> SentenceModel:
        """The model in a folder.

        Raises:
            InputError: a file is missing, or is not of the form that is read here.
        """
        try:
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            sentence = folder / "sentence_bert_config.json"
            longest = json.loads(sentence.read_text(encoding="utf-8"))["max_seq_length"] if sentence.exists() else 256
            if (config["model_type"], config["hidden_act"], config["position_embedding_type"]) != ("bert", "gelu", "absolute"):  # fmt: skip
                raise InputError("this is a model of another kind", where=str(folder))
            return cls(
                read_safetensors(folder / "model.safetensors"),
                WordPiece.read(folder / "vocab.txt"),
                heads=config["num_attention_heads"],
                layers=config["num_hidden_layers"],
                epsilon=config["layer_norm_eps"],
                longest=min(longest, config["max_position_embeddings"]),
            )
        except (OSError, KeyError, ValueError) as error:
            raise InputError(f"the model cannot be read: {error}", where=str(folder)) from None

    def encode(self, texts: Sequence[str], *, progress: Callable[[int, int], None] | None = None) -> Any:
        """The vectors of texts (rows), each of length 1; what is longer than ``longest`` pieces is read to there."""
        numbers = [self._pieces.encode(text, self.longest) for text in texts]
        vectors = np.zeros((len(texts), self.size), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda row: len(numbers[row]))  # alike in length: little is padded
        for first in range(0, len(order), BATCH):
            rows = order[first : first + BATCH]
            vectors[rows] = self._batch([numbers[row] for row in rows])
            if progress is not None:
                progress(min(first + BATCH, len(order)), len(order))
        return vectors

    def _batch(self, numbers: Sequence[Sequence[int]]) -> Any:
        longest = max(map(len, numbers))
        padded = np.array([[*row, *[0] * (longest - len(row))] for row in numbers])
        there = np.array([[1.0] * len(row) + [0.0] * (longest - len(row)) for row in numbers], dtype=np.float32)
        weights = self._weights
        state = weights["embeddings.word_embeddings.weight"][padded]
        state = state + weights["embeddings.position_embeddings.weight"][:longest]
        state = state + weights["embeddings.token_type_embeddings.weight"][0]
        state = self._norm(state, "embeddings.LayerNorm")
        hidden = (1 - there)[:, None, None, :] * np.float32(-1e9)
        for layer in range(self._layers):
            name = f"encoder.layer.{layer}"
            state = self._norm(state + self._attention(state, hidden, name), f"{name}.attention.output.LayerNorm")
            inner = _gelu(self._dense(state, f"{name}.intermediate.dense"))
            state = self._norm(state + self._dense(inner, f"{name}.output.dense"), f"{name}.output.LayerNorm")
        mean = (state * there[:, :, None]).sum(axis=1) / there.sum(axis=1, keepdims=True)
        return mean / np.linalg.norm(mean, axis=1, keepdims=True)

    def _attention(self, state: Any, hidden: Any, name: str) -> Any:
        """Scaled dot-product attention of several heads (Vaswani et al., 2017, section 3.2)."""
        texts, length, size = state.shape

        def head(part: str) -> Any:
            made = self._dense(state, f"{name}.attention.self.{part}")
            return made.reshape(texts, length, self._heads, size // self._heads).transpose(0, 2, 1, 3)

        query, key, value = head("query"), head("key"), head("value")
        scores = query @ key.transpose(0, 1, 3, 2) / np.float32(np.sqrt(size // self._heads)) + hidden
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        mixed = (scores / scores.sum(axis=-1, keepdims=True)) @ value
        return self._dense(mixed.transpose(0, 2, 1, 3).reshape(texts, length, size), f"{name}.attention.output.dense")

    def _dense(self, state: Any, name: str) -> Any:
        return state @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]

    def _norm(self, state: Any, name: str) -> Any:
        """Layer normalisation (Ba, Kiros and Hinton, 2016)."""
        centred = state - state.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + np.float32(self._epsilon))
        return centred / spread * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]


def _gelu(values: Any) -> Any:
    """The exact Gaussian error linear unit (Hendrycks and Gimpel, 2016)."""
    from scipy.special import erf

    return values * np.float32(0.5) * (1 + erf(values * np.float32(1 / np.sqrt(2))))
