"""get_file: cache, hashes, partial and failed downloads, and archives that try to leave their directory."""

import functools
import hashlib
import http.server
import io
import os
import pathlib
import tarfile
import threading
import zipfile

import pytest

from pykeras import utils
from pykeras.utils.archives import extract_archive

CONTENT = b"hello" * 1000


class Handler(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        if self.path == "/cut.bin":  # announces more than it sends
            self.send_response(200)
            self.send_header("Content-Length", "5000")
            self.end_headers()
            self.wfile.write(b"x" * 100)
        else:
            super().do_GET()

    def log_message(self, *arguments):
        pass


@pytest.fixture
def site(tmp_path):
    """A server of the files in ``site.root``; ``site.asked`` lists the paths that were fetched."""
    root = tmp_path / "site"
    root.mkdir()
    (root / "a.txt").write_bytes(CONTENT)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(root)))
    server.asked = []
    server.root = root
    server.url = f"http://127.0.0.1:{server.server_address[1]}/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def get(tmp_path, site):
    """get_file into a cache of its own."""
    return functools.partial(utils.get_file, cache_dir=tmp_path / "cache")


def files(directory):
    return sorted(str(p.relative_to(directory)) for p in pathlib.Path(directory).rglob("*") if not p.is_dir())


# ---- cache and hashes


def test_download_then_cache(get, site, tmp_path, capsys):
    path = get(origin=site.url + "a.txt")
    assert path == str(tmp_path / "cache" / "datasets" / "a.txt")
    assert pathlib.Path(path).read_bytes() == CONTENT
    assert f"Downloading data from {site.url}a.txt" in capsys.readouterr().out
    assert get(origin=site.url + "a.txt") == path
    assert site.asked == ["/a.txt"] and capsys.readouterr().out == ""
    get(origin=site.url + "a.txt", force_download=True)
    assert site.asked == ["/a.txt", "/a.txt"]
    assert files(tmp_path / "cache") == ["datasets/a.txt"]


def test_names_and_directories(get, site, tmp_path):
    assert get("b.txt", site.url + "a.txt", cache_subdir="models/x") == str(tmp_path / "cache/models/x/b.txt")
    assert get(origin=site.url + "a.txt?version=2#top").endswith("datasets/a.txt")
    absolute = tmp_path / "absolute"
    assert get("b.txt", site.url + "a.txt", cache_subdir=str(absolute)) == str(absolute / "b.txt")


def test_keras_home(site, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home"))
    assert utils.get_file(origin=site.url + "a.txt") == str(tmp_path / "home" / "datasets" / "a.txt")


@pytest.mark.parametrize("algorithm", ["md5", "sha256", "sha1", "sha512"])
def test_hashes(get, site, algorithm):
    good = hashlib.new(algorithm, CONTENT).hexdigest()
    get(origin=site.url + "a.txt", file_hash=good.upper())
    get("b.txt", site.url + "a.txt", file_hash=good, hash_algorithm=algorithm)


def test_wrong_hash_leaves_nothing(get, site, tmp_path):
    with pytest.raises(ValueError, match="md5 hash .* expected 0000"):
        get(origin=site.url + "a.txt", md5_hash="0" * 32)
    with pytest.raises(ValueError, match="sha256 hash"):
        get(origin=site.url + "a.txt", file_hash="0" * 64)
    assert files(tmp_path / "cache") == []


def test_cached_file_of_another_hash_is_fetched_again(get, site):
    path = pathlib.Path(get(origin=site.url + "a.txt"))
    path.write_bytes(b"damaged")
    with pytest.warns(UserWarning, match="downloading it again"):
        get(origin=site.url + "a.txt", file_hash=hashlib.sha256(CONTENT).hexdigest())
    assert path.read_bytes() == CONTENT


def test_good_file_survives_a_bad_download(get, site):
    path = pathlib.Path(get(origin=site.url + "a.txt"))
    with pytest.raises(ValueError, match="hash"):
        get(origin=site.url + "a.txt", file_hash="1" * 64, force_download=True)
    with pytest.raises(OSError):
        get("a.txt", site.url + "missing", force_download=True)
    assert path.read_bytes() == CONTENT


# ---- failures


def test_missing_page(get, site, tmp_path):
    with pytest.raises(OSError, match=r"URL fetch failure on .*missing\.txt.*404"):
        get(origin=site.url + "missing.txt")
    assert files(tmp_path / "cache") == []


def test_cut_download(get, site, tmp_path):
    with pytest.raises(OSError, match="100 bytes arrived of 5000|IncompleteRead"):
        get(origin=site.url + "cut.bin")
    assert files(tmp_path / "cache") == []


def test_nobody_answers(get):
    with pytest.raises(OSError, match="URL fetch failure on http://127.0.0.1:9/x.txt"):
        get(origin="http://127.0.0.1:9/x.txt")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "origin: expected the URL"),
        ({"origin": "http://localhost/"}, "does not end in a file name"),
        ({"fname": "../a.txt"}, "without directories"),
        ({"fname": "/etc/a.txt"}, "without directories"),
        ({"fname": "a\\b.txt"}, "without directories"),
        ({"fname": ".."}, "without directories"),
        ({"origin": "http://localhost/%2e%2e%2fa"}, "without directories"),
        ({"file_hash": "abc"}, "length of no known hash"),
        ({"file_hash": "0" * 32, "hash_algorithm": "md6"}, "hash_algorithm: expected"),
        ({"extract": True, "archive_format": "rar"}, "archive_format: expected"),
    ],
)
def test_bad_arguments(get, site, arguments, message):
    if arguments and "origin" not in arguments:
        arguments = {**arguments, "origin": site.url + "a.txt"}
    with pytest.raises(ValueError, match=message):
        get(**arguments)
    assert site.asked == []


