"""Files that appear whole or not at all: written beside their place, flushed to disk, renamed into it."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile


def ask_to_overwrite(path):
    """Whether a file may be written; asks on a terminal when it exists.

    Raises:
        FileExistsError: it exists and nobody can be asked.
    """
    if not os.path.exists(path):
        return True
    if sys.stdin is None or not sys.stdin.isatty():
        raise FileExistsError(f"{path} exists and overwrite=False: pass overwrite=True, or another name")
    answer = ""
    while answer not in ("y", "n"):
        answer = input(f"[WARNING] {path} already exists - overwrite? [y/n] ").strip().lower()
    return answer == "y"


@contextlib.contextmanager
def replacing(path):
    """Gives the name of an empty file that takes the place of ``path`` when the block ends well.

    Otherwise ``path`` stays as it was, and so it does when the process dies at any point.

    Raises:
        FileNotFoundError: the folder does not exist.
        OSError: it cannot be written (rights, a full disk).

    Example:
        >>> import os, tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "note")
        >>> with replacing(path) as temporary, open(temporary, "w") as file:
        ...     _ = file.write("whole")
        >>> with open(path) as file:
        ...     file.read()
        'whole'
    """
    path = os.path.abspath(os.fspath(path))
    folder = os.path.dirname(path)
    if not os.path.isdir(folder):
        raise FileNotFoundError(f"cannot save to {path}: there is no folder {folder}")
    if os.path.isdir(path):
        raise IsADirectoryError(f"cannot save to {path}: it is a folder")
    handle, temporary = tempfile.mkstemp(prefix=f".{os.path.basename(path)}.", suffix=".part", dir=folder)
    os.close(handle)
    try:
        yield temporary
        with open(temporary, "rb+") as written:
            os.fsync(written.fileno())
        os.chmod(temporary, _mode_of(path))
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _mode_of(path):
    """The rights of the file that is replaced, or those that ``open`` would give a new one."""
    with contextlib.suppress(OSError):
        return os.stat(path).st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
