"""Pooling layers."""

from pykeras.layers.layer import REGISTRY
from pykeras.layers.pooling.adaptive import (
    AdaptiveAveragePooling1D,
    AdaptiveAveragePooling2D,
    AdaptiveAveragePooling3D,
    AdaptiveMaxPooling1D,
    AdaptiveMaxPooling2D,
    AdaptiveMaxPooling3D,
)  # fmt: skip
from pykeras.layers.pooling.everything import (
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalAveragePooling3D,
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
    GlobalMaxPooling3D,
)  # fmt: skip
from pykeras.layers.pooling.windows import (
    AveragePooling1D,
    AveragePooling2D,
    AveragePooling3D,
    MaxPooling1D,
    MaxPooling2D,
    MaxPooling3D,
)  # fmt: skip

MaxPool1D = REGISTRY.register(MaxPooling1D, "MaxPool1D")
MaxPool2D = REGISTRY.register(MaxPooling2D, "MaxPool2D")
MaxPool3D = REGISTRY.register(MaxPooling3D, "MaxPool3D")
AvgPool1D = REGISTRY.register(AveragePooling1D, "AvgPool1D")
AvgPool2D = REGISTRY.register(AveragePooling2D, "AvgPool2D")
AvgPool3D = REGISTRY.register(AveragePooling3D, "AvgPool3D")
GlobalMaxPool1D = REGISTRY.register(GlobalMaxPooling1D, "GlobalMaxPool1D")
GlobalMaxPool2D = REGISTRY.register(GlobalMaxPooling2D, "GlobalMaxPool2D")
GlobalMaxPool3D = REGISTRY.register(GlobalMaxPooling3D, "GlobalMaxPool3D")
GlobalAvgPool1D = REGISTRY.register(GlobalAveragePooling1D, "GlobalAvgPool1D")
GlobalAvgPool2D = REGISTRY.register(GlobalAveragePooling2D, "GlobalAvgPool2D")
GlobalAvgPool3D = REGISTRY.register(GlobalAveragePooling3D, "GlobalAvgPool3D")

__all__ = [
    "AdaptiveAveragePooling1D", "AdaptiveAveragePooling2D", "AdaptiveAveragePooling3D", "AdaptiveMaxPooling1D",
    "AdaptiveMaxPooling2D", "AdaptiveMaxPooling3D", "AveragePooling1D", "AveragePooling2D", "AveragePooling3D",
    "AvgPool1D", "AvgPool2D", "AvgPool3D", "GlobalAveragePooling1D", "GlobalAveragePooling2D",
    "GlobalAveragePooling3D", "GlobalAvgPool1D", "GlobalAvgPool2D", "GlobalAvgPool3D", "GlobalMaxPool1D",
    "GlobalMaxPool2D", "GlobalMaxPool3D", "GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D",
    "MaxPool1D", "MaxPool2D", "MaxPool3D", "MaxPooling1D", "MaxPooling2D", "MaxPooling3D",
]  # fmt: skip
