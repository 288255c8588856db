"""Data sets of series, files and parts: iteration, order, training on them, and errors. Values: parity/test_file_sets."""

import pathlib
import wave

import numpy as np
import pytest

import pykeras
from pykeras import layers, utils
from pykeras.utils.audio_directories import decode_wav, resample
from pykeras.utils.dataset import Dataset


@pytest.fixture
def texts(tmp_path):
    for name, count in (("neg", 6), ("pos", 4)):
        (tmp_path / name).mkdir()
        for i in range(count):
            (tmp_path / name / f"{i}.txt").write_text(f"{name} {i}", encoding="utf-8")
    return tmp_path


def write_wav(path, samples, width=2, rate=8000):
    samples = np.atleast_2d(samples.T).T
    with wave.open(str(path), "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(width)
        file.setframerate(rate)
        top = 2.0 ** (8 * width - 1)
        whole = np.clip(np.round(samples * top), -top, top - 1).astype("int64")
        whole = whole + 128 if width == 1 else whole
        file.writeframes(b"".join(int(v).to_bytes(width, "little", signed=width > 1) for v in whole.ravel()))


# ---- iteration


def test_each_iteration_has_an_order_of_its_own_and_a_seed_repeats_them(texts):
    def orders(seed):
        dataset = utils.text_dataset_from_directory(texts, seed=seed, verbose=False, batch_size=4)
        assert len(dataset) == 3 and dataset.class_names == ["neg", "pos"] and len(dataset.file_paths) == 10
        return [[text for batch, _ in dataset for text in batch] for _ in range(3)]

    first = orders(1)
    assert first == orders(1) and first != orders(2) and first[0] != first[1]
    assert all(sorted(order) == sorted(first[0]) for order in first)
    for _ in range(2):
        for batch, labels in utils.text_dataset_from_directory(texts, verbose=False):
            assert [("neg", "pos")[int(label)] for label in labels] == [text.split()[0] for text in batch]


def test_subsets_do_not_overlap(texts, capsys):
    arguments = {"validation_split": 0.3, "seed": 3}
    train, held_out = utils.text_dataset_from_directory(texts, subset="both", **arguments)
    assert "Found 10 files belonging to 2 classes" in capsys.readouterr().out
    assert len(train.file_paths) == 7 and len(held_out.file_paths) == 3
    assert not set(train.file_paths) & set(held_out.file_paths)
    alone = utils.text_dataset_from_directory(texts, subset="validation", **arguments)
    assert alone.file_paths == held_out.file_paths and "Using 3 files for validation" in capsys.readouterr().out
    first, second = ([list(batch) for batch, _ in held_out] for _ in range(2))
    assert first == second  # what is held out is not shuffled


def test_take_skip_batch_unbatch():
    dataset = utils.timeseries_dataset_from_array(np.arange(12), None, 3, batch_size=4)
    assert [len(batch) for batch in dataset] == [4, 4, 2] and dataset.batch_size == 4
    assert [batch.shape[0] for batch in dataset.take(2)] == [4, 4] and len(dataset.take(-1)) == 3
    assert [batch.shape[0] for batch in dataset.skip(1)] == [4, 2] and len(dataset.skip(9)) == 0
    single = dataset.unbatch()
    assert len(single) == 10 and [x.tolist() for x in single][-1] == [9, 10, 11]
    assert [len(batch) for batch in single.batch(3, drop_remainder=True)] == [3, 3, 3]
    assert single.unbatch() is single and "10 single samples" in repr(single)


def test_models_take_them():
    series = np.sin(np.arange(100) / 5).astype("float32")
    arguments = {"sequence_length": 8, "batch_size": 16, "shuffle": True, "seed": 1}
    dataset = utils.timeseries_dataset_from_array(series[:-8], series[8:], **arguments)
    model = pykeras.Sequential([pykeras.Input((8,)), layers.Dense(8, "tanh"), layers.Dense(1)])
    model.compile("adam", "mse")
    history = model.fit(dataset, validation_data=dataset, epochs=3, verbose=0).history
    assert history["loss"][-1] < history["loss"][0] and len(history["val_loss"]) == 3
    assert model.predict(dataset, verbose=0).shape == (85, 1)
    left, right = utils.split_dataset(dataset, left_size=0.8)
    assert left.batch_size == 16 and sum(len(y) for _, y in right) == 17
    assert model.evaluate(right, verbose=0) > 0


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((np.arange(4),), ValueError, "give left_size or right_size"),
        ((np.arange(4), 5), ValueError, "do not give 5"),
        ((np.arange(4), 0.9, 0.9), ValueError, "do not give 4 to the left and 4"),
        ((np.arange(4), 1.5), ValueError, "share between 0 and 1"),
        ((np.arange(4), 0.01), ValueError, "do not give 0"),
        (((np.arange(4), np.arange(5)), 2), ValueError, r"one length, got \[4, 5\]"),
        ((7, 2), TypeError, "expected arrays or a data set, got int"),
    ],
)
def test_split_errors(arguments, error, message):
    with pytest.raises(error, match=message):
        utils.split_dataset(*arguments)


