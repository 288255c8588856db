"""A check of HDF5 files that the HDF5 library lacks: damaged heaps of texts make it loop for ever.

Texts of variable length (names, configurations) lie in "global heap collections" of the file: ``GCOL``, a version, the
collection's size, then objects of a number, a count of references and a size each (HDF5 file format specification,
version 3, section III.E). A free object (number 0) of size 0 is never passed.
"""

from __future__ import annotations

import contextlib
import mmap
import struct

_SIGNATURE = b"GCOL\x01\x00\x00\x00"
_HEADER = 16


def check(path):
    """Looks at all heaps of a file.

    Arguments:
        path: of the file, or an open binary file that is one on disk.

    Raises:
        OSError: a heap that would not end, or objects that lie outside of theirs.
    """
    with contextlib.ExitStack() as stack:
        file = path if hasattr(path, "fileno") else stack.enter_context(open(path, "rb"))
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            place = data.find(_SIGNATURE)
            while place >= 0:
                if not _ends(data, place):
                    raise OSError(f"{path} cannot be read, it is cut short or damaged: the text heap at byte {place}")
                place = data.find(_SIGNATURE, place + 8)


def _ends(data, place):
    if place + _HEADER > len(data):
        return False
    (size,) = struct.unpack_from("<Q", data, place + 8)
    here, end = place + _HEADER, place + size
    if size < _HEADER or end > len(data):
        return False
    while end - here >= _HEADER:
        number, _, _, length = struct.unpack_from("<HHIQ", data, here)
        # free space counts its own header, an object does not and is filled up to 8 bytes
        step = length if number == 0 else _HEADER + (length + 7) // 8 * 8
        if step < _HEADER or here + step > end:
            return False
        here += step
    return True
