"""Images between files, Pillow's images and arrays."""

from __future__ import annotations

import io
import os
import warnings

import numpy as np

from pykeras import check, config, extras, ops

COLOR_MODES = {"grayscale": 1, "rgb": 3, "rgba": 4}
_GREY_MODES = ("L", "I;16", "I")
_INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "hamming", "box", "lanczos")


def pillow():
    """Pillow's module ``Image``.

    Raises:
        ImportError: it is not installed.
    """
    return extras.package("PIL.Image", "Reading and writing image files", "Pillow", "image")


def layout(data_format):
    """The data format, that of the configuration for None."""
    if data_format is None:
        return config.image_data_format()
    return check.one_of("data_format", data_format, ("channels_last", "channels_first"))


def array_to_img(x, data_format=None, scale=True, dtype=None):
    """An array as an image of Pillow.

    Arguments:
        x: array or tensor of shape (height, width, channels); 1, 3 or 4 channels.
        data_format: "channels_last" or "channels_first"; by default that of the configuration.
        scale: stretch the values so that the least is 0 and the largest 255.
        dtype: type to compute in, by default ``floatx``.

    Raises:
        ValueError: another shape.
        ImportError: Pillow is not installed.
    """
    image = pillow()
    x = np.array(ops.convert_to_numpy(x), dtype or config.floatx())
    if x.ndim != 3:
        raise ValueError(f"array_to_img: expected one image with three axes, got shape {x.shape}")
    if layout(data_format) == "channels_first":
        x = x.transpose(1, 2, 0)
    if x.shape[2] not in (1, 3, 4):
        raise ValueError(f"array_to_img: expected 1, 3 or 4 channels, got {x.shape[2]} (shape {x.shape})")
    if scale:
        x = x - x.min()
        top = x.max()
        x = (x / top if top != 0 else x) * 255
    if x.shape[2] == 1:
        x = x[:, :, 0]
        return image.fromarray(x.astype("int32" if x.max() > 255 else "uint8"))
    return image.fromarray(x.astype("uint8"))


def img_to_array(img, data_format=None, dtype=None):
    """An image of Pillow, or an array of one, as an array of three axes; grey images get an axis of one channel.

    Arguments:
        img: the image.
        data_format: of the result; by default that of the configuration.
        dtype: of the result, by default ``floatx``.

    Raises:
        ValueError: something of other than two or three axes.

    Example:
        >>> import numpy as np
        >>> from pykeras.utils import img_to_array
        >>> img_to_array(np.zeros((2, 4))).shape
        (2, 4, 1)
    """
    x = np.array(img, dtype or config.floatx())
    if x.ndim not in (2, 3):
        raise ValueError(f"img_to_array: expected an image of two or three axes, got shape {x.shape}")
    x = x[:, :, None] if x.ndim == 2 else x
    return x.transpose(2, 0, 1) if layout(data_format) == "channels_first" else x


def load_img(path, color_mode="rgb", target_size=None, interpolation="nearest", keep_aspect_ratio=False):
    """Read an image file with Pillow.

    Arguments:
        path: path, or ``io.BytesIO`` with a file's bytes.
        color_mode: "grayscale", "rgb" or "rgba"; grey images of 16 and 32 bits stay what they are.
        target_size: (height, width) to resize to.
        interpolation: "nearest", "bilinear", "bicubic", "hamming", "box" or "lanczos".
        keep_aspect_ratio: cut what does not fit ``target_size`` instead of distorting.

    Returns:
        An image of Pillow.

    Raises:
        OSError: no file, or not an image.
        ImportError: Pillow is not installed.
    """
    image = pillow()
    check.one_of("color_mode", color_mode, tuple(COLOR_MODES))
    if isinstance(path, io.BytesIO):
        content = path
    elif isinstance(path, (str, bytes, os.PathLike)):
        with open(path, "rb") as file:
            content = io.BytesIO(file.read())
    else:
        raise TypeError(f"path: expected a path or io.BytesIO, got {type(path).__name__}")
    img = image.open(content)
    mode = {"grayscale": "L", "rgb": "RGB", "rgba": "RGBA"}[color_mode]
    if img.mode != mode and not (mode == "L" and img.mode in _GREY_MODES):
        img = img.convert(mode)
    if target_size is None:
        img.load()
        return img
    height, width = check.int_tuple("target_size", target_size, 2)
    check.one_of("interpolation", interpolation, _INTERPOLATIONS)
    if img.size == (width, height):
        return img
    box = None
    if keep_aspect_ratio:
        across = min(img.width, img.height * width // height)
        down = min(img.height, img.width * height // width)
        left, top = (img.width - across) // 2, (img.height - down) // 2
        box = (left, top, left + across, top + down)
    return img.resize((width, height), getattr(image.Resampling, interpolation.upper()), box=box)


def save_img(path, x, data_format=None, file_format=None, scale=True, **kwargs):
    """Write an array as an image file.

    Arguments:
        path: path or file object.
        x, data_format, scale: see ``array_to_img``.
        file_format: Pillow's name of the format; by default what the path's ending says.
        **kwargs: for Pillow's ``save``.
    """
    img = array_to_img(x, data_format, scale)
    name = file_format or (os.path.splitext(os.fspath(path))[1][1:] if isinstance(path, (str, os.PathLike)) else "")
    if img.mode == "RGBA" and name.lower() in ("jpg", "jpeg"):
        warnings.warn("save_img: JPEG has no alpha channel; it is left out", stacklevel=2)
        img = img.convert("RGB")
    img.save(path, format="jpeg" if (file_format or "").lower() == "jpg" else file_format, **kwargs)


def smart_resize(x, size, interpolation="bilinear", data_format="channels_last", **kwargs):
    """Images of another size without distortion: the largest part in the middle with the result's shape is resized.

    Arguments:
        x: array or tensor of shape (height, width, channels) or (batch, height, width, channels).
        size: (height, width) of the result.
        interpolation: see ``ops.image.resize``.
        data_format: "channels_last" or "channels_first".
        **kwargs: ``backend_module`` is taken, as by Keras, and must be None.

    Returns:
        An array for an array, else a tensor.

    Example:
        >>> import numpy as np
        >>> from pykeras.preprocessing.image import smart_resize
        >>> smart_resize(np.zeros((10, 20, 3)), (4, 4)).shape
        (4, 4, 3)
    """
    if kwargs.pop("backend_module", None) is not None or kwargs:
        raise TypeError(f"smart_resize: unknown arguments: {', '.join(kwargs) or 'backend_module'}")
    size = check.int_tuple("size", size, 2)
    if len(x.shape) not in (3, 4):
        raise ValueError(f"smart_resize: expected one image or a batch of them, got shape {tuple(x.shape)}")
    rows = -3 if layout(data_format) == "channels_last" else -2
    height, width = x.shape[rows], x.shape[rows + 1]
    down = max(min(height, width * size[0] // size[1]), 1)
    across = max(min(width, height * size[1] // size[0]), 1)
    cut = [slice(None)] * len(x.shape)
    top, left = (height - down) // 2, (width - across) // 2
    cut[rows], cut[rows + 1] = slice(top, top + down), slice(left, left + across)
    result = ops.image.resize(x[tuple(cut)], size, interpolation, data_format=data_format)
    return ops.convert_to_numpy(result) if isinstance(x, np.ndarray) else result
