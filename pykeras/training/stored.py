"""Arrays that are larger than memory: on disk (h5py, numpy.memmap) or sparse; read some rows at a time."""

import numpy as np


def is_stored(value):
    """Whether an array should be read batch by batch: an h5py dataset, a ``numpy.memmap`` or a scipy sparse matrix."""
    if isinstance(value, (np.memmap, Rows)):
        return True
    return hasattr(value, "tocsr") or (hasattr(value, "id") and hasattr(value, "chunks") and hasattr(value, "shape"))


class Rows:
    """The rows ``start`` to ``stop - 1`` of an array; nothing is read before :meth:`read`.

    Args:
        source: array, h5py dataset, memmap, or sparse matrix.
        start, stop: its rows.

    Example:
        >>> import numpy as np
        >>> rows = Rows(np.arange(10).reshape(5, 2))[1:4]
        >>> rows.shape, rows.read(np.array([2, 0])).tolist()
        ((3, 2), [[6, 7], [2, 3]])
    """

    def __init__(self, source, start=0, stop=None):
        if hasattr(source, "tocsr"):
            source = source.tocsr()
        if isinstance(source, Rows):
            start, stop = source.start + start, source.start + len(source) if stop is None else source.start + stop
            source = source.source
        if len(source.shape) == 0:
            raise ValueError(f"expected an array with an axis of samples, got the single value of {source!r}")
        self.source, self.start = source, start
        stop = source.shape[0] if stop is None else stop
        self.shape, self.dtype = (stop - start, *source.shape[1:]), source.dtype
        self.ndim = len(self.shape)

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, part):
        first, last, step = part.indices(len(self))
        if step != 1:
            raise ValueError("Rows: expected a slice of step 1")
        return Rows(self, first, max(last, first))

    def read(self, numbers):
        """The rows of these numbers (an array, or a slice), as a NumPy array."""
        if isinstance(numbers, slice):
            found = self.source[self.start + numbers.start : self.start + numbers.stop]
        elif type(self.source).__module__.startswith("h5py"):
            # h5py wants rising numbers without repetition
            rising, places = np.unique(numbers + self.start, return_inverse=True)
            found = self.source[rising][places]
        else:
            found = self.source[numbers + self.start]
        return found.toarray() if hasattr(found, "toarray") else np.asarray(found)
