"""What layers say to bad input: which layer, what was expected, what came."""

import numpy as np
import pytest

import pykeras
from pykeras import layers


def ones(*shape, dtype="float32"):
    return np.ones(shape, dtype)


def built(layer, *shape):
    layer(ones(*shape))
    return layer


CALLS = {
    "dense rank": (lambda: layers.Dense(2, name="d")(ones(3)),
                   r'Dense "d": expected at least 2 axes, got 1 \(inputs \(3,\)\)'),
    "dense size": (lambda: built(layers.Dense(2, name="d"), 1, 3)(ones(1, 4)), r'Dense "d": .*3, got 4 .*\(1, 4\)'),
    "dense unknown size": (lambda: layers.Dense(2, name="d")(pykeras.Input((None,))), 'Dense "d": the last axis'),
    "dense no tensor": (lambda: layers.Dense(2, name="d")("abc"), 'Dense "d": expected a tensor.*str'),
    "dense none": (lambda: layers.Dense(2, name="d")(None), 'Dense "d": expected a tensor.*NoneType'),
    "conv rank": (lambda: layers.Conv2D(2, 3, name="c")(ones(2, 3, 4)),
                  r'Conv2D "c": expected 4 axes, got 3 \(inputs \(2, 3, 4\)\)'),
    "conv channels": (lambda: built(layers.Conv2D(2, 3, name="c"), 1, 3, 3, 1)(ones(1, 3, 3, 2)),
                      r'Conv2D "c": expected axis -1 of size 1, got 2 \(inputs \(1, 3, 3, 2\)\)'),
    "conv window": (lambda: layers.Conv2D(2, 5, name="c")(ones(1, 3, 3, 1)), r'Conv2D "c": .*5.*size 3.*\(1, 3, 3, 1\)'),
    "conv unknown channels": (lambda: layers.Conv2D(2, 3, name="c")(pykeras.Input((9, 9, None))),
                              'Conv2D "c": the number of channels must be known'),
    "conv groups": (lambda: layers.Conv2D(4, 3, groups=2, name="c")(ones(1, 4, 4, 3)), 'Conv2D "c": 3 channels.*2 groups'),
    "pool rank": (lambda: layers.MaxPooling2D(name="p")(ones(1, 3)), 'MaxPooling2D "p": expected 4 axes, got 2'),
    "pool window": (lambda: layers.AveragePooling2D(5, name="p")(ones(1, 3, 3, 1)), 'AveragePooling2D "p": .*5.*size 3'),
    "global rank": (lambda: layers.GlobalMaxPooling2D(name="p")(ones(1, 3)), 'GlobalMaxPooling2D "p": expected 4 axes'),
    "batch normalization axis": (lambda: layers.BatchNormalization(5, name="b")(ones(1, 3)),
                                 r'BatchNormalization "b": axis 5 is out of range for inputs of shape \(1, 3\)'),
    "batch normalization size": (lambda: built(layers.BatchNormalization(name="b"), 2, 3)(ones(2, 4)),
                                 'BatchNormalization "b": expected axis -1 of size 3, got 4'),
    "add shapes": (lambda: layers.Add(name="a")([ones(1, 3), ones(1, 4)]), r'Add "a": .*\(1, 3\) and \(1, 4\)'),
    "add single": (lambda: layers.Add(name="a")(ones(1, 3)), r'Add "a": expected a list of inputs.*\(1, 3\)'),
    "subtract three": (lambda: layers.Subtract(name="s")([ones(1, 3)] * 3), 'Subtract "s": .*on exactly 2 inputs, got 3'),
    "concatenate": (lambda: layers.Concatenate(name="c")([ones(1, 3), ones(2, 3)]),
                    r'Concatenate "c": inputs must agree except along axis -1, got shapes \[\(1, 3\), \(2, 3\)\]'),
    "concatenate axis": (lambda: layers.Concatenate(axis=3, name="c")([ones(1, 3)] * 2), 'Concatenate "c": .*axis 3'),
    "reshape": (lambda: layers.Reshape((4,), name="r")(ones(1, 3)),
                r'Reshape "r": cannot bring \(3,\) \(3 values\) into \(4,\)'),
    "reshape unknown": (lambda: layers.Reshape((-1, 2), name="r")(ones(1, 3)),
                        r'Reshape "r": cannot bring \(3,\) into \(-1, 2\)'),
    "prelu": (lambda: layers.PReLU(name="p")(pykeras.Input((None, 3))), 'PReLU "p": sizes must be known or shared'),
    "set_weights number": (lambda: built(layers.Dense(2, name="d"), 1, 3).set_weights([ones(3, 2)]),
                           'Dense "d": set_weights: expected 2 arrays, got 1'),
    "set_weights shape": (lambda: built(layers.Dense(2, name="d"), 1, 3).set_weights([ones(2, 3), ones(2)]),
                          r"d/kernel' has shape \(3, 2\), the value given for it \(2, 3\)"),
    "count_params": (lambda: layers.Dense(2, name="d").count_params(), 'Dense "d": has no weights yet'),
    "input twice": (lambda: layers.InputLayer(shape=(2,), batch_shape=(None, 2)), "InputLayer: give shape or batch_shape"),
    "input none": (lambda: layers.Input(), "InputLayer: expected a shape"),
    "input text": (lambda: layers.Input("abc"), 'InputLayer: shape: expected a shape .*, got "abc"'),
    "input negative": (lambda: layers.Input((-1,)), r"InputLayer: shape: expected a shape .*, got \(-1,\)"),
    "input sparse": (lambda: layers.Input((2,), sparse=True), "sparse and ragged inputs are not supported"),
}  # fmt: skip

