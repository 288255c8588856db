"""What Keras 2 had under other names."""

from pykeras.legacy import saving

__all__ = ["saving"]
