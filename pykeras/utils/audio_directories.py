"""Data sets of sound files, and the decoding of WAV."""

from __future__ import annotations

import math
import wave

import numpy as np

from pykeras import check, ops
from pykeras.utils.directories import data_sets


def audio_dataset_from_directory(
    directory, labels="inferred", label_mode="int", class_names=None, batch_size=32, sampling_rate=None,
    output_sequence_length=None, ragged=False, shuffle=True, seed=None, validation_split=None, subset=None,
    follow_links=False, verbose=True,
):  # fmt: skip
    """Sounds (``.wav`` files of PCM samples) below a directory in batches, each class in a directory of its own.

    Arguments:
        sampling_rate: samples a second that sounds are brought to, see ``resample``; None leaves them.
        output_sequence_length: samples that longer sounds are cut to and shorter ones filled up to with silence; by
            default the sounds of a batch are filled up to the longest.
        ragged: False; there are no ragged tensors here.
        directory, ...: see ``image_dataset_from_directory``.

    Returns:
        A ``Dataset`` of float32 values from -1 to 1 of shape ``(batch_size, samples, channels)``, or of pairs
        (sounds, labels), with ``class_names`` and ``file_paths``.

    Raises:
        ValueError: arguments that do not fit, no files, or (when its batch is read) a file that cannot be decoded, or
            sounds of unequal numbers of channels.
    """
    if ragged:
        raise ValueError("ragged: there are no ragged tensors here; sounds are filled up with silence")
    for name, value in (("sampling_rate", sampling_rate), ("output_sequence_length", output_sequence_length)):
        if value is not None:
            check.positive_int(name, value)

    def sound(path):
        samples, rate = decode_wav(path)
        return samples if sampling_rate in (None, rate) else resample(samples, rate, sampling_rate)

    def read(paths):
        sounds = [sound(path) for path in paths]
        channels = {each.shape[1] for each in sounds}
        if len(channels) > 1:
            odd = next(p for p, each in zip(paths, sounds) if each.shape[1] != sounds[0].shape[1])
            raise ValueError(f"{odd}: sounds of a batch need one number of channels, got {sorted(channels)}")
        length = output_sequence_length or max(map(len, sounds))
        batch = np.zeros((len(sounds), length, channels.pop()), "float32")
        for row, each in zip(batch, sounds):
            row[: min(length, len(each))] = each[:length]
        return ops.convert_to_tensor(batch)

    return data_sets(
        read, (".wav",), directory, labels, label_mode, class_names, batch_size, shuffle, seed, validation_split,
        subset, follow_links, verbose,
    )  # fmt: skip


def decode_wav(path):
    """The samples of a WAV file (PCM of 8, 16, 24 or 32 bits) and their rate.

    Returns:
        A float32 array of shape (samples, channels) with values from -1 to 1, and samples a second.

    Raises:
        ValueError: no WAV file, or one of another encoding.
    """
    try:
        with open(path, "rb") as opened, wave.open(opened) as file:
            channels, width, rate = file.getnchannels(), file.getsampwidth(), file.getframerate()
            content = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise ValueError(f"{path}: cannot be read as a WAV file: {error}") from error
    content = content[: len(content) // (width * channels) * width * channels]
    if width == 1:  # the only width without a sign
        values = np.frombuffer(content, "u1").astype("int32") - 128
    elif width == 3:
        parts = np.frombuffer(content, "u1").reshape(-1, 3).astype("int32")
        values = (parts[:, 0] | parts[:, 1] << 8 | parts[:, 2] << 16) << 8 >> 8
    elif width in (2, 4):
        values = np.frombuffer(content, f"<i{width}")
    else:
        raise ValueError(f"{path}: expected samples of 8, 16, 24 or 32 bits, got {8 * width}")
    return (values / 2.0 ** (8 * width - 1)).astype("float32").reshape(-1, channels), rate


def resample(samples, rate, new_rate):
    """Sound at another rate: its spectrum is cut or extended by zeros (Fourier interpolation).

    Arguments:
        samples: array of shape (samples, channels).
        rate, new_rate: samples a second, before and after.

    Returns:
        A float32 array of ``round(samples * new_rate / rate)`` samples.
    """
    if len(samples) == 0:
        return samples
    wanted = max(1, round(len(samples) * new_rate / rate))
    step = rate // math.gcd(rate, new_rate)  # silence fills up to a length that gives a whole number of samples
    count = math.ceil(len(samples) / step) * step
    total = count * new_rate // rate
    spectrum = np.fft.rfft(samples, count, axis=0)
    kept = min(count, total) // 2 + 1
    result = np.zeros((total // 2 + 1, samples.shape[1]), spectrum.dtype)
    result[:kept] = spectrum[:kept]
    if min(count, total) % 2 == 0 and count != total:  # the highest frequency has two halves in the longer one
        result[kept - 1] *= 0.5 if total > count else 2
    return (np.fft.irfft(result, total, axis=0)[:wanted] * (total / count)).astype("float32")
