"""Products of matrices."""

import numpy as np

from .case import case, numbers


def matmul(a, b, transpose_x1=False, transpose_x2=False):
    return np.matmul(np.swapaxes(a, -1, -2) if transpose_x1 else a, np.swapaxes(b, -1, -2) if transpose_x2 else b)


for left, right in [((3, 4), (4, 5)), ((1, 1), (1, 1)), ((2, 3, 4), (4, 5)), ((3, 4), (2, 4, 5)), ((2, 3, 4), (2, 4,
                                                                                                               5)),
                    ((2, 1, 3, 4), (1, 3, 4, 5)), ((2, 3, 4), (1, 4, 5)), ((1, 3, 4), (2, 4, 5)), ((0, 4), (4, 5)),
                    ((3, 0), (0, 5)), ((2, 0, 3, 4), (4, 2)), ((7, 13), (13, 17)), ((19, 33), (33, 1)),
                    ((1, 33), (33, 19))]:  # fmt: skip
    for t1 in (False, True):
        for t2 in (False, True):
            a = (*left[:-2], left[-1], left[-2]) if t1 else left
            b = (*right[:-2], right[-1], right[-2]) if t2 else right
            case("matmul", [numbers(*a, seed=1), numbers(*b, seed=2)], matmul, transpose_x1=t1, transpose_x2=t2,
                 large=lambda t1=t1, t2=t2: ((numbers(150, 170, seed=1) if not t1 else numbers(170, 150, seed=1),
                                             numbers(170, 130, seed=2) if not t2 else numbers(130, 170, seed=2)),
                                            None))  # fmt: skip
for shape, units in [
    ((3, 4), 5),
    ((4,), 5),
    ((2, 3, 4), 1),
    ((1, 1), 1),
    ((0, 4), 3),
    ((9, 67), 35),
    ((2, 2, 3, 4), 6),
]:
    inputs = [numbers(*shape, seed=1), numbers(shape[-1], units, seed=2), numbers(units, seed=3)]
    case("dense", inputs, lambda x, kernel, bias: x @ kernel + bias,
         large=lambda: ((numbers(300, 120, seed=1), numbers(120, 90, seed=2), numbers(90, seed=3)), None))  # fmt: skip
    case("dense", [*inputs[:2], None], lambda x, kernel, bias: x @ kernel)
    case("dense_kernel_grad", [inputs[0], numbers(*shape[:-1], units, seed=4)],
         lambda x, dy: x.reshape(-1, x.shape[-1]).T @ dy.reshape(-1, dy.shape[-1]),
         large=lambda: ((numbers(900, 120, seed=1), numbers(900, 90, seed=2)), None))  # fmt: skip
