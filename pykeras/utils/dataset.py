"""Data sets that are made while they are read: ``fit``, ``evaluate``, ``predict`` and ``adapt`` take them."""

from __future__ import annotations

import itertools
import random

import numpy as np

from pykeras import check, ops, tree


class Dataset:
    """Batches (or single samples) that can be iterated over again and again, each time made anew.

    Arguments:
        iterate: function without arguments that begins: it returns an iterator.
        length: how many items come.
        batch_size: samples in an item; None when items are single samples.

    ``for`` and ``len`` work, ``next(iter(dataset))`` gives the first item. What the functions that make data sets of
    directories return also has ``class_names`` and ``file_paths``.

    Example:
        >>> from pykeras.utils import timeseries_dataset_from_array
        >>> dataset = timeseries_dataset_from_array([1, 2, 3, 4], None, 2, batch_size=2)
        >>> [batch.tolist() for batch in dataset], len(dataset)
        ([[[1, 2], [2, 3]], [[3, 4]]], 2)
    """

    def __init__(self, iterate, length, batch_size=None):
        self._iterate = iterate
        self._length = length
        self.batch_size = batch_size

    def __iter__(self):
        return iter(self._iterate())

    def __len__(self):
        return self._length

    def __repr__(self):
        size = "single samples" if self.batch_size is None else f"batches of {self.batch_size}"
        return f"<Dataset of {len(self)} {size}>"

    def _like(self, iterate, length, batch_size):
        result = Dataset(iterate, length, batch_size)
        result.__dict__ |= {k: v for k, v in vars(self).items() if k in ("class_names",)}
        return result

    def take(self, count):
        """The first ``count`` items of each iteration; all for -1."""
        count = len(self) if count == -1 else min(check.non_negative_int("count", count), len(self))
        return self._like(lambda: itertools.islice(self, count), count, self.batch_size)

    def skip(self, count):
        """What comes after the first ``count`` items."""
        count = min(check.non_negative_int("count", count), len(self))
        return self._like(lambda: itertools.islice(self, count, None), len(self) - count, self.batch_size)

    def batch(self, batch_size, drop_remainder=False):
        """Items stacked in batches; ``drop_remainder`` leaves out a last one that is not full."""
        size = check.positive_int("batch_size", batch_size)
        length = len(self) // size if drop_remainder else -(-len(self) // size)

        def iterate():
            items = iter(self)
            while chunk := list(itertools.islice(items, size)):
                if len(chunk) == size or not drop_remainder:
                    yield stacked(chunk)

        return self._like(iterate, length, size)

    def map(self, function, **kwargs):
        """What ``function`` makes of each item; it takes the parts of a tuple as arguments.

        Keyword arguments of ``tf.data`` (``num_parallel_calls``, ``deterministic``, ``name``) change nothing.

        >>> from pykeras.utils import timeseries_dataset_from_array
        >>> doubled = timeseries_dataset_from_array([1, 2, 3], None, 2, batch_size=2).map(lambda x: 2 * x)
        >>> [batch.tolist() for batch in doubled]
        [[[2, 4], [4, 6]]]
        """
        for key in kwargs:
            check.one_of("map: argument", key, ("num_parallel_calls", "deterministic", "name"))
        apply = lambda item: function(*item) if isinstance(item, tuple) else function(item)  # noqa: E731
        return self._like(lambda: map(apply, self), len(self), self.batch_size)

    def unbatch(self):
        """Single samples in place of batches. The batches are run through once, to count them."""
        if self.batch_size is None:
            return self
        count = sum(len(tree.flatten(item)[0]) for item in self)
        return self._like(lambda: itertools.chain.from_iterable(map(samples, self)), count, None)


def stacked(items):
    """One structure with the items of all along a new first axis."""
    return tree.map_structure(lambda *parts: as_batch(np.stack([np.asarray(part) for part in parts])), *items)


def samples(batch):
    """The samples of a batch, one by one."""
    count = len(tree.flatten(batch)[0])
    return (tree.map_structure(lambda part, i=i: part[i], batch) for i in range(count))


