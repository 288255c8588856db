"""Fetching a data set's file when the cache lacks it."""

from __future__ import annotations

import contextlib
import pathlib
import zipfile
import zlib

import numpy as np

from pykeras.utils.downloads import cache_directory, download, hash_file


def cached_file(name, origin, subdir="datasets", verify=None):
    """The path of a data set's file in Keras's cache, downloaded when absent.

    Arguments:
        name: name of the file, or an absolute path.
        origin: URL it is downloaded from.
        subdir: directory below ``$KERAS_HOME`` or ``~/.keras``.
        verify: ``fn(path)`` that raises ``ValueError`` when a download is not the file it should be.

    Raises:
        OSError: absent, and not to be had from the network; says which file goes where.
    """
    path = cache_directory(cache_subdir=subdir) / pathlib.Path(name).expanduser()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            download(origin, path, verify)
        except OSError as error:
            raise OSError(
                f"the data file {path.name} is neither in the cache nor to be had from the network ({error}). "
                f"Download {origin} on another machine and put it at {path}"
            ) from error
    return path


def damaged(path, origin, reason):
    """The error for a file that cannot be what its name says."""
    return ValueError(
        f"{path} is damaged or not the file that it should be ({reason}). Delete it to have it downloaded again from "
        f"{origin}, or put a good copy in its place"
    )


@contextlib.contextmanager
def cached_arrays(name, origin, sha256):
    """The arrays of an ``.npz`` file in the cache, open inside the block.

    Raises:
        OSError: absent, and not to be had from the network.
        ValueError: the file, or what the block finds in it, is damaged.
    """

    def verify(candidate):
        found = hash_file(candidate)
        if found != sha256:
            raise ValueError(f"{origin}: sha256 hash {found}, expected {sha256}; the file was not kept")

    file = cached_file(name, origin, verify=verify)
    try:
        # Opened here: of a damaged file NumPy leaves its own handle open.
        with open(file, "rb") as opened, np.load(opened, allow_pickle=False) as arrays:
            yield arrays
    except (
        OSError, ValueError, KeyError, EOFError, AttributeError, TypeError, zipfile.BadZipFile, zlib.error,
    ) as error:  # fmt: skip
        raise damaged(file, origin, error) from error
