"""IMDB: 50,000 film reviews as sequences of word numbers, and whether they praise."""

import numpy as np

from pykeras.datasets import sequences

_SHA256 = "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f"
_INDEX_MD5 = "bfafd718b763782e994055a2d397834f"


def load_data(
    path="imdb.npz", num_words=None, skip_top=0, maxlen=None, seed=113, start_char=1, oov_char=2, index_from=3, **kwargs
):
    """The reviews as Keras gives them: 25,000 to train on, 25,000 held out.

    Arguments:
        path: name of the file below ``~/.keras/datasets`` (``$KERAS_HOME/datasets``), or an absolute path. When it is
            absent, the file is downloaded; it is only read if its sha256 hash is the published one.
        num_words: words with this number or a larger one become ``oov_char``; numbers go by frequency.
        skip_top: words with smaller numbers, the most frequent, become ``oov_char``.
        maxlen: reviews of so many words and more are left out.
        seed: of the order.
        start_char: what each review starts with, or None.
        oov_char: what stands for words left out; None to leave nothing.
        index_from: what is added to the number of each word.

    Returns:
        ``((x_train, y_train), (x_test, y_test))``: ``x`` arrays of lists of integers, ``y`` integers 0 or 1.

    Raises:
        OSError: no file and no network; says which file goes where.
        ValueError: a file of another hash, or a ``maxlen`` that leaves nothing.

    Source: Maas et al., "Learning Word Vectors for Sentiment Analysis", ACL 2011.
    """
    if "nb_words" in kwargs:  # Keras 1
        num_words = kwargs.pop("nb_words")
    if kwargs:
        raise TypeError(f"imdb.load_data: unknown arguments: {', '.join(sorted(kwargs))}")
    names = ("x_train", "y_train", "x_test", "y_test")
    arrays = sequences.arrays_of(path, f"{sequences.FOLDER}imdb.npz", _SHA256, names)
    rng = np.random.RandomState(seed)  # one generator for both parts
    parts = []
    for x, y in (arrays[:2], arrays[2:]):
        order = np.arange(len(x))
        rng.shuffle(order)
        marked = sequences.marked(x[order], start_char, index_from)
        parts.append(sequences.shorter(marked, y[order], maxlen))
    (x_train, y_train), (x_test, y_test) = parts
    x = sequences.limited(x_train + x_test, num_words, skip_top, oov_char)
    split = len(x_train)
    return (sequences.as_objects(x[:split]), y_train), (sequences.as_objects(x[split:]), y_test)


def get_word_index(path="imdb_word_index.json"):
    """A dictionary from word to number; ``load_data`` adds ``index_from`` to these numbers.

    Raises:
        OSError: no file and no network; says which file goes where.
        ValueError: a file of another hash.
    """
    return sequences.word_index(path, f"{sequences.FOLDER}imdb_word_index.json", _INDEX_MD5)
