"""Unpacking of tar and zip archives that never writes outside the destination."""

from __future__ import annotations

import os
import pathlib
import shutil
import tarfile
import tempfile
import zipfile

FORMATS = ("tar", "zip")


def archive_formats(archive_format):
    """The formats to try: "auto", "tar", "zip", a list of them, or None for none.

    Raises:
        ValueError: another format.
    """
    if archive_format is None:
        return ()
    given = (archive_format,) if isinstance(archive_format, str) else tuple(archive_format)
    formats = FORMATS if given == ("auto",) else given
    unknown = [each for each in formats if each not in FORMATS]
    if unknown:
        raise ValueError(f'archive_format: expected "auto", "tar", "zip", a list of them or None, got {unknown[0]!r}')
    return formats


def extract_archive(archive, destination, archive_format="auto"):
    """Unpack an archive into a directory, all of it or nothing.

    A directory that is there already is replaced.

    Arguments:
        archive: path of the file.
        destination: path of the directory.
        archive_format: see ``archive_formats``; what the file holds decides among several.

    Returns:
        False when the file is none of these formats, in which case nothing is written.

    Raises:
        ValueError: a member whose path, or whose link's target, lies outside the destination; a damaged archive.
    """
    formats = archive_formats(archive_format)
    if "tar" in formats and tarfile.is_tarfile(archive):
        unpack = _unpack_tar
    elif "zip" in formats and zipfile.is_zipfile(archive):
        unpack = _unpack_zip
    else:
        return False
    destination = pathlib.Path(destination)
    destination.parent.mkdir(parents=True, exist_ok=True)
    partial = pathlib.Path(tempfile.mkdtemp(prefix=f".{destination.name}-", dir=destination.parent))
    try:
        try:
            unpack(archive, partial)
        except (tarfile.TarError, zipfile.BadZipFile, EOFError) as error:
            raise ValueError(f"{archive}: damaged archive: {error}") from error
        if destination.is_dir():
            shutil.rmtree(destination)
        elif destination.exists():
            destination.unlink()
        partial.chmod(0o755)
        partial.rename(destination)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return True


def _inside(name, root, archive):
    """The path of a member under ``root``; links unpacked before it are followed for the check."""
    windows = pathlib.PureWindowsPath(name)
    path = root / name
    real_root = os.path.realpath(root)
    real = os.path.join(os.path.realpath(path.parent), path.name)
    outside = os.path.commonpath([real_root, os.path.realpath(real)]) != real_root
    if outside or windows.drive or windows.root or ".." in windows.parts:
        raise ValueError(f"{archive}: member {name!r} would leave the destination; nothing was unpacked")
    return path


def _write(source, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink():
        path.unlink()
    with source, open(path, "wb") as target:
        shutil.copyfileobj(source, target)


def _unpack_tar(archive, root):
    with tarfile.open(archive) as tar:
        for member in tar:
            path = _inside(member.name, root, archive)
            if member.isdir():
                path.mkdir(parents=True, exist_ok=True)
            elif member.isfile() or member.islnk():
                source = _content(tar, member, archive)
                _write(source, path)
                path.chmod(0o755 if member.mode & 0o100 else 0o644)
            elif member.issym():
                _link(member, path, root, archive)
            else:
                raise ValueError(f"{archive}: member {member.name!r} is a device or pipe; nothing was unpacked")


def _content(tar, member, archive):
    """What a file holds; of a hard link, what the member it names holds (never a file on disk)."""
    try:
        return tar.extractfile(member)
    except KeyError:
        raise ValueError(
            f"{archive}: member {member.name!r} links to {member.linkname!r}, which is not in the archive; "
            "nothing was unpacked"
        ) from None


def _link(member, path, root, archive):
    target = member.linkname
    real = os.path.realpath(os.path.join(os.path.realpath(path.parent), target))
    real_root = os.path.realpath(root)
    if (
        os.path.isabs(target)
        or pathlib.PureWindowsPath(target).drive
        or os.path.commonpath([real_root, real]) != real_root
    ):
        raise ValueError(
            f"{archive}: member {member.name!r} links to {target!r}, outside the destination; nothing was unpacked"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink() or path.is_file():
        path.unlink()
    path.symlink_to(target)


def _unpack_zip(archive, root):
    with zipfile.ZipFile(archive) as file:
        for member in file.infolist():
            path = _inside(member.filename, root, archive)
            if member.is_dir():
                path.mkdir(parents=True, exist_ok=True)
            else:
                _write(file.open(member), path)
