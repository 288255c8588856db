"""Boxes around objects as Keras 3 has them, and what is wrong with some."""

import pathlib

import numpy as np
import pytest
from parity import packed
from parity.box_cases import BATCH, ONE, OTHER, results

import pykeras
from pykeras import ops
from pykeras.utils import bounding_boxes

WANTED = packed.load(pathlib.Path(__file__).parent / "fixtures" / "boxes.npz")


@pytest.fixture(scope="module")
def found():
    return results(bounding_boxes)


@pytest.mark.parametrize("name", WANTED)
def test_same(found, name):
    assert found[name].shape == WANTED[name].shape
    np.testing.assert_allclose(found[name].numpy(), WANTED[name], rtol=1e-4, atol=1e-4)


def test_one_image_is_a_batch_of_one():
    numbers = (30, 0.1, -0.2, 1.2, 5, 3)
    alone = bounding_boxes.affine_transform(BATCH[0], *numbers, height=60, width=80)
    both = bounding_boxes.affine_transform(BATCH, *numbers, height=60, width=80)
    np.testing.assert_allclose(alone.numpy(), both.numpy()[0], rtol=1e-6)


def test_overlap_of_relative_boxes():
    pixels = bounding_boxes.compute_ciou(ONE, OTHER, "xyxy")
    shares = [b / np.array([80, 60, 80, 60], "float32") for b in (ONE, OTHER)]
    relative = bounding_boxes.compute_ciou(*shares, "rel_xyxy", image_shape=(60, 80, 3))
    np.testing.assert_allclose(relative.numpy(), pixels.numpy(), rtol=1e-4, atol=1e-5)


def test_dictionaries_stay_as_they_are_and_losses_have_slopes():
    given = {"boxes": ONE, "labels": np.arange(5)}
    assert bounding_boxes.convert_format(given, "XYXY", "xywh")["boxes"] is not ONE and given["boxes"] is ONE
    with pykeras.GradientTape() as tape:
        x = ops.convert_to_tensor(ONE)
        tape.watch(x)
        loss = ops.sum(1 - bounding_boxes.compute_ciou(x, OTHER, "xyxy"))
    slope = tape.gradient(loss, x).numpy()
    assert slope.shape == (5, 4) and np.isfinite(slope).all() and np.abs(slope).max() > 0


@pytest.mark.parametrize(
    ("act", "error", "message"),
    [
        (lambda b: b.convert_format(ONE, "xyxy", "corners"), ValueError, "target: expected one of"),
        (lambda b: b.convert_format(ONE, "xyxy", "rel_xyxy"), ValueError, "height and width: needed"),
        (lambda b: b.convert_format(ONE[:, :3], "xyxy", "xywh"), ValueError, r"got shape \(5, 3\)"),
        (lambda b: b.clip_to_image_size({"boxes": ONE}), ValueError, "height and width: needed"),
        (lambda b: b.clip_to_image_size({"boxes": ONE}, 1, 1, "xywh"), ValueError, "bounding_box_format"),
        (lambda b: b.crop(ONE, 0, 0, 1, 1, "xywh"), NotImplementedError, 'only "xyxy"'),
        (lambda b: b.pad(ONE, 0, 0, bounding_box_format="xywh"), NotImplementedError, 'only "xyxy"'),
        (lambda b: b.affine_transform(ONE, *[0] * 8, None, None, "xywh"), NotImplementedError, 'only "xyxy"'),
        (lambda b: b.affine_transform(ONE[0], *[0] * 8), ValueError, r"got \(4,\)"),
        (lambda b: b.compute_iou(ONE[0], ONE, "xyxy"), ValueError, r"boxes1: .* got \(4,\)"),
        (lambda b: b.encode_box_to_deltas(ONE, ONE, "xyxy", "xyxy", "xyxy"), ValueError, "encoding_format"),
        (lambda b: b.decode_deltas_to_boxes(ONE, ONE, "xyxy", "xyxy", "xyxy"), ValueError, "encoded_format"),
        (lambda b: b.encode_box_to_deltas(ONE, ONE, "xyxy", "xyxy", variance=[1]), ValueError, r"got shape \(1,\)"),
    ],
)
def test_errors(act, error, message):
    with pytest.raises(error, match=message):
        act(bounding_boxes)
