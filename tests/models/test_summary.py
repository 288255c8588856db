"""The table of ``summary``."""

import numpy as np
import pytest

import pykeras
from pykeras import layers


def text(model, **arguments):
    lines = []
    model.summary(print_fn=lines.append, **arguments)
    return "\n".join(lines)


def image_model():
    return pykeras.Sequential(
        [
            layers.Conv2D(8, 3, activation="relu", input_shape=(28, 28, 1), name="conv"),
            layers.MaxPooling2D(name="pooling"),
            layers.Flatten(name="flatten"),
            layers.Dense(10, activation="softmax", name="dense"),
        ],
        name="images",
    )


def nested_model():
    inner = pykeras.Sequential([layers.Dense(3, input_shape=(4,), name="a"), layers.Dense(2, name="b")], name="inner")
    return pykeras.Sequential(
        [layers.Dense(4, input_shape=(5,), name="d"), inner, layers.BatchNormalization(name="norm")], name="outer"
    )


def graph_model():
    pykeras.utils.clear_session(free_memory=False)
    a, b = pykeras.Input((8,), name="a"), pykeras.Input((8,), name="b")
    shared = layers.Dense(4, name="shared")
    joined = layers.Concatenate(name="joined")([shared(a), shared(b)])
    return pykeras.Model([a, b], layers.Dense(1, name="out")(joined + 1.0), name="graph")


def test_stack():
    assert (
        text(image_model())
        == """\
Model: "images"
_________________________________________________________________
 Layer (type)                Output Shape              Param #
=================================================================
 conv (Conv2D)               (None, 26, 26, 8)         80

 pooling (MaxPooling2D)      (None, 13, 13, 8)         0

 flatten (Flatten)           (None, 1352)              0

 dense (Dense)               (None, 10)                13530

=================================================================
Total params: 13,610 (53.16 KB)
Trainable params: 13,610 (53.16 KB)
Non-trainable params: 0 (0.00 B)
_________________________________________________________________"""
    )


def test_nested_with_trainable():
    model = nested_model()
    model.layers[1].layers[0].trainable = False
    assert (
        text(model, expand_nested=True, show_trainable=True)
        == """\
Model: "outer"
___________________________________________________________________________
 Layer (type)                Output Shape               Param #   Trainable
===========================================================================
 d (Dense)                   (None, 4)                  24        Y

 inner (Sequential)          (None, 2)                  23        Y
 |    a (Dense)              (None, 3)                  15        N
 |    b (Dense)              (None, 2)                  8         Y

 norm (BatchNormalization)   (None, 2)                  8         Y

===========================================================================
Total params: 55 (220.00 B)
Trainable params: 36 (144.00 B)
Non-trainable params: 19 (76.00 B)
___________________________________________________________________________"""
    )


def test_graph_says_what_is_connected():
    assert (
        text(graph_model())
        == f"""\
Model: "graph"
{"_" * 98}
 Layer (type)                   Output Shape         Param #     Connected to
{"=" * 98}
 a (InputLayer)                 [(None, 8)]          0

 b (InputLayer)                 [(None, 8)]          0

 shared (Dense)                 (None, 4)            36          a[0][0], b[0][0]

 joined (Concatenate)           (None, 8)            0           shared[0][0], shared[1][0]

 add (Add)                      (None, 8)            0           joined[0][0]

 out (Dense)                    (None, 1)            9           add[0][0]

{"=" * 98}
Total params: 45 (180.00 B)
Trainable params: 45 (180.00 B)
Non-trainable params: 0 (0.00 B)
{"_" * 98}"""
    )


def test_long_names_are_broken_at_spaces_first():
    model = pykeras.Sequential([layers.BatchNormalization(input_shape=(4,), name="normalization_of_all")])
    lines = text(model).splitlines()
    assert lines[4] == " normalization_of_all        (None, 4)                 16"
    assert lines[5] == " (BatchNormalization)"
    model = pykeras.Sequential([layers.Dense(3, input_shape=(4,), name="one_name_that_no_column_has_room_for")])
    lines = text(model).splitlines()
    assert lines[4:6] == [" one_name_that_no_column_has (None, 3)                 15", " _room_for (Dense)"]
    assert all(len(line) <= 65 for line in lines)


def test_line_length_positions_and_range():
    lines = text(nested_model(), line_length=100).splitlines()
    assert lines[1] == "_" * 100 and max(map(len, lines)) == 100
    lines = text(nested_model(), line_length=80, positions=[0.3, 0.6, 1.0]).splitlines()
    assert lines[2].index("Output Shape") == 24 and lines[2].index("Param #") == 48
    lines = text(nested_model(), positions=[30, 50, 65]).splitlines()
    assert lines[2].index("Output Shape") == 30 and lines[2].index("Param #") == 50
    shown = text(nested_model(), layer_range=["inner", "norm"])
    assert "inner" in shown and "norm" in shown and " d (Dense)" not in shown
    with pytest.raises(ValueError, match="no layer matches 'missing'"):
        text(nested_model(), layer_range=["missing", "norm"])
    with pytest.raises(ValueError, match="expected the names of a first and a last layer"):
        text(nested_model(), layer_range=["norm"])


def test_subclassed_models_show_what_they_know():
    class Mine(pykeras.Model):
        def __init__(self):
            super().__init__(name="mine")
            self.one, self.two, self.unused = layers.Dense(3, name="one"), layers.Dense(2, name="two"), layers.Dense(9)

        def call(self, inputs):
            return self.two(self.one(inputs))

    model = Mine()
    assert text(model).splitlines()[4].split()[:4] == ["one", "(Dense)", "?", "0"] and "(unbuilt)" in text(model)
    model(np.ones((5, 4), "float32"))
    lines = text(model).splitlines()
    assert lines[4] == " one (Dense)                 (5, 3)                    15"
    assert lines[6] == " two (Dense)                 (5, 2)                    8"
    assert lines[8].split()[-2:] == ["?", "0"] and lines[9].split() == ["(unbuilt)"]


def test_state_of_the_optimizer_is_counted():
    model = image_model()
    model.compile("adam", "sparse_categorical_crossentropy")
    assert "Optimizer" not in text(model)
    model.fit(np.zeros((2, 28, 28, 1)), np.zeros(2), verbose=0)
    assert "Optimizer params: 27,222 (106.3" in text(model)


def test_sizes_follow_dtypes(capsys):
    model = pykeras.Sequential([layers.Dense(1000, input_shape=(1000,), dtype="float64")], name="wide")
    model.summary()
    assert "Total params: 1,001,000 (7.64 MB)" in capsys.readouterr().out


def test_shared_layers_of_different_shapes():
    a, b = pykeras.Input((8,), name="a"), pykeras.Input((3, 8), name="b")
    shared = layers.Dense(4, name="shared")
    lines = text(pykeras.Model([a, b], [shared(a), shared(b)])).splitlines()
    assert any(line.startswith(" shared (Dense)") and "multiple" in line for line in lines)
