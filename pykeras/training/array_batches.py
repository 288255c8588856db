"""Batches cut from whole arrays, in order or shuffled."""

import math

import numpy as np

from pykeras import ops
from pykeras.random.states import numpy_state, set_numpy_state
from pykeras.training import arrays
from pykeras.training.batches import limited, ran_dry, to_tensors
from pykeras.training.step import take_batch
from pykeras.utils.data_tuples import batch_of

DEFAULT_BATCH_SIZE = 32


class OrderedBatches:
    """Samples by number, in an order drawn anew for each epoch, cut into batches.

    Args:
        count: number of samples.
        batch_size: samples in a batch, the last one may hold fewer.
        shuffle: True for a new order of samples each epoch, ``"batch"`` to shuffle whole batches, or False.
            The order is drawn from NumPy's global generator.
        steps: batches in an epoch; by default as many as there are. With fewer, an epoch goes on where the last one
            stopped.
    """

    #: Number of the first batch of the next epoch: not 0 when an interrupted epoch is taken up again.
    offset = 0

    def __init__(self, count, batch_size=None, shuffle=False, steps=None):
        self.count = count
        self.batch_size = DEFAULT_BATCH_SIZE if batch_size is None else int(batch_size)
        if self.batch_size < 1:
            raise ValueError(f"batch_size: expected a positive integer, got {batch_size}")
        if isinstance(shuffle, str) and shuffle != "batch":
            raise ValueError(f'shuffle: expected True, False or "batch", got {shuffle!r}')
        self.shuffle = shuffle
        self.total = math.ceil(self.count / self.batch_size)
        self.steps = limited(self.total if steps is None else int(steps))
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

    def end_epoch(self):
        """An epoch is over."""

    def close(self):
        """Nobody asks for batches any more."""


class ArrayBatches(OrderedBatches):
    """Batches cut from whole arrays, which are tensors from the start.

    Args:
        x, y, sample_weight: structures of arrays.
        batch_size, shuffle, steps: see :class:`OrderedBatches`.
    """

    def __init__(self, x, y=None, sample_weight=None, batch_size=None, shuffle=False, steps=None):
        super().__init__(arrays.sample_count(x=x, y=y, sample_weight=sample_weight), batch_size, shuffle, steps)
        self.tensors = to_tensors(batch_of(x, y, sample_weight))

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
