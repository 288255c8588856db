"""Spectrogram layers: name, layer, configuration, whether the signal comes channels first."""

import numpy as np

SIGNAL = np.sin(np.arange(120).reshape(1, 60, 2) ** 1.3).astype("float32")
FRAMES = {"frame_length": 16, "frame_step": 9}
CASES = {
    "log": ("STFTSpectrogram", {**FRAMES, "fft_length": 32}, SIGNAL),
    "magnitude": ("STFTSpectrogram", {**FRAMES, "mode": "magnitude", "scaling": "spectrum"}, SIGNAL),
    "psd": ("STFTSpectrogram", {**FRAMES, "mode": "psd", "expand_dims": True}, SIGNAL),
    "real": ("STFTSpectrogram", {**FRAMES, "mode": "real", "padding": "same"}, SIGNAL),
    "imag": ("STFTSpectrogram", {**FRAMES, "mode": "imag", "periodic": True}, SIGNAL),
    "stft": ("STFTSpectrogram", {**FRAMES, "mode": "stft", "expand_dims": True, "window": "hamming"}, SIGNAL),
    "first": (
        "STFTSpectrogram",
        {"frame_length": 12, "mode": "magnitude", "data_format": "channels_first"},
        SIGNAL.transpose(0, 2, 1).copy(),
    ),
    "mel": (
        "MelSpectrogram",
        {"fft_length": 32, "sequence_stride": 16, "num_mel_bins": 7, "sampling_rate": 8000},
        SIGNAL[:, :, 0].copy(),
    ),
    "mel_power": (
        "MelSpectrogram",
        {"fft_length": 32, "sequence_stride": 16, "num_mel_bins": 7, "sequence_length": 20, "power_to_db": False,
         "mag_exp": 1.0},
        SIGNAL[:, :, 0].copy(),
    ),
}  # fmt: skip
