"""Texts made uniform, and cut into tokens. Texts are bytes (UTF-8) here, on which this is fastest."""

from __future__ import annotations

import itertools
import string
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pykeras import strings

_LOWER = bytes.maketrans(string.ascii_uppercase.encode(), string.ascii_lowercase.encode())
_PUNCTUATION = string.punctuation.encode()
# name -> table and characters to leave out, as for bytes.translate; only ASCII letters become small, as in Keras
STANDARDIZE = {
    "lower_and_strip_punctuation": (_LOWER, _PUNCTUATION),
    "lower": (_LOWER, b""),
    "strip_punctuation": (None, _PUNCTUATION),
}
BETWEEN = b"\xff"  # a byte that UTF-8 never has
ENDS = -9  # its index; others are -2 and more
_SEPARATOR = f" {strings.as_text(BETWEEN)} "
SPLIT: dict[str, Callable[[bytes], list[bytes]]] = {
    "whitespace": bytes.split,
    "character": lambda text: [char.encode() for char in text.decode("utf-8", "replace")],
}


def standardized(texts: Sequence[str], how: Any, shape: tuple) -> list[bytes]:
    """The texts made uniform by a rule of ``STANDARDIZE``, by a function of an array of ``shape``, or not at all."""
    if callable(how):
        result = np.asarray(how(np.array(texts, str).reshape(shape)))
        if result.size != len(texts) or result.dtype.kind not in "USO":
            raise ValueError(
                f"standardize: expected a function from an array of texts to one of the same shape {shape}, got an "
                f"array of dtype {result.dtype} and shape {result.shape}"
            )
        return [strings.as_bytes(strings.as_text(text)) for text in result.reshape(-1).tolist()]
    return [_uniform(strings.as_bytes(text), how) for text in texts]


def _uniform(text: bytes, how: str | None) -> bytes:
    return text if how is None else text.translate(*STANDARDIZE[how])


def words_in_a_row(texts: Sequence[str], how: str | None) -> list[bytes] | None:
    """The words of all texts, ``BETWEEN`` after those of each but the last: no list for each text, which costs time.

    ``None`` when that cannot be told from the texts' own words.
    """
    whole = strings.as_bytes(_SEPARATOR.join(texts))
    return _uniform(whole, how).split() if whole.count(BETWEEN) == len(texts) - 1 else None


def parted(values: np.ndarray, width: int | None) -> tuple[np.ndarray, np.ndarray]:
    """Indices with ``ENDS`` between rows, without these: all of them, of each row at most ``width``, and the numbers
    of each row."""
    inside = values != ENDS
    ends = np.append(np.flatnonzero(~inside), len(values))
    lengths = np.diff(ends, prepend=-1) - 1
    values = values[inside]
    if width is not None and lengths.max(initial=0) > width:
        places = np.arange(len(values)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        values, lengths = values[places < width], np.minimum(lengths, width)
    return values, lengths


def split_up(texts: list[bytes], how: Any) -> list[list[bytes]]:
    """The tokens of each text: by a rule of ``SPLIT``, or by a function from an array of texts to lists of tokens."""
    if not callable(how):
        return list(map(SPLIT[how], texts))
    result = how(np.array([text.decode("utf-8", "surrogateescape") for text in texts], str))
    result = (
        result.tolist() if hasattr(result, "tolist") else result.to_list() if hasattr(result, "to_list") else result
    )
    if not isinstance(result, (list, tuple)) or len(result) != len(texts) or any(isinstance(r, str) for r in result):
        raise ValueError(
            f"split: expected a function from an array of {len(texts)} texts to as many lists of tokens, got "
            f"{type(result).__name__}" + (f" of length {len(result)}" if isinstance(result, (list, tuple)) else "")
        )
    return [[strings.as_bytes(strings.as_text(token)) for token in row] for row in result]


def with_ngrams(rows: list[list[bytes]], widths: Sequence[int]) -> list[list[bytes]]:
    """Runs of tokens of each width, joined by spaces, in place of tokens."""
    return [
        [
            b" ".join(row[start : start + width])
            for width in widths
            for start in range(len(row) - width + 1)
        ]
        for row in rows
    ]  # fmt: skip


def padded(values: np.ndarray, lengths: np.ndarray, width: int) -> np.ndarray:
    """Rows of these lengths, none above ``width``, which lie one after another in ``values``, filled up with 0."""
    result = np.zeros((len(lengths), width), values.dtype)
    result[np.arange(width) < lengths[:, None]] = values
    return result


def flat(rows: list[list[bytes]]) -> list[bytes]:
    return list(itertools.chain.from_iterable(rows))
