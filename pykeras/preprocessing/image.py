"""Images between files and arrays, and Keras 2's generators of changed images."""

from pykeras.preprocessing.affine import (
    apply_affine_transform,
    apply_brightness_shift,
    apply_channel_shift,
    random_brightness,
    random_channel_shift,
    random_rotation,
    random_shear,
    random_shift,
    random_zoom,
)
from pykeras.preprocessing.image_generator import ImageDataGenerator
from pykeras.preprocessing.image_iterators import DirectoryIterator, Iterator, NumpyArrayIterator
from pykeras.utils.images import array_to_img, img_to_array, load_img, save_img, smart_resize

__all__ = [
    "DirectoryIterator", "ImageDataGenerator", "Iterator", "NumpyArrayIterator", "apply_affine_transform",
    "apply_brightness_shift", "apply_channel_shift", "array_to_img", "img_to_array", "load_img", "random_brightness",
    "random_channel_shift", "random_rotation", "random_shear", "random_shift", "random_zoom", "save_img",
    "smart_resize",
]  # fmt: skip
