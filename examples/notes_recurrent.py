"""The recurrent layers of the notes ("기본, LSTM, GRU"), with dropout, regularizers and batch normalization beside them:
each learns to tell how a noisy wave goes on."""

import numpy as np

from pykeras.callbacks import EarlyStopping
from pykeras.layers import GRU, LSTM, BatchNormalization, Dense, Dropout, SimpleRNN
from pykeras.models import Sequential, model_from_json
from pykeras.optimizers import Adam
from pykeras.preprocessing.sequence import TimeseriesGenerator
from pykeras.regularizers import l2
from pykeras.utils import set_random_seed

set_random_seed(3)
rng = np.random.default_rng(3)
steps = np.arange(1200)
series = np.sin(steps / 5) + 0.5 * np.sin(steps / 11) + rng.normal(scale=0.05, size=steps.size)
series = series.astype("float32")[:, None]
train = TimeseriesGenerator(series, series, length=16, batch_size=64, end_index=899)
test = TimeseriesGenerator(series, series, length=16, batch_size=64, start_index=900)
print("guessing the last value:", f"{np.mean((series[916:] - series[915:-1]) ** 2):.4f}")

for Recurrent in (SimpleRNN, LSTM, GRU):
    model = Sequential()
    model.add(Recurrent(16, input_shape=(16, 1), return_sequences=True, kernel_regularizer=l2(1e-4)))
    model.add(BatchNormalization(momentum=0.9))
    model.add(Dropout(0.1))
    model.add(Recurrent(16))
    model.add(Dense(1))
    model.compile(optimizer=Adam(0.01), loss="mse", metrics=["mae"])
    stopping = EarlyStopping(monitor="val_loss", patience=8, restore_best_weights=True)
    model.fit(train, validation_data=test, epochs=25, verbose=0, callbacks=[stopping])
    print(
        f"{Recurrent.__name__}: mean squared error {float(np.mean((model.predict(test, verbose=0) - series[916:]) ** 2)):.4f}"
    )

# JSON으로 저장, JSON으로 모델 복구
json_string = model.to_json()
twin = model_from_json(json_string)
twin.set_weights(model.get_weights())
print("equal:", np.array_equal(twin.predict(test, verbose=0), model.predict(test, verbose=0)))
