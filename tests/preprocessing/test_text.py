"""The tokenizer beyond what tf_keras records: errors, generators, JSON, time."""

import json

import numpy as np
import pytest

import pykeras
from pykeras.preprocessing import text
from pykeras.preprocessing.text import Tokenizer, tokenizer_from_json


def fitted(texts=("a b b", "b c"), **kwargs):
    tokenizer = Tokenizer(**kwargs)
    tokenizer.fit_on_texts(texts)
    return tokenizer


def test_namespace():
    assert pykeras.preprocessing.text is text and "Tokenizer" in text.__all__
    assert {"text", "sequence", "image"} <= set(dir(pykeras.preprocessing))
    with pytest.raises(AttributeError, match="no attribute 'txt'"):
        _ = pykeras.preprocessing.txt


def test_any_iterable_of_texts():
    wanted = fitted().word_index
    for texts in (np.array(["a b b", "b c"]), (t for t in ("a b b", "b c")), [("a", "b", "b"), ["b", "c"]]):
        assert fitted(texts).word_index == wanted == {"b": 1, "a": 2, "c": 3}


def test_generators_come_one_at_a_time():
    taken = []

    def texts():
        for each in ("a", "b"):
            taken.append(each)
            yield each

    generator = fitted().texts_to_sequences_generator(texts())
    assert next(generator) == [2] and taken == ["a"]
    assert next(fitted().sequences_to_texts_generator(iter([[1, 2], [3]]))) == "b a"


def test_a_tokenizer_read_back_goes_on():
    tokenizer = fitted(oov_token="?")
    twin = tokenizer_from_json(tokenizer.to_json())
    for each in (tokenizer, twin):
        each.fit_on_texts(["c c c d"])
    assert twin.get_config() == tokenizer.get_config()
    assert twin.word_index == {"?": 1, "c": 2, "b": 3, "a": 4, "d": 5}
    assert json.loads(tokenizer.to_json(indent=1)) == json.loads(twin.to_json())


def test_vocabulary_can_be_changed_between_calls():
    tokenizer = fitted()
    tokenizer.num_words = 2
    assert tokenizer.texts_to_sequences(["a b c"]) == [[1]]
    tokenizer.num_words, tokenizer.word_index = None, {"c": 7}
    assert tokenizer.texts_to_sequences(["a b c"]) == [[7]]


def test_keras_1_spelling():
    with pytest.warns(UserWarning, match="num_words"):
        assert Tokenizer(nb_words=3).num_words == 3


@pytest.mark.parametrize("value", [3.5, None, float("nan"), b"bytes", {"a": 1}])
def test_what_is_no_text_is_named(value):
    with pytest.raises(ValueError, match=rf"texts\[1\]: expected a string .* got {type(value).__name__}"):
        fitted(["a", value])


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda: fitted().texts_to_matrix(["a"], "idf"), "mode: expected one of"),
        (lambda: Tokenizer().texts_to_matrix(["a"]), "give num_words"),
        (lambda: Tokenizer(num_words=3).texts_to_matrix(["a"], "tfidf"), "document counts"),
        (lambda: fitted().sequences_to_matrix([[-1]]), "start at 0, got -1"),
        (lambda: fitted(split=""), "split: expected"),
        (lambda: Tokenizer(num_words=-1), "num_words: expected"),
        (lambda: tokenizer_from_json("[]"), "not what Tokenizer.to_json writes"),
        (lambda: tokenizer_from_json("{"), "not what Tokenizer.to_json writes"),
        (lambda: tokenizer_from_json('{"config": {}}'), "word_counts"),
        (lambda: text.hashing_trick("a", 1), "n: expected 2"),
        (lambda: text.hashing_trick("a", 5, "sha"), "hash_function: expected"),
        (lambda: text.text_to_word_sequence(3), "input_text: expected a string, got int"),
    ],
)
def test_errors(act, message):
    with pytest.raises(ValueError, match=message):
        act()


def test_unknown_argument():
    with pytest.raises(TypeError, match="unknown arguments: nwords"):
        Tokenizer(nwords=3)


def test_matrix_of_nothing():
    tokenizer = fitted()
    assert tokenizer.texts_to_matrix([]).shape == (0, 4)
    assert tokenizer.texts_to_matrix(["", "zzz"], "freq").tolist() == [[0.0] * 4] * 2


def test_one_hot_is_pythons_hash():
    assert text.one_hot("b a b", 30) == [hash(w) % 29 + 1 for w in ("b", "a", "b")]
    assert text.one_hot("b a b", 30, analyzer=list) == [hash(w) % 29 + 1 for w in "b a b"]
