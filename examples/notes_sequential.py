"""The Sequential model of the notes ("Keras Model"), with activations and dropout as layers; saved and opened again."""

import pathlib
import tempfile

import numpy as np

from pykeras.layers import Activation, Dense, Dropout
from pykeras.models import Sequential, load_model

N_HIDDEN = 128
DROPOUT = 0.3
nb_classes = 10

model = Sequential()
model.add(Dense(N_HIDDEN, input_shape=(784,)))
model.add(Activation("relu"))
model.add(Dropout(DROPOUT))
model.add(Dense(N_HIDDEN))
model.add(Activation("relu"))
model.add(Dropout(DROPOUT))
model.add(Dense(nb_classes))
model.add(Activation("softmax"))
model.summary()

rng = np.random.default_rng(0)
labels = np.eye(nb_classes)[rng.integers(0, nb_classes, 512)]
data = labels @ rng.normal(size=(nb_classes, 784)) + rng.normal(size=(512, 784))

model.compile(optimizer="sgd", loss="categorical_crossentropy", metrics=["acc"])
model.fit(data, labels, batch_size=128, epochs=3, verbose=1, validation_split=0.2)

before = model.predict(data, verbose=0)
with tempfile.TemporaryDirectory() as folder:
    path = str(pathlib.Path(folder) / "my_model.h5")
    # HDF5파일 'my_model.h5 생성'
    model.save(path)

    # 컴파일된 모델을 리턴, 이전 모델과 동일
    model = load_model(path)
print("equal:", np.array_equal(before, model.predict(data, verbose=0)))

# 입력층은 shape tuple 또는 input_dim 으로
model = Sequential()
model.add(Dense(32, input_shape=(1,)))  # shape tuple
model.add(Dense(32, input_dim=32))
model.add(Dense(1, input_dim=3, activation="relu"))
model.summary()
