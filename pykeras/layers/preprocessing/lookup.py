"""Tokens looked up in a vocabulary, in both directions."""

from __future__ import annotations

import collections
import itertools
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from pykeras import config, ops, strings
from pykeras.layers.layer import REGISTRY
from pykeras.layers.preprocessing.adapting import batches, is_whole
from pykeras.layers.preprocessing.encoding import counts, encode, encoded_shape, rows_of
from pykeras.layers.preprocessing.hashing import buckets
from pykeras.layers.preprocessing.tokens import BETWEEN, ENDS
from pykeras.layers.preprocessing.vocabulary import Table, Vocabulary
from pykeras.ops.host import host


class IndexLookup(Vocabulary):
    """Tokens to indices (or back): what :class:`StringLookup` and :class:`IntegerLookup` share."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._clear()

    # ---- adapting ---------------------------------------------------------------------------------------------------

    def adapt(self, data, batch_size=None, steps=None):
        """Finds the vocabulary: the most frequent tokens first, of equal ones the larger. Earlier ones are forgotten.

        Arguments:
            data: an array or list of tokens, or an iterable of batches (of which the first entry of a tuple counts).
            batch_size: accepted as in Keras 2; an array is taken in one piece.
            steps: number of batches.
        """
        self._check_adaptable()
        self.reset_state()
        whole = is_whole(data)
        for batch in batches(self, data, steps):
            array = self._as_array(batch)
            self._count(array[:, None] if whole and array.ndim == 1 else array)
        self.finalize_state()

    def update_state(self, data):
        """Counts the tokens of a batch."""
        self._check_adaptable()
        self._count(self._as_array(data))

    def _as_array(self, data) -> np.ndarray:
        if hasattr(data, "numpy"):
            data = data.numpy()
        array = np.asarray(data, object if self.text and not isinstance(data, np.ndarray) else None)
        if self.text:
            return self._as_texts(array)
        if array.dtype.kind not in "biu":
            raise TypeError(f"{self._label}: adapt: expected integers, got an array of dtype {array.dtype}")
        return array

    def _as_texts(self, array: np.ndarray) -> np.ndarray:
        try:
            flat = self.in_encoding([strings.as_text(value) for value in array.reshape(-1).tolist()])
        except TypeError as error:
            raise TypeError(f"{self._label}: adapt: {error}") from None
        texts = np.empty(len(flat), object)
        texts[:] = flat
        return texts.reshape(array.shape)

    def _count(self, array: np.ndarray) -> None:
        rows = array.reshape(1, -1) if array.ndim < 2 else array.reshape(len(array), -1)
        self.count_rows(rows.tolist())

    def count_rows(self, rows: Sequence[Iterable]) -> None:
        """Counts the tokens of documents."""
        for row in rows:
            self._token_counts.update(row)
        if self.output_mode == "tf_idf":
            for row in rows:
                self._document_counts.update(set(row))
        self._documents += len(rows)

    def finalize_state(self):
        """Makes a vocabulary of what was counted; nothing counted leaves the one there is."""
        found = self._token_counts
        if self._given or not found:
            return
        if self.text:
            found = self._decoded(found)
        for special in (self.mask_token, self.oov_token):
            if special is not None:
                found.pop(special, None)
        tokens = sorted(found, key=strings.as_bytes if self.text else None, reverse=True)
        tokens.sort(key=found.__getitem__, reverse=True)  # which keeps the order of equal ones
        if self.max_tokens is not None:
            tokens = tokens[: max(self.max_tokens - self._token_start, 0)]
        weights = None
        if self.output_mode == "tf_idf":
            documents = self._decoded(self._document_counts)
            seen = np.array([documents[token] for token in tokens], np.float64)
            weights = np.log(1 + self._documents / (1 + seen))
            weights = np.pad(weights, (self._token_start, 0), constant_values=weights.mean() if len(weights) else 0)
        self._settle(tokens, weights)
        self._clear()

    def _decoded(self, counted: dict) -> dict:
        """The counts of texts, which may have been counted as bytes."""
        return dict(zip(self.in_encoding(list(map(strings.as_text, counted))), counted.values()))

    def reset_state(self):
        """Forgets what was counted."""
        if not self._given:
            self._clear()

    def _clear(self) -> None:
        self._token_counts: collections.Counter = collections.Counter()
        self._document_counts: collections.Counter = collections.Counter()
        self._documents = 0

    def _check_adaptable(self) -> None:
        if self._given:
            raise ValueError(f"{self._label}: adapt: it has a vocabulary that was given to the constructor")

    # ---- calling ----------------------------------------------------------------------------------------------------

    def call(self, inputs):
        inputs = ops.convert_to_tensor(inputs)
        self._check_dtype(inputs.dtype)
        if self.invert:
            return self._inverted(inputs)
        is_text = inputs.dtype == "string"

        def look_up(numbers):
            tokens = self.in_encoding(strings.list_of(numbers)) if is_text else numbers.reshape(-1).tolist()
            return self.indices(tokens).reshape(numbers.shape)

        def vectors(numbers):
            found = self.weighted(look_up(numbers).reshape(-1), *rows_of(numbers))
            return found.reshape(*numbers.shape[:-1], -1)

        if self.output_mode in ("int", "one_hot"):
            found = host("lookup", look_up, [inputs], [(inputs.shape, "int64")])
            return found if self.output_mode == "int" else encode(found, "one_hot", self.known_depth(), config.floatx())
        shape = encoded_shape(inputs.shape, self.output_mode, self.known_depth())
        return host(f"lookup_{self.output_mode}", vectors, [inputs], [(shape, config.floatx())])

    def weighted(self, indices: np.ndarray, rows: np.ndarray, count: int) -> np.ndarray:
        """One vector for each of ``count`` rows of indices: multi-hot, counts, or counts times weights."""
        if self.output_mode == "tf_idf" and self.idf_weights is None:
            raise RuntimeError(f"{self._label}: has no idf_weights yet: adapt it, or give a vocabulary with them")
        weights = self.idf_weights if self.output_mode == "tf_idf" else None
        binary = self.output_mode == "multi_hot"
        return counts(indices, rows, count, self.known_depth(), config.floatx(), binary, weights)

    def known_depth(self) -> int:
        depth = self._depth()
        if depth is None:
            raise RuntimeError(
                f'{self._label}: output_mode "{self.output_mode}" needs a vocabulary: adapt it, or give one'
            )
        return depth

    def indices(self, tokens: list) -> np.ndarray:
        """The index of each token, int64; tokens of the mask are -2 where vectors leave them out.

        Raises ``ValueError`` for an unknown token when there is no index for those.
        """
        found = np.fromiter(map(self._table.__getitem__, tokens), np.int64, len(tokens))
        if self.num_oov_indices == 1:
            return found
        unknown = np.flatnonzero(found == -1)
        if unknown.size and self.num_oov_indices == 0:
            missing = list(dict.fromkeys(tokens[place] for place in unknown[:1000]))
            raise ValueError(
                f"{self._label}: not in the vocabulary: {missing[:10]}; num_oov_indices=1 gives unknown tokens an index"
            )
        if unknown.size:
            found[unknown] = self._oov_start + self._oov_bins([tokens[place] for place in unknown])
        return found

    def _oov_bins(self, tokens: list) -> np.ndarray:
        if not self.text and self.oov_method == "floormod":
            return np.array(tokens, np.int64) % self.num_oov_indices
        texts = [strings.as_bytes(token) if self.text else b"%d" % token for token in tokens]
        return buckets(texts, self.num_oov_indices, self.salt)

    def _check_dtype(self, dtype: str) -> None:
        if self.text and not self.invert:
            if dtype != "string":
                raise TypeError(f"expected strings, got {dtype}")
        elif dtype == "string" or dtype.startswith("float"):
            raise TypeError(f"expected integers, got {dtype}")

    def _inverted(self, inputs):
        tokens = [*self.get_vocabulary(), self.oov_token]
        if any(token is None for token in tokens[self._oov_start :]):
            raise ValueError("invert=True needs an oov_token")
        given = strings.keep(tokens) if self.text else np.array(tokens, np.int64)
        last = len(tokens) - 1

        def look_up(indices):
            return given[np.where((indices >= 0) & (indices < last), indices, last)]

        return host("lookup_inverse", look_up, [inputs], [(inputs.shape, "string" if self.text else "int64")])


@REGISTRY.register
class StringLookup(IndexLookup):
    """Texts to indices of a vocabulary, or back.

    Index 0 is the mask's if there is a ``mask_token`` (with ``output_mode="int"``), the next are those of unknown texts,
    then come the texts of the vocabulary.

    Arguments:
        max_tokens: the largest size of the vocabulary, with special tokens; ``adapt`` keeps the most frequent.
        num_oov_indices: indices for unknown texts, which share several by their hash (FarmHash; SipHash with a
            ``salt``); with 0 an unknown text raises ``ValueError``.
        mask_token: text of index 0; left out of vectors.
        oov_token: what ``invert`` gives for indices of unknown texts.
        vocabulary: list or array of texts, or the path of a text file with one in each line; without it, ``adapt``.
        idf_weights: with ``"tf_idf"``, a weight for each text of the vocabulary.
        invert: indices to texts.
        output_mode: ``"int"``; ``"one_hot"``, ``"multi_hot"``, ``"count"`` as :class:`CategoryEncoding`; ``"tf_idf"``:
            counts times ``log(1 + documents / (1 + documents with the text))``.
        pad_to_max_tokens: vectors of ``max_tokens``, however small the vocabulary.
        sparse: not supported, raises ``ValueError``.
        encoding: of texts that are given as bytes.
        salt: an integer or two.

    >>> layer = StringLookup(vocabulary=["a", "b"])
    >>> layer([["a", "c"], ["b", "a"]]).tolist()
    [[1, 0], [2, 1]]
    >>> StringLookup(vocabulary=["a", "b"], invert=True)([1, 0]).tolist()
    ['a', '[UNK]']
    """

    text = True
    _bytes_of: Table | None = None  # the table that _byte_table was made from

    def __init__(self, max_tokens=None, num_oov_indices=1, mask_token=None, oov_token="[UNK]", vocabulary=None,
                 idf_weights=None, invert=False, output_mode="int", pad_to_max_tokens=False, sparse=False,
                 encoding="utf-8", name=None, salt=None, **kwargs):  # fmt: skip
        kwargs.pop("vocabulary_dtype", None)
        self.encoding = _known(encoding)
        super().__init__(max_tokens, num_oov_indices, mask_token, oov_token, vocabulary, idf_weights, invert,
                         output_mode, sparse, pad_to_max_tokens, name=name, salt=salt, **kwargs)  # fmt: skip

    @property
    def input_dtype(self) -> str:
        return "int64" if self.invert else "string"

    def indices_of_bytes(self, tokens: list[bytes], rows: bool = False) -> np.ndarray:
        """The index of each token, given as UTF-8; with ``rows``, ``ENDS`` for ``BETWEEN``."""
        if self._bytes_of is not self._table:
            self._bytes_of = self._table
            self._byte_table = {strings.as_bytes(token): index for token, index in self._table.items()}
            self._row_table = {**self._byte_table, BETWEEN: ENDS}
        table = self._row_table if rows else self._byte_table
        # ``get`` with a default costs an unknown token no call of Python, as ``__missing__`` would.
        default = itertools.repeat(self._table.default)
        return np.fromiter(map(table.get, tokens, default), np.int64, len(tokens))


@REGISTRY.register
class IntegerLookup(IndexLookup):
    """Integers of any size to indices of a vocabulary, or back.

    Arguments:
        max_tokens, num_oov_indices, mask_token, oov_token, vocabulary, idf_weights, invert, output_mode, sparse,
            pad_to_max_tokens: as those of :class:`StringLookup`, with integers for texts.
        vocabulary_dtype: ``"int64"``.
        oov_method: how unknown integers share several indices: ``"floormod"``, or ``"farmhash"`` of their digits.
        salt: with ``"farmhash"``, an integer or two: SipHash in its place.

    >>> IntegerLookup(vocabulary=[12, 36, 1138, 42])([[12, 1138, 42], [42, 1000, 36]]).tolist()
    [[1, 3, 4], [4, 0, 2]]
    """

    text = False

    def __init__(self, max_tokens=None, num_oov_indices=1, mask_token=None, oov_token=-1, vocabulary=None,
                 vocabulary_dtype="int64", idf_weights=None, invert=False, output_mode="int", sparse=False,
                 pad_to_max_tokens=False, oov_method="floormod", salt=None, name=None, **kwargs):  # fmt: skip
        if vocabulary_dtype != "int64":
            raise ValueError(f'vocabulary_dtype: expected "int64", got {vocabulary_dtype!r}')
        self.vocabulary_dtype = vocabulary_dtype
        super().__init__(max_tokens, num_oov_indices, mask_token, oov_token, vocabulary, idf_weights, invert,
                         output_mode, sparse, pad_to_max_tokens, oov_method, salt, name=name, **kwargs)  # fmt: skip

    @property
    def input_dtype(self) -> str:
        return "int64"


def _known(encoding: Any) -> str:
    try:
        "".encode(encoding)
    except (LookupError, TypeError):
        raise ValueError(f"encoding: unknown encoding {encoding!r}") from None
    return encoding
