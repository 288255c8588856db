"""Data sets of image files."""

from __future__ import annotations

import numpy as np

from pykeras import check, ops
from pykeras.utils.directories import data_sets, only_tf
from pykeras.utils.images import COLOR_MODES, img_to_array, layout, load_img, pillow, smart_resize

FORMATS = (".bmp", ".gif", ".jpeg", ".jpg", ".png")
_INTERPOLATIONS = ("bilinear", "nearest", "bicubic", "lanczos3", "lanczos5")


def image_dataset_from_directory(
    directory, labels="inferred", label_mode="int", class_names=None, color_mode="rgb", batch_size=32,
    image_size=(256, 256), shuffle=True, seed=None, validation_split=None, subset=None, interpolation="bilinear",
    follow_links=False, crop_to_aspect_ratio=False, pad_to_aspect_ratio=False, data_format=None, format="tf",
    verbose=True,
):  # fmt: skip
    """Images below a directory in batches, each class in a directory of its own.

    Arguments:
        directory: where the class directories are; hidden ones do not count.
        labels: "inferred" from the directories' names, None, or a list of class numbers, one for each file in
            alphabetical order of paths.
        label_mode: "int" (int32), "categorical" (one-hot), "binary" (a column of 0.0 and 1.0) or None.
        class_names: the directories to read, in the order that numbers them; by default all, alphabetically.
        color_mode: "grayscale", "rgb" or "rgba".
        batch_size: images in a batch; None for single images.
        image_size: (height, width) that images are resized to.
        shuffle: whether to shuffle, anew in each iteration.
        seed: of the shuffling. Keras with the same seed has the same files in each subset.
        validation_split: share of files to hold out.
        subset: "training", "validation" or "both", with ``validation_split``.
        interpolation: "bilinear", "nearest", "bicubic", "lanczos3" or "lanczos5".
        follow_links: whether to go into directories through symbolic links.
        crop_to_aspect_ratio: cut what does not fit ``image_size`` instead of distorting.
        pad_to_aspect_ratio: put a black margin around instead.
        data_format: "channels_last" or "channels_first"; by default that of the configuration.
        format: "tf"; Keras's "grain" is refused.
        verbose: whether to print how many files there are.

    Returns:
        A ``Dataset`` (two in a list for "both") of float32 images from 0 to 255 of shape
        ``(batch_size, *image_size, channels)``, or of pairs (images, labels), with ``class_names`` and ``file_paths``.

    Raises:
        ValueError: arguments that do not fit, no files, or (when its batch is read) a file that is no image.
        ImportError: Pillow is not installed.
    """
    only_tf(format)
    pillow()
    check.one_of("color_mode", color_mode, tuple(COLOR_MODES))
    size = check.int_tuple("image_size", image_size, 2)
    check.one_of("interpolation", interpolation, _INTERPOLATIONS)
    data_format = layout(data_format)
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        raise ValueError("crop_to_aspect_ratio and pad_to_aspect_ratio: only one of them can be True")

    def image(path):
        try:
            x = img_to_array(load_img(path, color_mode), "channels_last", "float32")
        except OSError as error:
            raise ValueError(f"{path}: cannot be read as an image: {error}") from error
        if crop_to_aspect_ratio:
            return smart_resize(x, size, interpolation)
        if x.shape[:2] == size:
            return x
        fitted = ops.image.resize(
            x, size, interpolation, pad_to_aspect_ratio=pad_to_aspect_ratio, data_format="channels_last"
        )
        return ops.convert_to_numpy(fitted)

    def read(paths):
        batch = np.stack([image(path) for path in paths])
        return ops.convert_to_tensor(batch if data_format == "channels_last" else batch.transpose(0, 3, 1, 2))

    return data_sets(
        read, FORMATS, directory, labels, label_mode, class_names, batch_size, shuffle, seed, validation_split,
        subset, follow_links, verbose,
    )  # fmt: skip
