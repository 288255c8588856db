"""Data sets: shapes, splits, the cache's layout, and errors that say what to do. Nothing here needs a network."""

import gzip
import io
import pathlib
import struct

import numpy as np
import pytest

from pykeras import datasets
from pykeras.datasets import cache, digits, fashion_mnist, mnist

DEBIAN = pathlib.Path("/usr/share/datasets/fashion-mnist")


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty Keras home, and no network."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))

    def offline(origin, path, verify=None):
        raise OSError(f"URL fetch failure on {origin}: no network")

    monkeypatch.setattr(cache, "download", offline)
    monkeypatch.setattr(fashion_mnist, "_SYSTEM", tmp_path / "nowhere")
    return tmp_path


def serve(monkeypatch, contents):
    """Downloads give ``contents[origin]``."""
    asked = []

    def download(origin, path, verify=None):
        asked.append(origin)
        partial = pathlib.Path(path).with_suffix(".partial")
        partial.write_bytes(contents[origin])
        verify(partial)
        partial.rename(path)

    monkeypatch.setattr(cache, "download", download)
    return asked


# ---- digits


def test_digits_shapes_and_values():
    (x_train, y_train), (x_test, y_test) = digits.load_data()
    assert x_train.shape == (1500, 8, 8) and x_test.shape == (297, 8, 8)
    assert y_train.shape == (1500,) and y_test.shape == (297,)
    assert all(a.dtype == np.uint8 for a in (x_train, y_train, x_test, y_test))
    assert x_train.min() == 0 and x_train.max() == 16
    assert set(y_train) == set(y_test) == set(range(10))
    assert x_train.flags.writeable and x_train.flags.c_contiguous


def test_digits_split_keeps_the_share_of_each_digit():
    (_, y_train), (_, y_test) = digits.load_data()
    counts = np.bincount(y_train) + np.bincount(y_test)
    assert counts.tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert np.abs(np.bincount(y_test) - counts * 297 / 1797).max() < 1


def test_digits_are_the_same_each_time_and_no_sample_is_in_both_parts():
    (x_train, y_train), (x_test, _) = digits.load_data()
    (again, _), _ = digits.load_data()
    np.testing.assert_array_equal(x_train, again)
    train = {x.tobytes() for x in x_train}
    assert len(train) == 1500 and not train & {x.tobytes() for x in x_test}
    assert y_train[:5].tolist() == [0, 1, 2, 3, 8]
    assert x_train[0].tolist()[0] == [0, 0, 5, 13, 9, 1, 0, 0]


def test_digits_are_scikit_learns():
    sklearn_datasets = pytest.importorskip("sklearn.datasets")
    images = sklearn_datasets.load_digits().images.astype("uint8")
    (x_train, _), (x_test, _) = digits.load_data()
    both = sorted(x.tobytes() for x in np.concatenate([x_train, x_test]))
    assert both == sorted(x.tobytes() for x in images)


def test_digits_can_be_told_apart():
    """Nearest neighbour, so that a shuffled or damaged file would show."""
    (x_train, y_train), (x_test, y_test) = digits.load_data()
    a, b = x_train.reshape(1500, -1).astype("float32"), x_test.reshape(297, -1).astype("float32")
    distance = (a**2).sum(1)[None] - 2 * b @ a.T
    assert np.mean(y_train[distance.argmin(1)] == y_test) > 0.97


# ---- mnist


def small_mnist():
    rng = np.random.default_rng(0)
    arrays = {
        "x_train": rng.integers(0, 256, (6, 28, 28), "uint8"),
        "y_train": np.arange(6, dtype="uint8"),
        "x_test": rng.integers(0, 256, (2, 28, 28), "uint8"),
        "y_test": np.arange(2, dtype="uint8"),
    }
    file = io.BytesIO()
    np.savez(file, **arrays)
    return arrays, file.getvalue()


def test_mnist_from_the_cache(home):
    arrays, content = small_mnist()
    (home / "datasets").mkdir()
    (home / "datasets" / "mnist.npz").write_bytes(content)
    (x_train, y_train), (x_test, y_test) = mnist.load_data()
    for name, value in (("x_train", x_train), ("y_train", y_train), ("x_test", x_test), ("y_test", y_test)):
        np.testing.assert_array_equal(value, arrays[name])


def test_mnist_under_another_name_or_path(home, tmp_path):
    _, content = small_mnist()
    (home / "datasets").mkdir()
    (home / "datasets" / "other.npz").write_bytes(content)
    assert mnist.load_data("other.npz")[0][0].shape == (6, 28, 28)
    elsewhere = tmp_path / "elsewhere.npz"
    elsewhere.write_bytes(content)
    assert mnist.load_data(str(elsewhere))[0][0].shape == (6, 28, 28)


