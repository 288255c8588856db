"""The text pipeline of the notes ("Tokenizer", "pad_sequence", "Word Embedding"): Korean reviews to numbers, to vectors,
to an answer; saved and opened again. The notes write pad_sequence and load.model; the functions are called
pad_sequences and load_model."""

import pathlib
import tempfile

import numpy as np

from pykeras.layers import Dense, Embedding, Flatten
from pykeras.models import Sequential, load_model
from pykeras.preprocessing.sequence import pad_sequences
from pykeras.preprocessing.text import Tokenizer

good = [
    "정말 재미있다",
    "최고의 영화 추천한다",
    "배우들의 연기가 좋다",
    "다시 보고 싶다",
    "감동적이고 재미있다",
    "음악이 좋다",
]
bad = [
    "너무 지루하다",
    "시간이 아깝다",
    "연기가 별로다 추천하지 않는다",
    "다시 보고 싶지 않다",
    "재미없고 지루하다",
    "음악이 별로다",
]
texts, y_train = good + bad, np.array([1] * len(good) + [0] * len(bad))

# 토큰화와 정수 인코딩
tokenizer = Tokenizer()
tokenizer.fit_on_texts(texts)
print(tokenizer.word_index)
sequences = tokenizer.texts_to_sequences(texts)
print(sequences)

# 첫번째 인자: 패딩을 진행할 데이터, 두번째 인자: 길이, 세번째 인자: 'pre' / 'post'
x_train = pad_sequences(sequences, maxlen=4, padding="pre")
print(x_train)

# (number of samples, input_length) -> (number of samples, input_length, embedding word dimensionality)
vocab_size = len(tokenizer.word_index) + 1
model = Sequential()
model.add(Embedding(vocab_size, 8, input_length=4))
print("embedded:", model.predict(x_train, verbose=0).shape)
model.add(Flatten())
model.add(Dense(1, activation="sigmoid"))
model.summary()

model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["acc"])
model.fit(x_train, y_train, batch_size=4, epochs=60, verbose=0)
loss, accuracy = model.evaluate(x_train, y_train, batch_size=32, verbose=0)
print(f"accuracy: {accuracy:.2f}")

X_input = pad_sequences(tokenizer.texts_to_sequences(["정말 감동적이고 좋다", "너무 지루하다"]), maxlen=4)
print("predictions:", model.predict(X_input, batch_size=32, verbose=0).round(2).tolist())

with tempfile.TemporaryDirectory() as folder:
    path = str(pathlib.Path(folder) / "model.h5")
    model.save(path)
    print("equal:", np.array_equal(load_model(path).predict(X_input, verbose=0), model.predict(X_input, verbose=0)))
