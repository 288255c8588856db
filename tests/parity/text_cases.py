"""What is done to texts and sequences, here and in tf_keras; ``results(text, sequence)`` takes either's modules."""

import random

import numpy as np

TEXTS = [
    "The cat sat on the mat. The dog, too!",
    "나는 학교에 간다; 나는 집에 간다",
    "Ünïcödé Straße ΟΔΟΣ don't (stop)",
    "",
    ["Already", "Split", "the"],
    "tabs\tand\nlines  the the  cat",
]
NEW = ["the unknown cat", "나는 바다에 간다", "", ["the", "Never", "cat"], "straße"]
TOKENIZERS = {
    "plain": {},
    "limit": {"num_words": 4},
    "oov": {"oov_token": "<oov>"},
    "oov_limit": {"oov_token": "the", "num_words": 5},
    "case": {"lower": False, "filters": "!", "split": " "},
    "characters": {"char_level": True, "oov_token": "?"},
    "split": {"split": "_", "filters": " .,"},
    "analyzer": {"analyzer": lambda text: text.upper().split("A")},
}
PADDINGS = [
    ([[1], [2, 3], [4, 5, 6]], {}),
    ([[1], [2, 3], [4, 5, 6], []], {"maxlen": 2}),
    ([[1], [2, 3], [4, 5, 6], []], {"maxlen": 2, "truncating": "post", "padding": "post", "value": 9}),
    ([[1.5], [2, 3.25]], {"maxlen": 3, "dtype": "float32", "value": -1.0}),
    ([[[1, 2]], [[3, 4], [5, 6]]], {"padding": "post"}),
    ([[[1, 2]], [], [[3, 4], [5, 6], [7, 8]]], {"maxlen": 2, "dtype": "float64", "value": 0.5}),
    ([["a"], ["b", "c"]], {"dtype": object, "value": "?"}),
    ([np.arange(4), np.arange(2)], {"maxlen": 3}),
]
WINDOWS = [
    {"length": 3},
    {"length": 4, "sampling_rate": 2, "batch_size": 5},
    {"length": 2, "stride": 3, "batch_size": 2, "reverse": True},
    {"length": 2, "start_index": 5, "end_index": 9, "batch_size": 3},
]
SKIPGRAMS = [
    ([1, 2, 3, 4, 5], {"window_size": 2, "negative_samples": 0.0, "shuffle": False}),
    ([1, 2, 0, 4, 5, 2], {"window_size": 1, "negative_samples": 2.0}),
    ([1, 2, 3, 4, 5, 6], {"seed": 3, "categorical": True, "negative_samples": 0.5}),
    ([4, 3, 2, 1, 0, 1, 2], {"sampling_table": [0, 0.5, 0.5, 0.9, 0.1], "shuffle": False}),
]


def plain(value):
    """Arrays and their like as lists, for JSON."""
    if isinstance(value, np.ndarray):
        return [str(value.dtype), list(value.shape), plain(value.tolist())]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return round(value, 12) if isinstance(value, float) else value


def tokenizer_results(text, kwargs):
    tokenizer = text.Tokenizer(**kwargs)
    texts, new = TEXTS, NEW
    if "analyzer" in kwargs:
        texts, new = ([t for t in given if isinstance(t, str)] for given in (TEXTS, NEW))
    tokenizer.fit_on_texts(texts[:-1])
    tokenizer.fit_on_texts(iter(texts[-1:]))
    sequences = tokenizer.texts_to_sequences(new)
    names = ("word_index", "word_counts", "document_count")
    return {
        **{name: getattr(tokenizer, name) for name in names},
        "word_docs": dict(sorted(tokenizer.word_docs.items())),
        "index_docs": dict(sorted(tokenizer.index_docs.items())),
        "sequences": sequences,
        "texts": tokenizer.sequences_to_texts([*sequences, [0, 1, 99, 3]]),
        "matrices": [tokenizer.texts_to_matrix(texts[:3], mode) for mode in ("binary", "count", "freq", "tfidf")],
    }


def results(text, sequence):
    out = {"tokenizers": {name: tokenizer_results(text, kwargs) for name, kwargs in TOKENIZERS.items()}}
    numbers = text.Tokenizer(num_words=6)
    numbers.fit_on_sequences([[1, 2, 2], [2, 5], [9]])
    out["from_sequences"] = numbers.sequences_to_matrix([[1, 1, 9], [5, 2], []], mode="tfidf")
    strings = [t for t in TEXTS if isinstance(t, str)]
    out["words"] = [text.text_to_word_sequence(t) for t in strings]
    out["other_words"] = [text.text_to_word_sequence(t, filters="t", lower=False, split="a") for t in strings]
    out["hashes"] = [text.hashing_trick(t, 50, hash_function="md5") for t in strings]
    out["lengths"] = [text.hashing_trick(t, 7, hash_function=len) for t in strings]
    out["paddings"] = [sequence.pad_sequences(given, **kwargs) for given, kwargs in PADDINGS]
    data, targets = np.arange(24).reshape(12, 2), np.arange(12) * 10
    out["windows"] = [list(sequence.TimeseriesGenerator(data, targets, **kwargs)) for kwargs in WINDOWS]
    out["window_config"] = sequence.TimeseriesGenerator(data, targets, 3).get_config()
    np.random.seed(4)
    out["random_windows"] = sequence.TimeseriesGenerator(data, targets, 3, shuffle=True, batch_size=4)[0]
    out["table"] = sequence.make_sampling_table(20, 1e-3)
    out["skipgrams"] = []
    for words, kwargs in SKIPGRAMS:
        random.seed(8)
        out["skipgrams"].append(sequence.skipgrams(words, 7, **kwargs))
    return plain(out)
