"""Zip archives as ``.keras`` files are: read without trusting them, written whole."""

from __future__ import annotations

import contextlib
import os
import pathlib
import shutil
import stat
import tempfile
import zipfile

from pykeras.saving import atomic
from pykeras.saving.limits import limits

SIGNATURE = b"PK\x03\x04"
# Python unpacks bzip2 and LZMA in pieces of the compressed data, of which 4 kB may hold gigabytes.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class Archive:
    """An archive to read. Every member's name and size are checked before any of it is read.

    Arguments:
        path: of the file, or an open binary file.

    Raises:
        OSError: no zip file, or a damaged one.
        ValueError: members whose names lead elsewhere, links, encrypted or repeated members, bombs.
    """

    def __init__(self, path):
        self.name = os.fspath(path) if isinstance(path, (str, os.PathLike)) else getattr(path, "name", "archive")
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise OSError(f"{self.name} cannot be read, it is cut short or damaged: {error}") from error
        try:
            self._members = self._checked()
        except BaseException:
            self._zip.close()
            raise

    def _checked(self):
        infos = self._zip.infolist()
        if len(infos) > limits.members:
            raise ValueError(f"{self.name}: {len(infos):,} members, at most {limits.members:,} are read")
        members = {}
        for info in infos:
            check_name(info.orig_filename, self.name)
            if stat.S_ISLNK(info.external_attr >> 16):
                raise ValueError(f"{self.name}: member {info.filename!r} is a symbolic link; refused")
            if info.flag_bits & 1:
                raise ValueError(f"{self.name}: member {info.filename!r} is encrypted; such files are not read")
            if info.compress_type not in _METHODS:
                raise ValueError(
                    f"{self.name}: member {info.filename!r} is compressed by method {info.compress_type}, which Keras "
                    "never uses and whose memory cannot be bounded; refused"
                )
            if info.filename in members:
                raise ValueError(f"{self.name}: member {info.filename!r} is there twice; refused")
            limits.check(f"{self.name}: member {info.filename!r}", info.file_size, info.compress_size)
            members[info.filename] = info
        size = self._zip.fp.seek(0, os.SEEK_END)
        # members may overlap, so that each alone looks honest
        limits.check(f"{self.name}", sum(info.file_size for info in infos), size)
        return members

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._zip.close()

    def _open(self, name):
        return self._zip.open(name)

    def __contains__(self, name):
        return name in self._members

    def names(self):
        """The names of all members."""
        return list(self._members)

    def size(self, name):
        """Bytes of a member."""
        return self._members[name].file_size

    def text(self, name):
        """A member as text.

        Raises:
            ValueError: no such member, too long, or no UTF-8.
            OSError: it is damaged.
        """
        if name not in self._members:
            raise ValueError(f"{self.name}: no {name!r} in it; is it a .keras file?")
        if self.size(name) > limits.config_bytes:
            raise ValueError(f"{self.name}: {name!r} has {self.size(name):,} bytes, at most {limits.config_bytes:,}")
        with _damage(self.name, name), self._open(name) as file:
            raw = file.read()
        try:
            return raw.decode("utf8")
        except UnicodeDecodeError as error:
            raise ValueError(f"{self.name}: {name!r} is no UTF-8 text, the file is damaged: {error}") from error

    @contextlib.contextmanager
    def unpacked(self, name):
        """A member as a file to read and seek in, on disk but without a name there."""
        with tempfile.TemporaryFile() as copy:
            with _damage(self.name, name), self._open(name) as file:
                shutil.copyfileobj(file, copy, 1 << 20)
            copy.seek(0)
            yield Named(copy, f"{self.name} ({name})")

    def extract(self, prefix, folder):
        """Writes the members below ``prefix`` into a folder; returns how many there were."""
        count = 0
        for name in self._members:
            if name.startswith(prefix) and not name.endswith("/"):
                target = pathlib.Path(folder, *name[len(prefix) :].split("/"))
                target.parent.mkdir(parents=True, exist_ok=True)
                with _damage(self.name, name), self._open(name) as file, open(target, "wb") as out:
                    shutil.copyfileobj(file, out, 1 << 20)
                count += 1
        return count


class Folder(Archive):
    """What Keras writes with ``zipped=False``: the members as files below a folder.

    Raises:
        ValueError: links, or too many files.
    """

    def __init__(self, path):
        self.name = os.fspath(path)
        self._members = {}
        for above, folders, found in os.walk(path):
            for name in (*folders, *found):
                whole = pathlib.Path(above, name)
                if whole.is_symlink():
                    raise ValueError(f"{self.name}: {name!r} is a symbolic link; refused")
                if name in found:
                    self._members[whole.relative_to(path).as_posix()] = whole
            if len(self._members) > limits.members:
                raise ValueError(f"{self.name}: more than {limits.members:,} files, which is the most that are read")

    def __exit__(self, *_):
        pass

    def _open(self, name):
        return open(self._members[name], "rb")

    def size(self, name):
        return self._members[name].stat().st_size


def opened(path):
    """The archive or folder at a path."""
    return Folder(path) if isinstance(path, (str, os.PathLike)) and os.path.isdir(path) else Archive(path)


class Named:
    """A binary file that says in messages what it is."""

    def __init__(self, file, name):
        self._file = file
        self._name = name

    def __getattr__(self, attribute):
        return getattr(self._file, attribute)

    def __repr__(self):
        return self._name


def check_name(name, where):
    """Raises ValueError for a member's name that is absolute, leads upwards, or means a folder on some system."""
    windows = pathlib.PureWindowsPath(name)
    if not name or windows.drive or windows.root or ".." in windows.parts or "\\" in name or "\0" in name:
        raise ValueError(f"{where}: member {name!r} has a name that leads out of the archive; refused")


@contextlib.contextmanager
def _damage(archive, name):
    try:
        yield
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise OSError(f"{archive}: {name!r} cannot be read, the file is damaged: {error}") from error
    except Exception as error:
        if type(error).__module__ in ("zlib", "lzma", "_lzma", "bz2"):
            raise OSError(f"{archive}: {name!r} cannot be read, the file is damaged: {error}") from error
        raise


@contextlib.contextmanager
def writing(path):
    """A zip file to write, uncompressed as Keras's; it takes the place of ``path`` when the block ends well."""
    if hasattr(path, "write"):
        with zipfile.ZipFile(path, "w") as archive:
            yield archive
        return
    with atomic.replacing(path) as temporary:
        with zipfile.ZipFile(temporary, "w") as archive:
            yield archive


def add_tree(archive, folder, prefix):
    """Adds the files of a folder below ``prefix``."""
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if path.is_file():
            archive.write(path, f"{prefix}{path.relative_to(folder).as_posix()}")
