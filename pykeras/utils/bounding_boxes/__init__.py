"""Boxes around objects in images: formats, changes that follow those of the image, overlap, and offsets from anchors."""

from pykeras.utils.bounding_boxes.anchors import decode_deltas_to_boxes, encode_box_to_deltas
from pykeras.utils.bounding_boxes.changes import affine_transform, clip_to_image_size, crop, pad
from pykeras.utils.bounding_boxes.formats import convert_format
from pykeras.utils.bounding_boxes.overlap import compute_ciou, compute_iou

__all__ = [
    "affine_transform", "clip_to_image_size", "compute_ciou", "compute_iou", "convert_format", "crop",
    "decode_deltas_to_boxes", "encode_box_to_deltas", "pad",
]  # fmt: skip
