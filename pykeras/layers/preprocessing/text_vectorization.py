"""Texts to numbers of their words."""

from __future__ import annotations

from typing import Any

import numpy as np

from pykeras import check, config, ops, registry, strings
from pykeras.keras_tensor import KerasTensor
from pykeras.layers.layer import REGISTRY, Layer
from pykeras.layers.preprocessing import tokens
from pykeras.layers.preprocessing.adapting import batches, is_whole
from pykeras.layers.preprocessing.encoding import MODES, checked_mode, dense, encode
from pykeras.layers.preprocessing.lookup import StringLookup
from pykeras.ops.host import host

_AT_A_TIME = 1024


@REGISTRY.register
class TextVectorization(Layer):
    """Texts made uniform, cut into tokens, and looked up: indices of tokens, or one vector a text.

    Index 0 fills up, 1 is that of unknown tokens (0 where one vector is made), then come those of the vocabulary.

    Arguments:
        max_tokens: the largest size of the vocabulary, with special tokens; ``adapt`` keeps the most frequent.
        standardize: ``"lower_and_strip_punctuation"``, ``"lower"``, ``"strip_punctuation"`` (of ASCII, as in Keras),
            ``None``, or a function from an array of texts to one of the same shape.
        split: ``"whitespace"``, ``"character"``, ``None`` (a text is a token; several along the last axis), or a
            function from an array of texts to a list of tokens for each.
        ngrams: 2 for tokens and pairs of them, and so on; or a tuple of the widths wanted.
        output_mode: ``"int"``, ``"multi_hot"``, ``"count"`` or ``"tf_idf"``, see :class:`StringLookup`; ``"one_hot"``
            with ``split=None``.
        output_sequence_length: with ``"int"``, the length that rows are cut or filled up to; otherwise that of the
            longest. Without it, a step of training that holds this layer cannot be replayed and runs slower.
        pad_to_max_tokens, vocabulary, idf_weights, encoding: see :class:`StringLookup`.
        sparse, ragged: not supported, raise ``ValueError``.

    Inputs: texts of shape ``()``, ``(batch,)`` or ``(..., 1)``; any with ``split=None``.

    >>> layer = TextVectorization(output_sequence_length=4)
    >>> layer.adapt(["the cat sat", "The dog sat!"])
    >>> layer.get_vocabulary()
    ['', '[UNK]', 'the', 'sat', 'dog', 'cat']
    >>> layer(["The cat, the bird."]).tolist()
    [[2, 5, 2, 1]]
    """

    _config_attributes = {"vocabulary": None, "idf_weights": None}

    def __init__(self, max_tokens=None, standardize="lower_and_strip_punctuation", split="whitespace", ngrams=None,
                 output_mode="int", output_sequence_length=None, pad_to_max_tokens=False, vocabulary=None,
                 idf_weights=None, sparse=False, ragged=False, encoding="utf-8", name=None, **kwargs):  # fmt: skip
        inner = {key: kwargs.pop(key) for key in ("vocabulary_size", "has_input_vocabulary") if key in kwargs}
        if kwargs.get("dtype") == "string":
            kwargs.pop("dtype")
        super().__init__(name=name, **kwargs)
        self.max_tokens = max_tokens
        self.standardize = _rule("standardize", standardize, tokens.STANDARDIZE)
        self.split = _rule("split", split, tokens.SPLIT)
        self.ngrams = tuple(ngrams) if isinstance(ngrams, list) else ngrams
        self._widths = _widths(self.ngrams)
        self.output_mode = checked_mode(output_mode, (*MODES, "tf_idf"))
        if output_sequence_length is not None:
            check.positive_int("output_sequence_length", output_sequence_length)
            if self.output_mode != "int":
                raise ValueError(f'output_sequence_length needs output_mode "int", got "{self.output_mode}"')
        if self.output_mode == "one_hot" and (split is not None or ngrams is not None):
            raise ValueError(
                'output_mode "one_hot" needs split=None and no ngrams; "multi_hot" makes one vector of a text'
            )
        self.output_sequence_length = output_sequence_length
        self.pad_to_max_tokens = pad_to_max_tokens
        self.sparse, self.ragged = dense("sparse", sparse), dense("ragged", ragged)
        self.encoding = encoding
        self._lookup_layer = StringLookup(
            max_tokens, mask_token="", vocabulary=vocabulary, idf_weights=idf_weights, output_mode=self.output_mode,
            pad_to_max_tokens=pad_to_max_tokens, encoding=encoding, **inner)  # fmt: skip
        self.built = True

    @property
    def input_dtype(self) -> str:
        return "string"

    # ---- the vocabulary ---------------------------------------------------------------------------------------------

    def adapt(self, data, batch_size=None, steps=None):
        """Finds the vocabulary of texts; an earlier one is forgotten.

        Arguments:
            data: an array or list of texts, or an iterable of batches (of which the first entry of a tuple counts).
            batch_size: accepted as in Keras 2; an array is taken in one piece.
            steps: number of batches.
        """
        self._lookup_layer._check_adaptable()
        self.reset_state()
        whole = is_whole(data)
        for batch in batches(self, data, steps):
            array = self._lookup_layer._as_array(batch)
            self.update_state(array[:, None] if whole and array.ndim == 1 else array)
        self.finalize_state()

    def update_state(self, data):
        """Counts the tokens of a batch."""
        array = self._lookup_layer._as_array(data)
        self._lookup_layer._check_adaptable()
        rows = self._rows(array.reshape(-1).tolist(), array.shape)
        if self.split is None and array.ndim < 2:
            rows = [tokens.flat(rows)]
        self._lookup_layer.count_rows(rows)

    def finalize_state(self):
        """Makes a vocabulary of what was counted."""
        self._lookup_layer.finalize_state()

    def reset_state(self):
        """Forgets what was counted."""
        self._lookup_layer.reset_state()

    def get_vocabulary(self, include_special_tokens=True):
        """The tokens in the order of their indices."""
        return self._lookup_layer.get_vocabulary(include_special_tokens)

    def vocabulary_size(self):
        """The number of indices."""
        return self._lookup_layer.vocabulary_size()

    def set_vocabulary(self, vocabulary, idf_weights=None):
        """Takes a vocabulary; see :meth:`StringLookup.set_vocabulary`."""
        self._lookup_layer.set_vocabulary(vocabulary, idf_weights)

    # ---- calling ----------------------------------------------------------------------------------------------------

    def call(self, inputs):
        inputs = ops.convert_to_tensor(inputs)
        if inputs.dtype != "string":
            raise TypeError(f'expected strings, got {inputs.dtype}; Input(..., dtype="string") describes them')
        shape = tuple(inputs.shape)
        if self.split is not None and len(shape) > 1 and shape[-1] != 1:
            raise ValueError(f"expected texts of shape (batch,) or (..., 1), got {shape}; split=None takes tokens")
        lead = _lead(shape)
        if self.output_mode == "one_hot" or (
            self.split is None and self._widths is None and self.output_mode == "int"
            and self.output_sequence_length is None
        ):  # fmt: skip
            found = host("text_indices", self._one_each, [inputs], [(shape, "int64")])
            depth = None if self.output_mode == "int" else self._lookup_layer.known_depth()
            return found if depth is None else encode(found, "one_hot", depth, config.floatx())
        if self.output_mode != "int":
            outputs = [((*lead, self._lookup_layer.known_depth()), config.floatx())]
            return host(f"text_{self.output_mode}", self._vectors, [inputs], outputs)
        if self.output_sequence_length is not None:
            return host("text_indices", self._sequences, [inputs], [((*lead, self.output_sequence_length), "int64")])
        if isinstance(inputs, KerasTensor):
            return KerasTensor((*lead, None), "int64")
        # How long the longest is can only be seen by reading the texts, which ends a recording.
        found, lengths = self._indices(inputs.numpy().reshape(-1).tolist(), shape)
        width = int(lengths.max(initial=0))
        return ops.convert_to_tensor(tokens.padded(found, lengths, width).reshape(*lead, width))

    def _rows(self, texts: list[str], shape: tuple) -> list[list[bytes]]:
        """The tokens of each text; without ``split``, the texts along the last axis."""
        prepared = tokens.standardized(texts, self.standardize, shape)
        if self.split is None:
            width = shape[-1] if len(shape) > 1 else 1
            rows = [prepared[start : start + width] for start in range(0, len(prepared), width)]
        else:
            rows = tokens.split_up(prepared, self.split)
        return rows if self._widths is None else tokens.with_ngrams(rows, self._widths)

    def _indices(self, texts: list[str], shape: tuple, width: int | None = None) -> tuple[np.ndarray, np.ndarray]:
        """The indices of all tokens, of each row at most ``width``, and the number of tokens of each row."""
        texts = self._lookup_layer.in_encoding(texts)
        if self.split == "whitespace" and self._widths is None and not callable(self.standardize):
            # Some at a time, so that their words stay in the cache until they are looked up.
            pieces = []
            for start in range(0, len(texts), _AT_A_TIME):
                words = tokens.words_in_a_row(texts[start : start + _AT_A_TIME], self.standardize)
                if words is None:
                    break
                pieces.append(tokens.parted(self._lookup_layer.indices_of_bytes(words, rows=True), width))
            else:
                if pieces:
                    values, counts = zip(*pieces)
                    return np.concatenate(values), np.concatenate(counts)
        rows = self._rows(texts, shape)
        if width is not None:
            rows = [row if len(row) <= width else row[:width] for row in rows]
        lengths = np.fromiter(map(len, rows), np.int64, len(rows))
        return self._lookup_layer.indices_of_bytes(tokens.flat(rows)), lengths

    # What recorded steps run, on numbers of texts.

    def _one_each(self, numbers: np.ndarray) -> np.ndarray:
        return self._indices(strings.list_of(numbers), numbers.shape)[0].reshape(numbers.shape)

    def _sequences(self, numbers: np.ndarray) -> np.ndarray:
        width = self.output_sequence_length
        found, lengths = self._indices(strings.list_of(numbers), numbers.shape, width)
        return tokens.padded(found, lengths, width).reshape(*_lead(numbers.shape), width)

    def _vectors(self, numbers: np.ndarray) -> np.ndarray:
        found, lengths = self._indices(strings.list_of(numbers), numbers.shape)
        rows = np.repeat(np.arange(len(lengths)), lengths)
        vectors = self._lookup_layer.weighted(found, rows, len(lengths))
        return vectors.reshape(*_lead(numbers.shape), -1)

    # ---- files ------------------------------------------------------------------------------------------------------

    def get_config(self):
        inner = {**self._lookup_layer.given_vocabulary(), "vocabulary_size": self.vocabulary_size()}
        dtype = {"dtype": "string"} if registry.in_keras2_form() else {}
        return {**super().get_config(), **inner, **dtype}

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        for name in ("standardize", "split"):
            if isinstance(config.get(name), (dict, list)):
                config[name] = registry.deserialize(config[name])
        return super().from_config(config)

    def get_build_config(self):
        return None

    def save_own_variables(self, store):
        self._lookup_layer.save_own_variables(store)

    def load_own_variables(self, store):
        self._lookup_layer.load_own_variables(store)

    def save_assets(self, dir_path):
        self._lookup_layer.save_assets(dir_path)

    def load_assets(self, dir_path):
        self._lookup_layer.load_assets(dir_path)


def _lead(shape: tuple) -> tuple:
    """The shape without the axis along which texts or their tokens lie."""
    return shape[:-1] if len(shape) > 1 else shape


def _rule(what: str, rule: Any, known: dict) -> Any:
    return rule if rule is None or callable(rule) else check.one_of(what, rule, tuple(known))


def _widths(ngrams: Any) -> tuple | None:
    if ngrams is None:
        return None
    if isinstance(ngrams, tuple):
        return tuple(check.positive_int("ngrams", width) for width in ngrams)
    return tuple(range(1, check.positive_int("ngrams", ngrams) + 1))
