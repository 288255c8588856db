"""Ops that move values."""

import numpy as np

from .case import case, integers, numbers, truths

big = lambda **attributes: lambda: ((numbers(600, 500),), attributes)  # noqa: E731


def cast(x, dtype):
    if x.dtype.kind == "f" and np.dtype(dtype).kind in "iu":
        limits = np.iinfo(dtype)
        wide = np.nan_to_num(x, nan=0.0, posinf=1e300, neginf=-1e300)
        whole = [min(max(int(v), limits.min), limits.max) for v in np.ravel(wide)]
        return np.array(whole, dtype).reshape(x.shape)
    return x.astype(dtype)


FLOATS = np.array([-2.7, -0.5, 0.0, 0.4, 3.9, 100.0])
for dtype in ("bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float32", "float64"):
    case("cast", [FLOATS], cast, smooth=False, dtype=dtype, large=big())
    case("cast", [integers(3, 4, high=100, dtype="int64")], cast, dtype=dtype)
    case("cast", [integers(3, 4, low=-9, high=100, dtype="int32")], cast, dtype=dtype)
    case("cast", [truths(5)], cast, dtype=dtype)
for dtype in ("uint8", "int8", "int32", "int64", "uint64"):
    case("cast", [np.array([np.nan, np.inf, -np.inf, 1e25, -1e25])], cast, smooth=False, dtype=dtype)
case("cast", [numbers(3, 4)], cast, dtype="float64")

for shape in [(), (5,), (2, 3, 4), (0, 3)]:
    case("stop_gradient", [numbers(*shape)], lambda x: x)
for shape, new in [((6,), (2, 3)), ((2, 3), (-1,)), ((2, 3, 4), (4, -1)), ((), (1, 1)), ((1,), ()), ((0, 3), (3, 0)),
                   ((2, 3), (2, 3)), ((2, 6), (2, -1, 3))]:  # fmt: skip
    case("reshape", [numbers(*shape)], lambda x, shape: np.reshape(x, shape), shape=list(new))
case("reshape", [truths(2, 3)], lambda x, shape: np.reshape(x, shape), shape=[3, 2])
for shape, axes in [((), ()), ((5,), (0,)), ((3, 4), (1, 0)), ((3, 4), (0, 1)), ((2, 3, 4), (2, 0, 1)), ((2, 3, 4),
                                                                                                         (-1, 0, 1)),
                    ((2, 3, 4, 5), (0, 3, 1, 2)), ((2, 3, 4, 5), (3, 2, 1, 0)), ((1, 17, 1, 9), (2, 3, 0, 1)),
                    ((0, 3), (1, 0)), ((67, 35), (1, 0))]:  # fmt: skip
    case("transpose", [numbers(*shape)], lambda x, axes: np.transpose(x, axes), axes=list(axes), large=big(axes=[1, 0]))
for dtype in ("bool", "int8", "int16", "int32", "int64"):
    case("transpose", [integers(7, 5, high=2, dtype=dtype)], lambda x, axes: np.transpose(x, axes), axes=[1, 0])
for shape, new in [((), (3,)), ((1,), (4,)), ((3, 1), (3, 4)), ((4,), (2, 3, 4)), ((1, 3, 1), (2, 3, 4)), ((3,), (3,)),
                   ((1, 3), (0, 3))]:  # fmt: skip
    case("broadcast_to", [numbers(*shape)], lambda x, shape: np.broadcast_to(x, shape), shape=list(new),
         large=lambda: ((numbers(500),), {"shape": [600, 500]}))  # fmt: skip
for shapes, axis in [([(3,)], 0), ([(3,), (2,)], 0), ([(2, 3), (4, 3)], 0), ([(2, 3), (2, 1), (2, 5)], 1), ([(2, 3),
                                                                                                             (2, 0)],
                                                                                                             -1),
                     ([(2, 1, 4), (2, 3, 4)], -2), ([(0, 3), (0, 3)], 1)]:  # fmt: skip
    case("concatenate", [numbers(*s, seed=i) for i, s in enumerate(shapes)], lambda *xs, axis: np.concatenate(xs, axis),
         axis=axis, large=lambda: ((numbers(600, 300, seed=1), numbers(600, 200, seed=2)), {"axis": 1}))  # fmt: skip
case("concatenate", [integers(3), integers(2, dtype="int32")], lambda *xs, axis: np.concatenate(xs, axis), axis=0)
case("concatenate", [truths(3), truths(2, seed=1)], lambda *xs, axis: np.concatenate(xs, axis), axis=0)

