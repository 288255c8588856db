"""Spatial layers of Keras 2: what its configurations hold more or less than Keras 3's."""

import pytest

from pykeras import layers
from pykeras.saving import dialects

EXTRA = {
    "Conv2DTranspose": ({"filters": 2, "kernel_size": 3}, {"groups": 1}),
    "DepthwiseConv2D": ({"kernel_size": 3}, {"groups": 1}),
    "SeparableConv1D": (
        {"filters": 2, "kernel_size": 3},
        {"groups": 1, "kernel_initializer": "zeros", "kernel_regularizer": None, "kernel_constraint": None},
    ),
    "RandomRotation": ({"factor": 0.1}, {"rng_type": "stateful"}),
}


@pytest.mark.parametrize("name", EXTRA)
def test_opens(name):
    config, extra = EXTRA[name]
    entry = dialects.to_keras3({"class_name": name, "config": {**config, **extra, "name": "it"}})
    layer = layers.deserialize(entry)
    assert type(layer).__name__ == name and layer.name == "it"


@pytest.mark.parametrize("name, config, gone", [
    ("Conv3DTranspose", {"filters": 1, "kernel_size": 2}, "dilation_rate"),
    ("ZeroPadding1D", {}, "data_format"),
    ("Resizing", {"height": 2, "width": 2}, "antialias"),
    ("RandomContrast", {"factor": 0.1}, "value_range"),
])  # fmt: skip
def test_leaves_out_what_keras2_does_not_know(name, config, gone):
    entry = layers.serialize(getattr(layers, name)(**config))
    assert gone in entry["config"] and gone not in dialects.to_keras2(entry)["config"]


def test_keeps_what_would_be_lost():
    entry = layers.serialize(layers.Resizing(2, 2, antialias=True))
    assert dialects.to_keras2(entry)["config"]["antialias"] is True
