"""Layers that prepare images, and change them at random while training."""

from pykeras.layers.image.colours import RandomBrightness, RandomContrast
from pykeras.layers.image.cuts import CenterCrop, RandomCrop
from pykeras.layers.image.scaling import Rescaling, Resizing
from pykeras.layers.image.sizes import RandomHeight, RandomWidth
from pykeras.layers.image.warps import RandomFlip, RandomRotation, RandomTranslation, RandomZoom

__all__ = [
    "CenterCrop", "RandomBrightness", "RandomContrast", "RandomCrop", "RandomFlip", "RandomHeight",
    "RandomRotation", "RandomTranslation", "RandomWidth", "RandomZoom", "Rescaling", "Resizing",
]  # fmt: skip