def test_split_of_whatever_yields_samples():
    left, right = utils.split_dataset(Dataset(lambda: iter(range(5)), 5), right_size=2)
    assert list(left) == [0, 1, 2] and list(right) == [3, 4] == list(right)


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"sequence_length": 20}, "do not fit into 10 steps"),
        ({"sequence_length": 3, "start_index": 10}, "start before end, got 10 and 10"),
        ({"sequence_length": 3, "end_index": 11}, "got 0 and 11"),
        ({"sequence_length": 0}, "sequence_length: expected"),
        ({"sequence_length": 2, "format": "grain"}, "grain"),
        ({"sequence_length": 2, "batch_size": 0}, "batch_size: expected"),
    ],
)
def test_series_errors(kwargs, message):
    with pytest.raises(ValueError, match=message):
        utils.timeseries_dataset_from_array(np.arange(10), None, **kwargs)


# ---- directories


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"labels": "names"}, 'labels: expected "inferred"'),
        ({"labels": [1, 2]}, "each of the 10 files .* got 2"),
        ({"labels": None, "class_names": ["pos"]}, "class_names: only with"),
        ({"class_names": ["pos", "maybe"]}, "'maybe'] are not all among"),
        ({"label_mode": "one-hot"}, "label_mode: expected one of"),
        ({"label_mode": "binary", "class_names": ["pos"]}, "needs two classes"),
        ({"subset": "training"}, "give both or none"),
        ({"validation_split": 0.2}, "give both or none"),
        ({"validation_split": 1.2, "subset": "training", "seed": 1}, "share between 0 and 1, got 1.2"),
        ({"validation_split": 0.2, "subset": "training"}, "seed: needed"),
        ({"validation_split": 0.01, "subset": "validation", "seed": 1}, r"no files for validation \(10 in all"),
        ({"validation_split": 0.2, "subset": "test", "seed": 1}, "subset: expected one of"),
        ({"format": "grain"}, "grain"),
        ({"max_length": 0}, "max_length: expected"),
    ],
)
def test_directory_errors(texts, kwargs, message):
    with pytest.raises(ValueError, match=message):
        utils.text_dataset_from_directory(texts, verbose=False, **kwargs)


def test_files_that_are_not_what_they_should_be(texts, tmp_path):
    with pytest.raises(ValueError, match="not a directory"):
        utils.text_dataset_from_directory(tmp_path / "nowhere")
    with pytest.raises(ValueError, match=r"no files that end in \.wav"):
        utils.audio_dataset_from_directory(tmp_path, verbose=False)
    (texts / "pos" / "9.txt").write_bytes(b"\xff\xfe\x00")
    dataset = utils.text_dataset_from_directory(texts, verbose=False)
    with pytest.raises(ValueError, match=r"9\.txt: not a text in UTF-8"):
        list(dataset)