for shape, sizes, axis in [((6,), [2, 4], 0), ((2, 6), [1, 2, 3], -1), ((4, 2, 3), [1] * 4, 0), ((3, 4), [4], 1),
                           ((2, 3), [0, 3], 1), ((0, 3), [1, 2], 1)]:  # fmt: skip
    case("split", [numbers(*shape)], lambda x, sizes, axis: tuple(np.split(x, np.cumsum(sizes)[:-1], axis)),
         sizes=sizes, axis=axis, large=big(sizes=[350, 250], axis=0))  # fmt: skip
case("split", [truths(2, 4)], lambda x, sizes, axis: tuple(np.split(x, 2, axis)), sizes=[2, 2], axis=1)


def picked(x, start, size, step):
    for axis, (first, count, stride) in enumerate(zip(start, size, step)):
        if count == -1:
            index = np.arange(first, x.shape[axis] if stride > 0 else -1, stride)
        else:
            index = first + np.arange(count) * stride
        x = np.take(x, index.astype(int), axis)
    return x


def embedded(x, shape, start, step):
    whole = np.zeros(shape, x.dtype)
    places = [first + np.arange(count) * stride for first, count, stride in zip(start, x.shape, step)]
    whole[np.ix_(*places)] = x
    return whole


SLICES = [((7,), [2], [3], [1]), ((7,), [6], [-1], [-1]), ((7,), [1], [3], [2]), ((3, 5), [0, 1], [-1, 2], [1, 2]),
          ((3, 5), [2, 4], [2, 3], [-1, -2]), ((4, 3, 2), [1, 0, 1], [2, -1, 1], [1, 1, 1]),
          ((3, 5), [0, 0], [0, 5], [1, 1]),
          ((3, 0), [0, 0], [-1, -1], [1, 1]), ((3, 5), [0, 0], [3, 5], [1, 1])]  # fmt: skip
for shape, start, size, step in SLICES:
    case("slice", [numbers(*shape)], picked, start=start, size=size, step=step,
         large=big(start=[3, 499], size=[590, 240], step=[1, -2]))  # fmt: skip
case("slice", [truths(7)], picked, start=[5], size=[3], step=[-2])
case("slice", [numbers()], picked, start=[], size=[], step=[])
for shape, whole, start, step in [((3,), [7], [2], [1]), ((3,), [7], [6], [-2]), ((2, 3), [4, 9], [1, 0], [2, 3]),
                                  ((2, 3, 1), [2, 5, 2], [0, 1, 1], [1, 1, 1]),
                                  ((0, 3), [2, 3], [0, 0], [1, 1])]:  # fmt: skip
    case("embed", [numbers(*shape)], embedded, shape=whole, start=start, step=step,
         large=big(shape=[700, 1100], start=[1, 2], step=[1, 2]))  # fmt: skip
case("embed", [integers(3)], embedded, shape=[5], start=[1], step=[1])


def added(dy, indices, axis=0, length=0):
    rank = indices.ndim
    shape = (*dy.shape[:axis], length, *dy.shape[axis + rank :])
    result = np.zeros(shape, dy.dtype)
    flat = dy.reshape(*dy.shape[:axis], -1, *dy.shape[axis + rank :])
    for j, index in enumerate(indices.ravel()):
        result[(slice(None),) * axis + (index,)] += flat[(slice(None),) * axis + (j,)]
    return result


ROWS = lambda: integers(4000, high=300, seed=2)  # noqa: E731
for shape, index, axis in [((5,), (3,), 0), ((5,), (), 0), ((5, 4), (2, 3), 0), ((3, 5), (4,), 1), ((3, 5, 2), (2, 2),
                                                                                                    -2),
                           ((5, 2), (0,), 0), ((5, 0), (3,), 0)]:  # fmt: skip
    case("take", [numbers(*shape), integers(*index)], lambda x, i, axis: np.take(x, i, axis), axis=axis,
         large=lambda: ((numbers(300, 70), ROWS()), {"axis": 0}))  # fmt: skip
case("take", [truths(5), integers(3)], lambda x, i, axis: np.take(x, i, axis), axis=0)
for shape, index, axis, length in [
    ((3,), (3,), 0, 5),
    ((2, 3, 4), (2, 3), 0, 6),
    ((3, 4, 2), (4,), 1, 5),
    ((0, 2), (0,), 0, 3),
]:
    case("take_grad", [numbers(*shape), integers(*index)], added, axis=axis, length=length,
         large=lambda: ((numbers(4000, 70), ROWS()), {"axis": 0, "length": 300}))  # fmt: skip


def one_hot(indices, classes, dtype):
    return (indices[..., None] == np.arange(classes)).astype(dtype)


for index in [integers(4), integers(2, 3, low=-2, high=7), integers(), integers(0)]:
    for dtype in ("float32", "float64", "int32", "bool"):
        case("one_hot", [index], one_hot, classes=5, dtype=dtype,
             large=lambda: ((integers(5000, high=30),), {"classes": 30, "dtype": "float32"}))  # fmt: skip