# ---- archives


def add(tar, name, content=b"", **attributes):
    member = tarfile.TarInfo(name)
    member.size = len(content)
    for key, value in attributes.items():
        setattr(member, key, value)
    tar.addfile(member, io.BytesIO(content))


def make_tar(path, *members, mode="w:gz"):
    with tarfile.open(path, mode) as tar:
        for name, content, attributes in members:
            add(tar, name, content, **attributes)
    return path


def make_zip(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("end", "mode"),
    [(".tar", "w"), (".tar.gz", "w:gz"), (".tgz", "w:gz"), (".tar.bz2", "w:bz2"), (".tar.xz", "w:xz"), (".zip", None)],
)
def test_extract(get, site, tmp_path, end, mode):
    if mode:
        make_tar(
            site.root / f"x{end}", ("pkg/b.txt", b"b", {}), ("pkg/empty", b"", {"type": tarfile.DIRTYPE}), mode=mode
        )
    else:
        make_zip(site.root / f"x{end}", {"pkg/b.txt": b"b", "pkg/empty/": b""})
    path = get(f"x{end}", site.url + f"x{end}", extract=True)
    assert path == str(tmp_path / "cache" / "datasets" / "x_extracted")
    assert files(path) == ["pkg/b.txt"] and (pathlib.Path(path) / "pkg" / "empty").is_dir()
    assert files(tmp_path / "cache") == [f"datasets/x{end}", "datasets/x_extracted/pkg/b.txt"]
    assert get(f"x{end}", site.url + f"x{end}", extract=True) == path
    assert len(site.asked) == 1


def test_extract_under_a_plain_name(get, site, tmp_path):
    make_tar(site.root / "x.tar.gz", ("b.txt", b"b", {}))
    path = get("x", site.url + "x.tar.gz", untar=True)
    assert path == str(tmp_path / "cache" / "datasets" / "x")
    assert files(tmp_path / "cache" / "datasets") == ["x/b.txt", "x_archive"]


def test_new_download_replaces_what_was_unpacked(get, site):
    make_zip(site.root / "x.zip", {"old.txt": b"1"})
    path = get("x.zip", site.url + "x.zip", extract=True)
    make_zip(site.root / "x.zip", {"new.txt": b"2"})
    assert get("x.zip", site.url + "x.zip", extract=True, force_download=True) == path
    assert files(path) == ["new.txt"]


def test_what_is_no_archive(get, site):
    with pytest.raises(ValueError, match="no archive"):
        get(origin=site.url + "a.txt", extract=True)
    make_zip(site.root / "x.zip", {"a": b"1"})
    with pytest.raises(ValueError, match="no archive of the format 'tar'"):
        get("x.zip", site.url + "x.zip", extract=True, archive_format="tar")


LINK = {"type": tarfile.SYMTYPE}
HARD = {"type": tarfile.LNKTYPE}


