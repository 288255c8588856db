"""Imports as the tutorials of Keras 1, 2 and tf.keras spell them."""

import importlib

import pytest

import pykeras

IMPORTS = """
layers.core: Activation Dense Dropout Flatten Lambda Masking Permute RepeatVector Reshape SpatialDropout1D
layers.convolutional: Conv1D Conv2D Conv2DTranspose Convolution2D Cropping2D SeparableConv2D UpSampling2D ZeroPadding2D
layers.pooling: GlobalAveragePooling2D MaxPooling2D
layers.recurrent: GRU LSTM RNN SimpleRNN
layers.normalization: BatchNormalization LayerNormalization
layers.embeddings: Embedding
layers.merge: Add Concatenate Dot Multiply add concatenate
layers.advanced_activations: ELU LeakyReLU PReLU Softmax ThresholdedReLU
layers.noise: GaussianDropout GaussianNoise
layers.local: LocallyConnected1D LocallyConnected2D
layers.wrappers: Bidirectional TimeDistributed Wrapper
layers.convolutional_recurrent: ConvLSTM2D
layers.cudnn_recurrent: CuDNNGRU CuDNNLSTM
layers.experimental.preprocessing: Normalization RandomFlip Rescaling TextVectorization
engine: Input InputSpec Layer Model
engine.topology: Container InputSpec Layer get_source_inputs
engine.base_layer: InputSpec Layer
engine.training: Model
engine.sequential: Sequential
objectives: mean_squared_error
initializations: glorot_uniform
utils.np_utils: normalize to_categorical
utils.generic_utils: CustomObjectScope Progbar get_custom_objects
utils.vis_utils: model_to_dot plot_model
utils.visualize_util: plot
utils.data_utils: OrderedEnqueuer Sequence get_file
utils.layer_utils: get_source_inputs
mixed_precision.experimental: Policy
optimizers.experimental: Adam
callbacks.callbacks: EarlyStopping
backend.tensorflow_backend: mean one_hot
constraints: maxnorm nonneg unitnorm
regularizers: l1l2
"""


@pytest.mark.parametrize("line", IMPORTS.strip().split("\n"))
def test_names(line):
    module, names = line.split(": ")
    module = importlib.import_module(f"pykeras.{module}")
    for name in names.split():
        assert callable(getattr(module, name)), name


def test_what_is_found_is_what_the_namespaces_have():
    from pykeras.layers.core import Dense

    from pykeras.utils import np_utils

    assert Dense is pykeras.layers.Dense
    assert np_utils.to_categorical is pykeras.utils.to_categorical
    assert pykeras.layers.experimental.preprocessing.Rescaling is pykeras.layers.Rescaling
    assert pykeras.layers.normalization.BatchNormalization is pykeras.layers.BatchNormalization


def test_names_that_nobody_knows():
    with pytest.raises(ImportError, match="cannot import name 'Densest'"):
        from pykeras.layers.core import Densest  # noqa: F401
    with pytest.raises(ModuleNotFoundError, match="pykeras.layers.cores"):
        importlib.import_module("pykeras.layers.cores")
    for module in (pykeras, pykeras.layers, pykeras.utils, pykeras.optimizers, pykeras.backend):
        assert not hasattr(module, "no_such_name")
