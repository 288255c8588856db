"""Repeating, padding, cropping, permuting."""

from . import Case
from .convolution import formats

CASES = [
    Case("UpSampling1D", {"size": 3}, (2, 3, 2), symbolic=(None, None, 2)),
    *formats("UpSampling2D", {"size": (2, 3)}, (2, 2, 3, 2)),
    *(
        case
        for method in ("bilinear", "bicubic", "lanczos3", "lanczos5")
        for case in formats("UpSampling2D", {"size": (2, 3), "interpolation": method}, (2, 4, 3, 2), tolerance=4)
    ),
    *formats("UpSampling3D", {"size": (2, 1, 3)}, (1, 2, 2, 2, 2)),
    *formats("ZeroPadding1D", {"padding": (2, 1)}, (2, 3, 2)),
    *formats("ZeroPadding2D", {"padding": (1, 2)}, (2, 2, 3, 2)),
    Case("ZeroPadding2D", {"padding": ((0, 1), (2, 0))}, (1, 2, 3, 2), symbolic=(None, None, 3, 2)),
    Case("ZeroPadding2D", {"padding": 2}, (1, 2, 1, 2)),
    *formats("ZeroPadding3D", {"padding": ((0, 1), (1, 1), (2, 0))}, (1, 2, 1, 2, 2)),
    Case("ZeroPadding3D", {"padding": 1}, (1, 1, 1, 2, 1)),
    Case("Cropping1D", {"cropping": (1, 2)}, (2, 5, 2), symbolic=(None, None, 2)),
    Case("Cropping1D", {"cropping": 1}, (2, 3, 2)),
    *formats("Cropping2D", {"cropping": ((1, 0), (2, 1))}, (2, 3, 5, 2)),
    Case("Cropping2D", {"cropping": (1, 2)}, (1, 3, 5, 2)),
    *formats("Cropping3D", {"cropping": ((1, 0), (0, 1), (1, 1))}, (1, 3, 2, 4, 2)),
    Case("Cropping3D", {"cropping": 1}, (1, 3, 4, 3, 1)),
    Case("Permute", {"dims": (2, 1)}, (2, 3, 4)),
    Case("Permute", {"dims": (3, 1, 2)}, (2, 3, 4, 2), symbolic=(None, None, 4, 2)),
    Case("RepeatVector", {"n": 3}, (2, 4)),
]
