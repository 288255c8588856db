"""Batches from objects that know each batch by its number: PyDataset, Keras 2's Sequence."""

import itertools

import numpy as np

from pykeras.training.batches import limited
from pykeras.training.iterable_batches import IterableBatches


class DatasetBatches(IterableBatches):
    """Batches from an object with ``__getitem__(number)`` and ``__len__()``.

    With ``shuffle`` the batches come in a new order each epoch. ``on_epoch_begin()`` and ``on_epoch_end()`` are called
    where there are such. A dataset without end (its ``num_batches`` is None) is never shuffled.

    Args:
        source: the dataset. Its ``workers``, ``use_multiprocessing`` and ``max_queue_size`` come before those given.
        steps, shuffle, class_weight, output_names: see :class:`IterableBatches`.
        workers: threads or processes that make batches; 0 or 1 thread is this one.
        use_multiprocessing: processes instead of threads.
        queue_size: number of batches made before they are needed.
    """

    def __init__(self, source, steps=None, shuffle=False, class_weight=None, output_names=None, workers=1,
                 use_multiprocessing=False, queue_size=10):  # fmt: skip
        super().__init__(source, None, class_weight, output_names)
        own = _workers_of(source)
        self._how = own if own is not None else (workers, use_multiprocessing, queue_size)
        self._workers = None
        self._replaying = False
        self._renews = True
        self.total = self._length()
        self.shuffle = shuffle and self.total is not None
        self.steps = self.total if steps is None else steps
        if self.steps is not None:
            self.steps = limited(self.steps)

    def _length(self):
        if hasattr(type(self.source), "num_batches") or hasattr(self.source, "num_batches"):
            length = self.source.num_batches
            length = length() if callable(length) else length
            return None if length is None else int(length)
        return len(self.source)

    def _numbers(self):
        total = self._length()
        if total is None:
            return itertools.count()
        return np.random.permutation(total).tolist() if self.shuffle else range(total)

    def _items(self):
        numbers = iter(self._numbers())
        workers, processes, queue_size = self._how
        apart = workers > 1 or (workers > 0 and processes)
        seed = int(np.random.randint(2**31)) if apart and processes else None
        return self._made(numbers, workers, queue_size, seed) if apart else self._made_here(numbers)

    def _passed_over(self, numbers):
        """What stands for the batches that were trained on before, when a training is taken up again."""
        while self._replaying and next(numbers, None) is not None:
            yield ()

    def _made_here(self, numbers):
        yield from self._passed_over(numbers)
        for number in numbers:
            yield self.source[number]

    def _made(self, numbers, workers, queue_size, seed):
        yield from self._passed_over(numbers)
        if self._workers is None:
            from pykeras.utils.workers import Workers

            self._workers = Workers(self.source, workers, seed is not None)
        yield from self._workers.results(numbers, queue_size, seed)

    def first(self):
        return self._prepare(self.source[0])

    def _epoch(self):
        if not self._skipped:
            self._call("on_epoch_begin")
        yield from super()._epoch()

    def end_epoch(self):
        super().end_epoch()
        self._call("on_epoch_end")

    def _call(self, hook):
        if hasattr(self.source, hook):
            getattr(self.source, hook)()

    def resume(self, position, seen=0):
        self._replaying = True
        super().resume(position, seen)
        self._replaying = False

    def close(self):
        if self._workers is not None:
            self._workers.close()
            self._workers = self._iterator = None


def _workers_of(source):
    """What a dataset says of its workers; None when it says nothing."""
    if not hasattr(source, "workers"):
        return None
    size = getattr(source, "max_queue_size", 10)
    return int(source.workers or 0), bool(getattr(source, "use_multiprocessing", False)), int(size)