@pytest.mark.parametrize(
    "members",
    [
        [("../evil.txt", b"x", {})],
        [("/tmp/pykeras_evil.txt", b"x", {})],
        [("a/../../evil.txt", b"x", {})],
        [("..", b"", {"type": tarfile.DIRTYPE})],
        [("C:\\evil.txt", b"x", {})],
        [("..\\evil.txt", b"x", {})],
        [("link", b"", {**LINK, "linkname": ".."}), ("link/evil.txt", b"x", {})],
        [("link", b"", {**LINK, "linkname": "/etc"})],
        [("a/link", b"", {**LINK, "linkname": "../../outside"})],
        [("a", b"", {**LINK, "linkname": "."}), ("a/b", b"", {**LINK, "linkname": ".."}), ("b/evil.txt", b"x", {})],
        [("hard", b"", {**HARD, "linkname": "/etc/passwd"})],
        [("hard", b"", {**HARD, "linkname": "../outside.txt"})],
        [("pipe", b"", {"type": tarfile.FIFOTYPE})],
        [("device", b"", {"type": tarfile.CHRTYPE})],
    ],
    ids=lambda members: "+".join(name for name, *_ in members),
)
def test_tar_cannot_leave_its_directory(tmp_path, members):
    archive = make_tar(tmp_path / "x.tar.gz", ("good.txt", b"good", {}), *members)
    (tmp_path / "outside.txt").write_text("secret")
    before = files(tmp_path)
    with pytest.raises(ValueError, match="nothing was unpacked"):
        extract_archive(archive, tmp_path / "deep" / "out")
    assert files(tmp_path) == before
    assert not os.path.exists("/tmp/pykeras_evil.txt")


@pytest.mark.parametrize("name", ["../evil.txt", "/tmp/pykeras_evil.txt", "a/../../evil.txt", "C:/evil.txt"])
def test_zip_cannot_leave_its_directory(tmp_path, name):
    archive = make_zip(tmp_path / "x.zip", {"good.txt": b"good", name: b"x"})
    with pytest.raises(ValueError, match="would leave the destination"):
        extract_archive(archive, tmp_path / "deep" / "out")
    assert files(tmp_path) == ["x.zip"]


def test_links_inside_are_kept(tmp_path):
    archive = make_tar(
        tmp_path / "x.tar",
        ("d/file.txt", b"content", {}),
        ("d/soft.txt", b"", {**LINK, "linkname": "file.txt"}),
        ("up.txt", b"", {**LINK, "linkname": "d/file.txt"}),
        ("hard.txt", b"", {**HARD, "linkname": "d/file.txt"}),
        mode="w",
    )
    assert extract_archive(archive, tmp_path / "out")
    for name in ("d/file.txt", "d/soft.txt", "up.txt", "hard.txt"):
        assert (tmp_path / "out" / name).read_bytes() == b"content"


def test_a_file_does_not_write_through_a_link(tmp_path):
    archive = make_tar(
        tmp_path / "x.tar",
        ("a.txt", b"first", {}),
        ("b.txt", b"", {**LINK, "linkname": "a.txt"}),
        ("b.txt", b"second", {}),
        mode="w",
    )
    assert extract_archive(archive, tmp_path / "out")
    assert (tmp_path / "out" / "a.txt").read_bytes() == b"first"
    assert (tmp_path / "out" / "b.txt").read_bytes() == b"second"


def test_executable_bit_is_kept_and_others_are_not(tmp_path):
    archive = make_tar(tmp_path / "x.tar", ("run", b"x", {"mode": 0o4755}), ("data", b"x", {"mode": 0o666}), mode="w")
    extract_archive(archive, tmp_path / "out")
    assert (tmp_path / "out" / "run").stat().st_mode & 0o7777 == 0o755
    assert (tmp_path / "out" / "data").stat().st_mode & 0o7777 == 0o644


def test_damaged_archive_leaves_nothing(tmp_path):
    archive = make_tar(tmp_path / "x.tar.gz", ("a.bin", os.urandom(100_000), {}))
    archive.write_bytes(archive.read_bytes()[:60_000])
    with pytest.raises(ValueError, match="damaged archive"):
        extract_archive(archive, tmp_path / "out")
    assert files(tmp_path) == ["x.tar.gz"] and not (tmp_path / "out").exists()