CONSTRUCTORS = {
    "units": (lambda: layers.Dense(-1), "Dense: units: expected a positive integer, got -1"),
    "units text": (lambda: layers.Dense("many"), 'Dense: units: expected a positive integer, got "many"'),
    "activation": (lambda: layers.Dense(1, activation="rellu"), 'Dense: Unknown activation "rellu": did you mean "relu"'),
    "initializer": (lambda: layers.Dense(1, kernel_initializer="he_norm"), 'Dense: .*"he_norm": did you mean "HeNormal"'),
    "regularizer": (lambda: layers.Dense(1, kernel_regularizer="l3"), 'Dense: .*"l3".*did you mean'),
    "constraint": (lambda: layers.Dense(1, kernel_constraint="maxnrm"), 'Dense: .*"maxnrm"'),
    "use_bias": (lambda: layers.Dense(1, use_bias="yes"), 'Dense: use_bias: expected True or False, got "yes"'),
    "kernel_size": (lambda: layers.Conv2D(1, (1, 2, 3)), r"Conv2D: kernel_size: .*2 integers.*\(1, 2, 3\)"),
    "strides": (lambda: layers.Conv2D(1, 3, strides=0), "Conv2D: strides: .*1 or more, got 0"),
    "padding": (lambda: layers.Conv2D(1, 3, padding="full"), 'Conv2D: padding: expected one of "valid", "same", got "full"'),
    "data_format": (lambda: layers.Conv2D(1, 3, data_format="NHWC"), 'Conv2D: data_format: .*"NHWC"'),
    "dilated strides": (lambda: layers.Conv2D(1, 3, strides=2, dilation_rate=2), "Conv2D: strides .* cannot both"),
    "groups": (lambda: layers.Conv2D(3, 3, groups=2), r"Conv2D: filters: expected a multiple of groups \(2\), got 3"),
    "pool_size": (lambda: layers.MaxPooling2D(-2), "MaxPooling2D: pool_size: .*got -2"),
    "rate": (lambda: layers.Dropout(1.5), "Dropout: rate: expected a number from 0 to 1, got 1.5"),
    "target_shape": (lambda: layers.Reshape((-1, -1)), "Reshape: target_shape: at most one size may be -1"),
    "momentum": (lambda: layers.BatchNormalization(momentum="high"), 'BatchNormalization: momentum: .*"high"'),
    "relu slope": (lambda: layers.ReLU(negative_slope=-1), "ReLU: negative_slope: .*got -1"),
    "dtype": (lambda: layers.Dense(1, dtype="float23"), 'float23'),
}  # fmt: skip


