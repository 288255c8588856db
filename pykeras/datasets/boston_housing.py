"""Boston house prices: 506 districts of 1978, 13 numbers about each."""

from pykeras.datasets import housing

_SHA256 = "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5"


def load_data(path="boston_housing.npz", test_split=0.2, seed=113):
    """The table as Keras gives it. One of its columns is made of the share of Black people; scikit-learn dropped it.

    Arguments:
        path: name of the file below ``~/.keras/datasets`` (``$KERAS_HOME/datasets``), or an absolute path; it is
            downloaded and checked when absent.
        test_split: share that is held out.
        seed: of the order.

    Returns:
        ``((x_train, y_train), (x_test, y_test))``: ``x`` of shape ``(n, 13)``, ``y`` prices in 1,000 dollars.

    Raises:
        OSError: no file and no network; says which file goes where.
        ValueError: a damaged file.
    """
    return housing.load(path, "boston_housing.npz", _SHA256, test_split, seed)
