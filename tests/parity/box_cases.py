"""What is asked of boxes, here and in Keras 3."""

import numpy as np

FORMATS = ("xyxy", "yxyx", "xywh", "center_xywh", "center_yxhw", "rel_xyxy", "rel_yxyx", "rel_xywh", "rel_center_xywh")
RNG = np.random.default_rng(0)


def boxes(*shape):
    corners = RNG.uniform(0, 40, (*shape, 2))
    return np.concatenate([corners, corners + RNG.uniform(2, 30, (*shape, 2))], -1).astype("float32")


ONE, OTHER, BATCH = boxes(5), boxes(5), boxes(2, 5)
PADDED = np.concatenate([ONE[:3], np.full((2, 4), -1, "float32")])


def results(module):
    box = {}
    for source in FORMATS:
        for target in FORMATS:
            given = ONE / 100 if source.startswith("rel_") else ONE
            box[f"{source} {target}"] = module.convert_format(given, source, target, height=60, width=80)
    labels = np.arange(10).reshape(2, 5)
    clipped = module.clip_to_image_size({"boxes": BATCH - 20, "labels": labels}, height=25, width=15)
    relative = module.clip_to_image_size({"boxes": BATCH / 30, "labels": labels}, bounding_box_format="rel_xyxy")
    numbers = [np.array(v, "float32") for v in ([30, -50], [0.1, 0], [-0.2, 0.3], [1.0, 1.5], [5, -20], [0, 12])]
    deltas = module.encode_box_to_deltas(ONE, BATCH, "xyxy", "xyxy", variance=[0.1, 0.1, 0.2, 0.2])
    rel = module.encode_box_to_deltas(
        ONE, OTHER / 90, "xyxy", "rel_xyxy", encoding_format="center_xywh", image_shape=(70, 50, 3)
    )
    return {
        **box,
        "clip": clipped["boxes"],
        "clip labels": clipped["labels"],
        "clip rel": relative["boxes"],
        "clip rel labels": relative["labels"],
        "affine": module.affine_transform(BATCH, *numbers, height=60, width=80),
        "affine centre": module.affine_transform(BATCH, *numbers, height=60, width=80, center_x=0.2, center_y=0.9),
        "crop": module.crop(ONE, 5, 12, 20, 30),
        "pad": module.pad(BATCH, 7, 3),
        "iou": module.compute_iou(ONE, OTHER, "xywh"),
        "iou batch": module.compute_iou(BATCH, BATCH[:, :3], "yxyx"),
        "iou masked": module.compute_iou(ONE, PADDED, "xyxy", use_masking=True, mask_val=-3),
        "iou rel": module.compute_iou(ONE / 99, OTHER / 99, "rel_center_xywh", image_shape=(60, 80, 3)),
        "ciou": module.compute_ciou(ONE, OTHER, "xyxy"),
        "ciou batch": module.compute_ciou(BATCH, BATCH[::-1], "center_xywh"),
        "deltas": deltas,
        "deltas rel": rel,
        "decoded": module.decode_deltas_to_boxes(ONE, deltas, "xyxy", "xyxy", variance=[0.1, 0.1, 0.2, 0.2]),
        "decoded rel": module.decode_deltas_to_boxes(
            {"a": ONE}, {"a": rel}, "xyxy", "rel_xywh", encoded_format="center_xywh", image_shape=(70, 50, 3)
        )["a"],
    }
