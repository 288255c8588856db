"""TensorBoard's event files, read with the package's own reader."""

import struct
import sys
import zlib

import numpy as np
import pytest

import pykeras
from pykeras import callbacks, layers
from pykeras.callbacks.tensorboard import as_images
from pykeras.callbacks.tensorboard_files import png

X = np.random.default_rng(0).integers(0, 5, (40, 4))
Y = X.sum(axis=1, keepdims=True).astype("float32")


def test_without_the_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboard.compat.proto", None)
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    with pytest.raises(ImportError, match=r"pykeras\[tensorboard\]"):
        callbacks.TensorBoard()


def test_png():
    image = np.arange(24, dtype="uint8").reshape(2, 4, 3)
    data = png(image)
    assert data.startswith(b"\x89PNG\r\n\x1a\n") and struct.unpack(">II", data[16:24]) == (4, 2)
    length = struct.unpack(">I", data[33:37])[0]
    rows = zlib.decompress(data[41 : 41 + length])
    assert rows == b"\0" + image[0].tobytes() + b"\0" + image[1].tobytes()


def test_weights_as_images():
    assert as_images(np.zeros((7,))).shape == (1, 7, 1, 1)
    assert as_images(np.zeros((7, 3))).shape == (1, 3, 7, 1)
    assert as_images(np.zeros((5, 7, 3))).shape == (3, 5, 7, 1)
    assert as_images(np.zeros((2, 5, 5, 3))).shape == (2, 5, 5, 3)
    assert as_images(np.zeros((2, 5, 5, 7))) is None


def model():
    made = pykeras.Sequential(
        [layers.Input((4,)), layers.Embedding(5, 3, name="words"), layers.Flatten(), layers.Dense(1)]
    )
    made.compile("adam", "mse", metrics=["mae"])
    return made


def events(folder):
    """Tag to list of (step, tensor) of all event files of a folder."""
    loader = pytest.importorskip("tensorboard.backend.event_processing.event_file_loader")
    from tensorboard.util import tensor_util

    found = {}
    for path in sorted(folder.glob("events.*")):
        for event in loader.EventFileLoader(str(path)).Load():
            for value in event.summary.value:
                found.setdefault(value.tag, []).append((event.step, tensor_util.make_ndarray(value.tensor)))
    return found


def fit(folder, **options):
    pytest.importorskip("tensorboard")
    watch = callbacks.TensorBoard(folder, **options)
    trained = model()
    data = {"validation_data": (X, Y), "batch_size": 10, "epochs": 3, "verbose": 0}
    return trained, trained.fit(X, Y, callbacks=[watch], **data).history


def test_scalars_of_epochs(tmp_path):
    trained, history = fit(tmp_path)
    train, validation = events(tmp_path / "train"), events(tmp_path / "validation")
    assert set(train) == {"epoch_loss", "epoch_mae", "epoch_learning_rate", "keras"}
    assert [step for step, _ in train["epoch_loss"]] == [0, 1, 2]
    np.testing.assert_allclose([value for _, value in train["epoch_loss"]], history["loss"], rtol=1e-6)
    np.testing.assert_allclose([value for _, value in validation["epoch_mae"]], history["val_mae"], rtol=1e-6)
    assert [step for step, _ in validation["evaluation_loss_vs_iterations"]] == [4, 8, 12]
    assert pykeras.models.model_from_json(train["keras"][0][1].item()).count_params() == trained.count_params()


def test_histograms_images_and_batches(tmp_path):
    trained, _ = fit(
        tmp_path, histogram_freq=2, write_images=True, update_freq=2, write_steps_per_second=True, write_graph=False
    )
    found = events(tmp_path / "train")
    assert "keras" not in found
    steps, tables = zip(*found["words/embeddings/histogram"], strict=True)
    assert steps == (0, 2) and tables[0].shape == (30, 3) and tables[0][:, 2].sum() == 15
    width, height, picture = found["words/embeddings/image"][0][1]
    assert (width, height) == (b"5", b"3") and picture.startswith(b"\x89PNG")
    assert [step for step, _ in found["batch_loss"]] == [2, 4, 6, 8, 10, 12]
    assert len(found["batch_steps_per_second"]) == 6 and len(found["epoch_steps_per_second"]) == 3
    assert [step for step, _ in events(tmp_path / "validation")["batch_loss"]] == [2, 4, 6, 8, 10, 12]


def test_embeddings(tmp_path):
    trained, _ = fit(tmp_path, embeddings_freq=1, embeddings_metadata={"words": "names.tsv"})
    text = (tmp_path / "projector_config.pbtxt").read_text()
    assert 'tensor_path: "words.tsv"' in text and 'metadata_path: "names.tsv"' in text
    np.testing.assert_allclose(np.loadtxt(tmp_path / "words.tsv"), trained.layers[0].get_weights()[0], rtol=1e-4)
    with pytest.raises(ValueError, match="names 'other', but the Embedding layers are 'words'"):
        fit(tmp_path, embeddings_freq=1, embeddings_metadata={"other": "x.tsv"})


def test_arguments_that_cannot_be_met(tmp_path):
    pytest.importorskip("tensorboard")
    with pytest.raises(ValueError, match="profile_batch=2"):
        callbacks.TensorBoard(tmp_path, profile_batch=2)
    with pytest.raises(ValueError, match="update_freq"):
        callbacks.TensorBoard(tmp_path, update_freq="step")
