"""Keras 2's endless sequences of batches of changed images."""

from __future__ import annotations

import os
import threading

import numpy as np

from pykeras import check, config
from pykeras.utils.images import COLOR_MODES, array_to_img, img_to_array, layout, load_img

FORMATS = (".png", ".jpg", ".jpeg", ".bmp", ".ppm", ".tif", ".tiff")
CLASS_MODES = ("categorical", "binary", "sparse", "input", None)


class Iterator:
    """Batches by number (``len``, indexing; ``fit`` takes it) and one after another without end (``next``).

    Arguments:
        n: number of samples.
        batch_size: samples in a batch.
        shuffle: whether to shuffle, anew after each epoch, with NumPy's global generator.
        seed: sets that generator before each batch, together with the number of batches so far.

    A subclass has ``_get_batches_of_transformed_samples(numbers)``.
    """

    def __init__(self, n, batch_size, shuffle, seed):
        self.n = check.non_negative_int("n", n)
        self.batch_size = check.positive_int("batch_size", batch_size)
        self.shuffle = shuffle
        self.seed = seed
        self.batch_index = 0
        self.total_batches_seen = 0
        self.index_array = None
        self.lock = threading.Lock()

    def _set_index_array(self):
        self.index_array = np.random.permutation(self.n) if self.shuffle else np.arange(self.n)

    def _begin(self):
        if self.seed is not None:
            np.random.seed(self.seed + self.total_batches_seen)
        self.total_batches_seen += 1

    def __len__(self):
        return -(-self.n // self.batch_size)

    def __getitem__(self, idx):
        if not 0 <= idx < len(self):
            raise IndexError(f"batch {idx} of {len(self)}")
        self._begin()
        if self.index_array is None:
            self._set_index_array()
        first = idx * self.batch_size
        return self._get_batches_of_transformed_samples(self.index_array[first : first + self.batch_size])

    def on_epoch_end(self):
        """A new order for the next epoch."""
        self._set_index_array()

    def reset(self):
        """Begin an epoch anew."""
        self.batch_index = 0

    def __iter__(self):
        return self

    def __next__(self):
        with self.lock:
            self._begin()
            if self.batch_index == 0:
                self._set_index_array()
            first = self.batch_index * self.batch_size
            numbers = self.index_array[first : first + self.batch_size]
            self.batch_index = self.batch_index + 1 if first + self.batch_size < self.n else 0
        return self._get_batches_of_transformed_samples(numbers)

    next = __next__

    def _get_batches_of_transformed_samples(self, index_array):
        raise NotImplementedError(f"{type(self).__name__} has no _get_batches_of_transformed_samples")

    def _changed(self, image, dtype):
        """One image as the generator changes it at random."""
        generator = self.image_data_generator
        if generator is None:
            return image
        image = generator.apply_transform(image.astype(dtype), generator.get_random_transform(image.shape))
        return generator.standardize(image)

    def _save(self, batch, numbers, most):
        if not self.save_to_dir:
            return
        for image, number in zip(batch, numbers):
            name = f"{self.save_prefix}_{number}_{np.random.randint(most)}.{self.save_format}"
            array_to_img(image, self.data_format).save(os.path.join(self.save_to_dir, name))


class NumpyArrayIterator(Iterator):
    """Batches of changed images of an array; see ``ImageDataGenerator.flow``."""

    def __init__(
        self, x, y, image_data_generator, batch_size=32, shuffle=False, sample_weight=None, seed=None,
        data_format=None, save_to_dir=None, save_prefix="", save_format="png", subset=None, ignore_class_split=False,
        dtype=None,
    ):  # fmt: skip
        self.dtype = dtype or config.floatx()
        self.data_format = layout(data_format)
        self.image_data_generator = image_data_generator
        self.save_to_dir, self.save_prefix, self.save_format = save_to_dir, save_prefix, save_format
        others = []
        if isinstance(x, (tuple, list)):
            x, *rest = x
            others = [np.asarray(each) for each in (rest[0] if isinstance(rest[0], list) else rest)]
        arrays = {"x": x, "y": y, "sample_weight": sample_weight, **{f"x[{i + 1}]": o for i, o in enumerate(others)}}
        for name, array in arrays.items():
            if array is not None and len(array) != len(x):
                raise ValueError(f"{name}: expected {len(x)} samples, as many as images, got {len(array)}")
        part = slice(None)
        if subset is not None:
            check.one_of("subset", subset, ("training", "validation"))
            split = int(len(x) * image_data_generator._validation_split)
            classes = None if y is None or ignore_class_split else (np.unique(y[:split]), np.unique(y[split:]))
            if classes is not None and not np.array_equal(*classes):
                raise ValueError(
                    "subset: training and validation part have different classes; shuffle arrays that are sorted by class"
                )
            part = slice(split) if subset == "validation" else slice(split, None)
        self.x = np.asarray(x[part], self.dtype)
        if self.x.ndim != 4:
            raise ValueError(f"x: expected images of shape (samples, height, width, channels), got {self.x.shape}")
        self.x_misc = [each[part] for each in others]
        self.y = None if y is None else np.asarray(y)[part]
        self.sample_weight = None if sample_weight is None else np.asarray(sample_weight)[part]
        super().__init__(len(self.x), batch_size, shuffle, seed)

    def _get_batches_of_transformed_samples(self, index_array):
        batch = np.zeros((len(index_array), *self.x.shape[1:]), self.dtype)
        for place, number in enumerate(index_array):
            batch[place] = self._changed(self.x[number], self.dtype)
        self._save(batch, index_array, 10**4)
        x = [batch, *(each[index_array] for each in self.x_misc)] if self.x_misc else batch
        if self.y is None:
            return x
        if self.sample_weight is None:
            return x, self.y[index_array]
        return x, self.y[index_array], self.sample_weight[index_array]


class DirectoryIterator(Iterator):
    """Batches of changed images below a directory; see ``ImageDataGenerator.flow_from_directory``."""

    def __init__(
        self, directory, image_data_generator, target_size=(256, 256), color_mode="rgb", classes=None,
        class_mode="categorical", batch_size=32, shuffle=True, seed=None, data_format=None, save_to_dir=None,
        save_prefix="", save_format="png", follow_links=False, subset=None, interpolation="nearest",
        keep_aspect_ratio=False, dtype=None,
    ):  # fmt: skip
        self.directory = os.fspath(directory)
        self.image_data_generator = image_data_generator
        self.target_size = check.int_tuple("target_size", target_size, 2)
        self.color_mode = check.one_of("color_mode", color_mode, tuple(COLOR_MODES))
        self.class_mode = check.one_of("class_mode", class_mode, CLASS_MODES)
        self.data_format = layout(data_format)
        self.dtype = dtype or config.floatx()
        self.save_to_dir, self.save_prefix, self.save_format = save_to_dir, save_prefix, save_format
        self.interpolation, self.keep_aspect_ratio = interpolation, keep_aspect_ratio
        share = (0, 1)
        if subset is not None:
            held_out = image_data_generator._validation_split
            share = {"validation": (0, held_out), "training": (held_out, 1)}[
                check.one_of("subset", subset, ("training", "validation"))
            ]
        if not classes:
            classes = sorted(entry.name for entry in os.scandir(self.directory) if entry.is_dir())
        self.class_indices = {name: number for number, name in enumerate(classes)}
        self.num_classes = len(self.class_indices)
        self.filenames, numbers = [], []
        for name, number in self.class_indices.items():
            found = list(self._files(name, follow_links))
            kept = found[int(share[0] * len(found)) : int(share[1] * len(found))]
            self.filenames += kept
            numbers += [number] * len(kept)
        self.classes = np.array(numbers, "int32")
        self.samples = len(self.filenames)
        print(f"Found {self.samples} images belonging to {self.num_classes} classes.")
        super().__init__(self.samples, batch_size, shuffle, seed)

    def _files(self, name, follow_links):
        for root, _, names in sorted(os.walk(os.path.join(self.directory, name), followlinks=follow_links)):
            for file in sorted(names):
                if file.lower().endswith(FORMATS):
                    yield os.path.relpath(os.path.join(root, file), self.directory)

    @property
    def filepaths(self):
        """Paths of the images."""
        return [os.path.join(self.directory, name) for name in self.filenames]

    @property
    def labels(self):
        """Class number of each image."""
        return self.classes

    @property
    def image_shape(self):
        """Shape of one image."""
        channels = COLOR_MODES[self.color_mode]
        return (*self.target_size, channels) if self.data_format == "channels_last" else (channels, *self.target_size)

    def _get_batches_of_transformed_samples(self, index_array):
        batch, paths = np.zeros((len(index_array), *self.image_shape), self.dtype), self.filepaths
        for place, number in enumerate(index_array):
            image = load_img(
                paths[number], self.color_mode, self.target_size, self.interpolation, self.keep_aspect_ratio
            )
            batch[place] = self._changed(img_to_array(image, self.data_format), self.dtype)
        self._save(batch, index_array, 10**7)
        if self.class_mode is None:
            return batch
        if self.class_mode == "input":
            return batch, batch.copy()
        numbers = self.classes[index_array]
        if self.class_mode == "categorical":
            return batch, (numbers[:, None] == np.arange(self.num_classes)).astype(self.dtype)
        return batch, numbers.astype(self.dtype)
