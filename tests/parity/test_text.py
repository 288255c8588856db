"""Texts and sequences as tf_keras has them."""

import json
import pathlib

import pytest
from parity.text_cases import TEXTS, results

from pykeras.preprocessing import sequence, text

WANTED = json.loads((pathlib.Path(__file__).parent / "fixtures" / "text.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def found():
    return json.loads(json.dumps(results(text, sequence)))


@pytest.mark.parametrize("name", [n for n in WANTED if n not in ("json", "tf_keras", "tokenizers")])
def test_same(found, name):
    assert found[name] == WANTED[name]


@pytest.mark.parametrize("name", WANTED["tokenizers"])
def test_tokenizer(found, name):
    ours, wanted = found["tokenizers"][name], WANTED["tokenizers"][name]
    assert list(ours["word_index"].items()) == list(wanted["word_index"].items())
    assert ours == wanted


def test_json_of_tf_keras():
    theirs = text.tokenizer_from_json(WANTED["json"])
    ours = text.Tokenizer(num_words=9, oov_token="?")
    ours.fit_on_texts(TEXTS)
    assert theirs.texts_to_sequences(TEXTS) == ours.texts_to_sequences(TEXTS)
    assert (theirs.texts_to_matrix(TEXTS, "tfidf") == ours.texts_to_matrix(TEXTS, "tfidf")).all()
    written, wanted = (json.loads(each.to_json())["config"] for each in (ours, theirs))
    assert set(written) == set(json.loads(WANTED["json"])["config"])
    for name in wanted:  # word_docs come in the order of a set in tf_keras
        a, b = written[name], wanted[name]
        assert (json.loads(a) == json.loads(b)) if name in ("word_docs", "index_docs") else a == b
