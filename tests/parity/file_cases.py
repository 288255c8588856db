"""Files that both Keras and we read: images, texts and sounds below directories, and what is asked of them."""

import io
import pathlib
import wave

import numpy as np

CLASSES = ("b_dogs", "a_cats", "c_none")
RNG_SEED = 11
IMAGE_SETS = [
    {"shuffle": False, "image_size": (6, 5)},
    {"shuffle": False, "image_size": (4, 8), "crop_to_aspect_ratio": True, "label_mode": "categorical"},
    {"shuffle": False, "image_size": (3, 3), "color_mode": "grayscale", "interpolation": "nearest", "labels": None},
    {"shuffle": False, "image_size": (9, 9), "color_mode": "rgba", "interpolation": "bicubic", "batch_size": 4},
    {"shuffle": False, "image_size": (6, 5), "class_names": ["b_dogs", "a_cats"], "label_mode": "binary"},
    {"shuffle": False, "image_size": (7, 7), "data_format": "channels_first", "labels": list(range(9))},
]
SPLITS = [("training", 3), ("validation", 3), ("training", 12), ("validation", 12)]
SERIES = [
    {"sequence_length": 3, "batch_size": 4},
    {"sequence_length": 3, "sequence_stride": 2, "sampling_rate": 2, "batch_size": 3},
    {"sequence_length": 2, "start_index": 3, "end_index": 9, "batch_size": 2},
    {"sequence_length": 4, "batch_size": None},
]
SPLIT_SIZES = [(0.7, None, False), (None, 3, False), (4, 2, True), (0.25, 0.5, True)]


def make_files(root):
    """``root/images``, ``root/texts`` and ``root/sounds``."""
    from PIL import Image

    rng = np.random.default_rng(RNG_SEED)
    for number, name in enumerate(CLASSES):
        for kind in ("images", "texts", "sounds"):
            (root / kind / name / "deep").mkdir(parents=True)
        for i in range(3):
            where = f"{name}/deep/{i}" if i == 2 else f"{name}/{i}"
            pixels = rng.integers(0, 256, (6 + i, 5 + number, 3), "uint8")
            image = Image.fromarray(pixels if i else pixels[..., 0])
            image.save(root / "images" / f"{where}.png")
            (root / "texts" / f"{where}.txt").write_bytes(f"{name} {i} 한국어".encode())
            with wave.open(str(root / "sounds" / f"{where}.wav"), "wb") as file:
                file.setnchannels(2)
                file.setsampwidth(2)
                file.setframerate(8000)
                file.writeframes(rng.integers(-(2**15), 2**15, (4 + i, 2)).astype("<i2").tobytes())
    (root / "images" / ".hidden").mkdir()
    (root / "images" / "a_cats" / "notes.md").write_text("no image")


def value(x):
    """Tensors of whichever library as lists of arrays."""
    if isinstance(x, (tuple, list)):
        return [value(item) for item in x]
    x = np.asarray(x)
    if x.dtype.kind in "OU":
        texts = [t.decode(errors="ignore") if isinstance(t, bytes) else t for t in x.reshape(-1).tolist()]
        return texts if x.ndim else texts[0]
    return x


def one_image():
    from PIL import Image

    pixels = np.random.default_rng(5).integers(0, 256, (12, 9, 4), "uint8")
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "png")
    return stream.getvalue()


def image_results(utils, image):
    rng = np.random.default_rng(6)
    floats = rng.normal(size=(4, 5, 3)).astype("float32")
    png = one_image()
    out = {"to_image": [], "loaded": [], "smart": []}
    for x, kwargs in (
        (floats, {}),
        (floats.transpose(2, 0, 1) * 50, {"data_format": "channels_first"}),
        (floats[..., :1], {}),
        (np.full((2, 2, 1), 3.0), {}),
        (np.abs(floats[..., :1]) * 900, {"scale": False}),
        (rng.uniform(0, 255, (3, 2, 4)), {"scale": False}),
    ):
        picture = utils.array_to_img(x, **kwargs)
        out["to_image"].append([picture.mode, value(picture), value(utils.img_to_array(picture, **kwargs_of(kwargs)))])
    for kwargs in (
        {},
        {"color_mode": "grayscale"},
        {"color_mode": "rgba", "target_size": (5, 5)},
        {"target_size": (6, 3), "interpolation": "bilinear"},
        {"target_size": (4, 8), "keep_aspect_ratio": True, "interpolation": "lanczos"},
    ):
        out["loaded"].append(value(utils.load_img(io.BytesIO(png), **kwargs)))
    for size, kwargs in (((4, 4), {}), ((3, 8), {"interpolation": "nearest"}), ((10, 2), {})):
        out["smart"].append(value(image.smart_resize(floats, size, **kwargs)))
    return out


def kwargs_of(kwargs):
    return {key: item for key, item in kwargs.items() if key == "data_format"}


def set_results(utils, root):
    out = {"images": [], "splits": [], "texts": [], "sounds": [], "series": [], "parts": []}
    quiet = {"verbose": False}
    for kwargs in IMAGE_SETS:
        dataset = utils.image_dataset_from_directory(root / "images", **kwargs, **quiet)
        out["images"].append([dataset.class_names, [value(item) for item in dataset]])
    for subset, seed in SPLITS:
        dataset = utils.image_dataset_from_directory(
            str(root / "images"), seed=seed, validation_split=0.4, subset=subset, image_size=(2, 2), **quiet
        )
        out["splits"].append([str(pathlib.Path(path).relative_to(root)) for path in dataset.file_paths])
    for kwargs in ({}, {"max_length": 14, "label_mode": None, "batch_size": None}):
        dataset = utils.text_dataset_from_directory(root / "texts", shuffle=False, **kwargs, **quiet)
        out["texts"].append([value(item) for item in dataset])
    for kwargs in ({"batch_size": 4}, {"output_sequence_length": 5, "label_mode": "categorical"}):
        dataset = utils.audio_dataset_from_directory(root / "sounds", shuffle=False, **kwargs, **quiet)
        out["sounds"].append([value(item) for item in dataset])
    x, y = np.arange(30.0).reshape(15, 2), np.arange(13)
    for kwargs in SERIES:
        out["series"].append([value(item) for item in utils.timeseries_dataset_from_array(x, y, **kwargs)])
        out["series"].append([value(item) for item in utils.timeseries_dataset_from_array(x[:, 0], None, **kwargs)])
    for left, right, shuffle in SPLIT_SIZES:
        for data in (np.arange(11), (np.arange(11), np.arange(22).reshape(11, 2))):
            parts = utils.split_dataset(data, left, right, shuffle=shuffle, seed=5)
            out["parts"].append([[value(item) for item in part] for part in parts])
    return out
