"""What IMDB and Reuters share: sequences of word numbers, cut and marked as Keras does it."""

from __future__ import annotations

import json
import pickle
import zipfile
import zlib

import numpy as np

from pykeras import check
from pykeras.datasets.cache import cached_file, damaged
from pykeras.datasets.pickles import load_arrays
from pykeras.utils.downloads import hash_algorithm_of, hash_file

FOLDER = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"


def checked_file(name, origin, expected):
    """The path of a data set's file, only if its content is what was published.

    Raises:
        OSError: absent, and not to be had from the network; says which file goes where.
        ValueError: the file is another one.
    """
    algorithm = hash_algorithm_of(expected)

    def verify(path):
        found = hash_file(path, algorithm)
        if found != expected:
            raise ValueError(f"{origin}: {algorithm} hash {found}, expected {expected}; the file was not kept")

    path = cached_file(name, origin, verify=verify)
    found = hash_file(path, algorithm)
    if found != expected:
        raise damaged(path, origin, f"{algorithm} hash {found}, expected {expected}")
    return path


def arrays_of(name, origin, expected, names):
    """Arrays with objects in them, of a file whose hash was checked."""
    path = checked_file(name, origin, expected)
    try:
        return load_arrays(path, names)
    except (OSError, ValueError, KeyError, EOFError, pickle.UnpicklingError, zipfile.BadZipFile, zlib.error) as error:
        raise damaged(path, origin, error) from error


def word_index(name, origin, expected):
    """A dictionary from word to number."""
    path = checked_file(name, origin, expected)
    return json.loads(path.read_text(encoding="utf-8"))


def shuffled(arrays, seed):
    """Arrays of one length in a new order, the same for all."""
    order = np.arange(len(arrays[0]))
    np.random.RandomState(seed).shuffle(order)
    return [array[order] for array in arrays]


def marked(sequences, start_char, index_from):
    """Numbers raised by ``index_from``, after the mark of the start."""
    start = [] if start_char is None else [start_char]
    return [start + [word + index_from for word in sequence] for sequence in sequences]


def shorter(sequences, labels, maxlen):
    """The sequences of fewer than ``maxlen`` words, and their labels.

    Raises:
        ValueError: there are none.
    """
    if not maxlen:
        return sequences, labels
    kept = [i for i, sequence in enumerate(sequences) if len(sequence) < maxlen]
    if not kept:
        raise ValueError(f"maxlen: no sequence has fewer than {maxlen} words")
    return [sequences[i] for i in kept], np.asarray(labels)[kept]


def limited(sequences, num_words, skip_top, oov_char):
    """Numbers outside of ``skip_top <= n < num_words`` become ``oov_char``; for None they are left out.

    Without ``num_words`` the largest number of all is the limit, which is left out itself, as in Keras.
    """
    skip_top = check.non_negative_int("skip_top", skip_top)
    limit = num_words or max(map(max, filter(None, sequences)), default=0)
    if oov_char is None:
        return [[word for word in sequence if skip_top <= word < limit] for sequence in sequences]
    return [[word if skip_top <= word < limit else oov_char for word in sequence] for sequence in sequences]


def as_objects(sequences):
    """An array of one axis whose items are lists."""
    array = np.empty(len(sequences), object)
    array[:] = sequences
    return array
