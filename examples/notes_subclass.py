"""The subclassed model of the notes ("Model subclass"), plain and with batch normalization and dropout."""

import numpy as np

import pykeras as keras


class SimpleMLP(keras.Model):  # Keras.Model 상속
    def __init__(self, use_bn=False, use_dp=False, num_classes=10):
        # model layer 정의
        super(SimpleMLP, self).__init__(name="mlp")
        self.use_bn = use_bn
        self.use_dp = use_dp
        self.num_classes = num_classes

        self.dense1 = keras.layers.Dense(32, activation="relu")
        self.dense2 = keras.layers.Dense(num_classes, activation="softmax")
        if self.use_dp:
            self.dp = keras.layers.Dropout(0.5)
        if self.use_bn:
            self.bn = keras.layers.BatchNormalization(axis=-1)

    def call(self, inputs):  # forward pass
        x = self.dense1(inputs)
        if self.use_dp:
            x = self.dp(x)
        if self.use_bn:
            x = self.bn(x)
        return self.dense2(x)


(x_train, y_train), (x_test, y_test) = keras.datasets.digits.load_data()
x_train, x_test = (x.reshape(len(x), 64) / 16 for x in (x_train, x_test))

for options in ({}, {"use_bn": True, "use_dp": True}):
    keras.utils.set_random_seed(0)
    model = SimpleMLP(**options)
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["acc"])
    model.fit(x_train, y_train, epochs=15, verbose=2)
    print(options, "loss, accuracy:", model.evaluate(x_test, y_test, batch_size=32, verbose=0))

print(np.argmax(model.predict(x_test[:10], verbose=0), axis=-1), y_test[:10])
