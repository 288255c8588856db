"""Reuters: 11,228 newswires of 1987 as sequences of word numbers, and their topics."""

from pykeras import check
from pykeras.datasets import sequences

_SHA256 = "d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916"
_INDEX_MD5 = "4d44cc38712099c9e383dc6e5f11a921"
_TOPICS = (
    "cocoa grain veg-oil earn acq wheat copper housing money-supply coffee sugar trade reserves ship cotton carcass "
    "crude nat-gas cpi money-fx interest gnp meal-feed alum oilseed gold tin strategic-metal livestock retail ipi "
    "iron-steel rubber heat jobs lei bop zinc orange pet-chem dlr gas silver wpi hog lead"
)


def load_data(
    path="reuters.npz", num_words=None, skip_top=0, maxlen=None, test_split=0.2, seed=113, start_char=1, oov_char=2,
    index_from=3,
):  # fmt: skip
    """The newswires as Keras gives them, the last ``test_split`` of them held out.

    Arguments:
        test_split: share that is held out.
        path, ...: see ``imdb.load_data``.

    Returns:
        ``((x_train, y_train), (x_test, y_test))``: ``x`` arrays of lists of integers, ``y`` integers from 0 to 45; see
        ``get_label_names``.

    Raises:
        OSError: no file and no network; says which file goes where.
        ValueError: a file of another hash, or a ``maxlen`` that leaves nothing.
    """
    check.fraction("test_split", test_split)
    arrays = sequences.arrays_of(path, f"{sequences.FOLDER}reuters.npz", _SHA256, ("x", "y"))
    x, y = sequences.shuffled(arrays, seed)
    x, y = sequences.shorter(sequences.marked(x, start_char, index_from), y, maxlen)
    x = sequences.limited(x, num_words, skip_top, oov_char)
    split = int(len(x) * (1 - test_split))
    return (sequences.as_objects(x[:split]), y[:split]), (sequences.as_objects(x[split:]), y[split:])


def get_word_index(path="reuters_word_index.json"):
    """A dictionary from word to number; ``load_data`` adds ``index_from`` to these numbers.

    Raises:
        OSError: no file and no network; says which file goes where.
        ValueError: a file of another hash.
    """
    return sequences.word_index(path, f"{sequences.FOLDER}reuters_word_index.json", _INDEX_MD5)


def get_label_names():
    """The names of the 46 topics, in the order of their numbers.

    Example:
        >>> from pykeras.datasets import reuters
        >>> names = reuters.get_label_names()
        >>> len(names), names[3]
        (46, 'earn')
    """
    return tuple(_TOPICS.split())
