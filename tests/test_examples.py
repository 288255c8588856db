"""The programs in examples/ run, and show what they promise."""

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
