"""Initializers: values, distributions, fans, seeds, configurations."""

import csv
import json
import os
import pathlib
import runpy
import subprocess
import sys

import numpy as np
import pytest

from pykeras import initializers, ops, random, registry, utils
from pykeras.initializers.variance_scaling import compute_fans

CASES = runpy.run_path(str(pathlib.Path(__file__).parent / "parity" / "record_foundations.py"))
RECORDED = np.load(CASES["FIXTURE"])
RANDOM = [
    initializers.RandomNormal,
    initializers.RandomUniform,
    initializers.TruncatedNormal,
    initializers.VarianceScaling,
    initializers.GlorotNormal,
    initializers.GlorotUniform,
    initializers.HeNormal,
    initializers.HeUniform,
    initializers.LecunNormal,
    initializers.LecunUniform,
    initializers.Orthogonal,
]
FIXED = [initializers.Zeros, initializers.Ones, initializers.Constant, initializers.Identity, initializers.STFT]
each_random = pytest.mark.parametrize("cls", RANDOM, ids=lambda cls: cls.__name__)


def draw(initializer, shape, **kwargs):
    return ops.convert_to_numpy(initializer(shape, **kwargs))


# ---- constants


def test_zeros_ones_constant():
    assert draw(initializers.Zeros(), (2, 3)).tolist() == [[0.0] * 3] * 2
    assert draw(initializers.Ones(), (2, 3)).tolist() == [[1.0] * 3] * 2
    assert draw(initializers.Constant(2.5), (2,)).tolist() == [2.5, 2.5]
    assert draw(initializers.Constant(np.array([1.0, 2.0])), (3, 2)).tolist() == [[1.0, 2.0]] * 3
    assert draw(initializers.Constant(3), ()).shape == ()


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32", "bool"])
def test_dtype_of_constants(dtype):
    for make in (initializers.Zeros(), initializers.Ones(), initializers.Constant(1)):
        assert draw(make, (2,), dtype=dtype).dtype == np.dtype(dtype)


def test_constant_must_broadcast():
    with pytest.raises(ValueError, match=r"\(3,\) does not broadcast to shape \(2, 2\)"):
        initializers.Constant([1.0, 2.0, 3.0])((2, 2))


def test_identity():
    np.testing.assert_array_equal(draw(initializers.Identity(gain=2.0), (2, 3)), 2 * np.eye(2, 3))
    with pytest.raises(ValueError, match="rank 2"):
        initializers.Identity()((2, 3, 4))


@pytest.mark.parametrize("case", CASES["STFT"])
def test_stft_is_that_of_keras(case):
    values = draw(initializers.STFT(**CASES["STFT"][case]), CASES["STFT_SHAPE"])
    assert values.dtype == np.float32
    np.testing.assert_allclose(values, RECORDED[f"stft/{case}"], rtol=1e-5, atol=2e-6)


def test_stft_shape_has_one_channel():
    assert draw(initializers.STFT(), (8, 3, 5)).shape == (8, 1, 5)


def test_stft_errors():
    with pytest.raises(ValueError, match="side"):
        initializers.STFT(side="left")
    with pytest.raises(ValueError, match="scaling"):
        initializers.STFT(scaling="none")
    with pytest.raises(ValueError, match='Unknown window "han": did you mean "hann"'):
        initializers.STFT(window="han")
    with pytest.raises(ValueError, match="expected 8 values"):
        initializers.STFT(window=np.ones(7))((8, 1, 5))
    with pytest.raises(ValueError, match="frame_length"):
        initializers.STFT()((8, 5))


# ---- fans


