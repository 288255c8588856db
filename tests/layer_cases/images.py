"""Image layers. Random ones are held to one factor, where what they do is fixed."""

from . import Case, floats
from .convolution import formats

_FIXED = [
    ("RandomRotation", {"factor": (0.1, 0.1)}),
    ("RandomZoom", {"height_factor": (0.3, 0.3), "width_factor": (-0.2, -0.2)}),
    ("RandomZoom", {"height_factor": (-0.4, -0.4)}),
    ("RandomTranslation", {"height_factor": (0.3, 0.3), "width_factor": (-0.25, -0.25)}),
]
_SINGLE = ("float32",)  # Keras draws and turns in float32
_PIXELS = floats(2, 5, 6, 2, low=0.0, high=255.0)

CASES = [
    Case("Rescaling", {"scale": 0.1, "offset": -1.0}, (2, 3, 2)),
    *(
        case
        for method in ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")
        for case in [
            *formats("Resizing", {"height": 3, "width": 7, "interpolation": method}, (2, 5, 4, 2), tolerance=4),
            Case("Resizing", {"height": 3, "width": 2, "interpolation": method, "antialias": True}, (1, 7, 6, 1),
                 tolerance=4),
        ]
    ),
    *formats("Resizing", {"height": 4, "width": 3, "crop_to_aspect_ratio": True}, (2, 3, 6, 2)),
    *formats("Resizing", {"height": 4, "width": 3, "pad_to_aspect_ratio": True, "fill_value": 0.5}, (2, 3, 6, 2)),
    Case("Resizing", {"height": 4, "width": 3}, (5, 6, 2), note="single", symbolic=(5, 6, 2), dynamic=False, fit=False),
    Case("Resizing", {"height": 4, "width": 3}, (2, 5, 6, 2), symbolic=(None, None, None, 2), note="unknown"),
    *formats("CenterCrop", {"height": 3, "width": 2}, (2, 6, 5, 2)),
    *formats("CenterCrop", {"height": 4, "width": 6}, (2, 3, 5, 2)),
    *(
        Case(layer, {**config, "fill_mode": mode, "interpolation": how, "fill_value": 0.3}, (2, 5, 6, 2),
             training=True, tolerance=20, fit=how == "bilinear" and mode == "reflect", dtypes=_SINGLE)
        for layer, config in _FIXED
        for mode in ("reflect", "wrap", "constant", "nearest")
        for how in ("bilinear", "nearest")
        # Zoomed, a sample would lie half-way between two pixels, where rounding errors decide.
        if how == "bilinear" or (mode == "reflect" and layer != "RandomZoom")
    ),
    Case("RandomRotation", {"factor": (0.2, 0.2), "data_format": "channels_first"}, (2, 2, 4, 5), training=True,
         tolerance=20, dtypes=_SINGLE),
    Case("RandomRotation", {"factor": 0.2}, (2, 4, 5, 2), training=False),
    Case("RandomTranslation", {"height_factor": 0.2, "width_factor": 0.3, "seed": 4}, (2, 4, 5, 2), training=True,
         random=True),
    Case("RandomZoom", {"height_factor": 0.2, "seed": 4}, (2, 4, 5, 2), training=True, random=True),
    Case("RandomContrast", {"factor": (0.3, 0.3), "seed": 1}, _PIXELS, training=True, random=True),
    Case("RandomContrast", {"factor": (0.0, 0.0), "value_range": (0, 1)}, (2, 4, 3, 2), training=True),
    Case("RandomContrast", {"factor": 0.3}, _PIXELS, training=False),
    Case("RandomBrightness", {"factor": (0.2, 0.2)}, _PIXELS, training=True, dtypes=_SINGLE),
    Case("RandomBrightness", {"factor": (-0.3, -0.3), "value_range": (-1, 1)}, (2, 3, 4, 2), training=True),
    Case("RandomBrightness", {"factor": 0.2}, _PIXELS, training=False),
    Case("RandomFlip", {"mode": "horizontal", "seed": 3}, (2, 3, 4, 2), training=True, random=True),
    Case("RandomFlip", {}, (2, 3, 4, 2), training=False),
    Case("RandomCrop", {"height": 3, "width": 2, "seed": 3}, (2, 5, 4, 2), training=True, random=True),
    Case("RandomCrop", {"height": 5, "width": 6, "seed": 3}, (2, 4, 3, 2), training=True),
]  # fmt: skip
