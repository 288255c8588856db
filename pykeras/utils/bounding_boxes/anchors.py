"""Boxes as offsets from anchors, which is what detectors predict."""

from __future__ import annotations

from pykeras import check, config, ops
from pykeras.utils.bounding_boxes.formats import convert_format, joined, sizes

ENCODINGS = ("center_xywh", "center_yxhw")


def encode_box_to_deltas(
    anchors, boxes, anchor_format, box_format, encoding_format="center_yxhw", variance=None, image_shape=None
):
    """Offsets of boxes from anchors: ``(middle - anchor's middle) / anchor's size, log(size / anchor's size)``.

    Arguments:
        anchors: of shape (n, 4).
        boxes: of shape (n, 4) or (batch, n, 4).
        anchor_format, box_format: see ``convert_format``.
        encoding_format: order of the offsets: "center_yxhw" or "center_xywh".
        variance: four numbers that the offsets are divided by.
        image_shape: (height, width, ...), needed for relative formats.

    Example:
        >>> from pykeras.utils.bounding_boxes import encode_box_to_deltas
        >>> encode_box_to_deltas([[0, 0, 4, 4]], [[1, 2, 5, 6]], "xyxy", "xyxy").tolist()
        [[0.5, 0.25, 0.0, 0.0]]
    """
    check.one_of("encoding_format", encoding_format, ENCODINGS)
    variance = _four(variance)
    height, width = sizes(image_shape)
    anchors = convert_format(anchors, anchor_format, encoding_format, height, width)
    boxes = convert_format(boxes, box_format, encoding_format, height, width)
    size, box_size = (ops.maximum(b[..., 2:], config.epsilon()) for b in (anchors, boxes))
    deltas = joined((boxes[..., :2] - anchors[..., :2]) / size, ops.log(box_size / size))
    return deltas if variance is None else deltas / variance


def decode_deltas_to_boxes(
    anchors, boxes_delta, anchor_format, box_format, encoded_format="center_yxhw", variance=None, image_shape=None
):
    """Boxes from offsets: what ``encode_box_to_deltas`` does, turned round.

    Arguments:
        anchors: of shape (n, 4), or a dictionary of them by level.
        boxes_delta: offsets of shape (n, 4) or (batch, n, 4), or a dictionary of them by level.
        encoded_format: order of the offsets: "center_yxhw" or "center_xywh".
        anchor_format, ...: see ``encode_box_to_deltas``.

    Returns:
        Boxes in ``box_format``, or a dictionary of them.
    """
    check.one_of("encoded_format", encoded_format, ENCODINGS)
    if isinstance(anchors, dict):
        rest = (anchor_format, box_format, encoded_format, variance, image_shape)
        return {level: decode_deltas_to_boxes(anchors[level], boxes_delta[level], *rest) for level in anchors}
    variance = _four(variance)
    height, width = sizes(image_shape)
    anchors = convert_format(anchors, anchor_format, encoded_format, height, width)
    deltas = ops.convert_to_tensor(boxes_delta, "float32")
    deltas = deltas if variance is None else deltas * variance
    size = anchors[..., 2:]
    boxes = joined(deltas[..., :2] * size + anchors[..., :2], ops.exp(deltas[..., 2:]) * size)
    return convert_format(boxes, encoded_format, box_format, height, width)


def _four(variance):
    if variance is None:
        return None
    variance = ops.convert_to_tensor(variance, "float32")
    if not variance.shape or variance.shape[-1] != 4:
        raise ValueError(f"variance: expected four numbers, got shape {tuple(variance.shape)}")
    return variance
