"""Data to batches: whole arrays, generators, sequences of batches and other things that can be iterated over."""

import warnings

from pykeras import tree
from pykeras.training import arrays
from pykeras.training.array_batches import ArrayBatches
from pykeras.training.dataset_batches import DatasetBatches
from pykeras.training.iterable_batches import IterableBatches
from pykeras.training.stored import is_stored
from pykeras.training.stored_batches import StoredBatches
from pykeras.training.weights import with_class_weight


def make_batches(
    x=None,
    y=None,
    sample_weight=None,
    batch_size=None,
    steps=None,
    shuffle=False,
    class_weight=None,
    output_names=None,
    workers=1,
    use_multiprocessing=False,
    max_queue_size=10,
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
        workers, use_multiprocessing, max_queue_size: who makes the batches of sequences and generators, and how many
            ahead; see :meth:`pykeras.Model.fit`.

    Raises:
        ValueError: for data of unequal length, without samples, or of a kind that is not known.
    """
    if x is None:
        raise ValueError("No data: x is None")
    if arrays.is_structure(x):
        x, y = arrays.as_arrays(x, "x", lazily=True), arrays.as_arrays(y, "y", lazily=True)
        sample_weight = arrays.as_arrays(sample_weight, "sample_weight", lazily=True)
        arrays.sample_count(x=x, y=y, sample_weight=sample_weight)
        if any(is_stored(leaf) for leaf in tree.flatten((x, y, sample_weight))):
            return StoredBatches(x, y, sample_weight, batch_size, shuffle, steps, class_weight, output_names)
        sample_weight = with_class_weight(y, sample_weight, class_weight, output_names)
        return ArrayBatches(x, y, sample_weight, batch_size, shuffle, steps)
    for name, value in (("y", y), ("sample_weight", sample_weight)):
        if value is not None:
            raise ValueError(
                f"{name} must be None when x is a {type(x).__name__}, which yields it: (x, y, sample_weight)"
            )
    counted = hasattr(x, "__len__") or hasattr(x, "num_batches")
    if hasattr(x, "__getitem__") and counted and not isinstance(x, (list, tuple, dict)):
        how = workers, use_multiprocessing, max_queue_size
        return DatasetBatches(x, steps, bool(shuffle), class_weight, output_names, *how)
    if hasattr(x, "__iter__") and not isinstance(x, (list, tuple, dict)):
        if use_multiprocessing:
            warnings.warn(
                "use_multiprocessing: a generator cannot be sent to another process, a thread makes its batches; "
                "pykeras.utils.PyDataset can be sent",
                stacklevel=4,
            )
        apart = workers > 1 or use_multiprocessing
        return IterableBatches(x, steps, class_weight, output_names, max_queue_size if apart else 0)
    raise ValueError(
        f"x: expected arrays, lists or dicts of arrays, a generator or a sequence of batches, got {type(x).__name__}"
    )
