"""The printed progress: bars, lines, and what a file gets."""

import io
import re
import subprocess
import sys
import types

import numpy as np
import pytest

import pykeras
from pykeras import layers
from pykeras.utils import progbar
from pykeras.utils.progbar import Progbar

X = np.random.default_rng(0).uniform(-1, 1, (70, 3)).astype("float32")
Y = (X[:, :1] > 0).astype("float32")
BAR = r"7/7 \[={30}\] - \d+s \d+(us|ms)/step"


def model():
    made = pykeras.Sequential([layers.Input((3,)), layers.Dense(1, activation="sigmoid")])
    made.compile("sgd", "binary_crossentropy", metrics=["acc"])
    return made


def lines(capsys):
    return capsys.readouterr().out.splitlines()


def test_verbose_0_prints_nothing(capsys):
    made = model()
    made.fit(X, Y, verbose=0)
    made.evaluate(X, Y, verbose=0)
    made.predict(X, verbose=0)
    assert lines(capsys) == []


@pytest.mark.parametrize("verbose", [1, "auto"])
def test_verbose_1_in_a_file_is_one_finished_line_an_epoch(capsys, verbose):
    model().fit(X, Y, batch_size=10, epochs=2, verbose=verbose)
    printed = lines(capsys)
    assert printed[0] == "Epoch 1/2" and printed[2] == "Epoch 2/2" and len(printed) == 4
    assert re.fullmatch(BAR + r" - loss: \d\.\d{4} - acc: \d\.\d{4}", printed[1]), printed[1]


def test_verbose_2(capsys):
    model().fit(X, Y, batch_size=10, epochs=2, verbose=2)
    printed = lines(capsys)
    assert printed[0] == "Epoch 1/2" and len(printed) == 4
    assert re.fullmatch(r" - \d+s - loss: \d\.\d{4} - acc: \d\.\d{4}", printed[3])


@pytest.mark.parametrize("verbose", [1, 2])
def test_validation_values_come_last(capsys, verbose):
    model().fit(X, Y, batch_size=10, validation_data=(X, Y), verbose=verbose)
    values = r" - loss: \S+ - acc: \S+ - val_loss: \S+ - val_acc: \S+"
    printed = lines(capsys)
    assert re.fullmatch((BAR if verbose == 1 else r" - \d+s") + values, printed[-1]), printed


def test_no_control_characters_in_a_pipe():
    code = (
        "import numpy as np, pykeras\n"
        "m = pykeras.Sequential([pykeras.layers.Dense(1, input_dim=2)])\n"
        "m.compile('sgd', 'mse')\n"
        "m.fit(np.ones((64, 2)), np.ones((64, 1)), epochs=3)\n"
        "m.evaluate(np.ones((64, 2)), np.ones((64, 1)))\n"
        "m.predict(np.ones((64, 2)))\n"
    )
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout
    assert not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", output)
    assert output.count(b"\n") == 8


def test_evaluate_and_predict(capsys):
    made = model()
    made.evaluate(X, Y, batch_size=10, verbose=1)
    made.predict(X, batch_size=10, verbose=1)
    first, second = lines(capsys)
    assert re.fullmatch(BAR + r" - loss: \S+ - acc: \S+", first)
    assert re.fullmatch(BAR, second)


def test_unknown_number_of_steps(capsys):
    model().fit(((X[:10], Y[:10]) for _ in range(5)), verbose=1)
    (printed,) = lines(capsys)
    assert printed.startswith("5/5 [====")


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def terminal(monkeypatch):
    screen = Terminal()
    monkeypatch.setattr(progbar, "sys", types.SimpleNamespace(stdout=screen))
    return screen


@pytest.fixture
def clock(monkeypatch):
    """A clock that each look moves by the number of seconds in it."""
    now = [0.0, 0.0]

    def look():
        now[0] += now[1]
        return now[0]

    monkeypatch.setattr(progbar.time, "perf_counter", look)
    return now


