"""What Keras 2's image generators and we are asked for."""

import numpy as np
from PIL import Image

AFFINE = [
    {"theta": 30},
    {"theta": -10, "tx": 1.5, "ty": -0.5, "fill_mode": "constant", "cval": 7.0},
    {"shear": 20, "zx": 0.8, "zy": 1.3, "fill_mode": "reflect"},
    {"theta": 75, "zx": 2.0, "zy": 2.5, "fill_mode": "reflect", "order": 0},
    {"tx": 2, "order": 0, "fill_mode": "constant"},
]
GENERATORS = [
    {"rotation_range": 30, "width_shift_range": 0.2, "height_shift_range": 0.3, "zoom_range": 0.2, "shear_range": 10},
    {"horizontal_flip": True, "vertical_flip": True, "rescale": 0.01, "channel_shift_range": 20.0},
    {"width_shift_range": [-2, 1], "height_shift_range": 2, "fill_mode": "constant", "cval": 3.0},
    {"samplewise_center": True, "samplewise_std_normalization": True, "zoom_range": [0.7, 0.9]},
    {"brightness_range": (0.5, 1.5), "preprocessing_function": lambda x: x + 1},
    {"featurewise_center": True, "featurewise_std_normalization": True, "rescale": 0.5},
    {"featurewise_center": True, "zca_whitening": True, "zca_epsilon": 0.1},
]


def results(image, root):
    rng = np.random.default_rng(2)
    x = np.round(rng.uniform(0, 255, (5, 7, 6, 3)), 1).astype("float32")
    out = {"affine": [], "random": [], "flow": [], "files": []}
    for kwargs in AFFINE:
        out["affine"].append(image.apply_affine_transform(x[0], row_axis=0, col_axis=1, channel_axis=2, **kwargs))
        out["affine"].append(image.apply_affine_transform(x[0].transpose(2, 0, 1), **kwargs))
        out["affine"].append(image.apply_affine_transform(x[0], row_axis=1, col_axis=0, channel_axis=2, **kwargs))
    axes = {"row_axis": 0, "col_axis": 1, "channel_axis": 2}
    np.random.seed(1)
    for name, arguments in (
        ("rotation", (40,)),
        ("shift", (0.3, 0.2)),
        ("shear", (25,)),
        ("zoom", ((0.5, 1.5),)),
    ):
        out["random"].append(getattr(image, f"random_{name}")(x[1], *arguments, **axes))
    out["random"].append(image.random_channel_shift(x[1], 30.0, 2))
    out["random"].append(image.random_brightness(x[1], (0.5, 1.5)))
    out["random"].append(image.apply_brightness_shift(x[1] - 100, 1.3, scale=False))
    for kwargs in GENERATORS:
        generator = image.ImageDataGenerator(**kwargs)
        generator.fit(x, seed=4)
        batches = generator.flow(x, np.arange(5), batch_size=2, seed=3)
        out["flow"].append([list(next(batches)) for _ in range(4)] + [list(batches[1])])
    make_images(root)
    generator = image.ImageDataGenerator(validation_split=0.34, horizontal_flip=True)
    for kwargs in (
        {"subset": "training", "target_size": (4, 5)},
        {"subset": "validation", "class_mode": "sparse", "color_mode": "grayscale", "target_size": (3, 3)},
    ):
        files = generator.flow_from_directory(str(root), batch_size=4, seed=2, **kwargs)
        out["files"].append([files.filenames, files.class_indices, files.classes, list(next(files)), list(files[0])])
    return out


def make_images(root):
    rng = np.random.default_rng(3)
    for name in ("b", "a"):
        (root / name).mkdir()
        for i in range(4):
            Image.fromarray(rng.integers(0, 256, (5, 6, 3), "uint8")).save(root / name / f"{i}.png")
