"""Hashes of texts that Keras's layers use, many texts of one length at a time in NumPy.

FarmHash: the 64-bit fingerprint of Google's FarmHash (farmhashna), https://github.com/google/farmhash.
SipHash-2-4: Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

_K0, _K1, _K2 = (np.uint64(k) for k in (0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F))
_CROSS = np.uint64(0xC6A4A7935BD1E995)


def farmhash64(texts: Sequence[bytes]) -> np.ndarray:
    """The fingerprints, uint64.

    >>> hex(farmhash64([b"hello"])[0])
    '0xb48be5a931380ce8'
    """
    return _by_length(texts, _farmhash)


def siphash64(texts: Sequence[bytes], key: Sequence[int]) -> np.ndarray:
    """SipHash-2-4 under a key of two 64-bit numbers, uint64.

    >>> hex(siphash64([b""], (0x0706050403020100, 0x0F0E0D0C0B0A0908))[0])
    '0x726fdb47dd0e0e31'
    """
    return _by_length(texts, lambda rows: _siphash(rows, *(np.uint64(k & (2**64 - 1)) for k in key)))


def combined(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The fingerprint of two fingerprints."""
    with np.errstate(over="ignore"):
        result = (first ^ _CROSS) ^ (_shift_mix(second * _CROSS) * _CROSS)
        return _shift_mix(_shift_mix(result * _CROSS) * _CROSS)


def _by_length(texts: Sequence[bytes], function: Callable) -> np.ndarray:
    """``function`` of an array of bytes (count, length), for the texts of each length."""
    hashes = np.empty(len(texts), np.uint64)
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    order = np.argsort(lengths, kind="stable")
    found, starts = np.unique(lengths[order], return_index=True)
    with np.errstate(over="ignore"):
        for length, places in zip(found.tolist(), np.split(order, starts[1:])):
            joined = b"".join([texts[place] for place in places.tolist()])
            hashes[places] = function(np.frombuffer(joined, np.uint8).reshape(len(places), length))
    return hashes


def _u64(rows: np.ndarray, at: int, size: int = 8) -> np.ndarray:
    """Little-endian numbers of ``size`` bytes at a place."""
    return np.ascontiguousarray(rows[:, at : at + size]).view(f"<u{size}")[:, 0].astype(np.uint64)


def _rotate(x, right: int):
    return (x >> np.uint64(right)) | (x << np.uint64(64 - right))


def _shift_mix(x):
    return x ^ (x >> np.uint64(47))


def _mix16(u, v, multiplier):
    a = _shift_mix((u ^ v) * multiplier)
    return _shift_mix((v ^ a) * multiplier) * multiplier


def _farmhash(rows: np.ndarray) -> np.ndarray:
    length = rows.shape[1]
    size, multiplier = np.uint64(length), _K2 + np.uint64(2 * length)
    if length > 64:
        return _farmhash_long(rows)
    if length == 0:
        return np.full(len(rows), _K2)
    if length < 4:
        first, middle, last = (rows[:, at].astype(np.uint64) for at in (0, length >> 1, length - 1))
        return _shift_mix((first + (middle << np.uint64(8))) * _K2 ^ (size + (last << np.uint64(2))) * _K0) * _K2
    if length < 8:
        return _mix16(size + (_u64(rows, 0, 4) << np.uint64(3)), _u64(rows, length - 4, 4), multiplier)
    if length <= 16:
        a, b = _u64(rows, 0) + _K2, _u64(rows, length - 8)
        return _mix16(_rotate(b, 37) * multiplier + a, (_rotate(a, 25) + b) * multiplier, multiplier)
    a, b = _u64(rows, 0) * (_K1 if length <= 32 else _K2), _u64(rows, 8)
    c, d = _u64(rows, length - 8) * multiplier, _u64(rows, length - 16) * _K2
    y = _rotate(a + b, 43) + _rotate(c, 30) + d
    z = _mix16(y, a + _rotate(b + _K2, 18) + c, multiplier)
    if length <= 32:
        return z
    e, f = _u64(rows, 16) * multiplier, _u64(rows, 24)
    g, h = (y + _u64(rows, length - 32)) * multiplier, (z + _u64(rows, length - 24)) * multiplier
    return _mix16(_rotate(e + f, 43) + _rotate(g, 30) + h, e + _rotate(f + a, 18) + g, multiplier)


def _farmhash_long(rows: np.ndarray) -> np.ndarray:
    length = rows.shape[1]
    zero = np.zeros(len(rows), np.uint64)
    y = zero + np.uint64(81) * _K1 + np.uint64(113)
    z = _shift_mix(y * _K2 + np.uint64(113)) * _K2
    x = np.uint64(81) * _K2 + _u64(rows, 0)
    v = w = (zero, zero)

    def weak(at, a, b):
        parts = [_u64(rows, at + 8 * i) for i in range(4)]
        a = a + parts[0]
        b = _rotate(b + a + parts[3], 21)
        inner = a + parts[1] + parts[2]
        return inner + parts[3], b + _rotate(inner, 44) + a

    def block(at, x, y, z, v, w, multiplier, nine, v_scale):
        x = _rotate(x + y + v[0] + _u64(rows, at + 8), 37) * multiplier
        y = _rotate(y + v[1] + _u64(rows, at + 48), 42) * multiplier
        x = x ^ (w[1] * nine)
        y = y + v[0] * nine + _u64(rows, at + 40)
        z = _rotate(z + w[0], 33) * multiplier
        v = weak(at, v[1] * v_scale, x + w[0])
        w = weak(at + 32, z + w[1], y + _u64(rows, at + 16))
        return z, y, x, v, w

    for at in range(0, (length - 1) // 64 * 64, 64):
        x, y, z, v, w = block(at, x, y, z, v, w, _K1, np.uint64(1), _K1)
    multiplier = _K1 + ((z & np.uint64(0xFF)) << np.uint64(1))
    w = (w[0] + np.uint64((length - 1) & 63), w[1])
    v = (v[0] + w[0], v[1])
    w = (w[0] + v[0], w[1])
    x, y, z, v, w = block(length - 64, x, y, z, v, w, multiplier, np.uint64(9), multiplier)
    inner = _mix16(v[0], w[0], multiplier) + _shift_mix(y) * _K0 + z
    return _mix16(inner, _mix16(v[1], w[1], multiplier) + x, multiplier)


def _siphash(rows: np.ndarray, key0: np.uint64, key1: np.uint64) -> np.ndarray:
    length = rows.shape[1]
    padded = np.zeros((len(rows), length // 8 * 8 + 8), np.uint8)
    padded[:, :length] = rows
    padded[:, -1] = length & 255
    constants = (0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573)
    state = [np.full(len(rows), np.uint64(c) ^ k) for c, k in zip(constants, (key0, key1, key0, key1))]

    def rounds(count):
        a, b, c, d = state
        for _ in range(count):
            a, c = a + b, c + d
            b, d = _rotate(b, 51) ^ a, _rotate(d, 48) ^ c
            a = _rotate(a, 32)
            c, a = c + b, a + d
            b, d = _rotate(b, 47) ^ c, _rotate(d, 43) ^ a
            c = _rotate(c, 32)
        state[:] = a, b, c, d

    for at in range(0, padded.shape[1], 8):
        word = _u64(padded, at)
        state[3] = state[3] ^ word
        rounds(2)
        state[0] = state[0] ^ word
    state[2] = state[2] ^ np.uint64(255)
    rounds(4)
    return state[0] ^ state[1] ^ state[2] ^ state[3]