def test_fans_are_those_of_keras():
    found = []
    for _, shape, mode, input_axes, output_axes in CASES["fan_cases"]():
        fan_in, fan_out = compute_fans(shape, input_axes, output_axes)
        found.append({"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[mode])
    expected = RECORDED["fans"]
    assert len(found) == len(expected) > 20
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_axes_that_are_not_there():
    with pytest.raises(ValueError, match=r"input_axes: shape \(3, 4\) has no axis 9"):
        initializers.GlorotUniform(input_axes=[9], output_axes=[0])((3, 4))
    with pytest.raises(ValueError, match="input_axes: expected a list"):
        initializers.VarianceScaling(input_axes=0)


# ---- distributions (200,000 draws: the standard error of a mean is 0.0022 standard deviations)


def moments(initializer, shape=(400, 500)):
    values = draw(initializer, shape, dtype="float64")
    assert values.shape == shape
    return values.mean(), values.std(), values.min(), values.max()


def test_normal():
    mean, std, low, high = moments(initializers.RandomNormal(mean=3.0, stddev=2.0, seed=1))
    assert mean == pytest.approx(3.0, abs=0.02)
    assert std == pytest.approx(2.0, rel=0.01)
    assert low < 3 - 2 * 3.5 and high > 3 + 2 * 3.5


def test_truncated_normal():
    mean, std, low, high = moments(initializers.TruncatedNormal(mean=3.0, stddev=2.0, seed=1))
    assert mean == pytest.approx(3.0, abs=0.02)
    assert std == pytest.approx(2.0 * 0.8796256610342398, rel=0.01)
    assert -1.0 <= low < -0.9 and 6.9 < high <= 7.0


def test_uniform():
    mean, std, low, high = moments(initializers.RandomUniform(-1.0, 3.0, seed=1))
    assert mean == pytest.approx(1.0, abs=0.02)
    assert std == pytest.approx(4 / np.sqrt(12), rel=0.01)
    assert -1.0 <= low < -0.99 and 2.99 < high < 3.0


@pytest.mark.parametrize("distribution", ["truncated_normal", "untruncated_normal", "uniform"])
@pytest.mark.parametrize(("mode", "fan"), [("fan_in", 400), ("fan_out", 500), ("fan_avg", 450)])
def test_variance_scaling(distribution, mode, fan):
    mean, std, low, high = moments(initializers.VarianceScaling(3.0, mode, distribution, seed=2))
    wanted = np.sqrt(3.0 / fan)
    assert mean == pytest.approx(0.0, abs=0.01 * wanted)
    assert std == pytest.approx(wanted, rel=0.01)
    reach = max(-low, high) / wanted
    if distribution == "uniform":
        assert 0.999 * np.sqrt(3) < reach <= np.sqrt(3) * (1 + 1e-6)
    elif distribution == "truncated_normal":
        assert 0.99 * 2 / 0.8796256610342398 < reach <= 2 / 0.8796256610342398 * (1 + 1e-6)
    else:
        assert reach > 3.5


@pytest.mark.parametrize(
    ("cls", "variance", "reach"),
    [
        (initializers.GlorotNormal, 2 / 900, 2 / 0.87962566),
        (initializers.GlorotUniform, 2 / 900, np.sqrt(3)),
        (initializers.HeNormal, 2 / 400, 2 / 0.87962566),
        (initializers.HeUniform, 2 / 400, np.sqrt(3)),
        (initializers.LecunNormal, 1 / 400, 2 / 0.87962566),
        (initializers.LecunUniform, 1 / 400, np.sqrt(3)),
    ],
)
def test_named_scalings(cls, variance, reach):
    mean, std, low, high = moments(cls(seed=3))
    assert std**2 == pytest.approx(variance, rel=0.02)
    assert max(-low, high) / np.sqrt(variance) == pytest.approx(reach, rel=0.01)


@pytest.mark.parametrize("shape", [(4, 4), (7, 3), (3, 7), (2, 3, 5), (3, 3, 4, 20), (1, 6), (128, 64)])
def test_orthogonal(shape):
    values = draw(initializers.Orthogonal(gain=1.5, seed=4), shape)
    assert values.shape == shape and values.dtype == np.float32
    flat = values.reshape(-1, shape[-1]).astype("float64") / 1.5
    product = flat.T @ flat if flat.shape[0] >= flat.shape[1] else flat @ flat.T
    np.testing.assert_allclose(product, np.eye(len(product)), atol=1e-5)


def test_orthogonal_covers_both_signs():
    """Uniform over the orthogonal matrices: the sign of the first entry and of the determinant are fair coins."""
    generator = random.SeedGenerator(5)
    draws = [draw(initializers.Orthogonal(seed=generator), (2, 2)) for _ in range(400)]
    assert 0.4 < np.mean([q[0, 0] > 0 for q in draws]) < 0.6
    assert 0.4 < np.mean([np.linalg.det(q) > 0 for q in draws]) < 0.6


def test_orthogonal_wants_rank_two():
    for shape in ((), (3,)):
        with pytest.raises(ValueError, match="rank 2 or more"):
            initializers.Orthogonal()(shape)


def test_orthogonal_does_not_depend_on_threads():
    program = (
        "import hashlib, numpy as np; from pykeras import initializers;"
        "print(hashlib.sha256(np.asarray(initializers.Orthogonal(seed=1)((300, 280))).tobytes()).hexdigest())"
    )
    found = set()
    for threads in ("1", "2"):
        environment = {**os.environ, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads}
        result = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        )
        found.add(result.stdout.strip())
    assert len(found) == 1 and len(found.pop()) == 64


# ---- seeds


@each_random
def test_integer_seed_gives_the_same_values_each_call(cls):
    one, other = cls(seed=7), cls(seed=7)
    first = draw(one, (4, 5))
    np.testing.assert_array_equal(first, draw(one, (4, 5)))
    np.testing.assert_array_equal(first, draw(other, (4, 5)))
    assert (first != draw(cls(seed=8), (4, 5))).any()


@each_random
def test_no_seed_draws_from_the_global_generator(cls):
    utils.set_random_seed(11)
    initializer = cls()
    first, second = draw(initializer, (4, 5)), draw(initializer, (4, 5))
    assert (first != second).any()
    utils.set_random_seed(11)
    np.testing.assert_array_equal(draw(cls(), (4, 5)), first)
    np.testing.assert_array_equal(draw(cls(), (4, 5)), second)


@each_random
def test_seed_generator(cls):
    initializer = cls(seed=random.SeedGenerator(3))
    first, second = draw(initializer, (4, 5)), draw(initializer, (4, 5))
    assert (first != second).any()
    np.testing.assert_array_equal(draw(cls(seed=random.SeedGenerator(3)), (4, 5)), first)
    again = initializers.deserialize(initializers.serialize(initializer))
    np.testing.assert_array_equal(draw(again, (4, 5)), first)


@each_random
@pytest.mark.parametrize("seed", [1.5, "a", [1]])
def test_bad_seed(cls, seed):
    with pytest.raises(ValueError, match="seed: expected an integer, a SeedGenerator or None"):
        cls(seed=seed)


# ---- dtypes, shapes, arguments


@each_random
def test_random_values_have_the_dtype_asked_for(cls):
    assert draw(cls(seed=1), (3, 4)).dtype == np.float32
    assert draw(cls(seed=1), (3, 4), dtype="float64").dtype == np.float64
    with pytest.raises(ValueError, match="floating"):
        cls()((3, 4), dtype="int32")


@each_random
def test_shapes_are_checked(cls):
    with pytest.raises(ValueError, match="shape"):
        cls()((None, 4))
    with pytest.raises(ValueError, match="shape"):
        cls()((-1, 4))
    assert draw(cls(seed=1), (0, 4)).shape == (0, 4)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: initializers.VarianceScaling(scale=0), "scale: expected a positive number"),
        (lambda: initializers.VarianceScaling(mode="fan"), 'mode: expected one of "fan_in"'),
        (lambda: initializers.VarianceScaling(distribution="beta"), "distribution: expected one of"),
        (lambda: initializers.RandomNormal(stddev=-1), "stddev: expected a number of 0 or more"),
        (lambda: initializers.RandomUniform(2.0, 1.0), "maxval: expected a number not below"),
        (lambda: initializers.RandomNormal(mean="a"), "mean: expected a finite number"),
    ],
)
def test_arguments_are_checked(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_base_class_has_no_values():
    with pytest.raises(NotImplementedError, match="Initializer"):
        initializers.Initializer()((2,))


# ---- names and configurations


@pytest.mark.parametrize(
    ("name", "cls"),
    [
        ("zeros", initializers.Zeros),
        ("zero", initializers.Zeros),
        ("ones", initializers.Ones),
        ("one", initializers.Ones),
        ("constant", initializers.Constant),
        ("identity", initializers.Identity),
        ("IdentityInitializer", initializers.Identity),
        ("normal", initializers.RandomNormal),
        ("random_normal", initializers.RandomNormal),
        ("uniform", initializers.RandomUniform),
        ("RandomUniform", initializers.RandomUniform),
        ("truncated_normal", initializers.TruncatedNormal),
        ("variance_scaling", initializers.VarianceScaling),
        ("he_normal", initializers.HeNormal),
        ("HeUniform", initializers.HeUniform),
        ("lecun_uniform", initializers.LecunUniform),
        ("glorot_uniform", initializers.GlorotUniform),
        ("orthogonal", initializers.Orthogonal),
        ("OrthogonalInitializer", initializers.Orthogonal),
        ("stft", initializers.STFT),
        ("STFTInitializer", initializers.STFT),
    ],
)
def test_get_by_name(name, cls):
    assert type(initializers.get(name)) is cls


def test_get_passes_through():
    def own(shape, dtype=None):
        return np.zeros(shape)

    zeros = initializers.Zeros()
    assert initializers.get(None) is None
    assert initializers.get(own) is own
    assert initializers.get(zeros) is zeros
    assert type(initializers.get(initializers.Zeros)) is initializers.Zeros
    with pytest.raises(ValueError, match='Unknown initializer "glorot": did you mean "'):
        initializers.get("glorot")
    with pytest.raises(ValueError, match="Cannot interpret 3.0"):
        initializers.get(3.0)


def test_get_of_an_array():
    found = initializers.get(np.array([1.0, 2.0]))
    assert draw(found, (2,)).tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match=r"shape \(2,\) cannot be the first value of shape \(3, 2\)"):
        found((3, 2))
    assert initializers.serialize(found)["class_name"] == "Constant"


