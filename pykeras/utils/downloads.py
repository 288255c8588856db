"""Files from the network, kept in a cache: checked, and in place whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import os
import pathlib
import shutil
import tempfile
import urllib.error
import urllib.parse
import urllib.request
import warnings

from pykeras import config
from pykeras.utils.archives import archive_formats, extract_archive

# Ends of file names that get_file takes off to name the directory of what it unpacks.
_ARCHIVE_ENDS = (".tar.gz", ".tar.bz2", ".tar.xz", ".tgz", ".tbz2", ".txz", ".tar", ".zip")
_HASHES_BY_LENGTH = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}


def cache_directory(cache_dir=None, cache_subdir="datasets"):
    """The directory that ``get_file`` keeps files in, made when absent.

    Arguments:
        cache_dir: root; by default ``$KERAS_HOME``, else ``~/.keras``; ``.keras`` in the system's directory for
            temporary files when that cannot be written to.
        cache_subdir: directory below it, or an absolute path.
    """
    root = pathlib.Path(cache_dir).expanduser() if cache_dir is not None else pathlib.Path(config.keras_home())
    with contextlib.suppress(OSError):
        root.mkdir(parents=True, exist_ok=True)
    if not os.access(root, os.W_OK):
        root = pathlib.Path(tempfile.gettempdir()) / ".keras"
    directory = root / cache_subdir
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def hash_file(path, algorithm="sha256"):
    """The hash of a file's bytes in hexadecimal."""
    digest = hashlib.new(algorithm)
    with open(path, "rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def hash_algorithm_of(expected, algorithm="auto"):
    """The algorithm meant by ``algorithm``; "auto" goes by the length of the expected hash.

    Raises:
        ValueError: an algorithm that hashlib does not have, or a hash of a length that none has.
    """
    if algorithm != "auto":
        if algorithm not in hashlib.algorithms_available:
            raise ValueError(f'hash_algorithm: expected "auto", "md5" or "sha256", got {algorithm!r}')
        return algorithm
    if len(expected) not in _HASHES_BY_LENGTH:
        raise ValueError(f"file_hash: {expected!r} has the length of no known hash (md5 has 32 digits, sha256 64)")
    return _HASHES_BY_LENGTH[len(expected)]


def download(origin, path, verify=None, timeout=30):
    """Fetch a URL into a file; the file appears when all of it has arrived and ``verify`` has accepted it.

    Arguments:
        origin: URL.
        path: path of the file.
        verify: ``fn(temporary path)`` that raises when the content is not what it should be.
        timeout: seconds without an answer after which to give up.

    Raises:
        OSError: the URL cannot be fetched, or fewer bytes arrived than were announced.
    """
    path = pathlib.Path(path)
    if config.is_interactive_logging_enabled():
        print(f"Downloading data from {origin}", flush=True)
    handle, partial = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as target:
            try:
                with urllib.request.urlopen(origin, timeout=timeout) as source:
                    shutil.copyfileobj(source, target, 1 << 20)
                    announced = source.headers.get("Content-Length")
            except (OSError, ValueError) as error:  # HTTPError and URLError are OSErrors; ValueError: no URL
                raise OSError(f"URL fetch failure on {origin}: {error}") from error
            received = target.tell()
            target.flush()
            os.fsync(target.fileno())
        if announced is not None and received != int(announced):
            raise OSError(f"URL fetch failure on {origin}: {received} bytes arrived of {announced}")
        if verify is not None:
            verify(partial)
        os.chmod(partial, 0o644)
        os.replace(partial, path)
    finally:
        if os.path.exists(partial):
            os.unlink(partial)


def get_file(
    fname=None,
    origin=None,
    untar=False,
    md5_hash=None,
    file_hash=None,
    cache_subdir="datasets",
    hash_algorithm="auto",
    extract=False,
    archive_format="auto",
    cache_dir=None,
    force_download=False,
):
    """The path of a file of the cache, downloaded when it is absent or its hash is another.

    Arguments:
        fname: name of the file; by default the last part of the URL.
        origin: URL.
        untar: unpack as a tar archive (Keras 1; use ``extract``).
        md5_hash: expected hash (Keras 1; use ``file_hash``).
        file_hash: expected hash in hexadecimal.
        cache_subdir: directory of the cache, or an absolute path.
        hash_algorithm: "auto" (by the length of the hash), "md5", "sha256" or another of hashlib's.
        extract: unpack the file.
        archive_format: "auto" (by content), "tar", "zip", a list of them, or None.
        cache_dir: root of the cache; by default ``$KERAS_HOME``, else ``~/.keras``.
        force_download: download even when the file is there.

    Returns:
        A string: the file's path, or with ``extract`` the directory it was unpacked into, which is called like the
        file with ``_extracted`` for the archive's ending; of an ``fname`` without such an ending, it has that name and
        the archive is kept as ``<fname>_archive``.

    Raises:
        ValueError: no origin, an ``fname`` with directories, a hash that does not match, something to unpack that is
            no archive, or an archive with a member that would leave its directory.
        OSError: the URL cannot be fetched.

    Example:
        >>> import pathlib, tempfile
        >>> from pykeras import utils
        >>> directory = pathlib.Path(tempfile.mkdtemp())
        >>> _ = (directory / "a.txt").write_text("hello")
        >>> path = utils.get_file(
        ...     origin=(directory / "a.txt").as_uri(),
        ...     file_hash="5d41402abc4b2a76b9719d911017c592",
        ...     cache_dir=directory / "cache",
        ... )
        Downloading data from file:///...
        >>> pathlib.Path(path).read_text()
        'hello'
    """
    if origin is None:
        raise ValueError("origin: expected the URL of the file, got None")
    origin = os.fspath(origin)
    fname = _file_name(fname, origin)
    expected, algorithm = (file_hash, hash_algorithm) if file_hash is not None else (md5_hash, "md5")
    if expected is not None:
        expected = expected.lower()
        algorithm = hash_algorithm_of(expected, algorithm)
    unpack = extract or untar
    formats = archive_formats("tar" if untar else archive_format)
    directory = cache_directory(cache_dir, cache_subdir)
    path, unpacked = _places(directory, fname) if unpack else (directory / fname, None)

    def verify(candidate):
        found = hash_file(candidate, algorithm)
        if found != expected:
            raise ValueError(f"{origin}: {algorithm} hash {found}, expected {expected}; the file was not kept")

    fetch = force_download or not path.exists()
    if not fetch and expected is not None and hash_file(path, algorithm) != expected:
        warnings.warn(f"{path}: its {algorithm} hash is not {expected}; downloading it again", stacklevel=2)
        fetch = True
    if fetch:
        download(origin, path, verify if expected is not None else None)
    if unpacked is None:
        return str(path)
    if (fetch or not unpacked.exists()) and not extract_archive(path, unpacked, formats):
        raise ValueError(f"{path}: cannot be unpacked, it is no archive of the format {archive_format!r}")
    return str(unpacked)


def _file_name(fname, origin):
    name = os.fspath(fname) if fname is not None else os.path.basename(urllib.parse.urlsplit(origin).path)
    if fname is None:
        name = urllib.parse.unquote(name)
        if not name:
            raise ValueError(f"fname: {origin} does not end in a file name; give one")
    if name in ("", ".", "..") or os.path.basename(name) != name or "/" in name or "\\" in name:
        raise ValueError(f"fname: expected a name without directories (use cache_subdir), got {fname or name!r}")
    return name


def _places(directory, fname):
    """Where the archive is kept, and where it is unpacked."""
    for end in _ARCHIVE_ENDS:
        if fname.endswith(end) and fname != end:
            return directory / fname, directory / (fname[: -len(end)] + "_extracted")
    return directory / f"{fname}_archive", directory / fname