def test_a_terminal_is_drawn_over_ten_times_a_second(terminal, clock):
    clock[1] = 0.001
    bar = Progbar(1000)
    for step in range(1, 1001):
        bar.update(step, [("loss", 0.5)])
    drawn = terminal.getvalue().count("\r")
    seconds = clock[0]
    assert drawn <= seconds * 10 + 2
    assert terminal.getvalue().endswith("\n") and terminal.getvalue().count("\n") == 1


def test_time_left_while_running(terminal, clock):
    bar = Progbar(10)
    clock[0] = 2.0
    bar.update(2, [("loss", 0.12345)])
    assert terminal.getvalue() == "\r 2/10 [=====>........................] - ETA: 8s - loss: 0.1235"


def test_shorter_lines_cover_longer_ones(terminal, clock):
    bar = Progbar(4)
    clock[1] = 1.0
    bar.update(1, [("a_long_name", 1.0)])
    bar._values.clear()
    bar.update(2)
    first, second = terminal.getvalue().split("\r")[1:]
    assert len(second) == len(first)


def test_narrow_terminals_do_not_wrap(terminal, clock, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    clock[1] = 1.0
    bar = Progbar(4)
    bar.update(1, [("a_long_name", 1.0), ("another_long_name", 2.0)])
    assert len(terminal.getvalue()) <= 40


def test_steps_not_known_while_running(terminal, clock):
    clock[1] = 1.0
    bar = Progbar(None)
    bar.update(12)
    assert terminal.getvalue().startswith("\r     12/Unknown - ")


def test_values_are_means_unless_stateful(capsys):
    bar = Progbar(3, verbose=2, stateful_metrics=["last"])
    for step, value in enumerate((1.0, 2.0, 6.0), start=1):
        bar.add(1, [("mean", value), ("last", value)])
        assert bar.seen == step
    assert lines(capsys) == [" - 0s - mean: 3.0000 - last: 6.0000"]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.5, "0.5000"), (0.00012, "1.2000e-04"), (0.0, "0.0000e+00"), (float("nan"), "nan"), (1e9, "1000000000.0000")],
)
def test_numbers(value, text):
    assert progbar.shown(value, 1) == text


@pytest.mark.parametrize(("seconds", "text"), [(7.9, "7s"), (127, "2:07"), (3727, "1:02:07")])
def test_durations(seconds, text):
    assert progbar.duration(seconds) == text


@pytest.mark.parametrize(("seconds", "text"), [(0.000143, "143us"), (0.0052, "5ms"), (2.4, "2s")])
def test_times_of_a_step(seconds, text):
    assert progbar.per_step(seconds) == text


def test_logging_instead_of_printing(capsys, caplog):
    pykeras.config.disable_interactive_logging()
    try:
        with caplog.at_level("INFO", logger="pykeras"):
            model().fit(X, Y, verbose=2)
    finally:
        pykeras.config.enable_interactive_logging()
    assert lines(capsys) == []
    assert "loss:" in caplog.text


def test_steps_that_the_first_epoch_showed_are_known_in_the_next(terminal, clock):
    clock[1] = 1.0
    logger = pykeras.callbacks.ProgbarLogger()
    logger.set_params({"verbose": 1, "epochs": 3, "steps": None})
    logger.on_train_begin()
    for epoch, steps in enumerate((2, 3, 3)):
        logger.on_epoch_begin(epoch)
        for step in range(steps):
            logger.on_train_batch_end(step, {"loss": 1.0})
        logger.on_epoch_end(epoch, {"loss": 1.0})
    first, second, third = terminal.getvalue().split("Epoch ")[1:]
    assert "      1/Unknown" in first and "2/2 [====" in first and "ETA" not in first
    assert "1/2 [" in second and "ETA" in second and "      3/Unknown" in second and "3/3 [====" in second
    assert "1/3 [" in third and "Unknown" not in third
