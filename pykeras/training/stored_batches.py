"""Batches of arrays that are read from disk a batch at a time."""

from pykeras import tree
from pykeras.training import arrays
from pykeras.training.ahead import ahead
from pykeras.training.array_batches import OrderedBatches
from pykeras.training.batches import to_tensors
from pykeras.training.stored import Rows
from pykeras.training.weights import with_class_weight
from pykeras.utils.data_tuples import batch_of


class StoredBatches(OrderedBatches):
    """Batches of which only the present one, and the one that a thread reads meanwhile, are in memory.

    Args:
        x, y, sample_weight: structures of arrays, some of them on disk.
        batch_size, shuffle, steps: as :class:`OrderedBatches`. Where reading rows here and there is slow, as in
            compressed HDF5 datasets, ``shuffle="batch"`` reads each batch in one piece.
        class_weight: class number to weight, turned into sample weights batch by batch.
        output_names: names of the model's outputs, for ``class_weight``.
    """

    def __init__(self, x, y=None, sample_weight=None, batch_size=None, shuffle=False, steps=None, class_weight=None,
                 output_names=None):  # fmt: skip
        super().__init__(arrays.sample_count(x=x, y=y, sample_weight=sample_weight), batch_size, shuffle, steps)
        self.rows = tree.map_structure(lambda leaf: None if leaf is None else Rows(leaf), (x, y, sample_weight))
        self.class_weight, self.output_names = class_weight, output_names

    def _read(self, number, order):
        first, stop = number * self.batch_size, min((number + 1) * self.batch_size, self.count)
        numbers = slice(first, stop)
        if order is not None:
            numbers = order[first:stop]
            if self.shuffle == "batch" and len(numbers) and numbers[-1] - numbers[0] == len(numbers) - 1:
                numbers = slice(int(numbers[0]), int(numbers[-1]) + 1)
        read = tree.map_structure(lambda rows: None if rows is None else rows.read(numbers), self.rows)
        return tuple(arrays.as_arrays(part, name) for part, name in zip(read, ("x", "y", "sample_weight"), strict=True))

    def _prepare(self, parts):
        x, y, sample_weight = parts
        sample_weight = with_class_weight(y, sample_weight, self.class_weight, self.output_names)
        return to_tensors(batch_of(x, y, sample_weight))

    def first(self):
        """The first batch, to see its shapes."""
        return self._prepare(self._read(0, None))

    def __iter__(self):
        start, stop, order = self.start_epoch()
        for parts in ahead((self._read(number, order) for number in range(start, stop)), 1):
            yield self._prepare(parts)
