"""Texts inside tensors. A tensor of strings holds numbers; which text a number stands for is kept here.

So texts are moved, batched, recorded and replayed like anything else, and only layers that look at them need Python.
Texts are forgotten as soon as no tensor of strings is left; those that layers give out (a vocabulary) are kept.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

import numpy as np

from pykeras import _core

_lock = threading.Lock()
_texts: list[str] = []  # number -> text
_numbers: dict[str, int] = {}
_kept: list[str] = []  # -1 - number -> text
_kept_numbers: dict[str, int] = {}


def as_text(value: Any) -> str:
    """A text from str or bytes; bytes that are no UTF-8 come back unchanged from :func:`as_bytes`."""
    if isinstance(value, str):
        return value if type(value) is str else str(value)
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).decode("utf-8", "surrogateescape")
    raise TypeError(f"expected text (str or bytes), got {type(value).__name__} {value!r}"[:200])


def as_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def reread(texts: list[str], encoding: str) -> list[str]:
    """The texts, those that were given as bytes and are no UTF-8 read in another encoding."""
    if encoding.lower().replace("-", "") == "utf8":
        return texts
    return [as_bytes(text).decode(encoding, "replace") if any(map(_is_raw, text)) else text for text in texts]


def _is_raw(char: str) -> bool:
    """Whether the character stands for a byte that is no UTF-8."""
    return "\udc80" <= char <= "\udcff"


def is_text(value: Any) -> bool:
    """Whether ``value`` is a text, an array of texts, or a (nested) list of texts."""
    if isinstance(value, (str, bytes)):
        return True
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "US" or (
            value.dtype == object and value.size > 0 and isinstance(value.flat[0], (str, bytes))
        )
    return isinstance(value, (list, tuple)) and len(value) > 0 and all(map(is_text, value))


def tensor_of(values: Any) -> _core.Tensor:
    """A tensor of strings from a text, a (nested) list or an array of texts.

    Raises ``TypeError`` for anything but texts, ``ValueError`` for lists of unequal length.

    >>> tensor_of([["one"], [b"two"]]).numpy().tolist()
    [['one'], ['two']]
    """
    array = np.asarray(values, dtype=None if isinstance(values, np.ndarray) else object)
    flat = [as_text(value) for value in array.reshape(-1).tolist()]
    numbers = np.empty(len(flat), np.int64)
    with _lock:
        if _core.live_string_tensors() == 0:
            _texts.clear()
            _numbers.clear()
        for place, text in enumerate(flat):
            number = _numbers.get(text)
            if number is None:
                number = _numbers[text] = len(_texts)
                _texts.append(text)
            numbers[place] = number
        return _core.string_tensor(numbers.reshape(array.shape))


def keep(texts: Iterable[str]) -> np.ndarray:
    """Numbers of texts that are never forgotten, for what a layer gives out."""
    with _lock:
        found = []
        for text in texts:
            if text not in _kept_numbers:
                _kept_numbers[text] = -1 - len(_kept)
                _kept.append(text)
            found.append(_kept_numbers[text])
    return np.array(found, np.int64)


def list_of(numbers: np.ndarray) -> list[str]:
    """The texts of numbers, one after another."""
    return [_texts[n] if n >= 0 else _kept[-1 - n] for n in numbers.reshape(-1).tolist()]


def texts_of(numbers: np.ndarray) -> np.ndarray:
    """The texts of numbers, as an array of str of their shape."""
    texts = np.empty(numbers.size, object)
    texts[:] = list_of(numbers)
    return texts.reshape(numbers.shape)
