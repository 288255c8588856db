"""What ``fit`` and a data set call a batch: ``x``, ``(x, y)`` or ``(x, y, sample_weight)``."""

from __future__ import annotations


def unpack_x_y_sample_weight(data):
    """A batch as ``(x, y, sample_weight)``, with None for what is not there.

    Raises:
        ValueError: a tuple of more than three.

    Example:
        >>> from pykeras.utils import unpack_x_y_sample_weight
        >>> unpack_x_y_sample_weight(("x", "y"))
        ('x', 'y', None)
    """
    data = tuple(data) if isinstance(data, list) else data
    if not isinstance(data, tuple):
        return data, None, None
    if not 1 <= len(data) <= 3:
        raise ValueError(f"expected x, (x,), (x, y) or (x, y, sample_weight), got a tuple of {len(data)}")
    return (*data, None, None)[:3]


def pack_x_y_sample_weight(x, y=None, sample_weight=None):
    """The shortest form of a batch; a lone ``x`` stays itself unless it is a tuple or list.

    Example:
        >>> from pykeras.utils import pack_x_y_sample_weight
        >>> pack_x_y_sample_weight("x"), pack_x_y_sample_weight("x", None, "w")
        ('x', ('x', None, 'w'))
    """
    packed = batch_of(x, y, sample_weight)
    return packed if len(packed) > 1 or isinstance(x, (tuple, list)) else x


def batch_of(x, y=None, sample_weight=None):
    """The same, always a tuple: the form in which a step takes its tensors."""
    if sample_weight is not None:
        return (x, y, sample_weight)
    return (x,) if y is None else (x, y)
