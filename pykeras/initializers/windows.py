"""Window functions by name, as SciPy names them."""

import numpy as np

from pykeras.registry.names import did_you_mean

# w(t) = a0 - a1 cos(2 pi t) + a2 cos(4 pi t) - ..., t from 0 to 1.
# Harris, "On the Use of Windows for Harmonic Analysis with the Discrete Fourier Transform", Proc. IEEE 1978.
_COSINE_SUMS = {
    "hann": (0.5, 0.5),
    "hamming": (0.54, 0.46),
    "blackman": (0.42, 0.5, 0.08),
    "blackmanharris": (0.35875, 0.48829, 0.14128, 0.01168),
    "nuttall": (0.3635819, 0.4891775, 0.1365995, 0.0106411),
    "flattop": (0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368),
}


def _cosine_sum(weights):
    signs = [(-1) ** order * weight for order, weight in enumerate(weights)]
    return lambda t, n: sum(a * np.cos(2 * np.pi * order * t) for order, a in enumerate(signs))


def _triangle(t, n):
    k = np.arange(n)
    return 1 - np.abs(2 * k - (n - 1)) / (n + n % 2)


def _bohman(t, n):
    x = np.abs(2 * t - 1)
    return np.where(x < 1, (1 - x) * np.cos(np.pi * x) + np.sin(np.pi * x) / np.pi, 0.0)


def _tukey(t, n):
    """Half cosine, half flat (SciPy's default share of 0.5)."""
    edge = np.minimum(t, 1 - t)
    return np.where(edge < 0.25, 0.5 * (1 - np.cos(4 * np.pi * edge)), 1.0)


_WINDOWS = {
    **{name: _cosine_sum(weights) for name, weights in _COSINE_SUMS.items()},
    "boxcar": lambda t, n: np.ones(n),
    "bartlett": lambda t, n: 1 - np.abs(2 * t - 1),
    "barthann": lambda t, n: 0.62 - 0.48 * np.abs(t - 0.5) + 0.38 * np.cos(2 * np.pi * (t - 0.5)),
    "triang": _triangle,
    "bohman": _bohman,
    "cosine": lambda t, n: np.sin(np.pi * (np.arange(n) + 0.5) / n),
    "lanczos": lambda t, n: np.sinc(2 * t - 1),
    "tukey": _tukey,
}
_ALIASES = {"hanning": "hann", "ones": "boxcar", "rectangular": "boxcar", "triangle": "triang", "sine": "cosine"}


def window_values(name, length, periodic):
    """The values of a window.

    Arguments:
        name: such as "hann".
        length: number of values.
        periodic: leave out the last value of the symmetric window that is one longer.

    Raises:
        ValueError: an unknown name; near ones are suggested.
    """
    key = _ALIASES.get(name, name)
    if key not in _WINDOWS:
        hint = did_you_mean(name, [*_WINDOWS, *_ALIASES])
        raise ValueError(f'Unknown window "{name}":{hint} Known: {", ".join(_WINDOWS)}; or pass the values.')
    if length <= 1:
        return np.ones(length)
    total = length + 1 if periodic else length
    return _WINDOWS[key](np.arange(total) / (total - 1), total)[:length]
