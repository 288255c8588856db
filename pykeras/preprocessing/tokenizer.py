"""Keras 2's Tokenizer: a vocabulary by frequency, texts to sequences of its numbers and back, and to matrices."""

from __future__ import annotations

import itertools
import json
import math
import warnings
from collections import Counter

import numpy as np

from pykeras import check
from pykeras.preprocessing.words import FILTERS, splitter

MODES = ("binary", "count", "tfidf", "freq")
_DICTIONARIES = ("word_counts", "word_docs", "index_docs", "index_word", "word_index")


class Tokenizer:
    """Turns texts into sequences of integers: the most frequent word is 1, the next one 2; 0 is no word.

    Arguments:
        num_words: only numbers below it are given out: the ``num_words - 1`` most frequent words. None for all.
        filters: characters that separate words, as ``split`` does; by default punctuation but ``'``, tabs, line ends.
        lower: whether to turn texts to lower case.
        split: what separates words.
        char_level: every character is a token.
        oov_token: word that stands for those that are not known; it has the number 1. Without it they are left out.
        analyzer: function from text to tokens, in place of ``filters``, ``lower`` and ``split``.

    Attributes: ``word_index`` (word to number), ``index_word``, ``word_counts`` (how often a word came), ``word_docs``
    (in how many texts), ``index_docs`` (the same by number), ``document_count``.

    A text may also be a list of tokens, which is taken as it is (in lower case with ``lower``).

    Example:
        >>> from pykeras.preprocessing.text import Tokenizer
        >>> tokenizer = Tokenizer(oov_token="?")
        >>> tokenizer.fit_on_texts(["나는 학교에 간다", "나는 집에 간다"])
        >>> tokenizer.texts_to_sequences(["나는 바다에 간다"])
        [[2, 1, 3]]
        >>> tokenizer.sequences_to_texts([[2, 1, 3]])
        ['나는 ? 간다']
    """

    def __init__(
        self, num_words=None, filters=FILTERS, lower=True, split=" ", char_level=False, oov_token=None,
        analyzer=None, **kwargs,
    ):  # fmt: skip
        if "nb_words" in kwargs:
            warnings.warn("Tokenizer: nb_words (Keras 1) is called num_words now", stacklevel=2)
            num_words = kwargs.pop("nb_words")
        self.document_count = kwargs.pop("document_count", 0)
        if kwargs:
            raise TypeError(f"Tokenizer: unknown arguments: {', '.join(sorted(kwargs))}")
        self.num_words = None if num_words is None else check.non_negative_int("num_words", num_words)
        self.filters = filters
        self.lower = lower
        self.split = split
        self.char_level = char_level
        self.oov_token = oov_token
        self.analyzer = analyzer
        self.word_counts = Counter()
        self.word_docs = Counter()
        self.index_docs = Counter()
        self.word_index = {}
        self.index_word = {}

    def _token_lists(self, texts):
        """The tokens of each text."""
        words = self.analyzer or splitter(self.filters, self.lower, self.split)
        lower = self.lower
        for number, text in enumerate(texts):
            if isinstance(text, str):
                if not self.char_level:
                    yield words(text)
                else:
                    yield text.lower() if lower else text
            elif isinstance(text, (list, tuple)):
                yield [token.lower() for token in text] if lower else text
            elif self.analyzer and not self.char_level:
                yield self.analyzer(text)
            else:
                raise ValueError(
                    f"Tokenizer: texts[{number}]: expected a string or a list of tokens, got {type(text).__name__} {text!r}"
                )

    def fit_on_texts(self, texts):
        """Count words and number them by frequency, those equally frequent by first appearance.

        Called again, it adds to the counts and numbers anew.

        Arguments:
            texts: strings, or lists of tokens; a list, array or generator of them.
        """
        lists, chain = self._token_lists(texts), itertools.chain.from_iterable
        while block := list(itertools.islice(lists, 256)):  # counted in C, without holding all tokens at once
            self.document_count += len(block)
            self.word_counts.update(chain(block))
            self.word_docs.update(chain(map(dict.fromkeys, block)))
        counts = self.word_counts
        # The token for unknown words keeps its number 1 unless it is a word of the texts, which then has two places.
        names = [] if self.oov_token is None else [self.oov_token]
        names += sorted(counts, key=counts.__getitem__, reverse=True)
        self.word_index = dict(zip(names, itertools.count(1)))
        self.index_word = {number: word for word, number in self.word_index.items()}
        for word, documents in self.word_docs.items():
            self.index_docs[self.word_index[word]] = documents

    def fit_on_sequences(self, sequences):
        """Count in how many sequences each number occurs, which "tfidf" needs when there were no texts."""
        self.document_count += len(sequences)
        for sequence in sequences:
            self.index_docs.update(set(sequence))

    def texts_to_sequences(self, texts):
        """A list of numbers for each text; see ``fit_on_texts`` for what ``texts`` may be."""
        return list(self.texts_to_sequences_generator(texts))

    def texts_to_sequences_generator(self, texts):
        """As ``texts_to_sequences``, one text at a time."""
        limit, unknown = self._limit_and_unknown()
        find, missing = self.word_index.get, itertools.repeat(limit)
        for tokens in self._token_lists(texts):
            if unknown is None:
                yield [i for i in map(find, tokens, missing) if i < limit]
            else:
                yield [i if i < limit else unknown for i in map(find, tokens, missing)]

    def sequences_to_texts(self, sequences):
        """The words of each sequence of numbers, joined by spaces; those left out of sequences are left out here."""
        return list(self.sequences_to_texts_generator(sequences))

    def sequences_to_texts_generator(self, sequences):
        """As ``sequences_to_texts``, one sequence at a time."""
        limit, unknown = self._limit_and_unknown()
        unknown = self.index_word.get(unknown)
        for sequence in sequences:
            words = (self.index_word.get(i) if i < limit else None for i in sequence)
            words = (unknown if word is None else word for word in words)
            yield " ".join(word for word in words if word is not None)

    def _limit_and_unknown(self):
        return self.num_words or math.inf, self.word_index.get(self.oov_token)

    def texts_to_matrix(self, texts, mode="binary"):
        """A row for each text; see ``sequences_to_matrix``."""
        return self.sequences_to_matrix(self.texts_to_sequences(texts), mode)

    def sequences_to_matrix(self, sequences, mode="binary"):
        """A row for each sequence, a column for each number (column 0 is no word).

        Arguments:
            sequences: lists of numbers.
            mode: "binary": 1 where the word occurs; "count": how often, ``c``; "freq": ``c`` by the length of the
                sequence; "tfidf": ``(1 + log c) log(1 + documents / (1 + documents with the word))``.

        Returns:
            A float64 array of shape ``(len(sequences), num_words)``, without ``num_words`` one column more than there
            are words.

        Raises:
            ValueError: another mode, a negative number, or a tokenizer that was not fitted and has no ``num_words``.
        """
        check.one_of("mode", mode, MODES)
        if not self.num_words and not self.word_index:
            raise ValueError("Tokenizer: the width of the matrix is not known: give num_words, or fit on texts first")
        if mode == "tfidf" and not self.document_count:
            raise ValueError('Tokenizer: mode "tfidf" needs document counts: fit on texts or sequences first')
        sequences = list(sequences)
        width = self.num_words or len(self.word_index) + 1
        lengths = np.fromiter(map(len, sequences), np.int64, len(sequences))
        columns = np.fromiter(itertools.chain.from_iterable(sequences), np.int64, int(lengths.sum()))
        rows = np.repeat(np.arange(len(sequences)), lengths)
        if columns.size and columns.min() < 0:
            raise ValueError(f"Tokenizer: sequences: numbers of words start at 0, got {columns.min()}")
        kept = columns < width
        cells, counts = np.unique(rows[kept] * width + columns[kept], return_counts=True)
        matrix = np.zeros((len(sequences), width))
        matrix.flat[cells] = self._entries(mode, counts, lengths[cells // width], cells % width)
        return matrix

    def _entries(self, mode, counts, lengths, numbers):
        """What stands in the matrix for numbers that come ``counts`` times in sequences of ``lengths``."""
        if mode in ("binary", "count"):
            return counts if mode == "count" else 1
        if mode == "freq":
            return counts / lengths
        documents = np.array([self.index_docs.get(number, 0) for number in numbers.tolist()])
        return (1 + np.log(counts)) * np.log(1 + self.document_count / (1 + documents))

    def get_config(self):
        """The settings, and the dictionaries as JSON strings, as Keras 2 writes them."""
        names = ("num_words", "filters", "lower", "split", "char_level", "oov_token", "document_count")
        config = {name: getattr(self, name) for name in names}
        return config | {name: json.dumps(getattr(self, name)) for name in _DICTIONARIES}

    def to_json(self, **kwargs):
        """A JSON string that ``tokenizer_from_json`` reads, Keras 2's as well; ``kwargs`` go to ``json.dumps``."""
        return json.dumps({"class_name": type(self).__name__, "config": self.get_config()}, **kwargs)


def tokenizer_from_json(json_string):
    """The tokenizer that ``Tokenizer.to_json`` wrote, here or in Keras 2. An ``analyzer`` is not written.

    Raises:
        ValueError: a string that is not a tokenizer's.

    Example:
        >>> from pykeras.preprocessing.text import Tokenizer, tokenizer_from_json
        >>> tokenizer = Tokenizer()
        >>> tokenizer.fit_on_texts(["a b a"])
        >>> tokenizer_from_json(tokenizer.to_json()).word_index
        {'a': 1, 'b': 2}
    """
    try:
        config = dict(json.loads(json_string)["config"])
        found = {name: json.loads(config.pop(name)) for name in _DICTIONARIES}
        by_number = {n: {int(k): v for k, v in found[n].items()} for n in ("index_docs", "index_word")}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"json_string: not what Tokenizer.to_json writes ({type(error).__name__}: {error})") from error
    tokenizer = Tokenizer(**config)
    tokenizer.word_counts, tokenizer.word_docs = Counter(found["word_counts"]), Counter(found["word_docs"])
    tokenizer.index_docs, tokenizer.index_word = Counter(by_number["index_docs"]), by_number["index_word"]
    tokenizer.word_index = found["word_index"]
    return tokenizer
