"""Embeddings for a changed vocabulary."""

from __future__ import annotations

import os
import pathlib

import numpy as np

from pykeras import initializers, ops


def warmstart_embedding_matrix(base_vocabulary, new_vocabulary, base_embeddings, new_embeddings_initializer="uniform"):
    """The embeddings of a new vocabulary: those of words that the old one has, drawn ones for the others.

    Arguments:
        base_vocabulary, new_vocabulary: lists of words, or paths of files with a word in each line.
        base_embeddings: matrix with a row for each word of the base vocabulary.
        new_embeddings_initializer: for words that are new: an initializer, its name, or a matrix with a row for each
            new word of the new vocabulary's length.

    Returns:
        An array of shape ``(len(new_vocabulary), base_embeddings.shape[1])``.

    Raises:
        ValueError: embeddings that do not fit the vocabulary.

    Example:
        >>> import numpy as np
        >>> from pykeras.utils import warmstart_embedding_matrix
        >>> warmstart_embedding_matrix(["a", "b"], ["b", "c"], np.array([[1.0], [2.0]]), "zeros").tolist()
        [[2.0], [0.0]]
    """
    old, new = _words(base_vocabulary), _words(new_vocabulary)
    base = np.asarray(base_embeddings)
    if base.ndim != 2 or len(base) != len(old):
        raise ValueError(
            f"base_embeddings: expected a row for each of the {len(old)} words of base_vocabulary, got shape {base.shape}"
        )
    shape = (len(new), base.shape[1])
    if isinstance(new_embeddings_initializer, np.ndarray):
        drawn = new_embeddings_initializer
    else:
        drawn = ops.convert_to_numpy(initializers.get(new_embeddings_initializer)(shape))
    if drawn.shape != shape:
        raise ValueError(f"new_embeddings_initializer: expected an array of shape {shape}, got {drawn.shape}")
    result = np.array(drawn, base.dtype)
    rows = {word: row for row, word in enumerate(old)}
    for place, word in enumerate(new):
        if word in rows:
            result[place] = base[rows[word]]
    return result


def _words(vocabulary):
    if isinstance(vocabulary, (str, os.PathLike)):
        return pathlib.Path(vocabulary).read_text(encoding="utf-8").splitlines()
    return [str(word) for word in vocabulary]
