"""Preprocessing layers, what they adapt to and what they are called on, for the recorder and its test."""

import numpy as np

_SENTENCES = [
    "The cat sat on the mat.", "The dog -- sat, too!", "Ein Hund saß\u00a0da; ÄRGER", "", "it's   a\ttab\nline",
    "한국어 문장 한국어", "cat cat CAT the", "zebra",
]  # fmt: skip
_WORDS = [["a", "b", "a"], ["c", "a", "d"], ["", "e", "b"], ["é", "한", "d"]]
_IDS = [[3, 9, 3], [12, 3, -5], [0, 2**40, 9], [7, 7, 12]]


def _numbers(*shape, scale=3.0):
    return (np.random.RandomState(sum(shape)).standard_normal(shape) * scale).astype("float32").round(3).tolist()


def case(layer, config, *inputs, adapt=None, only=None, both_inputs=False, dtype=None):
    """Arguments of the constructor, data to adapt to, and the inputs of calls; ``only`` names the Keras that can."""
    return {"layer": layer, "config": config, "inputs": inputs, "adapt": adapt, "only": only,
            "both_inputs": both_inputs, "dtype": dtype}  # fmt: skip


_NUMERIC = [
    case("Normalization", {}, _numbers(3, 4), adapt=_numbers(20, 4)),
    case("Normalization", {"invert": True}, _numbers(3, 4), adapt=_numbers(20, 4)),
    case("Normalization", {"axis": None}, _numbers(3, 4), adapt=_numbers(20, 4)),
    case("Normalization", {"axis": (1, 2)}, _numbers(2, 3, 4), adapt=_numbers(9, 3, 4)),
    case("Normalization", {"axis": 1}, _numbers(2, 3, 4), adapt=_numbers(9, 3, 4)),
    case("Normalization", {"axis": -1, "mean": [1.0, 2.0], "variance": [4.0, 0.0]}, _numbers(3, 2)),
    case("Normalization", {"axis": None, "mean": 1.5, "variance": 4.0, "invert": True}, _numbers(3, 2)),
    case("Discretization", {"bin_boundaries": [-1.0, 0.0, 2.5]}, [[-1.0, -3.0, 0.0], [2.4, 2.5, 9.0]]),
    case("Discretization", {"bin_boundaries": [-1.0, 0.0], "output_mode": "one_hot"}, [[-1.0], [0.5]], [-1.0, 3.0]),
    case("Discretization", {"bin_boundaries": [-1.0, 0.0], "output_mode": "multi_hot"}, [[-1.0, 0.5], [0.5, 7.0]]),
    case("Discretization", {"bin_boundaries": [-1.0, 0.0], "output_mode": "count"}, [[-1.0, 0.5], [0.5, 7.0]]),
    case("Discretization", {"num_bins": 5}, _numbers(4, 3), adapt=_numbers(400, 2), only="keras"),
    case("Discretization", {"num_bins": 3, "epsilon": 0.2}, _numbers(4, 3), adapt=_numbers(17), only="keras"),
    case("CategoryEncoding", {"num_tokens": 5}, [[0, 1, 1], [4, 0, 0]], [1, 3], dtype="int32"),
    case("CategoryEncoding", {"num_tokens": 5, "output_mode": "one_hot"}, [[0], [4]], [1, 3], dtype="int32"),
    case("CategoryEncoding", {"num_tokens": 5, "output_mode": "count"}, [[0, 1, 1], [4, 0, 0]], dtype="int32"),
]
_HASHED = [
    case("Hashing", {"num_bins": 7}, _WORDS, ["x" * n for n in (1, 4, 9, 17, 33, 65, 129, 400)]),
    case("Hashing", {"num_bins": 7}, _IDS, dtype="int64"),
    case("Hashing", {"num_bins": 7, "mask_value": ""}, _WORDS),
    case("Hashing", {"num_bins": 7, "mask_value": 3}, _IDS, dtype="int64"),
    case("Hashing", {"num_bins": 7, "salt": 133}, _WORDS, ["x" * n for n in (1, 4, 9, 17, 33, 65, 129, 400)]),
    case("Hashing", {"num_bins": 7, "salt": [133, 137]}, _IDS, dtype="int64"),
    case("Hashing", {"num_bins": 4, "output_mode": "one_hot"}, [["a"], ["b"]]),
    case("Hashing", {"num_bins": 4, "output_mode": "multi_hot"}, _WORDS),
    case("Hashing", {"num_bins": 4, "output_mode": "count"}, _WORDS),
    case("HashedCrossing", {"num_bins": 11}, [["a", "b", "c"], ["x", "y", "x"]], both_inputs=True),
    case("HashedCrossing", {"num_bins": 11, "output_mode": "one_hot"}, [[["a"], ["b"]], [["x"], ["y"]]],
         both_inputs=True),
]  # fmt: skip
_LOOKUPS = [
    case("StringLookup", {}, _WORDS, ["a", "q"], adapt=_WORDS),
    case("StringLookup", {"mask_token": "", "max_tokens": 5}, _WORDS, adapt=_WORDS),
    case("StringLookup", {"num_oov_indices": 3}, _WORDS + [["x", "yy", "zzz"]], adapt=_WORDS[:1]),
    case("StringLookup", {"vocabulary": ["a", "b"], "num_oov_indices": 4, "salt": 5}, _WORDS, only="keras"),
    case("StringLookup", {"vocabulary": ["b", "a"], "num_oov_indices": 0}, [["a", "b"]]),
    case("StringLookup", {"vocabulary": ["", "[UNK]", "b", "a"], "mask_token": ""}, _WORDS),
    *(case("StringLookup", {"vocabulary": ["a", "b", "d"], "output_mode": mode, "mask_token": ""}, _WORDS)
      for mode in ("multi_hot", "count")),
    case("StringLookup", {"vocabulary": ["a", "b", "d"], "output_mode": "one_hot"}, [["a"], ["z"]], ["b", "d"]),
    case("StringLookup", {"output_mode": "tf_idf"}, _WORDS, adapt=_WORDS),
    case("StringLookup", {"output_mode": "tf_idf", "max_tokens": 9, "pad_to_max_tokens": True}, _WORDS, adapt=_WORDS),
    case("StringLookup", {"vocabulary": ["a", "b"], "idf_weights": [0.5, 0.25], "output_mode": "tf_idf"}, _WORDS),
    case("StringLookup", {"vocabulary": ["a", "b"], "output_mode": "count", "max_tokens": 6,
                          "pad_to_max_tokens": True}, _WORDS),
    case("IntegerLookup", {}, _IDS, adapt=_IDS, dtype="int64"),
    case("IntegerLookup", {"mask_token": 0, "max_tokens": 4}, _IDS, adapt=_IDS, dtype="int64"),
    case("IntegerLookup", {"vocabulary": [3, 7], "num_oov_indices": 3}, _IDS, dtype="int64"),
    case("IntegerLookup", {"vocabulary": [3, 7], "num_oov_indices": 3, "oov_method": "farmhash"}, _IDS, dtype="int64",
         only="keras"),
    case("IntegerLookup", {"vocabulary": [3, 7], "invert": True}, [[0, 1], [2, 1]], dtype="int64"),
    case("IntegerLookup", {"vocabulary": [3, 7], "invert": True, "mask_token": 0, "num_oov_indices": 2},
         [[0, 1, 2], [3, 4, 2]], dtype="int64"),
    case("IntegerLookup", {"output_mode": "multi_hot"}, _IDS, adapt=_IDS, dtype="int64"),
]  # fmt: skip
_TEXT = [
    case("TextVectorization", config, _SENTENCES, adapt=_SENTENCES)
    for config in (
        {}, {"output_sequence_length": 3}, {"output_sequence_length": 9}, {"max_tokens": 6}, {"standardize": None},
        {"standardize": "lower"}, {"standardize": "strip_punctuation"}, {"split": "character"}, {"ngrams": 2},
        {"ngrams": [2, 3]}, {"output_mode": "multi_hot"}, {"output_mode": "count", "ngrams": 2},
        {"output_mode": "tf_idf"}, {"output_mode": "count", "max_tokens": 40, "pad_to_max_tokens": True},
    )
]  # fmt: skip
_TEXT += [
    case("TextVectorization", {"vocabulary": ["the", "cat"]}, [["the cat sat"], ["a cat"]], ["the", "dog the"]),
    case("TextVectorization", {"vocabulary": ["", "[UNK]", "the", "cat"]}, [["the cat sat"], ["a cat"]]),
    case("TextVectorization", {"vocabulary": ["a", "b"], "split": None, "output_mode": "multi_hot"}, _WORDS),
    case("TextVectorization", {"vocabulary": ["a", "b"], "split": None}, _WORDS),
    case("TextVectorization", {"vocabulary": ["a", "b"], "idf_weights": [0.5, 0.25], "output_mode": "tf_idf"},
         [["a a b c"], ["c c"]]),
]  # fmt: skip
CASES = [*_NUMERIC, *_HASHED, *_LOOKUPS, *_TEXT]


def name_of(number):
    """A name for messages and as the key of a fixture."""
    entry = CASES[number]
    return f"{number}-{entry['layer']}-{','.join(f'{k}={v}' for k, v in entry['config'].items())}".replace(" ", "")


def made(layers, entry):
    """The layer, adapted."""
    config = {k: tuple(v) if k in ("ngrams", "axis") and isinstance(v, list) else v for k, v in entry["config"].items()}
    layer = getattr(layers, entry["layer"])(**config)
    if entry["adapt"] is not None:
        layer.adapt(
            np.array(entry["adapt"], entry["dtype"] or (None if entry["layer"] != "Normalization" else "float32"))
        )
    return layer


def called(layer, entry, inputs):
    """What the layer makes of inputs, as an array."""
    if entry["both_inputs"]:
        return layer([np.array(part) for part in inputs])
    dtype = entry["dtype"] or ("float32" if entry["layer"] in ("Normalization", "Discretization") else None)
    return layer(np.array(inputs, dtype))
