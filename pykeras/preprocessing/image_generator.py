"""Keras 2's ImageDataGenerator: images changed at random while a model trains."""

from __future__ import annotations

import warnings

import numpy as np

from pykeras import check, config
from pykeras.preprocessing.affine import apply_affine_transform, apply_brightness_shift, apply_channel_shift, pair
from pykeras.preprocessing.image_iterators import DirectoryIterator, NumpyArrayIterator
from pykeras.utils.images import layout


class ImageDataGenerator:
    """Batches of images that are turned, shifted, sheared, zoomed, flipped and normalized at random.

    Arguments:
        featurewise_center, featurewise_std_normalization: subtract the mean, divide by the deviation of each channel,
            which ``fit`` finds.
        samplewise_center, samplewise_std_normalization: the same with those of each image.
        zca_whitening, zca_epsilon: decorrelate pixels, with a matrix that ``fit`` finds.
        rotation_range, shear_range: degrees.
        width_shift_range, height_shift_range: share below 1, pixels, or a list of pixels to choose from.
        brightness_range: two factors (needs Pillow).
        zoom_range: two factors, or ``z`` for ``1 - z`` to ``1 + z``.
        channel_shift_range: what is added at most.
        fill_mode, cval, interpolation_order: see ``apply_affine_transform``.
        horizontal_flip, vertical_flip: flip one image in two.
        rescale: factor, applied after the changes.
        preprocessing_function: function from an image to an image, applied after the changes.
        data_format: "channels_last" or "channels_first"; by default that of the configuration.
        validation_split: share for ``subset="validation"``.
        dtype: of the batches, by default ``floatx``.

    Random numbers come from NumPy's global generator in Keras 2's order: the same seed gives the same images.

    Example:
        >>> import numpy as np
        >>> from pykeras.preprocessing.image import ImageDataGenerator
        >>> generator = ImageDataGenerator(rescale=1 / 255, horizontal_flip=True)
        >>> x, y = next(generator.flow(np.full((8, 4, 4, 3), 51), np.arange(8), batch_size=2, seed=0))
        >>> x.shape, y.shape, round(float(x.max()), 3)
        ((2, 4, 4, 3), (2,), 0.2)
    """

    def __init__(
        self, featurewise_center=False, samplewise_center=False, featurewise_std_normalization=False,
        samplewise_std_normalization=False, zca_whitening=False, zca_epsilon=1e-6, rotation_range=0,
        width_shift_range=0.0, height_shift_range=0.0, brightness_range=None, shear_range=0.0, zoom_range=0.0,
        channel_shift_range=0.0, fill_mode="nearest", cval=0.0, horizontal_flip=False, vertical_flip=False,
        rescale=None, preprocessing_function=None, data_format=None, validation_split=0.0, interpolation_order=1,
        dtype=None,
    ):  # fmt: skip
        # One implies the other, and whitening has its own division.
        self.featurewise_center = featurewise_center or featurewise_std_normalization or zca_whitening
        self.featurewise_std_normalization = featurewise_std_normalization and not zca_whitening
        self.samplewise_center = samplewise_center or samplewise_std_normalization
        self.samplewise_std_normalization = samplewise_std_normalization
        self.zca_whitening = zca_whitening
        self.zca_epsilon = zca_epsilon
        self.rotation_range = rotation_range
        self.width_shift_range = width_shift_range
        self.height_shift_range = height_shift_range
        self.brightness_range = None if brightness_range is None else pair("brightness_range", brightness_range)
        self.shear_range = shear_range
        number = isinstance(zoom_range, (int, float))
        self.zoom_range = (1 - zoom_range, 1 + zoom_range) if number else pair("zoom_range", zoom_range)
        self.channel_shift_range = channel_shift_range
        self.fill_mode, self.cval, self.interpolation_order = fill_mode, cval, interpolation_order
        self.horizontal_flip, self.vertical_flip = horizontal_flip, vertical_flip
        self.rescale = rescale
        self.preprocessing_function = preprocessing_function
        self.data_format = layout(data_format)
        self.dtype = dtype or config.floatx()
        last = self.data_format == "channels_last"
        self.row_axis, self.col_axis, self.channel_axis = (1, 2, 3) if last else (2, 3, 1)
        self._validation_split = check.fraction("validation_split", validation_split)
        self.mean = self.std = self.zca_whitening_matrix = None

    def flow(
        self, x, y=None, batch_size=32, shuffle=True, sample_weight=None, seed=None, save_to_dir=None, save_prefix="",
        save_format="png", ignore_class_split=False, subset=None,
    ):  # fmt: skip
        """Batches of an array of images.

        Arguments:
            x: images of shape (samples, height, width, channels), or ``(images, other inputs)``.
            y, sample_weight: one for each image.
            batch_size, shuffle, seed: see ``Iterator``.
            save_to_dir, save_prefix, save_format: where to write the changed images, if anywhere.
            subset: "training" or "validation" with ``validation_split``.
            ignore_class_split: whether the subsets may have different classes.
        """
        return NumpyArrayIterator(
            x, y, self, batch_size, shuffle, sample_weight, seed, self.data_format, save_to_dir, save_prefix,
            save_format, subset, ignore_class_split, self.dtype,
        )  # fmt: skip

    def flow_from_directory(
        self, directory, target_size=(256, 256), color_mode="rgb", classes=None, class_mode="categorical",
        batch_size=32, shuffle=True, seed=None, save_to_dir=None, save_prefix="", save_format="png",
        follow_links=False, subset=None, interpolation="nearest", keep_aspect_ratio=False,
    ):  # fmt: skip
        """Batches of image files below a directory, each class in a directory of its own.

        Arguments:
            target_size, color_mode, interpolation, keep_aspect_ratio: see ``load_img``.
            classes: names of the class directories, by default all, alphabetically.
            class_mode: "categorical" (one-hot), "binary" or "sparse" (numbers), "input" (the images), or None.
            follow_links: whether to go into directories through symbolic links.
            batch_size, ...: see ``flow``.
        """
        return DirectoryIterator(
            directory, self, target_size, color_mode, classes, class_mode, batch_size, shuffle, seed,
            self.data_format, save_to_dir, save_prefix, save_format, follow_links, subset, interpolation,
            keep_aspect_ratio, self.dtype,
        )  # fmt: skip

    def standardize(self, x):
        """One image or a batch normalized; floats are changed in place."""
        if self.preprocessing_function:
            x = self.preprocessing_function(x)
        if self.rescale:
            x *= self.rescale
        if self.samplewise_center:
            x -= np.mean(x, keepdims=True)
        if self.samplewise_std_normalization:
            x /= np.std(x, keepdims=True) + 1e-6
        if self.featurewise_center and self._fitted("featurewise_center", self.mean):
            x -= self.mean
        if self.featurewise_std_normalization and self._fitted("featurewise_std_normalization", self.std):
            x /= self.std + 1e-6
        if self.zca_whitening and self._fitted("zca_whitening", self.zca_whitening_matrix):
            x = (x.reshape(-1, np.prod(x.shape[-3:])) @ self.zca_whitening_matrix).reshape(x.shape)
        return x

    @staticmethod
    def _fitted(name, value):
        if value is None:
            warnings.warn(f"ImageDataGenerator: {name} does nothing before fit(images)", stacklevel=3)
        return value is not None

    def get_random_transform(self, img_shape, seed=None):
        """A change drawn at random, as a dictionary for ``apply_transform``."""
        if seed is not None:
            np.random.seed(seed)

        def angle(most):
            return np.random.uniform(-most, most) if most else 0

        theta = angle(self.rotation_range)
        tx = _drawn_shift(self.height_shift_range, img_shape[self.row_axis - 1])
        ty = _drawn_shift(self.width_shift_range, img_shape[self.col_axis - 1])
        shear = angle(self.shear_range)
        zx, zy = (1, 1) if self.zoom_range == (1, 1) else np.random.uniform(*self.zoom_range, 2)
        return {
            "theta": theta,
            "tx": tx,
            "ty": ty,
            "shear": shear,
            "zx": zx,
            "zy": zy,
            "flip_horizontal": (np.random.random() < 0.5) * self.horizontal_flip,
            "flip_vertical": (np.random.random() < 0.5) * self.vertical_flip,
            "channel_shift_intensity": angle(self.channel_shift_range) if self.channel_shift_range else None,
            "brightness": None if self.brightness_range is None else np.random.uniform(*self.brightness_range),
        }

    def apply_transform(self, x, transform_parameters):
        """One image changed as ``get_random_transform`` says; what the dictionary lacks is left as it is."""
        given = transform_parameters
        row_axis, col_axis, channel_axis = self.row_axis - 1, self.col_axis - 1, self.channel_axis - 1
        moved = [
            given.get(name, 1 if name in ("zx", "zy") else 0) for name in ("theta", "tx", "ty", "shear", "zx", "zy")
        ]
        x = apply_affine_transform(
            x, *moved, row_axis, col_axis, channel_axis, self.fill_mode, self.cval, self.interpolation_order
        )
        if given.get("channel_shift_intensity") is not None:
            x = apply_channel_shift(x, given["channel_shift_intensity"], channel_axis)
        if given.get("flip_horizontal"):
            x = np.flip(x, col_axis)
        if given.get("flip_vertical"):
            x = np.flip(x, row_axis)
        if given.get("brightness") is not None:
            x = apply_brightness_shift(x, given["brightness"], False)
        return x

    def random_transform(self, x, seed=None):
        """One image changed at random."""
        return self.apply_transform(x, self.get_random_transform(x.shape, seed))

    def fit(self, x, augment=False, rounds=1, seed=None):
        """Find what ``featurewise_*`` and ``zca_whitening`` need.

        Arguments:
            x: images of shape (samples, height, width, channels).
            augment: whether to find it from changed images, ``rounds`` times as many.
            seed: of the changes.

        Raises:
            ValueError: no batch of images.
        """
        x = np.array(x, self.dtype)
        if x.ndim != 4:
            raise ValueError(f"x: expected images of shape (samples, height, width, channels), got {x.shape}")
        if seed is not None:
            np.random.seed(seed)
        if self.rescale:
            x *= self.rescale
        if augment:
            x = np.stack([self.random_transform(image) for _ in range(rounds) for image in x])
        shape = [1, 1, 1]
        shape[self.channel_axis - 1] = x.shape[self.channel_axis]
        if self.featurewise_center:
            self.mean = np.mean(x, axis=(0, self.row_axis, self.col_axis)).reshape(shape)
            x -= self.mean
        if self.featurewise_std_normalization:
            self.std = np.std(x, axis=(0, self.row_axis, self.col_axis)).reshape(shape)
            x /= self.std + 1e-6
        if self.zca_whitening:
            u, s, _ = np.linalg.svd(x.reshape(len(x), -1).T, full_matrices=False)
            self.zca_whitening_matrix = (u * (np.sqrt(len(x)) / (s + self.zca_epsilon))) @ u.T


def _drawn_shift(spread, size):
    """Pixels: a share of ``size`` below 1, up to so many pixels, or one of a list of pixels, to either side."""
    if not np.any(spread):
        return 0
    if isinstance(spread, float):
        shift = np.random.uniform(-spread, spread)
    else:
        shift = np.random.choice(spread) * np.random.choice([-1, 1])
    return shift * size if np.max(spread) < 1 else shift
