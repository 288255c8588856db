"""Keras 2's enqueuers: batches made by threads or processes, taken one after another from ``get()``."""

import itertools

import numpy as np

from pykeras.training.ahead import ahead
from pykeras.utils.workers import Workers


class SequenceEnqueuer:
    """Base class: ``start(workers, max_queue_size)``, then ``next(get())`` as often as wanted, then ``stop()``.

    Args:
        sequence: the data.
        use_multiprocessing: processes instead of threads.
    """

    def __init__(self, sequence, use_multiprocessing=False):
        self.sequence, self.use_multiprocessing = sequence, use_multiprocessing
        self._items = None

    def is_running(self):
        """Whether it was started and not stopped."""
        return self._items is not None

    def start(self, workers=1, max_queue_size=10):
        """Start to make batches.

        Args:
            workers: number of threads or processes.
            max_queue_size: number of batches made ahead.
        """
        self._items = self._made(workers, max_queue_size)

    def _made(self, workers, max_queue_size):
        raise NotImplementedError(f"{type(self).__name__}: use OrderedEnqueuer or GeneratorEnqueuer")

    def stop(self, timeout=None):
        """End threads and processes; batches made ahead are dropped. ``timeout`` has no use: nothing is waited for."""
        if self._items is not None:
            self._items.close()
        self._items = None

    def get(self):
        """The batches, an iterator.

        Raises:
            RuntimeError: before ``start``.
        """
        if self._items is None:
            raise RuntimeError(f"{type(self).__name__}: call start() before get()")
        return self._items


class OrderedEnqueuer(SequenceEnqueuer):
    """Batches of a Sequence in order, epoch after epoch without end; calls its ``on_epoch_end()`` after each.

    Args:
        sequence: PyDataset or Sequence.
        use_multiprocessing: processes instead of threads.
        shuffle: a new order of batches each epoch.

    Example:
        >>> import pykeras
        >>> enqueuer = pykeras.utils.OrderedEnqueuer([10, 20, 30])
        >>> enqueuer.start(workers=2)
        >>> batches = enqueuer.get()
        >>> [next(batches) for _ in range(4)]
        [10, 20, 30, 10]
        >>> enqueuer.stop()
    """

    def __init__(self, sequence, use_multiprocessing=False, shuffle=False):
        super().__init__(sequence, use_multiprocessing)
        self.shuffle = shuffle

    def _made(self, workers, max_queue_size):
        pool = Workers(self.sequence, max(workers, 1), self.use_multiprocessing)
        try:
            while True:
                count = len(self.sequence)
                numbers = np.random.permutation(count).tolist() if self.shuffle else range(count)
                seed = int(np.random.randint(2**31)) if self.use_multiprocessing else None
                yield from pool.results(numbers, max_queue_size, seed)
                if hasattr(self.sequence, "on_epoch_end"):
                    self.sequence.on_epoch_end()
        finally:
            pool.close()


class GeneratorEnqueuer(SequenceEnqueuer):
    """Batches of a generator, made by a thread.

    Args:
        generator: yields batches.
        use_multiprocessing: must be False: a generator cannot be sent to another process.
        random_seed: seed of NumPy's global generator, set when it starts.

    Raises:
        ValueError: with ``use_multiprocessing``.
    """

    def __init__(self, generator, use_multiprocessing=False, random_seed=None):
        if use_multiprocessing:
            raise ValueError(
                "GeneratorEnqueuer: a generator cannot be sent to another process: use_multiprocessing=False, or make "
                "a pykeras.utils.PyDataset of it"
            )
        super().__init__(generator, use_multiprocessing)
        self.random_seed = random_seed

    def _made(self, workers, max_queue_size):
        if self.random_seed is not None:
            np.random.seed(self.random_seed)
        return ahead(itertools.chain(self.sequence), max_queue_size)