def as_batch(array):
    """A tensor for numbers; text stays an array of str, which can be compared."""
    return array if array.dtype.kind in "OSU" else ops.convert_to_tensor(array)


def from_indices(load, count, batch_size, shuffle, seed):
    """A data set whose samples can be had by number.

    Arguments:
        load: function from a list of numbers to a batch of these samples.
        count: number of samples.
        batch_size: samples in a batch; None for single samples.
        shuffle: whether to draw a new order at the start of each iteration.
        seed: of the orders; the same seed gives the same sequence of orders.
    """
    if batch_size is not None:
        check.positive_int("batch_size", batch_size)
    generator = np.random.RandomState(seed)

    def iterate():
        order = (generator.permutation(count) if shuffle else np.arange(count)).tolist()
        if batch_size is None:
            return (next(samples(load([number]))) for number in order)
        return (load(order[start : start + batch_size]) for start in range(0, count, batch_size))

    return Dataset(iterate, count if batch_size is None else -(-count // batch_size), batch_size)


def split_dataset(dataset, left_size=None, right_size=None, shuffle=False, seed=None, preferred_backend=None):
    """Two data sets out of one.

    Arguments:
        dataset: array, tuple or list of arrays of one length, or a data set with a length: one of ours, or anything
            that can be iterated over. It is read into memory.
        left_size, right_size: samples in each part: an integer, or a share between 0 and 1. One of them may be None
            for the rest.
        shuffle: whether to shuffle before.
        seed: of the shuffling.
        preferred_backend: None; there is one kind of data set here.

    Returns:
        ``(left, right)``: data sets of single samples (``.batch(32)`` makes batches of them), or of batches when
        ``dataset`` has batches.

    Raises:
        ValueError: sizes that leave a part empty or need more than there is.
        TypeError: data that cannot be iterated over.

    Example:
        >>> import numpy as np
        >>> from pykeras.utils import split_dataset
        >>> left, right = split_dataset(np.arange(10), left_size=0.8)
        >>> len(left), [int(x) for x in right]
        (8, [8, 9])
    """
    if preferred_backend is not None:
        raise ValueError(f"preferred_backend: expected None, got {preferred_backend!r}")
    if isinstance(dataset, (list, tuple)):
        lengths = {len(part) for part in dataset}
        if len(lengths) != 1:
            raise ValueError(f"split_dataset: expected arrays of one length, got {[len(part) for part in dataset]}")
        items = list(zip(*dataset)) if len(dataset) > 1 else [(item,) for item in dataset[0]]
    elif isinstance(dataset, Dataset):
        items = list(dataset.unbatch())
    elif hasattr(dataset, "__iter__") or hasattr(dataset, "__getitem__"):
        items = list(dataset)
    else:
        raise TypeError(f"split_dataset: expected arrays or a data set, got {type(dataset).__name__}")
    left, right = _sizes(left_size, right_size, len(items))
    if shuffle:
        random.Random(random.randint(0, 10**6) if seed is None else seed).shuffle(items)
    parts = (items[:left], items[len(items) - right :])
    result = tuple(Dataset(lambda part=part: iter(part), len(part)) for part in parts)
    size = getattr(dataset, "batch_size", None) if isinstance(dataset, Dataset) else None
    return result if size is None else tuple(part.batch(size) for part in result)


def _sizes(left, right, total):
    if left is None and right is None:
        raise ValueError("split_dataset: give left_size or right_size")
    counts = []
    for name, size in (("left_size", left), ("right_size", right)):
        if size is None:
            counts.append(None)
        elif isinstance(check.number(name, size), float):
            if not 0 < size < 1:
                raise ValueError(f"{name}: expected an integer, or a share between 0 and 1, got {size}")
            counts.append(round(size * total))
        else:
            counts.append(size)
    left, right = counts
    left = total - right if left is None else left
    right = total - left if right is None else right
    if left <= 0 or right <= 0 or left + right > total:
        raise ValueError(f"split_dataset: {total} samples do not give {left} to the left and {right} to the right part")
    return left, right
