"""Pairs of words that stand near each other, and how often to leave out frequent ones (word2vec)."""

from __future__ import annotations

import random

import numpy as np

from pykeras import check


def make_sampling_table(size, sampling_factor=1e-5):
    """How likely the word of each rank is to be kept: ``min(1, sqrt(sampling_factor / frequency))``.

    Frequencies follow Zipf's law: ``1 / frequency(r) = r (ln r + 0.577) + 1/2 - 1 / (12 r)``, with rank 0 taken as 1.

    Arguments:
        size: number of ranks.
        sampling_factor: frequency above which words are left out at times.

    Returns:
        A float64 array of shape ``(size,)``.

    Source: Mikolov et al., "Distributed Representations of Words and Phrases", arXiv:1310.4546.

    Example:
        >>> from pykeras.preprocessing.sequence import make_sampling_table
        >>> make_sampling_table(3).round(4)
        array([0.0032, 0.0032, 0.0055])
    """
    rank = np.arange(check.positive_int("size", size))
    rank[0] = 1
    inverse_frequency = rank * (np.log(rank) + 0.577) + 0.5 - 1 / (12.0 * rank)
    return np.minimum(1.0, np.sqrt(check.positive_float("sampling_factor", sampling_factor) * inverse_frequency))


def skipgrams(
    sequence, vocabulary_size, window_size=4, negative_samples=1.0, shuffle=True, categorical=False,
    sampling_table=None, seed=None,
):  # fmt: skip
    """Pairs ``(word, neighbour)`` with label 1, and as many pairs ``(word, any word)`` with label 0.

    Arguments:
        sequence: numbers of words; 0 is no word and makes no pair.
        vocabulary_size: one above the largest number.
        window_size: neighbours are at most so many places away.
        negative_samples: pairs with label 0 for each with label 1.
        shuffle: whether to shuffle the pairs.
        categorical: labels as ``[0, 1]`` and ``[1, 0]`` rather than 1 and 0.
        sampling_table: for each number, how likely the word is to be kept; see ``make_sampling_table``.
        seed: of the shuffling; what else is drawn comes from Python's ``random``, as in Keras 2.

    Returns:
        ``couples, labels``: lists of the same length.

    Source: Mikolov et al., arXiv:1301.3781.

    Example:
        >>> from pykeras.preprocessing.sequence import skipgrams
        >>> skipgrams([3, 0, 5], 10, negative_samples=0, shuffle=False)
        ([[3, 5], [5, 3]], [1, 1])
    """
    check.positive_int("vocabulary_size", vocabulary_size)
    check.non_negative_int("window_size", window_size)
    check.non_negative_float("negative_samples", negative_samples)
    couples = []
    for place, word in enumerate(sequence):
        if not word or (sampling_table is not None and sampling_table[word] < random.random()):
            continue
        near = (*sequence[max(0, place - window_size) : place], *sequence[place + 1 : place + window_size + 1])
        couples += [[word, other] for other in near if other]
    positive, negative = ([0, 1], [1, 0]) if categorical else (1, 0)
    labels = [positive] * len(couples)
    count = int(len(couples) * negative_samples)
    if count:
        if vocabulary_size < 2:
            raise ValueError("vocabulary_size: expected 2 or more to draw words from (0 is no word), got 1")
        words = [word for word, _ in couples]
        random.shuffle(words)
        couples += [[words[i % len(words)], random.randint(1, vocabulary_size - 1)] for i in range(count)]
        labels += [negative] * count
    if shuffle:
        seed = random.randint(0, 10_000_000) if seed is None else seed
        for items in (couples, labels):
            random.Random(seed).shuffle(items)
    return couples, labels
