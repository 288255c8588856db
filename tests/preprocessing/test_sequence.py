"""Padding, windows and pairs beyond what tf_keras records."""

import json
import random

import numpy as np
import pytest

import pykeras
from pykeras import layers, utils
from pykeras.preprocessing.sequence import TimeseriesGenerator, make_sampling_table, pad_sequences, skipgrams


def test_one_function_under_two_names():
    assert utils.pad_sequences is pad_sequences


@pytest.mark.parametrize("padding", ["pre", "post"])
@pytest.mark.parametrize("truncating", ["pre", "post"])
def test_padding_against_a_loop(padding, truncating):
    rng = np.random.default_rng(0)
    sequences = [rng.integers(0, 99, rng.integers(0, 9)).tolist() for _ in range(50)]
    for given in (sequences, [np.array(s, int) for s in sequences], tuple(map(tuple, sequences))):
        found = pad_sequences(given, 5, "int64", padding, truncating, value=-1)
        for row, sequence in zip(found, sequences):
            kept = sequence[-5:] if truncating == "pre" else sequence[:5]
            fill = [-1] * (5 - len(kept))
            assert row.tolist() == (fill + kept if padding == "pre" else kept + fill)


def test_padding_of_nothing():
    assert pad_sequences([]).shape == (0, 0)
    assert pad_sequences([[], []], maxlen=3, value=2).tolist() == [[2, 2, 2]] * 2
    assert pad_sequences([[1, 2]], maxlen=0).shape == (1, 0)
    assert pad_sequences(s for s in ([1], [2, 3])).tolist() == [[0, 1], [2, 3]]


@pytest.mark.parametrize(
    ("sequences", "kwargs", "message"),
    [
        ([1, 2], {}, r"sequences\[0\]: expected a sequence, got int"),
        ("text", {}, "expected a list of sequences"),
        (5, {}, "expected a list of sequences, got int"),
        ([[1]], {"padding": "left"}, "padding: expected one of"),
        ([[1]], {"truncating": "left"}, "truncating: expected one of"),
        ([[1]], {"maxlen": -1}, "maxlen: expected"),
        ([[1]], {"value": "a"}, "dtype=object"),
        ([[1, 2], [[1], [2]]], {}, r"sequences\[1\]: its items have shape \(1,\), those of the first \(\)"),
        ([[[1, 2]], [[1, 2, 3]]], {}, r"sequences\[1\]: its items have shape \(3,\)"),
        ([["a"]], {}, "invalid literal"),
    ],
)
def test_padding_errors(sequences, kwargs, message):
    with pytest.raises(ValueError, match=message):
        pad_sequences(sequences, **kwargs)


def test_windows_are_data_for_fit():
    series = np.sin(np.arange(200) / 3).astype("float32")[:, None]
    batches = TimeseriesGenerator(series, series[:, 0], length=8, batch_size=32)
    assert len(batches) == 6 and [len(y) for _, y in batches] == [32] * 6
    model = pykeras.Sequential([pykeras.Input((8, 1)), layers.Flatten(), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(batches, epochs=1, verbose=0)
    assert model.predict(batches, verbose=0).shape == (192, 1)


def test_windows_end():
    batches = TimeseriesGenerator(range(10), range(10), 3, batch_size=4)
    assert batches[-1][1].tolist() == [7, 8, 9]
    with pytest.raises(IndexError, match="batch 2 of 2"):
        _ = batches[2]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((range(5), range(4), 2), "5 steps of data and 4 targets"),
        ((range(5), range(5), 5), "no window fits"),
        ((range(5), range(5), 2, 0), "sampling_rate: expected"),
        ((range(5), range(5), 2, 1, 1, 0, 7), "end_index: expected a step below 5"),
    ],
)
def test_window_errors(arguments, message):
    with pytest.raises(ValueError, match=message):
        TimeseriesGenerator(*arguments)


def test_window_json():
    batches = TimeseriesGenerator([1, 2, 3], np.array([1.5, 2, 3]), 1)
    found = json.loads(batches.to_json(sort_keys=True))
    assert found["class_name"] == "TimeseriesGenerator" and found["config"]["targets"] == "[1.5, 2.0, 3.0]"
    with pytest.raises(TypeError, match="targets: JSON cannot hold"):
        TimeseriesGenerator([1, 2], [1j, 2], 1).to_json()


def test_skipgrams_leave_the_generator_alone():
    random.seed(1)
    a = skipgrams([1, 2, 3], 9, seed=5)
    state = random.getstate()
    random.seed(1)
    assert skipgrams([1, 2, 3], 9, seed=5) == a and random.getstate() == state
    couples, labels = a
    assert sorted(labels) == [0] * 6 + [1] * 6
    assert all(1 <= word < 9 and 1 <= other < 9 for word, other in couples)


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda: skipgrams([1, 1], 1), "vocabulary_size: expected 2 or more"),
        (lambda: skipgrams([1], 5, window_size=-1), "window_size"),
        (lambda: skipgrams([1], 5, negative_samples=-1), "negative_samples"),
        (lambda: make_sampling_table(0), "size"),
    ],
)
def test_pair_errors(act, message):
    with pytest.raises(ValueError, match=message):
        act()