def test_mnist_in_the_default_home(home, monkeypatch):
    _, content = small_mnist()
    monkeypatch.delenv("KERAS_HOME")
    monkeypatch.setenv("HOME", str(home))
    directory = home / ".keras" / "datasets"
    directory.mkdir(parents=True)
    (directory / "mnist.npz").write_bytes(content)
    assert datasets.mnist.load_data()[1][1].tolist() == [0, 1]


def test_mnist_offline(home):
    with pytest.raises(OSError) as error:
        mnist.load_data()
    message = str(error.value)
    assert "mnist.npz" in message
    assert "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz" in message
    assert str(home / "datasets" / "mnist.npz") in message


@pytest.mark.parametrize("keep", [0, 100, 2000], ids=["empty", "header", "half"])
def test_mnist_damaged(home, keep):
    (home / "datasets").mkdir()
    path = home / "datasets" / "mnist.npz"
    path.write_bytes(small_mnist()[1][:keep])
    with pytest.raises(ValueError, match="damaged") as error:
        mnist.load_data()
    assert str(path) in str(error.value)


def test_mnist_with_flipped_bytes(home):
    (home / "datasets").mkdir()
    content = bytearray(small_mnist()[1])
    content[2000] ^= 0xFF
    (home / "datasets" / "mnist.npz").write_bytes(content)
    with pytest.raises(ValueError, match="damaged"):
        mnist.load_data()


def test_mnist_of_other_arrays(home):
    (home / "datasets").mkdir()
    path = home / "datasets" / "mnist.npz"
    np.savez(path, x_train=np.zeros((2, 28, 28)))
    with pytest.raises(ValueError, match="y_train"):
        mnist.load_data()
    np.savez(path, x_train=np.zeros((2, 28, 28)), y_train=np.zeros(3), x_test=np.zeros((1, 28, 28)), y_test=np.zeros(1))
    with pytest.raises(ValueError, match=r"\(2, 28, 28\) with labels of shape \(3,\)"):
        mnist.load_data()


def test_mnist_with_pickled_objects_is_refused(home):
    (home / "datasets").mkdir()
    objects = np.array([{"a": 1}], dtype=object)
    np.savez(home / "datasets" / "mnist.npz", x_train=objects, y_train=objects, x_test=objects, y_test=objects)
    with pytest.raises(ValueError, match="damaged"):
        mnist.load_data()


def test_mnist_download_is_checked(home, monkeypatch):
    asked = serve(monkeypatch, {mnist._ORIGIN: small_mnist()[1]})
    with pytest.raises(ValueError, match="sha256 hash .* expected 731c5ac6"):
        mnist.load_data()
    assert asked == [mnist._ORIGIN]
    assert not (home / "datasets" / "mnist.npz").exists()


def test_mnist_download(home, monkeypatch):
    import hashlib

    content = small_mnist()[1]
    monkeypatch.setattr(mnist, "_SHA256", hashlib.sha256(content).hexdigest())
    asked = serve(monkeypatch, {mnist._ORIGIN: content})
    for _ in range(2):
        assert mnist.load_data()[0][0].shape == (6, 28, 28)
    assert len(asked) == 1


# ---- fashion_mnist


def idx(array):
    return struct.pack(f">{1 + array.ndim}I", 0x0800 + array.ndim, *array.shape) + array.tobytes()


def small_fashion(directory):
    directory.mkdir(parents=True)
    rng = np.random.default_rng(1)
    arrays = {}
    for part, count in (("train", 5), ("t10k", 3)):
        arrays[f"{part}-images-idx3-ubyte.gz"] = rng.integers(0, 256, (count, 28, 28), "uint8")
        arrays[f"{part}-labels-idx1-ubyte.gz"] = np.arange(count, dtype="uint8")
    for name, array in arrays.items():
        (directory / name).write_bytes(gzip.compress(idx(array)))
    return arrays


def test_fashion_mnist_from_the_cache(home):
    arrays = small_fashion(home / "datasets" / "fashion-mnist")
    (x_train, y_train), (x_test, y_test) = fashion_mnist.load_data()
    np.testing.assert_array_equal(x_train, arrays["train-images-idx3-ubyte.gz"])
    np.testing.assert_array_equal(y_train, arrays["train-labels-idx1-ubyte.gz"])
    np.testing.assert_array_equal(x_test, arrays["t10k-images-idx3-ubyte.gz"])
    np.testing.assert_array_equal(y_test, arrays["t10k-labels-idx1-ubyte.gz"])
    assert x_train.dtype == np.uint8 and x_train.flags.writeable


