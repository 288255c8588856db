"""Convolution layers."""

from pykeras.layers.convolution.conv import Conv1D, Conv2D, Conv3D
from pykeras.layers.convolution.depthwise import DepthwiseConv1D, DepthwiseConv2D
from pykeras.layers.convolution.locally_connected import LocallyConnected1D, LocallyConnected2D
from pykeras.layers.convolution.separable import SeparableConv1D, SeparableConv2D
from pykeras.layers.convolution.transpose import Conv1DTranspose, Conv2DTranspose, Conv3DTranspose
from pykeras.layers.layer import REGISTRY

Convolution1D = REGISTRY.register(Conv1D, "Convolution1D")
Convolution2D = REGISTRY.register(Conv2D, "Convolution2D")
Convolution3D = REGISTRY.register(Conv3D, "Convolution3D")
Convolution1DTranspose = REGISTRY.register(Conv1DTranspose, "Convolution1DTranspose")
Convolution2DTranspose = REGISTRY.register(Conv2DTranspose, "Convolution2DTranspose")
Convolution3DTranspose = REGISTRY.register(Conv3DTranspose, "Convolution3DTranspose")
SeparableConvolution1D = REGISTRY.register(SeparableConv1D, "SeparableConvolution1D")
SeparableConvolution2D = REGISTRY.register(SeparableConv2D, "SeparableConvolution2D")

__all__ = [
    "Conv1D", "Conv1DTranspose", "Conv2D", "Conv2DTranspose", "Conv3D", "Conv3DTranspose", "Convolution1D",
    "Convolution1DTranspose", "Convolution2D", "Convolution2DTranspose", "Convolution3D", "Convolution3DTranspose",
    "DepthwiseConv1D", "DepthwiseConv2D", "LocallyConnected1D", "LocallyConnected2D", "SeparableConv1D",
    "SeparableConv2D", "SeparableConvolution1D", "SeparableConvolution2D",
]  # fmt: skip
