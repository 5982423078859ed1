"""Meaning as a vector: the sentence encoder that comes with this package.

One run over a text gives its vector and the states of its words; from these a small judge tells
which red flags it speaks of, and whether it is within the scope of the knowledge base.
`training/encoder.py` and `training/judge.py` make the two models.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

MODEL: Final = Path(__file__).parent / "model"
MAX_TOKENS: Final = 96
"""So many tokens are read at once; what it takes grows with them."""

MAX_WINDOWS: Final = 8
"""A longer text is read in so many pieces at most, from its beginning."""

_OVERLAP: Final = 16
_SPECIAL: Final = 2
_SHORTEST_SENTENCE: Final = 5
_BATCH: Final = 32


Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Reading:
    """What the encoder makes of a text."""

    vector: NDArray[np.float32]
    """Its meaning, of length 1."""
    red_flags: dict[str, float]
    """How likely each red flag is told of as present, by slug: in the text as a whole."""
    in_a_sentence: dict[str, float]
    """And in the one of its sentences that tells most of it, read apart from the others: a sign that
    stands in the midst of a long story."""
    scope: float
    """How likely it is within the scope of the knowledge base."""


class Encoder:
    """The encoder; one thread, so that one process keeps to one core."""

    def __init__(self, threads: int = 1) -> None:
        self._tokenizer = Tokenizer.from_file(str(MODEL / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._flags: list[str] = json.loads((MODEL / "red_flags.json").read_text("utf-8"))
        self._ends = {self._tokenizer.token_to_id(sign) for sign in ".?!;"}
        self._threads = threads
        self._encoder = _session("encoder.onnx", threads)

    @cached_property
    def _judge(self) -> Any:
        # Not needed for vectors, and made from what the encoder tells.
        return _session("judge.onnx", self._threads)

    def knows(self, word: str) -> bool:
        """Whether a word stands whole in the encoder's vocabulary of common English."""
        return self._tokenizer.token_to_id(word) is not None

    def read(self, text: str) -> Reading:
        """Read a text. A long one is read in pieces: a danger sign at its end counts as well."""
        windows = self._windows(self._tokenizer.encode(text).ids)
        tokens, mask = _batch(windows)
        vectors, low, high = self._encoder.run(
            ["embedding", "low_states", "high_states"],
            {"input_ids": tokens, "attention_mask": mask},
        )
        whole = self._judged(low, high, mask)
        # The states know their surroundings: cutting them apart takes no second reading.
        parts = [
            (low[row, start:end], high[row, start:end])
            for row, ids in enumerate(windows)
            for start, end in self._sentences(ids)
        ]
        apart = self._judged(*_padded(parts)) if len(parts) > 1 else whole
        mean = vectors.mean(axis=0)
        return Reading(
            vector=mean / np.linalg.norm(mean),
            red_flags=dict(zip(self._flags, whole[:-1].tolist(), strict=True)),
            in_a_sentence=dict(zip(self._flags, apart[:-1].tolist(), strict=True)),
            scope=float(whole[-1]),
        )

    def _judged(self, low: Floats, high: Floats, mask: NDArray[Any]) -> Floats:
        """How likely each judgement is, in the text of a batch where it is likeliest."""
        (judged,) = self._judge.run(
            None, {"low_states": low, "high_states": high, "mask": mask.astype(np.float32)}
        )
        likely: Floats = (1 / (1 + np.exp(-judged))).max(axis=0)
        return likely

    def _sentences(self, ids: Sequence[int]) -> list[tuple[int, int]]:
        """Where sentences begin and end; one of a word or two belongs to the next."""
        found, start = [], 0
        ends = [place + 1 for place, token in enumerate(ids) if token in self._ends]
        for end in [*ends, len(ids)]:
            if end - start >= _SHORTEST_SENTENCE:
                found.append((start, end))
                start = end
        return found

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The unit vectors of texts, a row each; texts of like length are run together."""
        ids = [
            self._windows(encoded.ids)[0] for encoded in self._tokenizer.encode_batch(list(texts))
        ]
        order = sorted(range(len(ids)), key=lambda place: len(ids[place]))
        found: list[NDArray[np.float32]] = [np.empty(0, dtype=np.float32)] * len(ids)
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            tokens, mask = _batch([ids[place] for place in batch])
            (vectors,) = self._encoder.run(
                ["embedding"], {"input_ids": tokens, "attention_mask": mask}
            )
            for place, vector in zip(batch, vectors, strict=True):
                found[place] = vector
        return np.stack(found)

    def _windows(self, ids: list[int]) -> list[list[int]]:
        """The token ids of a text in pieces that overlap, each with the marks of a whole text."""
        if len(ids) <= MAX_TOKENS:
            return [ids]
        first, *inner, last = ids
        size = MAX_TOKENS - _SPECIAL
        starts = range(0, len(inner) - _OVERLAP, size - _OVERLAP)
        return [[first, *inner[start : start + size], last] for start in starts][:MAX_WINDOWS]


def _session(name: str, threads: int) -> Any:
    # Imported when it is first needed: serving does not wait for it.
    import onnxruntime  # noqa: PLC0415

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(
        str(MODEL / name), options, providers=["CPUExecutionProvider"]
    )


def _batch(ids: Sequence[Sequence[int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Token ids in rows of one length, and which of them are real."""
    longest = max(map(len, ids))
    tokens = np.zeros((len(ids), longest), dtype=np.int64)
    mask = np.zeros_like(tokens)
    for row, own in enumerate(ids):
        tokens[row, : len(own)] = own
        mask[row, : len(own)] = 1
    return tokens, mask


def _padded(parts: Sequence[tuple[Floats, Floats]]) -> tuple[Floats, Floats, Floats]:
    """States of texts in rows of one length, and which of them are real."""
    longest = max(len(low) for low, _ in parts)
    low, high = np.zeros((2, len(parts), longest, parts[0][0].shape[1]), dtype=np.float32)
    mask = np.zeros((len(parts), longest), dtype=np.float32)
    for row, (own_low, own_high) in enumerate(parts):
        low[row, : len(own_low)], high[row, : len(own_high)] = own_low, own_high
        mask[row, : len(own_low)] = 1
    return low, high, mask
