"""IMDB, Reuters, house prices and CIFAR: hashes, pickles, the cache's layout, errors. Values: parity/test_datasets."""

import hashlib
import io
import json
import os
import pickle
import tarfile

import numpy as np
import pytest
from parity.dataset_cases import make_files

from pykeras import config, datasets
from pykeras.datasets import boston_housing, cache, california_housing, cifar, cifar10, cifar100, imdb, reuters
from pykeras.datasets.pickles import ArrayUnpickler, load_arrays

PICKLED = {"imdb": imdb, "reuters": reuters}
TABLES = {"boston_housing": boston_housing, "california_housing": california_housing}


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty Keras home, and no network."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home"))
    (tmp_path / "home" / "datasets").mkdir(parents=True)

    def offline(origin, path, verify=None, timeout=None):
        raise OSError(f"URL fetch failure on {origin}: no network")

    monkeypatch.setattr(cache, "download", offline)
    monkeypatch.setattr("pykeras.utils.downloads.download", offline)
    return tmp_path / "home" / "datasets"


class Evil:
    def __reduce__(self):
        return (os.system, ("touch pykeras_was_here",))


@pytest.mark.parametrize("name", PICKLED)
def test_from_the_cache(name, home, monkeypatch):
    path = make_files(home)[name]
    monkeypatch.setattr(PICKLED[name], "_SHA256", hashlib.sha256(path.read_bytes()).hexdigest())
    (x, y), _ = PICKLED[name].load_data()
    assert x.dtype == object and x.ndim == 1 and isinstance(x[0], list) and len(x) == len(y)


