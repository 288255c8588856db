"""HDF5 files as files: opening with clear errors, long attributes, members that stay inside."""

from __future__ import annotations

import contextlib
import io
import math
import os

import numpy as np

from pykeras import extras
from pykeras.saving import atomic, heaps
from pykeras.saving.limits import limits

# An attribute lives in its object's header, which HDF5 limits to 64 KB.
_ATTRIBUTE_LIMIT = 64512
SIGNATURE = b"\x89HDF\r\n\x1a\n"


def hdf5():
    """h5py, imported when first needed.

    Raises:
        ImportError: it is not installed.
    """
    return extras.package("h5py", "HDF5", "h5py")


def is_group(target):
    """Whether ``target`` is an open h5py file or group, without importing h5py for anything else."""
    return type(target).__module__.split(".")[0] == "h5py"


@contextlib.contextmanager
def writing(path):
    """An empty HDF5 file that takes the place of ``path`` when the block ends well; otherwise ``path`` stays as it was.

    Raises:
        FileNotFoundError: the folder does not exist.
        OSError: it cannot be written (rights, a full disk).
    """
    if is_group(path):
        yield path
        return
    # in memory first: when the disk is full, HDF5 itself could not even close the file
    buffer = io.BytesIO()
    with hdf5().File(buffer, "w") as file:
        yield file
    with atomic.replacing(path) as temporary, open(temporary, "wb") as out:
        out.write(buffer.getbuffer())


@contextlib.contextmanager
def reading(path):
    """An HDF5 file to read: a path, an open binary file, or an open h5py file.

    Raises:
        FileNotFoundError: there is no such file.
        OSError: it is no HDF5 file, or it is cut short or damaged.
    """
    if is_group(path):
        yield path
        return
    if hasattr(path, "read"):
        first, name = path.read(len(SIGNATURE)), repr(path)
        path.seek(0)
    else:
        path = name = os.fspath(path)
        if os.path.isdir(path):
            raise OSError(f"{path} is a folder, expected an HDF5 file (.h5)")
        with open(path, "rb") as start:
            first = start.read(len(SIGNATURE))
    if first != SIGNATURE:
        raise OSError(f"{name} is no HDF5 file: it begins with {first!r}")
    heaps.check(path)
    try:
        file = hdf5().File(path, "r")
    except OSError as error:
        raise OSError(f"{name} cannot be read, it is cut short or damaged: {error}") from error
    with file:
        yield file


def label(group):
    """What the file of a group is called in messages."""
    name = group.file.filename
    return name.decode("utf8", "replace") if isinstance(name, bytes) else name


def size(group):
    """The bytes of the file of a group."""
    return group.file.id.get_filesize()


# ---- members --------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _damage(what, group):
    """Errors of the HDF5 library inside the block as OSError that says so."""
    try:
        yield
    except (KeyError, RuntimeError, OSError, SystemError, OverflowError, MemoryError) as error:
        raise OSError(f"{what!r} in {label(group)} cannot be read, the file is damaged: {error}") from error


def has(group, name):
    """Whether a group has a member of that name; a link that leads elsewhere is one, and is not followed."""
    with _damage(name, group):
        return isinstance(group, hdf5().Group) and group.id.links.exists(name.encode())


def names(group):
    """The names of a group's members."""
    with _damage("/", group):
        return list(group)


