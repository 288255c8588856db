"""The nine ways to write a box as four numbers."""

from __future__ import annotations

from pykeras import check, ops

# Without "rel_", which divides by the size of the image: whether y comes first, and what the last two numbers are.
_KINDS = {
    "xyxy": (False, "corner"),
    "yxyx": (True, "corner"),
    "xywh": (False, "size"),
    "center_xywh": (False, "centre"),
    "center_yxhw": (True, "centre"),
}
FORMATS = (*_KINDS, "rel_xyxy", "rel_yxyx", "rel_xywh", "rel_center_xywh")


def parts(boxes):
    """The four numbers of boxes, each of shape (..., 1)."""
    return ops.split(boxes, 4, axis=-1)


def joined(*numbers):
    """What ``parts`` took apart."""
    return ops.concatenate(list(numbers), axis=-1)


def sizes(image_shape):
    """Height and width of an image shape, which may be None."""
    return (None, None) if image_shape is None else tuple(image_shape[:2])


def convert_format(boxes, source, target, height=None, width=None, dtype="float32"):
    """Boxes in another format.

    ========================  ==========================================
    "xyxy", "yxyx"            left, top, right, bottom; top, left, ...
    "xywh"                    left, top, width, height
    "center_xywh"             x and y of the middle, width, height
    "center_yxhw"             y and x of the middle, height, width
    "rel_xyxy", "rel_yxyx",   the same as shares of the image's width
    "rel_xywh",               and height
    "rel_center_xywh"
    ========================  ==========================================

    Arguments:
        boxes: array or tensor of shape (..., 4), or a dictionary with it under "boxes".
        source, target: formats, in capitals or not.
        height, width: of the image; needed between relative and other formats.
        dtype: of the result.

    Returns:
        A tensor, or a new dictionary with it.

    Raises:
        ValueError: an unknown format, another last axis than 4, or no size where it is needed.

    Example:
        >>> from pykeras.utils.bounding_boxes import convert_format
        >>> convert_format([[10, 20, 30, 60]], "xyxy", "center_xywh").tolist()
        [[20.0, 40.0, 20.0, 40.0]]
    """
    if isinstance(boxes, dict):
        return {**boxes, "boxes": convert_format(boxes["boxes"], source, target, height, width, dtype)}
    source = check.one_of("source", str(source).lower(), FORMATS)
    target = check.one_of("target", str(target).lower(), FORMATS)
    boxes = ops.cast(boxes if hasattr(boxes, "shape") else ops.convert_to_tensor(boxes), dtype)
    if not boxes.shape or boxes.shape[-1] != 4:
        raise ValueError(f"boxes: expected four numbers along the last axis, got shape {tuple(boxes.shape)}")
    relative = [name.startswith("rel_") for name in (source, target)]
    if any(relative) and (height is None or width is None):
        raise ValueError(
            f'height and width: needed for the formats "{source}" and "{target}", got {height} and {width}'
        )
    if source == target:
        return boxes
    left, top, right, bottom = _corners(parts(boxes), *_KINDS[source.removeprefix("rel_")])
    if relative[0] != relative[1]:
        across, down = (ops.cast(size, dtype) for size in (width, height))
        if relative[0]:
            left, right, top, bottom = left * across, right * across, top * down, bottom * down
        else:
            left, right, top, bottom = left / across, right / across, top / down, bottom / down
    return _written(left, top, right, bottom, *_KINDS[target.removeprefix("rel_")])


def _corners(numbers, y_first, kind):
    a, b, c, d = numbers
    x, y, u, v = (b, a, d, c) if y_first else (a, b, c, d)
    if kind == "size":
        u, v = x + u, y + v
    elif kind == "centre":
        x, y, u, v = x - u / 2, y - v / 2, x + u / 2, y + v / 2
    return x, y, u, v


def _written(left, top, right, bottom, y_first, kind):
    x, y, u, v = left, top, right, bottom
    if kind != "corner":
        u, v = right - left, bottom - top
    if kind == "centre":
        x, y = left + u / 2, top + v / 2
    return joined(y, x, v, u) if y_first else joined(x, y, u, v)
