"""Weights and masks in losses and metrics against what Keras 3 gave (see record_weighting.py)."""

import json
import pathlib

import numpy as np
import pytest
from parity import weighting_cases

import pykeras

RECORDED = json.loads((pathlib.Path(__file__).parent / "fixtures" / "weighting.json").read_text())


@pytest.mark.parametrize("name", RECORDED)
def test_weighting(name):
    found = weighting_cases.run(pykeras, np, **weighting_cases.CASES[name])
    assert {key: found[key] for key in RECORDED[name]} == pytest.approx(RECORDED[name], rel=2e-5, abs=2e-6)
