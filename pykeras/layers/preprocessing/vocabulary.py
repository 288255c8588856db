"""A vocabulary with its special tokens: given or found, saved and opened."""

from __future__ import annotations

import collections
import pathlib
from typing import Any

import numpy as np

from pykeras import check, config, registry, strings
from pykeras.layers.layer import Layer
from pykeras.layers.preprocessing.encoding import MODES, checked_mode, dense
from pykeras.layers.preprocessing.hashing import checked_salt

ASSET = "vocabulary.txt"


class Table(dict):
    """Token to index, with a default."""

    default: int

    def __missing__(self, token):
        return self.default


class Vocabulary(Layer):
    """A layer with a vocabulary."""

    text: bool  # whether tokens are texts
    encoding = "utf-8"
    _config_attributes = {"vocabulary": "input_vocabulary", "idf_weights": "input_idf_weights"}
    _not_tracked = frozenset({"idf_weights"})

    def __init__(self, max_tokens, num_oov_indices, mask_token, oov_token, vocabulary, idf_weights, invert, output_mode,
                 sparse, pad_to_max_tokens, oov_method="floormod", salt=None, vocabulary_size=None,
                 has_input_vocabulary=None, **kwargs):  # fmt: skip
        if kwargs.get("dtype") in ("string", "int64", "int32"):  # what Keras 2 says of such layers
            kwargs.pop("dtype")
        super().__init__(**kwargs)
        if max_tokens is not None and check.positive_int("max_tokens", max_tokens) < 2:
            raise ValueError(f"max_tokens: expected more than 1, got {max_tokens}")
        self.max_tokens = max_tokens
        self.num_oov_indices = check.non_negative_int("num_oov_indices", num_oov_indices)
        self.mask_token = mask_token if mask_token is None else self._token("mask_token", mask_token)
        self.oov_token = oov_token if oov_token is None else self._token("oov_token", oov_token)
        self.invert = check.boolean("invert", invert)
        self.output_mode = checked_mode(output_mode, (*MODES, "tf_idf"))
        self.sparse = dense("sparse", sparse)
        self.pad_to_max_tokens = check.boolean("pad_to_max_tokens", pad_to_max_tokens)
        self.oov_method = check.one_of("oov_method", oov_method, ("floormod", "farmhash"))
        self.salt = checked_salt(salt)
        if pad_to_max_tokens and max_tokens is None:
            raise ValueError("pad_to_max_tokens=True needs max_tokens")
        if invert and self.output_mode != "int":
            raise ValueError(f'invert=True needs output_mode "int", got "{self.output_mode}"')
        if salt is not None and not self.text and oov_method != "farmhash":
            raise ValueError('salt needs oov_method="farmhash"')
        if idf_weights is not None and self.output_mode != "tf_idf":
            raise ValueError(f'idf_weights need output_mode "tf_idf", got "{self.output_mode}"')
        if self.output_mode == "tf_idf" and vocabulary is not None and idf_weights is None:
            raise ValueError('a vocabulary with output_mode "tf_idf" needs idf_weights, too')
        self.supports_masking = False
        self.input_vocabulary = None
        self.input_idf_weights = None
        self.idf_weights: np.ndarray | None = None
        self._tokens: list = []
        self._said_size = vocabulary_size
        self._given = has_input_vocabulary or vocabulary is not None
        self._table = self._made_table()
        self.built = True
        if vocabulary is not None:
            self.set_vocabulary(vocabulary, idf_weights)
            if not isinstance(vocabulary, (str, pathlib.Path)):
                self.input_vocabulary = [self._token("vocabulary", token) for token in _listed(vocabulary)]
                self.input_idf_weights = None if idf_weights is None else np.asarray(idf_weights).tolist()

    # ---- the vocabulary ---------------------------------------------------------------------------------------------

    def _token(self, what: str, token: Any) -> Any:
        return self.in_encoding([strings.as_text(token)])[0] if self.text else check.integer(what, token)

    def in_encoding(self, texts: list[str]) -> list[str]:
        """Texts that came as bytes of another encoding than UTF-8, read anew."""
        return strings.reread(texts, self.encoding)

    @property
    def _oov_start(self) -> int:
        return 1 if self.mask_token is not None and self.output_mode == "int" else 0

    @property
    def _token_start(self) -> int:
        return self._oov_start + self.num_oov_indices

    def _specials(self) -> list:
        return [self.mask_token] * self._oov_start + [self.oov_token] * self.num_oov_indices

    def get_vocabulary(self, include_special_tokens=True):
        """The tokens in the order of their indices, those of the mask and of unknown tokens first."""
        return [*(self._specials() if include_special_tokens else ()), *self._tokens]

    def vocabulary_size(self):
        """The number of indices, with those of the mask and of unknown tokens."""
        return len(self._tokens) + self._token_start

    def set_vocabulary(self, vocabulary, idf_weights=None):
        """Takes a vocabulary in place of one that ``adapt`` finds.

        Arguments:
            vocabulary: list or array of tokens, with or without the special ones in front; or the path of a text file
                with a token in each line.
            idf_weights: with ``"tf_idf"``, a weight for each token.

        Raises:
            ValueError: it is empty, repeats tokens, holds the mask's elsewhere, or is larger than ``max_tokens``.
        """
        if (self.output_mode == "tf_idf") != (idf_weights is not None):
            what = "needs idf_weights" if idf_weights is None else "takes no idf_weights"
            raise ValueError(f'{self._label}: set_vocabulary: output_mode "{self.output_mode}" {what}')
        if isinstance(vocabulary, (str, pathlib.Path)):
            vocabulary = self._from_file(vocabulary)
        tokens = [self._token("vocabulary", token) for token in _listed(vocabulary)]
        if not tokens:
            raise ValueError(f"{self._label}: vocabulary: expected at least one token, got none")
        specials = self._specials()
        has_specials = bool(specials) and tokens[: len(specials)] == specials
        learned = tokens[len(specials) :] if has_specials else tokens
        repeated = [token for token, count in collections.Counter(learned).items() if count > 1]
        if repeated:
            raise ValueError(f"{self._label}: vocabulary: expected each token once, repeated are {repeated[:10]}")
        for what, reserved in (("mask_token", self.mask_token), ("oov_token", self.oov_token if self.invert else None)):
            if reserved is not None and reserved in learned:
                raise ValueError(
                    f"{self._label}: vocabulary: {what} {reserved!r} stands at {tokens.index(reserved)}; leave special "
                    f"tokens out, or put them in front as {specials}"
                )
        size = len(learned) + self._token_start
        if self.max_tokens is not None and size > self.max_tokens:
            raise ValueError(f"{self._label}: vocabulary: its size is {size}, max_tokens is {self.max_tokens}")
        weights = None if idf_weights is None else np.asarray(idf_weights, np.float64)
        if weights is not None:
            if weights.shape != (len(tokens),):
                raise ValueError(f"{self._label}: idf_weights: expected shape ({len(tokens)},), got {weights.shape}")
            if not has_specials:
                weights = np.pad(weights, (self._token_start, 0), constant_values=weights.mean())
        self._settle(learned, weights)

    def _from_file(self, path) -> list:
        if registry.in_safe_mode(False):  # only while a configuration is read
            raise ValueError(
                f"{self._label}: its configuration names a vocabulary file outside of the archive, {str(path)!r}; "
                "safe_mode=False reads it"
            )
        if not pathlib.Path(path).is_file():
            raise ValueError(f"{self._label}: vocabulary: there is no file {str(path)!r}")
        return self._parsed(pathlib.Path(path).read_bytes().decode("utf-8", "surrogateescape"))

    def _parsed(self, text: str) -> list:
        written_on_windows = text.count("\r\n") == text.count("\n")
        lines = text.split("\r\n" if written_on_windows else "\n")
        while lines and not lines[-1]:
            lines.pop()
        return lines if self.text else [int(line) for line in lines]

    def _settle(self, tokens: list, weights: np.ndarray | None) -> None:
        """Puts a vocabulary to use."""
        before = self.vocabulary_size()
        if self._inbound_nodes and self.output_mode != "int" and not self.pad_to_max_tokens and self._tokens and (
            before != len(tokens) + self._token_start
        ):  # fmt: skip
            raise RuntimeError(
                f"{self._label}: models were built with its vocabulary of {before} tokens; one of "
                f"{len(tokens) + self._token_start} would change the shape of outputs"
            )
        self._tokens = tokens
        self._table = self._made_table()
        if weights is not None:
            depth = self._depth() or len(weights)
            self.idf_weights = np.pad(weights, (0, depth - len(weights))).astype(config.floatx())

    def _made_table(self) -> Table:
        table = Table(zip(self._tokens, range(self._token_start, self._token_start + len(self._tokens))))
        table.default = self._oov_start if self.num_oov_indices == 1 else -1
        if self.mask_token is not None:
            table[self.mask_token] = 0 if self.output_mode == "int" else -2
        return table

    def _depth(self) -> int | None:
        """The length of encoded vectors, ``None`` as long as it is unknown."""
        if self.pad_to_max_tokens:
            return self.max_tokens
        return self.vocabulary_size() if self._tokens else self._said_size

    # ---- files ------------------------------------------------------------------------------------------------------

    def get_config(self):
        size = self.vocabulary_size() if self._tokens else self._said_size
        common = {"oov_method": self.oov_method, "salt": self.salt, "vocabulary_size": size}
        config = {**super().get_config(), **common, **self.given_vocabulary()}
        if registry.in_keras2_form() and self.output_mode == "int":
            config["dtype"] = "int64"  # that of the output, there
        return config

    def given_vocabulary(self) -> dict:
        """What a configuration says of the vocabulary: that of the constructor, in files without assets any."""
        tokens, weights = self.input_vocabulary, self.input_idf_weights
        if registry.is_self_contained() and tokens is None and self._tokens:
            tokens = self.get_vocabulary()
            weights = None if self.idf_weights is None else self.idf_weights[: len(tokens)].tolist()
        return {"vocabulary": tokens, "idf_weights": weights}

    def get_build_config(self):
        return None

    def save_own_variables(self, store):
        if self.output_mode == "tf_idf" and self.idf_weights is not None:
            store["idf_weights"] = self.idf_weights

    def load_own_variables(self, store):
        if self.output_mode == "tf_idf" and "idf_weights" in store:
            self.idf_weights = np.asarray(store["idf_weights"], config.floatx())

    def save_assets(self, dir_path):
        """Writes the vocabulary, a token in each line, unless the configuration holds it."""
        if self.input_vocabulary is None and self._tokens:
            lines = "\n".join("" if token is None else str(token) for token in self.get_vocabulary())
            (pathlib.Path(dir_path) / ASSET).write_bytes(strings.as_bytes(lines))

    def load_assets(self, dir_path):
        """Takes the vocabulary that ``save_assets`` wrote."""
        path = pathlib.Path(dir_path) / ASSET
        if self.input_vocabulary is None and path.is_file():
            tokens = self._parsed(path.read_bytes().decode("utf-8", "surrogateescape"))
            weights = self.idf_weights
            self.set_vocabulary(tokens, None if weights is None else weights[: len(tokens)])


def _listed(vocabulary: Any) -> list:
    if hasattr(vocabulary, "numpy"):
        vocabulary = vocabulary.numpy()
    if isinstance(vocabulary, np.ndarray):
        if vocabulary.ndim != 1:
            raise ValueError(f"vocabulary: expected a list of tokens, got an array of shape {vocabulary.shape}")
        return vocabulary.tolist()
    return list(vocabulary)
