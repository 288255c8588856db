"""GradientTape and value_and_grad."""

import gc

import numpy as np
import pytest

import pykeras
from pykeras import GradientTape, Variable, ops, value_and_grad


def constant(x, dtype="float64"):
    return ops.convert_to_tensor(x, dtype)


def test_structures():
    a, b = Variable(2.0), Variable(3.0)
    with GradientTape() as tape:
        y = a * a * b
    gradients = tape.gradient(y, {"a": a, "more": [b]})
    assert float(gradients["a"]) == 12.0 and float(gradients["more"][0]) == 4.0


def test_tape_gives_once():
    x = Variable(1.0)
    with GradientTape() as tape:
        y = x * x
    tape.gradient(y, x)
    with pytest.raises(RuntimeError, match="persistent"):
        tape.gradient(y, x)


def test_persistent():
    x = constant(3.0)
    with GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
        z = y * y
    assert (
        float(tape.gradient(z, x)) == 108.0 and float(tape.gradient(y, x)) == 6.0 and float(tape.gradient(z, y)) == 18.0
    )
    tape.reset()
    assert tape.gradient(z, x) is None


def test_watch():
    x = constant(3.0)
    with GradientTape() as tape:
        y = x * x
    assert tape.gradient(y, x) is None
    v = Variable(3.0)
    with GradientTape(watch_accessed_variables=False) as tape:
        y = v * v
    assert tape.gradient(y, v) is None
    with GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(v)
        y = v * v
    assert float(tape.gradient(y, v)) == 6.0
    frozen = Variable(3.0, trainable=False)
    with GradientTape() as tape:
        tape.watch([frozen])
        y = frozen * frozen
    assert float(tape.gradient(y, frozen)) == 6.0
    with pytest.raises(TypeError, match="expected a tensor or variable, got float"):
        tape.watch(3.0)


def test_unconnected():
    x, other = Variable([1.0, 2.0]), Variable([[1.0]])
    with GradientTape(persistent=True) as tape:
        y = ops.sum(x)
    assert tape.gradient(y, other) is None
    assert tape.gradient(y, [x, other], unconnected_gradients="zero")[1].tolist() == [[0.0]]
    with pytest.raises(ValueError, match="unconnected_gradients"):
        tape.gradient(y, x, unconnected_gradients="nought")
    with pytest.raises(TypeError):
        tape.gradient(y, 1.0)


def test_integers_and_comparisons_cut():
    x = Variable([1.0, 2.0])
    with GradientTape(persistent=True) as tape:
        whole = ops.cast(x, "int32")
        back = ops.cast(whole, "float32")
        above = ops.cast(x > 1, "float32")
    assert tape.gradient(back, x) is None and tape.gradient(above, x) is None


def test_stop_gradient():
    x = Variable(3.0)
    with GradientTape() as tape:
        y = x * ops.stop_gradient(x)
    assert float(tape.gradient(y, x)) == 3.0
    with GradientTape() as tape:
        y = ops.stop_gradient(x * x)
    assert tape.gradient(y, x) is None


def test_output_gradients():
    x = Variable([1.0, 2.0])
    with GradientTape(persistent=True) as tape:
        y, z = x * x, x * 3
    assert tape.gradient(y, x, output_gradients=[10.0, 1.0]).tolist() == [20.0, 4.0]
    assert tape.gradient([y, z], x, output_gradients=[[1.0, 1.0], [2.0, 2.0]]).tolist() == [8.0, 10.0]
    assert tape.gradient([y, z], x, output_gradients=[[1.0, 1.0], None]).tolist() == [5.0, 7.0]
    with pytest.raises(ValueError, match=r"expected shape \(2,\), got \(3,\)"):
        tape.gradient(y, x, output_gradients=[1.0, 1.0, 1.0])
    with pytest.raises(ValueError):
        tape.gradient([y, z], x, output_gradients=[[1.0, 1.0]])


def test_target_is_source():
    x = Variable([1.0, 2.0])
    with GradientTape() as tape:
        y = x.value
    assert tape.gradient(y, x).tolist() == [1.0, 1.0]
    c = constant([1.0, 2.0])
    with GradientTape() as tape:
        tape.watch(c)
    assert tape.gradient(c, c).tolist() == [1.0, 1.0]


def test_used_twice_adds_up():
    x = Variable(3.0)
    with GradientTape() as tape:
        y = x * x + x * 2 + ops.sum(ops.stack([x, x, x]))
    assert float(tape.gradient(y, x)) == 11.0


def test_assigned_within_the_tape():
    x = Variable(3.0)
    with GradientTape(persistent=True) as tape:
        y = x * x
        x.assign(y)
        z = y + x * 5
    # Assigning is no op: what is read afterwards counts as the variable itself.
    assert float(tape.gradient(y, x)) == 6.0 and float(tape.gradient(z, x)) == 11.0


