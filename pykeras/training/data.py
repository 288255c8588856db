"""Data to batches: whole arrays, generators, sequences of batches and other things that can be iterated over."""

import itertools
import math
import warnings

import numpy as np

from pykeras import config, ops, tree
from pykeras.random.states import numpy_state, set_numpy_state
from pykeras.training import arrays
from pykeras.training.step import take_batch
from pykeras.training.weights import with_class_weight

DEFAULT_BATCH_SIZE = 32


def to_tensors(structure):
    """Arrays to tensors; None stays."""
    return tree.map_structure(lambda a: None if a is None else ops.convert_to_tensor(a), structure)


def _limited(steps):
    """Batches of an epoch, no more than ``config.set_max_steps_per_epoch`` allows."""
    limit = config.max_steps_per_epoch()
    return steps if limit is None else min(steps, limit)


class ArrayBatches:
    """Batches cut from whole arrays, which are tensors from the start.

    Args:
        x, y, sample_weight: structures of arrays.
        batch_size: samples in a batch, the last one may hold fewer.
        shuffle: True for a new order of samples each epoch, ``"batch"`` to shuffle whole batches, or False.
            The order is drawn from NumPy's global generator.
        steps: batches in an epoch; by default as many as there are. With fewer, an epoch goes on where the last one
            stopped.
    """

    #: Number of the first batch of the next epoch: not 0 when an interrupted epoch is taken up again.
    offset = 0

    def __init__(self, x, y=None, sample_weight=None, batch_size=None, shuffle=False, steps=None):
        self.count = arrays.sample_count(x=x, y=y, sample_weight=sample_weight)
        self.batch_size = DEFAULT_BATCH_SIZE if batch_size is None else int(batch_size)
        if self.batch_size < 1:
            raise ValueError(f"batch_size: expected a positive integer, got {batch_size}")
        if isinstance(shuffle, str) and shuffle != "batch":
            raise ValueError(f'shuffle: expected True, False or "batch", got {shuffle!r}')
        self.shuffle = shuffle
        self.tensors = to_tensors(arrays.pack_x_y_sample_weight(x, y, sample_weight))
        self.total = math.ceil(self.count / self.batch_size)
        self.steps = _limited(self.total if steps is None else int(steps))
        self._order = None
        self._drawn_from = None
        self._next = 0
        self._begun = (0, 0)
        self._rest = None

    def start_epoch(self):
        """Where an epoch's batches start and stop, and the order of samples (None: as they are)."""
        if self._rest is not None:
            (start, stop), self._rest = self._rest, None
            return start, stop, self._order
        if self._next == 0 or self._next >= self.total:
            self._next = 0
            self._order = self._draw_order()
        start = self._next
        stop = min(start + self.steps, self.total)
        self._next = stop % self.total if self.steps != self.total else 0
        if stop - start < self.steps:
            ran_dry(self.steps)
        self._begun = (start, stop)
        return start, stop, self._order

    def position(self):
        """Where the data stand, as plain data for :meth:`resume`."""
        drawn_from = None if self._drawn_from is None else numpy_state(self._drawn_from)
        return {"drawn_from": drawn_from, "begun": list(self._begun), "next": self._next}

    def resume(self, position, seen=0):
        """Go on where :meth:`position` was taken, after ``seen`` batches of an epoch (0: between epochs)."""
        if position["drawn_from"] is not None:
            set_numpy_state(position["drawn_from"])
            self._order = self._draw_order()
        self._next, self._begun, self.offset = position["next"], tuple(position["begun"]), seen
        if seen:
            start, stop = self._begun
            self._rest = (min(start + seen, stop), stop)

    def rewind(self):
        """Start the next epoch with the first sample, wherever the last one stopped."""
        self._next = 0

    def _draw_order(self):
        if not self.shuffle:
            return None
        self._drawn_from = np.random.get_state()
        if self.shuffle == "batch":
            starts = np.random.permutation(self.count // self.batch_size) * self.batch_size
            whole = (starts[:, None] + np.arange(self.batch_size)).reshape(-1)
            return np.concatenate([whole, np.arange(len(whole), self.count)]).astype(np.int64)
        return np.random.permutation(self.count).astype(np.int64)

    def batch(self, number, order=None):
        """Batch ``number`` of an epoch, as tensors; ``order`` as :meth:`start_epoch` gave it, or as a tensor."""
        order = None if order is None else ops.convert_to_tensor(order)
        return take_batch(self.tensors, order, self.batch_size, number)

    @property
    def full(self):
        """Number of batches of the full size."""
        return self.count // self.batch_size

    def first(self):
        """The first batch, to see its shapes."""
        return self.batch(0)

    def __iter__(self):
        start, stop, order = self.start_epoch()
        order = None if order is None else ops.convert_to_tensor(order)
        for number in range(start, stop):
            yield self.batch(number, order)

    def end_epoch(self):
        """An epoch is over."""


class IterableBatches:
    """Batches from a generator (used up once) or another iterable (iterated over anew each epoch).

    Args:
        source: yields ``x``, ``(x, y)`` or ``(x, y, sample_weight)``.
        steps: batches in an epoch; None for as many as come.
        class_weight: class number to weight, turned into sample weights.
        output_names: names of the model's outputs, for ``class_weight``.
    """

    shuffle = False
    batch_size = None
    offset = 0
    _skipped = 0

    def __init__(self, source, steps=None, class_weight=None, output_names=None):
        self.source = source
        self.steps = steps
        self.class_weight = class_weight
        self.output_names = output_names
        self._renews = not hasattr(source, "__next__")
        self._iterator = None
        self._peeked = []
        self._epochs = self._taken = 0
        if steps is None and self._renews and hasattr(source, "__len__"):
            self.steps = len(source)

    def _items(self):
        return iter(self.source)

    def first(self):
        """The first batch, to see its shapes; it comes again in the epoch.

        Raises:
            ValueError: when nothing comes.
        """
        if not self._peeked:
            self._iterator = self._iterator or self._items()
            item = next(self._iterator, None)
            if item is None:
                raise ValueError("The data yield no batch: the generator or iterable is empty")
            self._peeked = [item]
        return self._prepare(self._peeked[0])

    def _prepare(self, item):
        x, y, sample_weight = arrays.unpack_x_y_sample_weight(item)
        x, y, sample_weight = (
            arrays.as_arrays(value, name) for name, value in (("x", x), ("y", y), ("sample_weight", sample_weight))
        )
        sample_weight = with_class_weight(y, sample_weight, self.class_weight, self.output_names)
        return to_tensors(arrays.pack_x_y_sample_weight(x, y, sample_weight))

    def __iter__(self):
        for item in self._epoch():
            yield self._prepare(item)

    def _epoch(self):
        """The items of an epoch as they come."""
        if self._iterator is None:
            self._iterator = self._items()
        taken, self._skipped = self._skipped, 0
        limit = _limited(math.inf if self.steps is None else self.steps)
        while taken < limit:
            item = self._peeked.pop() if self._peeked else next(self._iterator, None)
            if item is None:
                self._iterator = self._items() if self._renews else self._iterator
                if self.steps is not None and taken:
                    ran_dry(self.steps)
                break
            taken += 1
            self._taken = taken
            yield item
        if self._renews and self.steps is not None and hasattr(self.source, "__len__") and taken == len(self.source):
            self._iterator = None

    def end_epoch(self):
        """An epoch is over."""
        self._epochs += 1

    def position(self):
        """Where the data stand, as plain data for :meth:`resume`."""
        return {"epochs": self._epochs}

    def resume(self, position, seen=0):
        """Go on where :meth:`position` was taken, after ``seen`` batches of an epoch: what came before comes again,
        and is dropped."""
        for _ in range(position["epochs"]):
            for _ in self._epoch():
                pass
            self.end_epoch()
        if seen:
            for _ in itertools.islice(self._epoch(), seen):
                pass
        self._skipped = self.offset = seen


class SequenceBatches(IterableBatches):
    """Batches from an object with ``__getitem__(number)`` and ``__len__()``: PyDataset, Keras 2's Sequence.

    With ``shuffle`` the batches come in a new order each epoch. ``on_epoch_end()`` is called where there is one.
    """

    def __init__(self, source, steps=None, shuffle=False, class_weight=None, output_names=None):
        self.shuffle = shuffle
        super().__init__(source, None, class_weight, output_names)
        self.total = self._length()
        self.steps = _limited(self.total if steps is None else steps)
        self._renews = True

    def _length(self):
        length = getattr(self.source, "num_batches", None)
        length = length() if callable(length) else length
        return len(self.source) if length is None else int(length)

    def _items(self):
        total = self._length()
        order = np.random.permutation(total) if self.shuffle else range(total)
        return (self.source[int(number)] for number in order)

    def first(self):
        return self._prepare(self.source[0])

    def end_epoch(self):
        if hasattr(self.source, "on_epoch_end"):
            self.source.on_epoch_end()


def ran_dry(steps):
    """Keras's warning for an epoch with fewer batches than were asked for."""
    wanted = "" if steps is None else f" {steps} batches an epoch were asked for."
    warnings.warn(
        f"Your input ran out of data; interrupting training.{wanted} Make sure that your dataset or generator can "
        "generate at least `steps_per_epoch * epochs` batches.",
        stacklevel=3,
    )


def make_batches(
    x=None,
    y=None,
    sample_weight=None,
    batch_size=None,
    steps=None,
    shuffle=False,
    class_weight=None,
    output_names=None,
):
    """Batches of whatever data a user passes.

    Args:
        x: arrays (see :func:`pykeras.training.arrays.as_arrays`), or a generator, sequence or iterable of batches.
        y, sample_weight: arrays; not with generators and the like, which yield them.
        batch_size: samples in a batch of arrays, 32 for None.
        steps: batches in an epoch.
        shuffle: whether (and how) to shuffle.
        class_weight: class number to weight.
        output_names: names of the model's outputs.

    Raises:
        ValueError: for data of unequal length, without samples, or of a kind that is not known.
    """
    if x is None:
        raise ValueError("No data: x is None")
    if arrays.is_structure(x):
        x, y = arrays.as_arrays(x, "x"), arrays.as_arrays(y, "y")
        sample_weight = arrays.as_arrays(sample_weight, "sample_weight")
        arrays.sample_count(x=x, y=y, sample_weight=sample_weight)
        sample_weight = with_class_weight(y, sample_weight, class_weight, output_names)
        return ArrayBatches(x, y, sample_weight, batch_size, shuffle, steps)
    for name, value in (("y", y), ("sample_weight", sample_weight)):
        if value is not None:
            raise ValueError(
                f"{name} must be None when x is a {type(x).__name__}, which yields it: (x, y, sample_weight)"
            )
    if hasattr(x, "__getitem__") and hasattr(x, "__len__") and not isinstance(x, (list, tuple, dict)):
        return SequenceBatches(x, steps, bool(shuffle), class_weight, output_names)
    if hasattr(x, "__iter__") and not isinstance(x, (list, tuple, dict)):
        return IterableBatches(x, steps, class_weight, output_names)
    raise ValueError(
        f"x: expected arrays, lists or dicts of arrays, a generator or a sequence of batches, got {type(x).__name__}"
    )
