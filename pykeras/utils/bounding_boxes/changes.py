"""What happens to boxes when their image is cut, padded, turned, moved, sheared or zoomed."""

from __future__ import annotations

import math

from pykeras import check, ops
from pykeras.utils.bounding_boxes.formats import joined, parts


def _only_xyxy(name, given):
    if given != "xyxy":
        raise NotImplementedError(f'{name}: bounding_box_format: only "xyxy", got {given!r}; see convert_format')


def _within(boxes, width, height):
    left, top, right, bottom = parts(boxes)
    return joined(*(ops.clip(v, 0, most) for v, most in zip((left, top, right, bottom), (width, height) * 2)))


def _tensor(boxes):
    return (
        boxes if hasattr(boxes, "shape") and not hasattr(boxes, "__array_interface__") else ops.convert_to_tensor(boxes)
    )


def clip_to_image_size(bounding_boxes, height=None, width=None, bounding_box_format="xyxy"):
    """Boxes cut at the borders of the image; labels of those that nothing is left of become -1.

    Arguments:
        bounding_boxes: dictionary with "boxes" of shape (..., n, 4) and perhaps "labels" of shape (..., n).
        height, width: of the image; not needed for "rel_xyxy".
        bounding_box_format: "xyxy" or "rel_xyxy".

    Returns:
        A new dictionary.

    Example:
        >>> from pykeras.utils.bounding_boxes import clip_to_image_size
        >>> boxes = {"boxes": [[-2.0, 1.0, 3.0, 9.0], [6.0, 0.0, 7.0, 1.0]], "labels": [4, 5]}
        >>> found = clip_to_image_size(boxes, height=5, width=5)
        >>> found["boxes"].tolist(), found["labels"].tolist()
        ([[0.0, 1.0, 3.0, 5.0], [5.0, 0.0, 5.0, 1.0]], [4, -1])
    """
    check.one_of("bounding_box_format", bounding_box_format, ("xyxy", "rel_xyxy"))
    if bounding_box_format == "rel_xyxy":
        height = width = 1
    elif height is None or width is None:
        raise ValueError('height and width: needed for the format "xyxy"')
    boxes = _within(_tensor(bounding_boxes["boxes"]), width, height)
    result = {**bounding_boxes, "boxes": boxes}
    if result.get("labels") is not None:
        left, top, right, bottom = parts(boxes)
        area = ops.squeeze((right - left) * (bottom - top), axis=-1)
        result["labels"] = ops.where(area > 0, _tensor(result["labels"]), -1)
    return result


def crop(boxes, top, left, height, width, bounding_box_format="xyxy"):
    """Boxes of the part of an image that begins at (top, left) and has this height and width.

    Example:
        >>> from pykeras.utils.bounding_boxes import crop
        >>> crop([[10.0, 20.0, 50.0, 60.0]], top=10, left=20, height=40, width=40).tolist()
        [[0.0, 10.0, 30.0, 40.0]]
    """
    _only_xyxy("crop", bounding_box_format)
    return _within(pad(boxes, -top, -left), width, height)


def pad(boxes, top, left, height=None, width=None, bounding_box_format="xyxy"):
    """Boxes of an image with a margin above it and to its left; ``height`` and ``width`` change nothing, as in Keras.

    Example:
        >>> from pykeras.utils.bounding_boxes import pad
        >>> pad([[1.0, 2.0, 3.0, 4.0]], top=10, left=20).tolist()
        [[21.0, 12.0, 23.0, 14.0]]
    """
    _only_xyxy("pad", bounding_box_format)
    x, y, u, v = parts(_tensor(boxes))
    return joined(x + left, y + top, u + left, v + top)


def affine_transform(
    boxes, angle, translate_x, translate_y, scale, shear_x, shear_y, height, width, center_x=None, center_y=None,
    bounding_box_format="xyxy",
):  # fmt: skip
    """The boxes around what boxes become when their image is turned, moved, sheared and zoomed.

    Arguments:
        boxes: of shape (batch, n, 4), or (n, 4).
        angle, shear_x, shear_y: degrees; a number, or one for each image of the batch.
        translate_x, translate_y: shares of the image's width and height.
        scale: factor.
        height, width: of the image.
        center_x, center_y: the fixed point as shares, by default the middle.
        bounding_box_format: "xyxy".

    Raises:
        NotImplementedError: another format.
    """
    _only_xyxy("affine_transform", bounding_box_format)
    boxes = ops.cast(_tensor(boxes), "float32")
    if len(boxes.shape) not in (2, 3):
        raise ValueError(f"boxes: expected shape (batch, n, 4) or (n, 4), got {tuple(boxes.shape)}")

    def given(value):
        value = ops.cast(_tensor(value), "float32")
        return ops.reshape(value, (-1, 1, 1)) if len(value.shape) else value

    rotation, lean_x, lean_y = (-given(v) * (math.pi / 180) for v in (angle, shear_x, shear_y))
    middle_x = given(0.5 if center_x is None else center_x) * (width - 1)
    middle_y = given(0.5 if center_y is None else center_y) * (height - 1)
    from_x = middle_x - given(translate_x) * (width - 1)
    from_y = middle_y - given(translate_y) * (height - 1)
    scale = given(scale)
    # Rotation times shears, of determinant 1, turned round.
    a = ops.cos(rotation - lean_y) / ops.cos(lean_y)
    b = a * ops.tan(lean_x) + ops.sin(rotation)
    c = -ops.sin(rotation - lean_y) / ops.cos(lean_y)
    d = ops.cos(rotation) - c * ops.tan(lean_x)
    left, top, right, bottom = parts(boxes)
    x, y = joined(left, right, right, left) - from_x, joined(top, top, bottom, bottom) - from_y
    new_x = middle_x + scale * (d * x - b * y)
    new_y = middle_y + scale * (a * y - c * x)
    result = joined(
        ops.min(new_x, -1, keepdims=True), ops.min(new_y, -1, keepdims=True),
        ops.max(new_x, -1, keepdims=True), ops.max(new_y, -1, keepdims=True),
    )  # fmt: skip
    return ops.reshape(result, boxes.shape) if len(boxes.shape) == 2 else result
