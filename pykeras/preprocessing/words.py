"""Text to words, and words to numbers by hashing."""

from __future__ import annotations

import functools
import hashlib

from pykeras import check

FILTERS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'


@functools.lru_cache(maxsize=64)
def _table(filters, split):
    return str.maketrans(dict.fromkeys(filters, split))


def splitter(filters, lower, split):
    """``text -> words``, with the preparations done once; see ``text_to_word_sequence``."""
    if not isinstance(split, str) or not split:
        raise ValueError(f"split: expected a string of one character or more, got {split!r}")
    table = _table("".join(filters or ""), split)

    def words(text):
        text = (text.lower() if lower else text).translate(table)
        return [word for word in text.split(split) if word]

    return words


def text_to_word_sequence(input_text, filters=FILTERS, lower=True, split=" "):
    """The words of a text: characters to filter become separators, and what stands between separators is a word.

    Arguments:
        input_text: a string.
        filters: characters to leave out (a string or a list); by default punctuation but ``'``, tabs and line ends.
        lower: whether to turn the text to lower case first.
        split: the separator.

    Raises:
        ValueError: no string, or an empty separator.

    Example:
        >>> from pykeras.preprocessing.text import text_to_word_sequence
        >>> text_to_word_sequence("Don't panic: it's 한국어!")
        ["don't", 'panic', "it's", '한국어']
    """
    if not isinstance(input_text, str):
        raise ValueError(f"input_text: expected a string, got {type(input_text).__name__} {input_text!r}")
    return splitter(filters, lower, split)(input_text)


def hashing_trick(text, n, hash_function=None, filters=FILTERS, lower=True, split=" ", analyzer=None):
    """Words to numbers without a vocabulary: ``hash(word) % (n - 1) + 1``; two words may get the same number.

    Arguments:
        text: a string.
        n: one above the largest number; 0 is given to no word.
        hash_function: None for Python's ``hash`` (strings hash differently in every process unless ``PYTHONHASHSEED``
            is set), "md5", which never changes, or a function from string to integer.
        filters, lower, split: see ``text_to_word_sequence``.
        analyzer: function from text to words, in place of these three.

    Returns:
        A list of integers from 1 to ``n - 1``.

    Example:
        >>> from pykeras.preprocessing.text import hashing_trick
        >>> hashing_trick("The cat saw the dog", 1000, "md5")
        [132, 759, 624, 132, 168]
    """
    if check.positive_int("n", n) < 2:
        raise ValueError(f"n: expected 2 or more (0 stands for no word), got {n}")
    if hash_function is None:
        hash_function = hash
    elif hash_function == "md5":
        hash_function = _md5
    elif not callable(hash_function):
        raise ValueError(f'hash_function: expected None, "md5" or a function, got {hash_function!r}')
    words = text_to_word_sequence(text, filters, lower, split) if analyzer is None else analyzer(text)
    return [hash_function(word) % (n - 1) + 1 for word in words]


def _md5(word):
    return int.from_bytes(hashlib.md5(word.encode(), usedforsecurity=False).digest(), "big")


def one_hot(input_text, n, filters=FILTERS, lower=True, split=" ", analyzer=None):
    """Words to numbers with Python's ``hash``; see ``hashing_trick``, of which this is the short form.

    Example:
        >>> from pykeras.preprocessing.text import one_hot
        >>> a, b, c = one_hot("one two one", 50)
        >>> a == c, 1 <= b < 50
        (True, True)
    """
    return hashing_trick(input_text, n, hash, filters, lower, split, analyzer)
