"""Ops on images: (height, width, channels) or a batch of them, or channels first."""

from pykeras.ops.image.colours import hsv_to_rgb, rgb_to_grayscale, rgb_to_hsv
from pykeras.ops.image.cuts import crop_images, extract_patches, extract_patches_3d, extract_windows, pad_images
from pykeras.ops.image.filters import gaussian_blur, sobel_edges, ssim
from pykeras.ops.image.resizing import resize, scale_and_translate
from pykeras.ops.image.warps import affine_transform, elastic_transform, map_coordinates, perspective_transform

__all__ = [
    "affine_transform", "crop_images", "elastic_transform", "extract_patches", "extract_patches_3d",
    "extract_windows", "gaussian_blur", "hsv_to_rgb", "map_coordinates", "pad_images", "perspective_transform",
    "resize", "rgb_to_grayscale", "rgb_to_hsv", "scale_and_translate", "sobel_edges", "ssim",
]  # fmt: skip