@pytest.mark.parametrize("cls", RANDOM + FIXED, ids=lambda cls: cls.__name__)
def test_configurations(cls):
    initializer = cls(seed=5) if cls in RANDOM else cls()
    config = json.loads(json.dumps(initializers.serialize(initializer)))
    assert config["module"] == "keras.initializers"
    assert config["class_name"] == cls.__name__
    assert config["registered_name"] is None
    with registry.keras2_form():
        old = json.loads(json.dumps(initializers.serialize(initializer)))
    assert set(old) == {"class_name", "config"}
    shape = (4, 1, 3) if cls is initializers.STFT else (4, 3)
    for form in (config, old):
        again = initializers.deserialize(form)
        assert type(again) is cls and again.get_config() == initializer.get_config()
        np.testing.assert_array_equal(draw(again, shape), draw(initializer, shape))
    np.testing.assert_array_equal(draw(initializer.clone(), shape), draw(initializer, shape))


def test_configuration_as_keras_writes_it():
    assert initializers.serialize(initializers.GlorotUniform(seed=3)) == {
        "module": "keras.initializers",
        "class_name": "GlorotUniform",
        "config": {"seed": 3, "input_axes": None, "output_axes": None},
        "registered_name": None,
    }


def test_configurations_of_keras_2():
    for module in ("keras.initializers", "tensorflow.keras.initializers", "keras.src.initializers.initializers"):
        config = {"module": module, "class_name": "GlorotUniform", "config": {"seed": None}, "registered_name": None}
        assert type(initializers.deserialize(config)) is initializers.GlorotUniform
    old = {"class_name": "VarianceScaling"}
    old["config"] = {"scale": 1.0, "mode": "fan_avg", "distribution": "uniform", "seed": None, "dtype": "float32"}
    assert initializers.get(old).mode == "fan_avg"


def test_arrays_survive_json():
    constant = initializers.Constant(np.array([[1.0, 2.0]]))
    again = initializers.deserialize(json.loads(json.dumps(initializers.serialize(constant))))
    np.testing.assert_array_equal(draw(again, (3, 2)), draw(constant, (3, 2)))
    stft = initializers.STFT(window=np.hanning(8))
    again = initializers.deserialize(json.loads(json.dumps(initializers.serialize(stft))))
    np.testing.assert_array_equal(draw(again, (8, 1, 5)), draw(stft, (8, 1, 5)))


@pytest.mark.skipif(not pathlib.Path("/work/shared/reference").exists(), reason="reference list not here")
def test_every_name_of_the_reference():
    with open("/work/shared/reference/keras-3.15-api.tsv") as file:
        wanted = [
            row["name"] for row in csv.DictReader(file, delimiter="\t") if row["name"].startswith("initializers.")
        ]
    assert len(wanted) > 30
    assert [name for name in wanted if not hasattr(initializers, name.split(".")[1])] == []
