"""The functional models of the notes ("About Keras models", "Keras Functional API"), on made-up data."""

import numpy as np

from pykeras.layers import Dense, Input
from pykeras.models import Model

rng = np.random.default_rng(0)
labels = np.eye(10, dtype="float32")[rng.integers(0, 10, 256)]
data = (labels @ rng.normal(size=(10, 784)) + rng.normal(size=(256, 784))).astype("float32")

# This returns a tensor
inputs = Input(shape=(784,))

# a layer instance is callable on a tensor, and returns a tensor
output_1 = Dense(64, activation="relu")(inputs)
output_2 = Dense(64, activation="relu")(output_1)
predictions = Dense(10, activation="softmax")(output_2)

# This creates a model that includes
# the Input layer and three Dense layers
model = Model(inputs=inputs, outputs=predictions)
model.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(data, labels)  # starts training
model.summary()
print("accuracy:", model.evaluate(data, labels, verbose=0)[1])

# 아래의 예시를 보면 직관적으로 이해가 가능 할 것이라 생각한다.
a = Input(shape=(32,))
b = Dense(32)(a)
model = Model(inputs=a, outputs=b)
print(model.predict(np.ones((2, 32)), verbose=0).shape)

# 이전 층을 다음 층의 입력으로 사용하고 변수에 할당
inputs = Input(shape=(10,))
hidden1 = Dense(64, activation="relu")(inputs)  # <- 새로 추가
hidden2 = Dense(64, activation="relu")(hidden1)  # <- 새로 추가
output = Dense(1, activation="sigmoid")(hidden2)  # <- 새로 추가
model = Model(inputs=inputs, outputs=output)
print([layer.name for layer in model.layers])
