"""Handwritten digits of the UCI repository: 1,797 grey images of 8x8 pixels, inside the package.

Each pixel counts the dark points (0 to 16) of a 4x4 block of a 32x32 scan. It is the test part of "Optical Recognition
of Handwritten Digits" (E. Alpaydin and C. Kaynak, UCI Machine Learning Repository, 1998, licence CC BY 4.0), as
scikit-learn's ``load_digits`` gives it.
"""

import pathlib

import numpy as np

_TEST_SIZE = 297


def load_data():
    """The digits, split the same way every time: 1,500 to train on and 297 held out.

    The split keeps the share of each digit. Samples are put in order by digit, in file order among equals, and every
    1797/297-th goes to the test part: the i-th does where ``floor(297 (i + 1) / 1797) > floor(297 i / 1797)``. Both
    parts are then in file order. (The end of the file alone would be a harder test: it has writers of its own.)

    Returns:
        ``((x_train, y_train), (x_test, y_test))``: ``x`` uint8 of shape ``(n, 8, 8)`` with values 0 to 16, ``y`` uint8
        of shape ``(n,)`` with values 0 to 9.

    Example:
        >>> from pykeras.datasets import digits
        >>> (x_train, y_train), (x_test, y_test) = digits.load_data()
        >>> x_train.shape, x_test.shape, int(x_train.max())
        ((1500, 8, 8), (297, 8, 8), 16)
    """
    with np.load(pathlib.Path(__file__).with_name("digits.npz"), allow_pickle=False) as file:
        x, y = file["images"], file["labels"]
    held_out = np.zeros(len(y), bool)
    i = np.arange(len(y))
    chosen = (i + 1) * _TEST_SIZE // len(y) > i * _TEST_SIZE // len(y)
    held_out[np.argsort(y, kind="stable")[chosen]] = True
    return (x[~held_out], y[~held_out]), (x[held_out], y[held_out])
