"""PyDataset: data that a user's class makes batch by batch."""


class PyDataset:
    """Base class of datasets that give a batch by its number; Keras 2 calls it ``Sequence``.

    Write ``__len__()``, the number of batches, and ``__getitem__(number)``, which returns ``(x, y)`` or
    ``(x, y, sample_weight)``. ``on_epoch_begin()`` and ``on_epoch_end()`` are called around each epoch. For batches
    without end let the property ``num_batches`` be None, and tell ``fit`` the ``steps_per_epoch``.

    Args:
        workers: number of threads or processes that make batches; with 1 thread or none they are made between steps.
        use_multiprocessing: processes (spawned, the dataset is sent to them by pickle) instead of threads.
        max_queue_size: number of batches made before they are needed.

    Example:
        >>> import numpy as np, pykeras
        >>> class Squares(pykeras.utils.PyDataset):
        ...     def __len__(self):
        ...         return 10
        ...     def __getitem__(self, number):
        ...         x = np.linspace(number, number + 1, 8)[:, None]
        ...         return x, x**2
        >>> model = pykeras.Sequential([pykeras.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> model.fit(Squares(workers=2), verbose=0).params["steps"]
        10
    """

    workers = 1
    use_multiprocessing = False
    max_queue_size = 10

    def __init__(self, workers=1, use_multiprocessing=False, max_queue_size=10):
        self.workers, self.use_multiprocessing, self.max_queue_size = workers, use_multiprocessing, max_queue_size

    def __getitem__(self, index):
        """The batch of this number."""
        raise NotImplementedError(f"{type(self).__name__}: write __getitem__(self, index), which returns a batch")

    @property
    def num_batches(self):
        """Number of batches in an epoch; None when there is no end."""
        if not hasattr(self, "__len__"):
            raise NotImplementedError(f"{type(self).__name__}: write __len__(self), the number of batches")
        return len(self)

    def on_epoch_begin(self):
        """Called before an epoch."""

    def on_epoch_end(self):
        """Called after an epoch."""