def member(group, path, what=None):
    """The group or dataset at ``path`` inside a group, reached through plain members alone.

    Raises:
        ValueError: there is none, or a step on the way leads out of the file (a link), or its values lie elsewhere.
    """
    h5py = hdf5()
    where = f"{what or path!r} in {label(group)}"
    for part in [p for p in path.split("/") if p and p != "."]:
        with _damage(part, group):
            link = group.get(part, getlink=True) if isinstance(group, h5py.Group) else None
        if link is None:
            raise ValueError(f"{where}: the file has no {path!r} in {getattr(group, 'name', None)!r}")
        if not isinstance(link, h5py.HardLink):
            raise ValueError(
                f"{where}: {part!r} is a link ({type(link).__name__}), which model files do not have; refused"
            )
        with _damage(part, group):
            group = group[part]
            count = h5py.h5o.get_info(group.id).rc
        if count > 1:
            raise ValueError(f"{where}: {part!r} has links from several places, which model files do not have; refused")
    with _damage(path, group):
        elsewhere = isinstance(group, h5py.Dataset) and (group.is_virtual or group.external)
    if elsewhere:
        raise ValueError(f"{where}: its values lie outside of the file; refused")
    return group


def shape(group, path):
    """The shape of a dataset; of a group, that of a single number."""
    found = member(group, path)
    with _damage(path, group):
        return tuple(getattr(found, "shape", ()))


def array(group, path, shape=None):
    """The values of a dataset.

    Arguments:
        group: where ``path`` begins.
        path: of the dataset.
        shape: expected; nothing is read when it differs.

    Raises:
        ValueError: no such dataset, values that are no numbers, or another shape.
    """
    dataset = member(group, path)
    with _damage(path, group):
        numbers = isinstance(dataset, hdf5().Dataset) and dataset.dtype.kind in "biuf"
    if not numbers:
        raise ValueError(f"{path!r} in {label(group)}: expected an array of numbers")
    if shape is not None and tuple(dataset.shape) != tuple(shape):
        raise ValueError(f"{path!r} in {label(group)}: expected shape {tuple(shape)}, got {tuple(dataset.shape)}")
    with _damage(path, group):
        stored, chunks = dataset.id.get_storage_size(), dataset.chunks or ()
    whole_chunk = math.prod(chunks) * dataset.dtype.itemsize  # which is unpacked for any part of it
    limits.check(f"{path!r} in {label(group)}", max(dataset.nbytes, whole_chunk), stored)
    with _damage(path, group):
        return np.asarray(dataset[()])


# ---- attributes -----------------------------------------------------------------------------------------------------


def write_names(group, name, names):
    """A list of names as an attribute, split over ``name0``, ``name1``, ... when it is too long for one.

    Raises:
        ValueError: a single name is too long.
    """
    encoded = [each.encode("utf8") for each in names]
    longest = max(encoded, key=len, default=b"")
    if len(longest) > _ATTRIBUTE_LIMIT:
        raise ValueError(f"the name {longest[:40]!r}... has {len(longest)} bytes; HDF5 takes {_ATTRIBUTE_LIMIT}")
    if not encoded:
        group.attrs[name] = np.array([])
        return
    # a fixed-width array: each entry takes as many bytes as the longest
    count = max(1, _ATTRIBUTE_LIMIT // max(1, len(longest)))
    chunks = [encoded[start : start + count] for start in range(0, len(encoded), count)]
    if len(chunks) == 1:
        group.attrs[name] = np.array(encoded)
        return
    for number, chunk in enumerate(chunks):
        group.attrs[f"{name}{number}"] = np.array(chunk)


def has_attribute(group, name):
    """Whether there is an attribute, or the first part of one that was split."""
    with _damage(name, group):
        return name in group.attrs or f"{name}0" in group.attrs


def read_names(group, name):
    """The list that ``write_names`` wrote; empty when there is none."""
    with _damage(name, group):
        keys = [name] if name in group.attrs else []
        while name not in keys and f"{name}{len(keys)}" in group.attrs:
            keys.append(f"{name}{len(keys)}")
        return [_text(each) for key in keys for each in np.asarray(group.attrs[key]).ravel().tolist()]


def read_text(group, name):
    """A text attribute, None when there is none."""
    with _damage(name, group):
        return _text(group.attrs[name]) if name in group.attrs else None


def _text(value):
    if isinstance(value, np.ndarray) and value.size == 1:
        value = value.item()
    return value.decode("utf8") if isinstance(value, bytes) else str(value)