@pytest.mark.parametrize("name", PICKLED)
def test_pickles_of_another_hash_are_not_opened(name, home, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    evil = np.array([Evil()], dtype=object)
    np.savez(home / f"{name}.npz", **dict.fromkeys(("x", "y", "x_train", "y_train", "x_test", "y_test"), evil))
    with pytest.raises(ValueError, match="sha256 hash .* expected"):
        PICKLED[name].load_data()
    path = home / f"{name}.npz"
    monkeypatch.setattr(PICKLED[name], "_SHA256", hashlib.sha256(path.read_bytes()).hexdigest())
    with pytest.raises(ValueError, match="system is not allowed"):  # and if the hash were right, nothing would run
        PICKLED[name].load_data()
    assert not (tmp_path / "pykeras_was_here").exists()


@pytest.mark.parametrize(
    "value",
    [Evil(), np.float64, np.random.default_rng, np.load, {1, 2}.__class__, eval],
    ids=lambda v: type(v).__name__,
)
def test_unpickler_refuses_all_but_arrays(value):
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(pickle.UnpicklingError, match="not allowed"):
            ArrayUnpickler(io.BytesIO(pickle.dumps([value], protocol))).load()


def test_unpickler_reads_arrays_of_any_numpy():
    array = np.empty(2, object)
    array[:] = [[1, 2], [3]]
    for protocol in (3, 4):
        content = pickle.dumps({"a": array, "b": (1, 2.5, "x", b"y", None, True)}, protocol)
        for old, new in ((b"numpy._core.multiarray", b"numpy.core.multiarray"), (b"", b"")):
            # a name of another length needs its length changed: protocol 3 writes names as lines
            if protocol == 3:
                content = content.replace(old, new) if old else content
            found = ArrayUnpickler(io.BytesIO(content)).load()
            assert found["a"].tolist() == [[1, 2], [3]] and found["b"] == (1, 2.5, "x", b"y", None, True)


def test_arrays_that_are_damaged(tmp_path):
    np.savez(tmp_path / "x.npz", x=np.arange(3))
    assert load_arrays(tmp_path / "x.npz", ["x"])[0].tolist() == [0, 1, 2]
    with pytest.raises(KeyError):
        load_arrays(tmp_path / "x.npz", ["y"])


@pytest.mark.parametrize("name", [*PICKLED, *TABLES])
def test_offline(name, home):
    with pytest.raises(OSError) as error:
        {**PICKLED, **TABLES}[name].load_data()
    for part in (f"{name}.npz", "https://storage.googleapis.com/tensorflow/tf-keras", str(home / f"{name}.npz")):
        assert part in str(error.value)


@pytest.mark.parametrize("name", TABLES)
def test_damaged_tables(name, home, monkeypatch):
    path = home / f"{name}.npz"
    for content in (b"", b"no archive"):
        path.write_bytes(content)
        with pytest.raises(ValueError, match="damaged"):
            TABLES[name].load_data()
    np.savez(path, x=np.zeros((4, 2)), y=np.zeros(3))
    with pytest.raises(ValueError, match=r"shape \(4, 2\) with prices of shape \(3,\)"):
        TABLES[name].load_data()
    np.savez(path, x=np.array([[{}]], object), y=np.zeros(1))
    with pytest.raises(ValueError, match="damaged"):
        TABLES[name].load_data()


def test_downloads_are_checked(home, monkeypatch):
    def download(origin, path, verify=None):
        partial = home / "partial"
        partial.write_bytes(b"something else")
        verify(partial)

    monkeypatch.setattr(cache, "download", download)
    for module in (*PICKLED.values(), *TABLES.values()):
        with pytest.raises(ValueError, match="sha256 hash .* the file was not kept"):
            module.load_data()


@pytest.mark.parametrize("module", PICKLED.values())
def test_word_index(module, home, monkeypatch):
    path = home / f"{module.__name__.rpartition('.')[2]}_word_index.json"
    with pytest.raises(OSError, match="_word_index.json"):
        module.get_word_index()
    path.write_text(json.dumps({"the": 1}))
    with pytest.raises(ValueError, match="md5 hash"):
        module.get_word_index()
    monkeypatch.setattr(module, "_INDEX_MD5", hashlib.md5(path.read_bytes()).hexdigest())
    assert module.get_word_index() == {"the": 1}


def test_arguments(home, monkeypatch):
    path = make_files(home)["imdb"]
    monkeypatch.setattr(imdb, "_SHA256", hashlib.sha256(path.read_bytes()).hexdigest())
    with pytest.raises(ValueError, match="fewer than 2 words"):
        imdb.load_data(maxlen=2)
    with pytest.raises(TypeError, match="unknown arguments: words"):
        imdb.load_data(words=3)
    assert imdb.load_data(nb_words=9)[0][0].shape == (6,)
    with pytest.raises(ValueError, match="version: expected one of"):
        california_housing.load_data("medium")
    with pytest.raises(ValueError, match="label_mode: expected one of"):
        cifar100.load_data("rough")
    with pytest.raises(ValueError, match="test_split"):
        boston_housing.load_data(test_split=2)


# ---- CIFAR


def batch(count, start, labels=(b"labels",)):
    x = (np.arange(count * 3072) % 251 + start).astype("uint8").reshape(count, 3072)
    content = {b"data": x, **{name: list(range(start, start + count)) for name in labels}, b"batch_label": b"x"}
    return pickle.dumps(content, 4)


def cifar10_files():
    return {**{f"data_batch_{i}": batch(2, i) for i in range(1, 6)}, "test_batch": batch(3, 6)}


def write(directory, files):
    directory.mkdir(parents=True)
    for name, content in files.items():
        (directory / name).write_bytes(content)


@pytest.mark.parametrize("place", ["cifar-10-batches-py-target/cifar-10-batches-py", "cifar-10-batches-py"])
def test_cifar10(home, place):
    write(home / place, cifar10_files())
    (x, y), (x_test, y_test) = cifar10.load_data()
    assert x.shape == (10, 32, 32, 3) and x_test.shape == (3, 32, 32, 3) and x.dtype == y.dtype == np.uint8
    assert y[:, 0].tolist() == [1, 2, 2, 3, 3, 4, 4, 5, 5, 6] and y_test.tolist() == [[6], [7], [8]]
    assert x[0, 0, 0].tolist() == [(1024 * c) % 251 + 1 for c in range(3)]
    config.set_image_data_format("channels_first")
    try:
        np.testing.assert_array_equal(cifar10.load_data()[0][0].transpose(0, 2, 3, 1), x)
    finally:
        config.set_image_data_format("channels_last")


def test_cifar10_of_the_archive(home, tmp_path, monkeypatch):
    archive = tmp_path / "cifar-10-python.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        for name, content in cifar10_files().items():
            member = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    kept = home / "cifar-10-batches-py-target_archive"
    kept.write_bytes(archive.read_bytes())
    with pytest.warns(UserWarning, match="sha256"), pytest.raises(OSError, match="neither in the cache"):
        cifar10.load_data()
    assert not (home / "cifar-10-batches-py-target").exists()  # nothing is unpacked before the hash is right
    monkeypatch.setattr(cifar10, "_SHA256", hashlib.sha256(archive.read_bytes()).hexdigest())
    assert cifar10.load_data()[0][0].shape == (10, 32, 32, 3)
    assert (home / "cifar-10-batches-py-target" / "cifar-10-batches-py" / "test_batch").exists()


def test_cifar100(home):
    labels = (b"fine_labels", b"coarse_labels")
    files = {"train": batch(4, 0, labels[:1]), "test": batch(2, 50, labels)}
    write(home / "cifar-100-python", files)
    (x, y), (x_test, y_test) = cifar100.load_data()
    assert x.shape == (4, 32, 32, 3) and y.tolist() == [[0], [1], [2], [3]] and y_test.tolist() == [[50], [51]]
    with pytest.raises(ValueError, match="damaged .*coarse_labels"):
        cifar100.load_data("coarse")


def test_cifar_errors(home, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OSError) as error:
        cifar10.load_data()
    for part in ("cifar-10-python.tar.gz", cifar.FOLDER, str(home / "cifar-10-batches-py-target_archive")):
        assert part in str(error.value)
    files = cifar10_files()
    write(home / "cifar-10-batches-py", files)
    for content, message in (
        (pickle.dumps({b"data": Evil(), b"labels": [1]}), "system is not allowed"),
        (b"", "damaged"),
        (files["test_batch"][:-500], "damaged"),
        (pickle.dumps({b"data": np.zeros((2, 5)), b"labels": [1, 2]}), "reshape"),
    ):
        (home / "cifar-10-batches-py" / "test_batch").write_bytes(content)
        with pytest.raises(ValueError, match=message):
            cifar10.load_data()
    assert not (tmp_path / "pykeras_was_here").exists()


def test_names():
    assert {"imdb", "reuters", "cifar10", "cifar100", "boston_housing", "california_housing"} <= set(dir(datasets))
