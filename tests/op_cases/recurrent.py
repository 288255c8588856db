"""LSTM, GRU and SimpleRNN over sequences, and their gradients."""

import numpy as np

from .case import case, numbers, truths


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def walk(x, mask, go_backwards):
    """Inputs and truths, first axis the steps in the order of walking."""
    mask = np.ones(x.shape[:2], bool) if mask is None else mask
    x, mask = x.transpose(1, 0, 2), mask.T
    return (x[::-1], mask[::-1]) if go_backwards else (x, mask)


def outputs_of(states, mask, zero_output_for_mask):
    y = np.where(mask[..., None] | (not zero_output_for_mask), states[1:], 0)
    return y.transpose(1, 0, 2)


def dstates_of(doutputs, mask, zero_output_for_mask, like):
    """Gradients of the outputs as they reach the states after each step."""
    if doutputs is None:
        return np.zeros_like(like)
    return np.where(mask[..., None] | (not zero_output_for_mask), doutputs.transpose(1, 0, 2), 0)


def back_in_time(dx, go_backwards):
    return (dx[::-1] if go_backwards else dx).transpose(1, 0, 2)


def over_steps(x, d):
    """Sum of the outer products of all steps and rows."""
    return np.einsum("tbf,tbu->fu", x, d)


def stacked(parts, like):
    return np.array(parts).reshape(len(parts), *like)


def lstm(x, h, c, kernel, recurrent, bias, mask, go_backwards=False, zero_output_for_mask=False):
    x, mask = walk(x, mask, go_backwards)
    states, cells, gates = [h], [c], []
    for x_t, m in zip(x, mask[..., None]):
        z = x_t @ kernel + h @ recurrent + (0 if bias is None else bias)
        i, f, g, o = np.split(z, 4, -1)
        i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
        c = np.where(m, f * c + i * g, c)
        h = np.where(m, o * np.tanh(c), h)
        gates.append(np.where(m, np.concatenate([i, f, g, o], -1), 0))
        states.append(h)
        cells.append(c)
    states = np.array(states)
    outputs = outputs_of(states, mask, zero_output_for_mask)
    return outputs, h, c, states, stacked(gates, (len(h), kernel.shape[1])), np.array(cells)


def lstm_grad(x, kernel, recurrent, mask, states, gates, cells, dy, dh, dc, go_backwards=False,
              zero_output_for_mask=False, needs_dx=True):  # fmt: skip
    x, mask = walk(x, mask, go_backwards)
    dstates = dstates_of(dy, mask, zero_output_for_mask, states[1:])
    dh = np.zeros_like(states[0]) if dh is None else dh
    dc = np.zeros_like(states[0]) if dc is None else dc
    dz = np.zeros_like(gates)
    for t in reversed(range(len(x))):
        m = mask[t][:, None]
        dh = dh + dstates[t]
        i, f, g, o = np.split(gates[t], 4, -1)
        y = np.tanh(cells[t + 1])
        inner = dc + dh * o * (1 - y * y)
        parts = [inner * g * i * (1 - i), inner * cells[t] * f * (1 - f), inner * i * (1 - g * g), dh * y * o * (1 - o)]
        dz[t] = np.where(m, np.concatenate(parts, -1), 0)
        dh = np.where(m, 0, dh) + dz[t] @ recurrent.T
        dc = np.where(m, inner * f, dc)
    dx = back_in_time(dz @ kernel.T, go_backwards)
    return (dx if needs_dx else dx[:0], dh, dc, over_steps(x, dz),
            over_steps(states[:-1], dz), dz.sum((0, 1)), dz)  # fmt: skip


def gru(x, h, kernel, recurrent, bias, mask, reset_after=True, go_backwards=False, zero_output_for_mask=False):
    x, mask = walk(x, mask, go_backwards)
    n = h.shape[1]
    of_input, of_state = (0, np.zeros(3 * n)) if bias is None else bias if reset_after else (bias, np.zeros(3 * n))
    states, gates, inners = [h], [], []
    for x_t, m in zip(x, mask[..., None]):
        u = x_t @ kernel + of_input
        s = h @ recurrent[:, : 2 * n] + of_state[: 2 * n]
        z, r = sigmoid(u[:, :n] + s[:, :n]), sigmoid(u[:, n : 2 * n] + s[:, n:])
        if reset_after:
            inner = h @ recurrent[:, 2 * n :] + of_state[2 * n :]
            candidate = np.tanh(u[:, 2 * n :] + r * inner)
        else:
            inner = r * h
            candidate = np.tanh(u[:, 2 * n :] + inner @ recurrent[:, 2 * n :])
        h = np.where(m, z * h + (1 - z) * candidate, h)
        gates.append(np.where(m, np.concatenate([z, r, candidate], -1), 0))
        inners.append(np.where(m, inner, 0))
        states.append(h)
    states = np.array(states)
    outputs = outputs_of(states, mask, zero_output_for_mask)
    return outputs, h, states, stacked(gates, (len(h), 3 * n)), stacked(inners, h.shape)


