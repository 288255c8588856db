"""Batches from generators and other things that can be iterated over."""

import itertools
import math

from pykeras.training import arrays
from pykeras.training.ahead import ahead
from pykeras.training.batches import limited, ran_dry, to_tensors
from pykeras.training.weights import with_class_weight
from pykeras.utils.data_tuples import batch_of, unpack_x_y_sample_weight


class IterableBatches:
    """Batches from a generator (used up once) or another iterable (iterated over anew each epoch).

    Args:
        source: yields ``x``, ``(x, y)`` or ``(x, y, sample_weight)``.
        steps: batches in an epoch; None for as many as come.
        class_weight: class number to weight, turned into sample weights.
        output_names: names of the model's outputs, for ``class_weight``.
        queue_size: number of batches that a thread fetches before they are needed; 0 for none, then they are fetched
            in the thread that trains.
    """

    shuffle = False
    batch_size = None
    offset = 0
    _skipped = 0

    def __init__(self, source, steps=None, class_weight=None, output_names=None, queue_size=0):
        self.source = source
        self.steps = steps
        self.class_weight = class_weight
        self.output_names = output_names
        self._renews = not hasattr(source, "__next__")
        self._iterator = None
        self._peeked = []
        self._epochs = self._taken = 0
        self.queue_size = queue_size
        self.total = _length(source) if self._renews else None
        if steps is None:
            self.steps = self.total

    def _items(self):
        return ahead(iter(self.source), self.queue_size) if self.queue_size else iter(self.source)

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
        x, y, sample_weight = unpack_x_y_sample_weight(item)
        x, y, sample_weight = (
            arrays.as_arrays(value, name) for name, value in (("x", x), ("y", y), ("sample_weight", sample_weight))
        )
        sample_weight = with_class_weight(y, sample_weight, self.class_weight, self.output_names)
        return to_tensors(batch_of(x, y, sample_weight))

    def __iter__(self):
        for item in self._epoch():
            yield self._prepare(item)

    def _epoch(self):
        """The items of an epoch as they come."""
        if self._iterator is None:
            self._iterator = self._items()
        taken, self._skipped = self._skipped, 0
        limit = limited(math.inf if self.steps is None else self.steps)
        while taken < limit:
            item = self._peeked.pop() if self._peeked else next(self._iterator, None)
            if item is None:
                self._iterator = None if self._renews else self._iterator
                if self.steps is not None and taken:
                    ran_dry(self.steps)
                break
            taken += 1
            self._taken = taken
            yield item
        if self._renews and self.total is not None and taken == self.total:
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

    def close(self):
        """Nobody asks for batches any more: end the thread that fetches them."""
        if self.queue_size and self._iterator is not None:
            self._iterator.close()
            self._iterator = None


def _length(source):
    """Number of batches of an iterable; None when it does not say, or has no end."""
    try:
        return len(source)
    except TypeError:
        return None