@pytest.mark.parametrize("case", CALLS)
def test_bad_input(case):
    run, message = CALLS[case]
    with pytest.raises((ValueError, TypeError), match=message) as raised:
        run()
    text = str(raised.value)
    assert text.count("(inputs ") <= 1 and len(text) < 400, text


@pytest.mark.parametrize("case", CONSTRUCTORS)
def test_bad_arguments(case):
    run, message = CONSTRUCTORS[case]
    with pytest.raises(ValueError, match=message):
        run()


def test_unknown_keywords():
    with pytest.raises(
        TypeError, match="Dense: unknown argument 'kernal_initializer': did you mean 'kernel_initializer'"
    ):
        layers.Dense(2, kernal_initializer="ones")
    with pytest.raises(TypeError, match="Conv2D 'c': unknown argument 'foo'"):
        layers.Conv2D(2, 3, foo=1, name="c")
    with pytest.raises(TypeError, match=r"""Dense "d": .*unexpected keyword argument 'foo'.*\(inputs \(1, 3\)\)"""):
        layers.Dense(2, name="d")(ones(1, 3), foo=1)
    with pytest.raises(TypeError, match="units"):
        layers.Dense()


def test_the_innermost_layer_names_itself_once():
    inner = pykeras.Sequential([layers.Dense(2, name="first"), layers.Conv2D(2, 3, name="wrong")], name="inner")
    with pytest.raises(ValueError, match=r'^Conv2D "wrong": expected 4 axes, got 2') as raised:
        pykeras.Sequential([inner])(ones(1, 3))
    assert "Sequential" not in str(raised.value)


def test_forgotten_super_and_call():
    class NoSuper(layers.Layer):
        def __init__(self):
            self.w = self.add_weight(shape=())

    class NoSuperModel(pykeras.Model):
        def __init__(self):
            self.dense = layers.Dense(2)

    class NoCall(layers.Layer):
        pass

    with pytest.raises(RuntimeError, match=r"NoSuper: call super\(\).__init__\(\)"):
        NoSuper()
    with pytest.raises(RuntimeError, match=r"NoSuperModel: call super\(\).__init__\(\)"):
        NoSuperModel()(ones(1, 2))
    with pytest.raises(
        NotImplementedError, match=r'NoCall "no_call" does not have a `call` method implemented: write call'
    ):
        NoCall(name="no_call")(ones(1, 2))


def test_errors_of_ones_own_layers_stay_what_they_are():
    class Picky(layers.Layer):
        def __init__(self, units):
            super().__init__(name="picky")
            if units < 0:
                raise ValueError("units are few")

        def call(self, inputs):
            raise ZeroDivisionError("as written")

    with pytest.raises(ValueError, match="^units are few$"):
        Picky(-1)
    with pytest.raises(ZeroDivisionError, match="^as written$"):
        Picky(1)(ones(1, 2))


def test_symbolic_tensors_have_no_values():
    inputs = pykeras.Input((2,), name="x")
    for use in (bool, float, np.asarray):
        with pytest.raises(TypeError, match="has no values"):
            use(inputs)
    assert not hasattr(inputs, "__len__")  # programs ask for it, to tell lists of tensors
    with pytest.raises(AttributeError, match='Dense "d": has no output: it was not called on a symbolic input'):
        _ = layers.Dense(2, name="d").output


@pytest.mark.parametrize(
    ("method", "arguments"),
    [("quantize", ["int8"]), ("quantized_build", [(2, 3), "int8"]), ("quantized_call", [1]),
     ("rematerialized_call", [None]), ("get_quantization_layer_structure", [])],
)  # fmt: skip
def test_what_layers_cannot_do_yet(method, arguments):
    layer = layers.Dense(2, name="d")
    assert layer.quantization_mode is None
    with pytest.raises(NotImplementedError, match=f'Dense "d": {method}.* is not supported yet'):
        getattr(layer, method)(*arguments)