def gru_grad(x, kernel, recurrent, mask, states, gates, inner, dy, dh, reset_after=True, go_backwards=False,
             zero_output_for_mask=False, needs_dx=True):  # fmt: skip
    x, mask = walk(x, mask, go_backwards)
    n = states.shape[2]
    dstates = dstates_of(dy, mask, zero_output_for_mask, states[1:])
    dh = np.zeros_like(states[0]) if dh is None else dh
    d = np.zeros((*gates.shape[:2], (4 if reset_after else 3) * n))
    for t in reversed(range(len(x))):
        m, h = mask[t][:, None], states[t]
        dh = dh + dstates[t]
        z, r, candidate = np.split(gates[t], 3, -1)
        dcandidate = np.where(m, dh * (1 - z) * (1 - candidate**2), 0)
        dz = np.where(m, dh * (h - candidate) * z * (1 - z), 0)
        through = np.where(m, dh * z, dh)
        if reset_after:
            dr = dcandidate * inner[t] * r * (1 - r)
            last = dcandidate * r
            d[t] = np.concatenate([dz, dr, dcandidate, last], -1)
            dh = through + last @ recurrent[:, 2 * n :].T
        else:
            dproduct = dcandidate @ recurrent[:, 2 * n :].T
            dr = dproduct * h * r * (1 - r)
            d[t] = np.concatenate([dz, dr, dcandidate], -1)
            dh = through + dproduct * r
        dh = dh + np.concatenate([dz, dr], -1) @ recurrent[:, : 2 * n].T
    of_input = d[..., : 3 * n]
    dx = back_in_time(of_input @ kernel.T, go_backwards)
    last = d[..., 3 * n :] if reset_after else d[..., 2 * n :]
    met = states[:-1] if reset_after else inner
    drecurrent = np.concatenate([over_steps(states[:-1], d[..., : 2 * n]), over_steps(met, last)], -1)
    of_state = np.concatenate([d[..., : 2 * n], last], -1)
    dbias = np.array([of_input.sum((0, 1)), of_state.sum((0, 1))]) if reset_after else of_input.sum((0, 1))
    return dx if needs_dx else dx[:0], dh, over_steps(x, of_input), drecurrent, dbias, d


# f and, from its value, f'
ACTIVATIONS = {
    "tanh": (np.tanh, lambda y: 1 - y * y),
    "relu": (lambda x: np.maximum(x, 0), lambda y: (y > 0) * 1.0),
    "sigmoid": (sigmoid, lambda y: y * (1 - y)),
    "linear": (lambda x: x, np.ones_like),
}


def simple_rnn(x, h, kernel, recurrent, bias, mask, activation="tanh", go_backwards=False, zero_output_for_mask=False):
    x, mask = walk(x, mask, go_backwards)
    states = [h]
    for x_t, m in zip(x, mask[..., None]):
        z = x_t @ kernel + h @ recurrent + (0 if bias is None else bias)
        h = np.where(m, ACTIVATIONS[activation][0](z), h)
        states.append(h)
    return outputs_of(np.array(states), mask, zero_output_for_mask), h, np.array(states)


def simple_rnn_grad(x, kernel, recurrent, mask, states, dy, dh, activation="tanh", go_backwards=False,
                    zero_output_for_mask=False, needs_dx=True):  # fmt: skip
    x, mask = walk(x, mask, go_backwards)
    dstates = dstates_of(dy, mask, zero_output_for_mask, states[1:])
    dh = np.zeros_like(states[0]) if dh is None else dh
    dz = np.zeros_like(states[1:])
    for t in reversed(range(len(x))):
        m = mask[t][:, None]
        dh = dh + dstates[t]
        dz[t] = np.where(m, dh * ACTIVATIONS[activation][1](states[t + 1]), 0)
        dh = np.where(m, 0, dh) + dz[t] @ recurrent.T
    dx = back_in_time(dz @ kernel.T, go_backwards)
    return (dx if needs_dx else dx[:0], dh, over_steps(x, dz),
            over_steps(states[:-1], dz), dz.sum((0, 1)), dz)  # fmt: skip


def weights(*shape, seed=0):
    """Small enough that gates do not saturate."""
    return numbers(*shape, low=-1, high=1, seed=seed) / np.sqrt(shape[0])


