"""The vector of every text: shipped for the content that comes with the package, computed for the
rest when it is seeded.
"""

import hashlib
from collections.abc import Collection, Mapping
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from api.search.encoder import MODEL, Encoder
from api.search.index import quantized

SHIPPED: Final = MODEL / "vectors.npz"

_SEEDING_THREADS: Final = 2


def vectors_of(texts: Collection[str]) -> dict[str, NDArray[np.int8]]:
    """The stored vector of each text."""
    shipped = _shipped()
    wanted = {text: key_of(text) for text in dict.fromkeys(texts)}
    found = {text: shipped[key] for text, key in wanted.items() if key in shipped}
    missing = [text for text in wanted if text not in found]
    if missing:
        computed = quantized(_encoder().vectors(missing))
        found.update(zip(missing, computed, strict=True))
    return found


def unshipped(texts: Collection[str]) -> list[str]:
    """The texts whose vector is not shipped, and which a seeding has to compute."""
    shipped = _shipped()
    return [text for text in dict.fromkeys(texts) if key_of(text) not in shipped]


def shipped_keys() -> Collection[int]:
    """The keys of the texts whose vectors are shipped."""
    return _shipped().keys()


def ship(vectors: Mapping[str, NDArray[np.int8]], path: Path = SHIPPED) -> None:
    """Write the vectors of just these texts to be shipped."""
    own = sorted(((key_of(text), vector) for text, vector in vectors.items()), key=itemgetter(0))
    np.savez(
        path,
        keys=np.array([key for key, _ in own], dtype=np.uint64),
        vectors=np.stack([vector for _, vector in own]),
    )


def key_of(text: str) -> int:
    """A key of a text: what it says and which encoder read it."""
    digest = hashlib.blake2b(text.encode(), digest_size=8, key=_encoder_digest())
    return int.from_bytes(digest.digest(), "big")


@cache
def _encoder() -> Encoder:
    return Encoder(_SEEDING_THREADS)


@cache
def _encoder_digest() -> bytes:
    return hashlib.blake2b((MODEL / "encoder.onnx").read_bytes(), digest_size=32).digest()


def _shipped() -> Mapping[int, NDArray[np.int8]]:
    if not SHIPPED.exists():
        return {}
    with np.load(SHIPPED, allow_pickle=False) as held:
        return dict(zip(held["keys"].tolist(), held["vectors"], strict=True))