def test_links_are_followed_when_asked(texts, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    (other / "x.txt").write_text("linked")
    (texts / "pos" / "more").symlink_to(other)
    for follow, count in ((False, 10), (True, 11)):
        dataset = utils.text_dataset_from_directory(texts, follow_links=follow, verbose=False)
        assert len(dataset.file_paths) == count


# ---- sound


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_wav_of_every_width(tmp_path, width):
    samples = np.random.default_rng(width).uniform(-1, 1, (50, 2))
    samples[:2] = [[-1, 0], [0.5, -0.25]]
    write_wav(tmp_path / "x.wav", samples, width, 11025)
    found, rate = decode_wav(tmp_path / "x.wav")
    assert rate == 11025 and found.dtype == np.float32 and found.shape == (50, 2)
    np.testing.assert_allclose(found, samples, atol=2.0 ** (1 - 8 * width) + 1e-6)
    assert found[:2].tolist() == [[-1, 0], [0.5, -0.25]]


@pytest.mark.parametrize("new_rate", [4000, 6000, 8000, 11025, 16000])
def test_resampling_keeps_a_tone(new_rate):
    def tone(rate):
        return np.sin(2 * np.pi * 500 * np.arange(rate // 10) / rate)[:, None].astype("float32")

    found = resample(tone(8000), 8000, new_rate)
    assert found.shape == (round(800 * new_rate / 8000), 1)
    np.testing.assert_allclose(found[50:-50], tone(new_rate)[: len(found)][50:-50], atol=0.02)  # but for the ends


def test_sounds_of_one_length(tmp_path):
    for i, count in enumerate((5, 9)):
        (tmp_path / str(i)).mkdir()
        write_wav(tmp_path / str(i) / "x.wav", np.full(count, 0.5))
    quiet = {"shuffle": False, "verbose": False}
    ((batch, labels),) = utils.audio_dataset_from_directory(tmp_path, **quiet)
    assert batch.shape == (2, 9, 1) and labels.tolist() == [0, 1]
    assert batch.numpy()[0, :, 0].tolist() == [0.5] * 5 + [0] * 4
    batch = next(iter(utils.audio_dataset_from_directory(tmp_path, sampling_rate=16000, labels=None, **quiet)))
    assert batch.shape == (2, 18, 1)
    write_wav(tmp_path / "0" / "y.wav", np.zeros((3, 2)))
    with pytest.raises(ValueError, match=r"y\.wav: sounds of a batch need one number of channels, got \[1, 2\]"):
        list(utils.audio_dataset_from_directory(tmp_path, **quiet))
    (tmp_path / "0" / "y.wav").write_bytes(b"RIFFxxxx")
    with pytest.raises(ValueError, match=r"y\.wav: cannot be read as a WAV file"):
        list(utils.audio_dataset_from_directory(tmp_path, **quiet))
    for name, value in (("ragged", True), ("sampling_rate", 0), ("output_sequence_length", -1)):
        with pytest.raises(ValueError, match=name):
            utils.audio_dataset_from_directory(tmp_path, **{name: value})


# ---- images


def test_images(tmp_path):
    image = pytest.importorskip("PIL.Image")
    (tmp_path / "a").mkdir()
    for i in range(3):
        image.fromarray(np.full((4, 4, 3), 100 + i, "uint8")).save(tmp_path / "a" / f"{i}.jpg", quality=95)
    dataset = utils.image_dataset_from_directory(tmp_path, labels=None, image_size=(2, 2), batch_size=None, seed=0)
    model = pykeras.Sequential([pykeras.Input((2, 2, 3)), layers.Flatten(), layers.Dense(1)])
    assert model.predict(dataset.batch(2), verbose=0).shape == (3, 1)
    padded = utils.image_dataset_from_directory(tmp_path, image_size=(2, 8), pad_to_aspect_ratio=True, verbose=False)
    ((batch, _),) = padded
    assert (batch.numpy()[:, :, :3] == 0).all() and batch.numpy()[:, :, 3:5].min() > 95
    for kwargs, message in (
        ({"color_mode": "cmyk"}, "color_mode"),
        ({"interpolation": "area"}, "interpolation"),
        ({"crop_to_aspect_ratio": True, "pad_to_aspect_ratio": True}, "only one of them"),
        ({"image_size": (2, 0)}, "image_size"),
    ):
        with pytest.raises(ValueError, match=message):
            utils.image_dataset_from_directory(tmp_path, **kwargs)
    (tmp_path / "a" / "9.png").write_bytes(b"no image")
    with pytest.raises(ValueError, match=r"9\.png: cannot be read as an image"):
        list(utils.image_dataset_from_directory(tmp_path, verbose=False))


def test_image_files(tmp_path):
    pytest.importorskip("PIL")
    x = np.random.default_rng(0).uniform(0, 255, (6, 4, 3)).round()
    utils.save_img(tmp_path / "x.png", x, scale=False)
    np.testing.assert_array_equal(utils.img_to_array(utils.load_img(pathlib.Path(tmp_path / "x.png"))), x)
    with pytest.warns(UserWarning, match="no alpha channel"):
        utils.save_img(str(tmp_path / "x.jpg"), np.dstack([x, x[..., :1]]), scale=False, quality=95)
    assert utils.load_img(tmp_path / "x.jpg", color_mode="grayscale", target_size=(3, 2)).size == (2, 3)
    for act, error, message in (
        (lambda: utils.array_to_img(x[0]), ValueError, r"three axes, got shape \(4, 3\)"),
        (lambda: utils.array_to_img(x[..., :2]), ValueError, "got 2"),
        (lambda: utils.img_to_array(x[None]), ValueError, "two or three axes"),
        (lambda: utils.load_img(5), TypeError, "got int"),
        (lambda: utils.load_img(tmp_path / "x.png", "cmyk"), ValueError, "color_mode"),
        (lambda: utils.load_img(tmp_path / "x.png", target_size=(2, 2), interpolation="x"), ValueError, "interpola"),
        (lambda: pykeras.preprocessing.image.smart_resize(x[0], (2, 2)), ValueError, "one image or a batch"),
        (lambda: pykeras.preprocessing.image.smart_resize(x, (2, 2), method="x"), TypeError, "method"),
    ):
        with pytest.raises(error, match=message):
            act()
