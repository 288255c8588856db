"""Records what tf_keras makes of texts and sequences: `python record_text.py` (with tensorflow and tf_keras)."""

import json
import pathlib

import tf_keras
from text_cases import TEXTS, results

preprocessing = tf_keras.preprocessing
found = results(preprocessing.text, preprocessing.sequence)
tokenizer = preprocessing.text.Tokenizer(num_words=9, oov_token="?")
tokenizer.fit_on_texts(TEXTS)
found["json"] = tokenizer.to_json()
path = pathlib.Path(__file__).parent / "fixtures" / "text.json"
path.write_text(json.dumps({"tf_keras": tf_keras.__version__, **found}, separators=(",", ":")), encoding="utf-8")