def parts(gates, batch, time, features, units, seed=0):
    """x, h, c, kernel, recurrent_kernel."""
    return (numbers(batch, time, features, seed=seed), numbers(batch, units, low=-0.9, high=0.9, seed=seed + 1),
            numbers(batch, units, low=-1, high=1, seed=seed + 2), weights(features, gates * units, seed=3),
            weights(units, gates * units, seed=4))  # fmt: skip


def bias_of(gates, units, reset_after):
    return numbers(*((2, gates * units) if reset_after else (gates * units,)), low=-0.5, high=0.5, seed=5)


FORWARD = {"lstm": lstm, "gru": gru, "simple_rnn": simple_rnn}
BACKWARD = {"lstm": lstm_grad, "gru": gru_grad, "simple_rnn": simple_rnn_grad}
MATRICES = {"lstm": 4, "gru": 3, "simple_rnn": 1}
# Batches of one to three rows, and more; whole packets of units and parts of them; kernels past one block of steps.
SIZES = [(2, 3, 2, 3), (1, 4, 3, 8), (5, 2, 1, 19), (7, 1, 4, 1)]
LARGE = (37, 6, 20, 140)


def inputs_of(name, sizes, bias=True, mask=None, reset_after=False):
    x, h, c, kernel, recurrent = parts(MATRICES[name], *sizes)
    state = [h, c] if name == "lstm" else [h]
    return [x, *state, kernel, recurrent, bias_of(MATRICES[name], sizes[3], reset_after) if bias else None, mask]


def grad_inputs_of(name, sizes, mask=None, reset_after=False, leave_out=(), **attributes):
    """What the gradient op is given, all of it from one run of the reference."""
    inputs = inputs_of(name, sizes, mask=mask, reset_after=reset_after)
    own = {"reset_after": reset_after} if name == "gru" else {}
    results = FORWARD[name](*inputs, **own, **attributes)
    count = 3 if name == "lstm" else 2
    kernels = inputs[-4:-2]
    given = [None if i in leave_out else numbers(*results[i].shape, seed=9 + i) for i in range(count)]
    return [inputs[0], *kernels, mask, *results[count:], *given]


for name in FORWARD:
    for reset_after in (True, False) if name == "gru" else (False,):
        own = {"reset_after": reset_after} if name == "gru" else {}

        def large(name=name, reset_after=reset_after):
            return tuple(inputs_of(name, LARGE, mask=truths(*LARGE[:2], seed=1), reset_after=reset_after)), None

        def large_grad(name=name, reset_after=reset_after):
            mask = truths(*LARGE[:2], seed=1)
            return tuple(grad_inputs_of(name, LARGE, mask, reset_after)), None

        for sizes in SIZES:
            case(name, inputs_of(name, sizes, reset_after=reset_after), FORWARD[name], large=large, tolerance=4, **own)
        for flags in [{}, {"go_backwards": True}, {"zero_output_for_mask": True}]:
            mask = truths(3, 4, seed=2)
            case(name, inputs_of(name, (3, 4, 2, 3), mask=mask, reset_after=reset_after), FORWARD[name],
                 tolerance=4, **own, **flags)  # fmt: skip
            case(f"{name}_grad", grad_inputs_of(name, (3, 4, 2, 3), mask, reset_after, **flags), BACKWARD[name],
                 tolerance=10, large=large_grad, **own, **flags)  # fmt: skip
        case(name, inputs_of(name, (2, 3, 2, 3), bias=False), FORWARD[name], tolerance=4, go_backwards=True, **own)
        case(name, inputs_of(name, (0, 3, 2, 3), reset_after=reset_after), FORWARD[name], **own)
        case(name, inputs_of(name, (2, 0, 2, 3), reset_after=reset_after), FORWARD[name], **own)
        case(f"{name}_grad", grad_inputs_of(name, (2, 3, 2, 3), None, reset_after, leave_out=[0]), BACKWARD[name],
             tolerance=10, needs_dx=False, **own)  # fmt: skip
        case(f"{name}_grad", grad_inputs_of(name, (2, 3, 2, 9), None, reset_after, leave_out=[1, 2]), BACKWARD[name],
             tolerance=10, **own)  # fmt: skip
for activation in ("relu", "sigmoid", "linear"):
    case("simple_rnn", inputs_of("simple_rnn", (2, 3, 2, 3)), simple_rnn, tolerance=4, activation=activation)
    case("simple_rnn_grad", grad_inputs_of("simple_rnn", (2, 3, 2, 3), activation=activation), simple_rnn_grad,
         tolerance=10, activation=activation)  # fmt: skip