def test_fashion_mnist_of_the_system(home, monkeypatch):
    small_fashion(home / "system")
    monkeypatch.setattr(fashion_mnist, "_SYSTEM", home / "system")
    assert fashion_mnist.load_data()[0][0].shape == (5, 28, 28)


def test_fashion_mnist_cache_comes_before_the_system(home, monkeypatch):
    small_fashion(home / "system")
    monkeypatch.setattr(fashion_mnist, "_SYSTEM", home / "system")
    small_fashion(home / "datasets" / "fashion-mnist")
    labels = gzip.compress(idx(np.full(5, 9, "uint8")))
    (home / "datasets" / "fashion-mnist" / "train-labels-idx1-ubyte.gz").write_bytes(labels)
    assert fashion_mnist.load_data()[0][1].tolist() == [9] * 5


def test_fashion_mnist_offline(home):
    with pytest.raises(OSError) as error:
        fashion_mnist.load_data()
    message = str(error.value)
    assert "train-labels-idx1-ubyte.gz" in message
    assert "https://storage.googleapis.com/tensorflow/tf-keras-datasets/train-labels-idx1-ubyte.gz" in message
    assert str(home / "datasets" / "fashion-mnist" / "train-labels-idx1-ubyte.gz") in message


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "too few for a header"),
        (b"no gzip at all", "gzip"),
        (gzip.compress(idx(np.zeros(5, "uint8")))[:-12], ""),
        (gzip.compress(idx(np.zeros((5, 2), "uint8"))), "magic number 0x802, expected 0x801"),
        (gzip.compress(idx(np.zeros(5, "uint8"))[:-1]), "4 values, expected 5"),
        (gzip.compress(struct.pack(">2I", 0x0801, 2**32 - 1)), "0 values, expected 4294967295"),
    ],
    ids=["empty", "text", "cut", "axes", "short", "huge"],
)
def test_fashion_mnist_damaged(home, content, reason):
    directory = home / "datasets" / "fashion-mnist"
    small_fashion(directory)
    (directory / "train-labels-idx1-ubyte.gz").write_bytes(content)
    with pytest.raises(ValueError, match="damaged") as error:
        fashion_mnist.load_data()
    assert reason in str(error.value)
    assert str(directory / "train-labels-idx1-ubyte.gz") in str(error.value)


def test_fashion_mnist_files_must_belong_together(home):
    directory = home / "datasets" / "fashion-mnist"
    small_fashion(directory)
    (directory / "t10k-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(np.zeros(7, "uint8"))))
    with pytest.raises(ValueError, match="3 images with 7 labels"):
        fashion_mnist.load_data()


def test_fashion_mnist_download_is_checked_by_content(home, monkeypatch):
    wrong = {fashion_mnist._ORIGIN + name: gzip.compress(b"wrong") for name in fashion_mnist._FILES}
    serve(monkeypatch, wrong)
    with pytest.raises(ValueError, match="content hash"):
        fashion_mnist.load_data()
    assert not list((home / "datasets" / "fashion-mnist").glob("*.gz"))


@pytest.mark.skipif(not DEBIAN.exists(), reason="Debian's dataset-fashion-mnist is not installed")
def test_fashion_mnist_of_debian(home, monkeypatch):
    """The real files: shapes, balance, and the hashes that downloads are checked against."""
    monkeypatch.setattr(fashion_mnist, "_SYSTEM", DEBIAN)
    (x_train, y_train), (x_test, y_test) = fashion_mnist.load_data()
    assert x_train.shape == (60000, 28, 28) and x_test.shape == (10000, 28, 28)
    assert np.bincount(y_train).tolist() == [6000] * 10 and np.bincount(y_test).tolist() == [1000] * 10
    assert x_train[0].sum() == 76247 and y_train[:5].tolist() == [9, 0, 0, 3, 0]
    serve(monkeypatch, {fashion_mnist._ORIGIN + name: (DEBIAN / name).read_bytes() for name in fashion_mnist._FILES})
    monkeypatch.setattr(fashion_mnist, "_SYSTEM", home / "nowhere")
    np.testing.assert_array_equal(fashion_mnist.load_data()[1][0], x_test)


def test_names():
    assert {"digits", "mnist", "fashion_mnist"} <= set(dir(datasets))
    with pytest.raises(AttributeError, match="no attribute 'minst'"):
        _ = datasets.minst
