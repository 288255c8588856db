"""What image layers share."""

from __future__ import annotations

from typing import Any

from pykeras import check, ops, random
from pykeras.keras_tensor import KerasTensor
from pykeras.layers.dropout import _drawn_seed
from pykeras.layers.layer import Layer
from pykeras.layers.shaping import checked_data_format


class ImageLayer(Layer):
    """Changes images: one (height, width, channels) or a batch.

    Inputs may also be a dictionary with ``"images"`` and, if wanted, ``"labels"``, which pass, and
    ``"segmentation_masks"``, which are moved as the images are, taking the nearest value. Bounding boxes are not
    supported.

    Subclasses write ``draw`` (what is to be done with these images; made once for images and masks) and ``transform``.
    """

    moves_masks = True  # whether pixels change places

    def __init__(self, data_format=None, seed=None, random_layer=True, **kwargs):
        super().__init__(**kwargs)
        self.data_format = checked_data_format(data_format)
        if random_layer:
            self.seed = None if seed is None else check.non_negative_int("seed", seed)
            self.generator = random.SeedGenerator(_drawn_seed() if seed is None else seed)

    def draw(self, images, training: bool) -> Any:
        return None

    def transform(self, images, drawn, interpolation: str | None = None):
        raise NotImplementedError

    def output_sizes(self, height, width) -> tuple:
        return height, width

    def call(self, data, training=True):
        if not isinstance(data, dict):
            return self._apply(data, self._drawn(data, training), training)
        if "images" not in data:
            raise ValueError(f'expected a dictionary with "images", got the keys {sorted(data)}')
        for key in data:
            if key not in ("images", "labels", "segmentation_masks"):
                raise ValueError(f'{key!r}: only "images", "labels" and "segmentation_masks" are supported')
        drawn = self._drawn(data["images"], training)
        result = {**data, "images": self._apply(data["images"], drawn, training)}
        if self.moves_masks and "segmentation_masks" in data:
            result["segmentation_masks"] = self._apply(data["segmentation_masks"], drawn, training, "nearest")
        return result

    def _drawn(self, images, training):
        if len(images.shape) not in (3, 4):
            raise ValueError(f"expected one image (3 axes) or a batch (4 axes), got shape {images.shape}")
        return None if isinstance(images, KerasTensor) else self.draw(images, training)

    def _apply(self, images, drawn, training, interpolation=None):
        if isinstance(images, KerasTensor):
            shape = list(images.shape)
            height, width = self._axes(images)
            shape[height], shape[width] = self.output_sizes(shape[height], shape[width])
            return KerasTensor(tuple(shape), self._result_dtype(images))
        return self.transform_when(ops.cast(images, self._result_dtype(images)), drawn, training, interpolation)

    def transform_when(self, images, drawn, training, interpolation):
        """Random layers leave images as they are unless training."""
        return self.transform(images, drawn, interpolation) if training else images

    def _result_dtype(self, images) -> str:
        return self.compute_dtype

    def _axes(self, images) -> tuple[int, int]:
        """The axes of height and width."""
        end = 0 if self.data_format == "channels_last" else 1
        return len(images.shape) - 3 + end, len(images.shape) - 2 + end

    def _uniform(self, images, low: float, high: float):
        """One number for each image, as (batch, 1)."""
        batch = images.shape[0] if len(images.shape) == 4 else 1
        return random.uniform((batch, 1), low, high, seed=self.generator)

    def _per_image(self, numbers, images):
        """Numbers (batch, 1) in a shape that broadcasts to the images."""
        ones = (1,) * (len(images.shape) - 1)
        return ops.cast(ops.reshape(numbers, (images.shape[0] if len(images.shape) == 4 else 1, *ones)), images.dtype)


def factor_range(name: str, factor, low: float = -1.0, high: float = 1.0) -> tuple[float, float]:
    """(lower, upper) from a pair, or from a number for -factor to factor, within [low, high]."""
    expected = f"a number or a pair of numbers from {low:g} to {high:g}"
    pair = tuple(factor) if isinstance(factor, (list, tuple)) else (-abs(check.number(name, factor)), abs(factor))
    if len(pair) != 2 or not all(
        low <= check.number(name, f) <= high for f in pair[isinstance(factor, (int, float)) :]
    ):
        raise ValueError(f"{name}: expected {expected}, got {factor!r}")
    lower, upper = sorted(pair)
    return max(float(lower), low), float(upper)
