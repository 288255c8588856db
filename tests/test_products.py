"""Products of matrices: the sizes choose among routes (in place, packed, cut along k) that must agree."""

import itertools

import numpy as np
import pytest

from pykeras import _core, config

# Rows, columns, steps of k around which the routes change.
ROWS = [1, 4, 5, 6, 12, 13, 70, 300, 1500]
COLUMNS = [1, 3, 8, 10, 33, 64, 65, 130, 520]
STEPS = [1, 8, 33, 128, 600, 2049, 4100]
SIZES = [size for size in itertools.product(ROWS, COLUMNS, STEPS) if np.prod(size) < 3e7]


@pytest.fixture
def threads():
    before = config.num_threads()
    yield config.set_num_threads
    config.set_num_threads(before)


def operands(rows, columns, steps, transpose_x1, transpose_x2):
    draw = np.random.default_rng(0)
    a = draw.standard_normal((steps, rows) if transpose_x1 else (rows, steps), "f4")
    b = draw.standard_normal((columns, steps) if transpose_x2 else (steps, columns), "f4")
    return a, b


@pytest.mark.parametrize("transpose_x2", [False, True])
@pytest.mark.parametrize("transpose_x1", [False, True])
def test_sums_are_near_and_do_not_depend_on_threads(threads, transpose_x1, transpose_x2):
    flips = {"transpose_x1": transpose_x1, "transpose_x2": transpose_x2}
    for size in SIZES:
        a, b = operands(*size, transpose_x1, transpose_x2)
        threads(1)
        one = _core.op.matmul(a, b, **flips).numpy()
        threads(2)
        np.testing.assert_array_equal(_core.op.matmul(a, b, **flips).numpy(), one, str(size))
        exact = (a.T if transpose_x1 else a).astype("f8") @ (b.T if transpose_x2 else b).astype("f8")
        np.testing.assert_allclose(one, exact, rtol=0, atol=2e-5 * np.sqrt(size[2]), err_msg=str(size))


@pytest.mark.parametrize("columns, steps", [(16, 144), (64, 256), (128, 64), (300, 700), (512, 32)])
def test_a_row_has_the_same_bits_in_any_batch(columns, steps):
    a, b = operands(400, columns, steps, False, False)
    whole = _core.op.matmul(a, b).numpy()
    for first, count in [(0, 1), (3, 5), (7, 12), (100, 40)]:
        rows = _core.op.matmul(a[first : first + count], b).numpy()
        np.testing.assert_array_equal(rows, whole[first : first + count])


@pytest.mark.parametrize("rows", [1, 3, 6])
def test_long_narrow_products_keep_the_bits_of_wide_batches(rows):
    draw = np.random.default_rng(2)
    a, b = draw.normal(size=(40, 9216)).astype("f4"), draw.normal(size=(9216, 128)).astype("f4")
    whole = _core.op.dense(a, b, None).numpy()
    np.testing.assert_array_equal(_core.op.dense(a[:rows], b, None).numpy(), whole[:rows])
