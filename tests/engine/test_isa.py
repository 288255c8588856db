"""Instruction sets: the right one is taken, the wrong one is an error, all compute the same."""

import os
import platform
import subprocess
import sys

import numpy as np
import pytest

from pykeras import _core

X86 = platform.machine().lower() in ("x86_64", "amd64")
CODE = """
import sys
import numpy as np
import pykeras
from pykeras import _core, ops, random
x = np.random.default_rng(0).normal(size=(65, 33)).astype("float32")
image = np.random.default_rng(1).normal(size=(2, 9, 10, 5)).astype("float32")
kernel = np.random.default_rng(2).normal(size=(3, 3, 5, 19)).astype("float32")
results = {
    "matmul": ops.matmul(x, ops.transpose(x)), "conv": ops.relu(ops.conv(image, kernel, padding="same")),
    "gelu": ops.gelu(x), "softmax": ops.softmax(x), "sum": ops.sum(x, axis=0), "exp": ops.exp(x),
    "log": ops.log(np.abs(x)), "tanh": ops.tanh(x.astype("float64")), "max_pool": ops.max_pool(image, 2),
    "uniform": random.uniform((1001,), seed=3), "dropout": random.dropout(x, 0.3, seed=3), "normal":
    random.normal((1001,), seed=4),
}
np.savez(sys.argv[1], isa=_core.isa(), **{k: np.array(v) for k, v in results.items()})
"""


def run(isa, *arguments, code=CODE):
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYKERAS_ISA": isa},
    )


def available(isa):
    return run(isa, code="import pykeras").returncode == 0


@pytest.fixture(scope="module")
def default(tmp_path_factory):
    path = tmp_path_factory.mktemp("isa") / "default.npz"
    result = run("", path)
    assert result.returncode == 0, result.stderr
    return np.load(path)


@pytest.mark.skipif(not X86, reason="v2, v3 and v4 are instruction sets of x86-64")
@pytest.mark.parametrize("isa", ["v2", "v3", "v4"])
def test_instruction_set(isa, default, tmp_path):
    path = tmp_path / "results.npz"
    result = run(isa, path)
    if result.returncode != 0:
        assert isa != "v2", result.stderr
        assert f"PYKERAS_ISA={isa}: " in result.stderr and "lacks that instruction set" in result.stderr
        assert "ImportError" in result.stderr or "RuntimeError" in result.stderr
        return
    results = np.load(path)
    assert str(results["isa"]) == isa
    for name in default.files:
        if name == "isa":
            continue
        np.testing.assert_allclose(results[name], default[name], rtol=2e-5, atol=2e-5, err_msg=name)
    # Integers and exact operations leave no room.
    for name in ("uniform", "dropout", "max_pool"):
        assert results[name].tobytes() == default[name].tobytes(), name


def test_the_best_one_is_chosen(default):
    chosen = str(default["isa"])
    if not X86:
        assert chosen == "native"
        return
    assert chosen == [isa for isa in ("v2", "v3", "v4") if available(isa)][-1]
    if not os.environ.get("PYKERAS_ISA"):
        assert chosen == _core.isa()


def test_unknown_name():
    result = run("v9", code="import pykeras")
    assert result.returncode != 0 and "PYKERAS_ISA=v9: this build has " in result.stderr
