"""Small files of data in the form of the published ones, and what is asked of them."""

import numpy as np

CASES = [
    ("imdb", {}),
    ("imdb", {"num_words": 12, "skip_top": 5, "seed": 3}),
    ("imdb", {"maxlen": 6, "start_char": None, "oov_char": None, "num_words": 20}),
    ("imdb", {"start_char": None, "index_from": 0, "oov_char": 9}),
    ("reuters", {}),
    ("reuters", {"num_words": 15, "test_split": 0.4, "maxlen": 7}),
    ("reuters", {"start_char": None, "index_from": 0, "oov_char": None, "skip_top": 2}),
    ("boston_housing", {}),
    ("boston_housing", {"test_split": 0.35, "seed": 1}),
    ("california_housing", {}),
    ("california_housing", {"version": "small", "seed": 4}),
]


def lists(rng, count):
    array = np.empty(count, object)
    array[:] = [rng.integers(1, 25, rng.integers(2, 9)).tolist() for _ in range(count)]
    return array


def make_files(directory):
    """The path of each file by the name of its data set."""
    rng = np.random.default_rng(9)
    paths = {}

    def save(name, **arrays):
        paths[name] = directory / f"{name}.npz"
        np.savez(paths[name], **arrays)

    save("imdb", x_train=lists(rng, 6), y_train=np.arange(6) % 2, x_test=lists(rng, 5), y_test=np.arange(5) % 2)
    save("reuters", x=lists(rng, 11), y=np.arange(11))
    save("boston_housing", x=rng.integers(0, 50, (9, 13)).astype("float64"), y=np.arange(9.0))
    save("california_housing", x=np.arange(640.0).reshape(640, 1), y=np.arange(640.0) * 2)
    return paths


def as_lists(parts):
    return [[np.asarray(array).tolist() for array in part] for part in parts]