def test_nested_tapes_give_second_derivatives():
    x = constant([0.3, 0.7])
    with GradientTape() as outer:
        outer.watch(x)
        with GradientTape() as inner:
            inner.watch(x)
            y = ops.sum(ops.sin(x) * x)
        slope = inner.gradient(y, x)
    bend = outer.gradient(slope, x)
    values = x.numpy()
    np.testing.assert_allclose(slope.numpy(), np.cos(values) * values + np.sin(values), rtol=1e-12)
    np.testing.assert_allclose(bend.numpy(), 2 * np.cos(values) - np.sin(values) * values, rtol=1e-12)


def test_third_derivative_by_one_persistent_tape():
    x = constant(0.5)
    with GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x**4.0
        first = tape.gradient(y, x)
        second = tape.gradient(first, x)
        third = tape.gradient(second, x)
    np.testing.assert_allclose([float(first), float(second), float(third)], [0.5, 3.0, 12.0])


def test_gradient_penalty():
    w = Variable(np.array([[0.5, -1.0], [2.0, 0.3]]))
    x = constant([[1.0, 2.0], [0.5, -0.7]])

    def penalty(weights):
        with GradientTape() as inner:
            inner.watch(x)
            y = ops.sum(ops.tanh(ops.matmul(x, weights)))
        return ops.sum(ops.square(inner.gradient(y, x)))

    with GradientTape() as tape:
        loss = penalty(w)
    gradient = tape.gradient(loss, w).numpy()
    base, step = w.numpy(), 1e-6
    for i in np.ndindex(2, 2):
        moved = []
        for sign in (1, -1):
            at = base.copy()
            at[i] += sign * step
            moved.append(float(penalty(constant(at))))
        assert gradient[i] == pytest.approx((moved[0] - moved[1]) / (2 * step), rel=1e-6)


def test_jacobian():
    x = constant([1.0, 2.0, 3.0])
    w = Variable(np.array([[1.0, 0.0, 2.0], [0.0, 3.0, 1.0]]))
    with GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = ops.square(ops.matmul(w, x))
    by_x, by_w = tape.jacobian(y, [x, w])
    product = w.numpy() @ x.numpy()
    np.testing.assert_allclose(by_x.numpy(), 2 * product[:, None] * w.numpy())
    assert by_w.shape == (2, 2, 3)
    np.testing.assert_allclose(by_w.numpy()[0], np.stack([2 * product[0] * x.numpy(), np.zeros(3)]))
    with pytest.raises(RuntimeError, match="persistent"):
        GradientTape().jacobian(y, x)


def test_value_and_grad():
    value, gradient = value_and_grad(lambda x: ops.sum(x * x))(constant([1.0, 2.0]))
    assert float(value) == 5.0 and gradient.tolist() == [2.0, 4.0]
    w = Variable(3.0)
    (value, more), gradients = value_and_grad(lambda x: (w * x, "more"), [w], has_aux=True)(constant(2.0, "float32"))
    assert float(value) == 6.0 and more == "more" and float(gradients[0]) == 2.0
    value, gradients = value_and_grad(lambda p: p["a"] * p["b"])({"a": constant(2.0), "b": constant(5.0)})
    assert float(gradients["a"]) == 5.0 and float(gradients["b"]) == 2.0


def test_pause_and_reentry():
    x = Variable(2.0)
    with GradientTape() as tape:
        y = x * x
        with tape.stop_recording():
            z = x * x
        t = y + z
        with pytest.raises(ValueError, match="already recording"):
            tape.__enter__()
    assert float(tape.gradient(t, x)) == 4.0


def test_exception_inside_closes_the_tape():
    x = Variable(2.0)
    tape = GradientTape()
    with pytest.raises(KeyError), tape:
        raise KeyError
    assert not tape._tape.listening
    with GradientTape() as other:
        y = x * x
    assert float(other.gradient(y, x)) == 4.0


def test_tape_of_another_thread_does_not_listen():
    import threading

    x = Variable(2.0)
    with GradientTape() as tape:
        made = []
        thread = threading.Thread(target=lambda: made.append(x * x))
        thread.start()
        thread.join()
    assert tape.gradient(made[0], x) is None


def test_tape_lets_memory_go():
    gc.collect()
    x = Variable(np.ones((500, 500), "float32"))
    before = pykeras._core.memory_use()["live"]
    for _ in range(3):
        with GradientTape() as tape:
            y = ops.sum(ops.exp(x) * 2 + 1)
        tape.gradient(y, x)
        del y
    assert pykeras._core.memory_use()["live"] <= before + 8192


def test_forgotten_tape_stops_listening():
    tape = GradientTape()
    tape.__enter__()
    del tape
    gc.collect()
    assert float(ops.add(1.0, 2.0)) == 3.0
