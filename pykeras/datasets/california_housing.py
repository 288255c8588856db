"""California house prices: 20,640 districts of the census of 1990, 8 numbers about each."""

from pykeras import check
from pykeras.datasets import housing

_SHA256 = "1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f"


def load_data(version="large", path="california_housing.npz", test_split=0.2, seed=113):
    """The table as Keras gives it.

    Arguments:
        version: "large" for all districts, "small" for 600.
        path, test_split, seed: see ``boston_housing.load_data``.

    Returns:
        ``((x_train, y_train), (x_test, y_test))``: ``x`` of shape ``(n, 8)`` (longitude, latitude, median age of
        houses, rooms, bedrooms, people, households, median income), ``y`` median prices in dollars.

    Raises:
        OSError: no file and no network; says which file goes where.
        ValueError: a damaged file.

    Source: Pace and Barry, "Sparse Spatial Autoregressions", 1997.
    """
    rows = {"small": 600, "large": None}[check.one_of("version", version, ("small", "large"))]
    return housing.load(path, "california_housing.npz", _SHA256, test_split, seed, rows)
