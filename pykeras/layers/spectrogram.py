"""Spectra of sounds."""

from __future__ import annotations

import numpy as np

from pykeras import check, config, ops
from pykeras.initializers import STFT
from pykeras.layers.layer import REGISTRY, Layer
from pykeras.layers.shaping import checked_data_format
from pykeras.ops.numbers import resized
from pykeras.variables import check_budget

_MODES = ("log", "magnitude", "psd", "real", "imag", "angle", "stft")


@REGISTRY.register
class STFTSpectrogram(Layer):
    """Short-time Fourier transform of each channel, as a convolution with learnable kernels that begin as windowed
    sines and cosines.

    Arguments:
        mode: ``"log"`` or ``"magnitude"`` of the spectrum, ``"psd"`` (power), ``"real"``, ``"imag"``, ``"angle"``, or
            ``"stft"``: real parts, then imaginary ones.
        frame_length: samples of a frame; ``frame_step``: from one to the next, half a frame by default.
        fft_length: points of the transform, at least ``frame_length``; by default the next power of 2.
        window, periodic, scaling: as for ``initializers.STFT``.
        padding: ``"valid"`` or ``"same"``.
        expand_dims: whether frequencies get an axis of their own, before (channels last) or after that of channels.
        data_format: ``"channels_last"`` (batch, time, channels) or ``"channels_first"``.

    Output ``(batch, frames, channels * bins)`` with ``bins = fft_length // 2 + 1``, twice that for ``"stft"``.
    """

    def __init__(self, mode="log", frame_length=256, frame_step=None, fft_length=None, window="hann", periodic=False,
                 scaling="density", padding="valid", expand_dims=False, data_format=None, **kwargs):  # fmt: skip
        super().__init__(**kwargs)
        self.mode = check.one_of("mode", mode, _MODES)
        self.frame_length = check.positive_int("frame_length", frame_length)
        self.frame_step = None if frame_step is None else check.positive_int("frame_step", frame_step)
        self.fft_length = None if fft_length is None else check.positive_int("fft_length", fft_length)
        self._points = self.fft_length or 2 ** (self.frame_length - 1).bit_length()
        if self._points < self.frame_length:
            raise ValueError(f"fft_length: expected at least frame_length ({frame_length}), got {fft_length}")
        if self.frame_step is not None and self.frame_step > self.frame_length:
            raise ValueError(f"frame_step: expected at most frame_length ({frame_length}), got {frame_step}")
        self.window = window
        self.periodic = check.boolean("periodic", periodic)
        self.scaling = scaling if scaling is None else check.one_of("scaling", scaling, ("density", "spectrum"))
        self.padding = check.one_of("padding", padding, ("valid", "same"))
        self.expand_dims = check.boolean("expand_dims", expand_dims)
        self.data_format = checked_data_format(data_format)

    def build(self, input_shape):
        shape = (self.frame_length, 1, self._points // 2 + 1)
        for side in ("real", "imag"):
            if self.mode != ("imag" if side == "real" else "real"):
                initializer = STFT(side, self.window, self.scaling, self.periodic)
                setattr(self, f"{side}_kernel", self.add_weight(f"{side}_kernel", shape, initializer=initializer))
        self.built = True

    def _transform(self, signals, kernel):
        return ops.conv(signals, kernel, self.frame_step or self.frame_length // 2, self.padding, "channels_last")

    def call(self, inputs):
        if len(inputs.shape) != 3 or inputs.dtype not in ("float32", "float64"):
            raise ValueError(f"expected floats with 3 axes, got {inputs.dtype} {inputs.shape}")
        first = self.data_format == "channels_first"
        x = inputs if first else ops.transpose(inputs, (0, 2, 1))
        batch, channels, time = x.shape
        signals = resized(x, (None if batch is None else batch * channels, time, 1))
        parts = {side: self._transform(signals, getattr(self, f"{side}_kernel"))
                 for side in ("real", "imag") if hasattr(self, f"{side}_kernel")}  # fmt: skip
        y = self._joined(**parts)
        y = resized(y, (batch, channels, *y.shape[1:]))  # (batch, channels, frames, bins)
        if self.expand_dims:
            return y if first else ops.transpose(y, (0, 2, 3, 1))
        y = ops.transpose(y, (0, 1, 3, 2))
        y = resized(y, (batch, channels * y.shape[2], y.shape[3]))
        return y if first else ops.transpose(y, (0, 2, 1))

    def _joined(self, real=None, imag=None):
        if self.mode in ("real", "imag"):
            return real if self.mode == "real" else imag
        if self.mode == "angle":
            return ops.arctan2(imag, real)
        if self.mode == "stft":
            return ops.concatenate([real, imag], -1)
        power = ops.square(real) + ops.square(imag)
        if self.mode == "psd":  # the negative frequencies fold onto the inner ones
            weight = np.full(power.shape[-1], 2.0, power.dtype)
            weight[0] = weight[-1] = 1.0
            return power * weight
        least = config.epsilon()
        size = ops.sqrt(ops.maximum(power, least))
        return size if self.mode == "magnitude" else ops.log(ops.maximum(size, least))


@REGISTRY.register
class MelSpectrogram(Layer):
    """Power of sounds (..., samples) in bands of the mel scale, over time: (..., num_mel_bins, frames).

    Arguments:
        fft_length, sequence_stride, sequence_length, window: of ``ops.stft``; frames are ``fft_length`` long by
            default.
        sampling_rate: in Hz; ``num_mel_bins`` bands lie between ``min_freq`` and ``max_freq`` (half of it by default).
        power_to_db: whether results are decibels over ``ref_power``, at least ``min_power`` and ``top_db`` below the
            largest.
        mag_exp: power of the magnitudes.
    """

    def __init__(self, fft_length=2048, sequence_stride=512, sequence_length=None, window="hann", sampling_rate=16000,
                 num_mel_bins=128, min_freq=20.0, max_freq=None, power_to_db=True, top_db=80.0, mag_exp=2.0,
                 min_power=1e-10, ref_power=1.0, **kwargs):  # fmt: skip
        super().__init__(**kwargs)
        self.fft_length = check.positive_int("fft_length", fft_length)
        self.sequence_stride = check.positive_int("sequence_stride", sequence_stride)
        self.sequence_length = check.positive_int("sequence_length", sequence_length or fft_length)
        self.window = window
        self.sampling_rate = check.positive_int("sampling_rate", sampling_rate)
        self.num_mel_bins = check.positive_int("num_mel_bins", num_mel_bins)
        self.min_freq = check.non_negative_float("min_freq", min_freq)
        self.max_freq = sampling_rate / 2 if max_freq is None else check.positive_float("max_freq", max_freq)
        if not self.min_freq < self.max_freq <= sampling_rate / 2:
            raise ValueError(
                f"expected min_freq < max_freq <= {sampling_rate / 2} (half of sampling_rate), got {min_freq} and "
                f"{max_freq}"
            )
        self.power_to_db = check.boolean("power_to_db", power_to_db)
        self.top_db = check.number("top_db", top_db)
        self.mag_exp = check.number("mag_exp", mag_exp)
        self.min_power = check.positive_float("min_power", min_power)
        self.ref_power = check.number("ref_power", ref_power)

    def _bands(self):
        """(bins, bands): triangles between neighbouring points of equal distance in mel, 1127 log(1 + f / 700)."""

        bins = self.fft_length // 2 + 1
        check_budget(8 * (bins + 2) * (self.num_mel_bins + 2), f"the table of {bins} x {self.num_mel_bins} bands")

        def mel(frequency):
            return 1127.0 * np.log(1.0 + np.asarray(frequency) / 700.0)

        bins = mel(np.linspace(0.0, self.sampling_rate / 2, self.fft_length // 2 + 1))[1:, None]
        edges = np.linspace(mel(self.min_freq), mel(self.max_freq), self.num_mel_bins + 2)
        lower, centre, upper = edges[:-2], edges[1:-1], edges[2:]
        weights = np.minimum((bins - lower) / (centre - lower), (upper - bins) / (upper - centre))
        return np.pad(np.maximum(weights, 0.0), ((1, 0), (0, 0)))  # nothing of the constant part

    def call(self, inputs):
        real, imag = ops.stft(inputs, self.sequence_length, self.sequence_stride, self.fft_length, self.window)
        size = ops.sqrt(ops.square(real) + ops.square(imag))
        power = ops.matmul(ops.power(size, self.mag_exp), self._bands().astype(size.dtype))
        if self.power_to_db:
            reference = 10.0 * np.log10(max(abs(self.ref_power), self.min_power))
            power = 10.0 * ops.log10(ops.maximum(power, self.min_power)) - float(reference)
            power = ops.maximum(power, ops.max(power) - self.top_db)
        return ops.swapaxes(power, -1, -2)
