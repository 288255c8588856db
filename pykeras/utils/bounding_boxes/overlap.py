"""How much boxes overlap."""

from __future__ import annotations

import math

from pykeras import config, ops
from pykeras.utils.bounding_boxes.formats import convert_format, parts, sizes


def compute_iou(boxes1, boxes2, bounding_box_format, use_masking=False, mask_val=-1, image_shape=None):
    """Intersection over union of each box of the first with each of the second.

    Arguments:
        boxes1: of shape (n, 4) or (batch, n, 4).
        boxes2: of shape (m, 4) or (batch, m, 4).
        bounding_box_format: see ``convert_format``.
        use_masking: whether boxes that are padding (all numbers below 0) get ``mask_val``.
        mask_val: their overlap.
        image_shape: (height, width, ...), needed for relative formats.

    Returns:
        A tensor of shape (n, m) or (batch, n, m).

    Raises:
        ValueError: boxes of another number of axes, or no ``image_shape`` where it is needed.

    Example:
        >>> from pykeras.utils.bounding_boxes import compute_iou
        >>> compute_iou([[0, 0, 2, 2]], [[0, 0, 2, 2], [1, 0, 3, 2]], "xyxy").numpy().round(3).tolist()
        [[1.0, 0.3330000042915344]]
    """
    height, width = sizes(image_shape)
    boxes1, boxes2 = (convert_format(b, bounding_box_format, "xyxy", height, width) for b in (boxes1, boxes2))
    for name, boxes in (("boxes1", boxes1), ("boxes2", boxes2)):
        if len(boxes.shape) not in (2, 3):
            raise ValueError(f"{name}: expected shape (n, 4) or (batch, n, 4), got {tuple(boxes.shape)}")
    first = parts(boxes1)  # each (..., n, 1)
    second = [ops.swapaxes(part, -1, -2) for part in parts(boxes2)]  # each (..., 1, m)
    across = ops.maximum(ops.minimum(first[2], second[2]) - ops.maximum(first[0], second[0]), 0.0)
    down = ops.maximum(ops.minimum(first[3], second[3]) - ops.maximum(first[1], second[1]), 0.0)
    common = across * down
    areas = [(right - left) * (bottom - top) for left, top, right, bottom in (first, second)]
    result = common / (areas[0] + areas[1] - common + config.epsilon())
    if not use_masking:
        return result
    padding = ops.logical_or(
        ops.max(boxes1, -1, keepdims=True) < 0, ops.swapaxes(ops.max(boxes2, -1, keepdims=True) < 0, -1, -2)
    )
    return ops.where(padding, ops.cast(mask_val, result.dtype), result)


def compute_ciou(boxes1, boxes2, bounding_box_format, image_shape=None):
    """Complete intersection over union of pairs of boxes: overlap, less distance of the middles and unlike shapes.

    ``iou - d^2 / c^2 - v a``, with the distance ``d`` of the middles, the diagonal ``c`` of the box around both,
    ``v = 4 / pi^2 (atan(w2 / h2) - atan(w1 / h1))^2`` and ``a = v / (1 - iou + v)``.

    Arguments:
        boxes1, boxes2: of one shape (..., 4).
        bounding_box_format, image_shape: see ``compute_iou``.

    Returns:
        A tensor of shape (...).

    Source: Zheng et al., "Distance-IoU Loss", arXiv:1911.08287.
    """
    height, width = sizes(image_shape)
    small = config.epsilon()
    pair = [parts(convert_format(b, bounding_box_format, "xyxy", height, width)) for b in (boxes1, boxes2)]
    (left1, top1, right1, bottom1), (left2, top2, right2, bottom2) = pair
    widths = [right - left for left, _, right, _ in pair]
    heights = [bottom - top + small for _, top, _, bottom in pair]
    common = ops.maximum(ops.minimum(right1, right2) - ops.maximum(left1, left2), 0.0) * ops.maximum(
        ops.minimum(bottom1, bottom2) - ops.maximum(top1, top2), 0.0
    )
    iou = common / (widths[0] * heights[0] + widths[1] * heights[1] - common + 2 * small)
    diagonal = ops.square(ops.maximum(right1, right2) - ops.minimum(left1, left2)) + ops.square(
        ops.maximum(bottom1, bottom2) - ops.minimum(top1, top2)
    )
    distance = ops.square((left1 + right1 - left2 - right2) / 2) + ops.square((top1 + bottom1 - top2 - bottom2) / 2)
    shapes = 4 / math.pi**2 * ops.square(ops.arctan(widths[1] / heights[1]) - ops.arctan(widths[0] / heights[0]))
    weight = shapes / (shapes - iou + (1 + small))
    return ops.squeeze(iou - distance / (diagonal + small) - shapes * weight, axis=-1)
