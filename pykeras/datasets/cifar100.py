"""CIFAR-100: 60,000 colour images of 32x32 pixels in 100 classes, or in 20 groups of these."""

from pykeras import check
from pykeras.datasets import cifar

_SHA256 = "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7"


def load_data(label_mode="fine"):
    """The images as Keras gives them: 50,000 to train on, 10,000 held out. See ``cifar10.load_data``.

    Arguments:
        label_mode: "fine" for the 100 classes, "coarse" for the 20 groups.
    """
    check.one_of("label_mode", label_mode, ("fine", "coarse"))
    archive = "cifar-100-python.tar.gz"
    folder = cifar.folder("cifar-100-python", archive, _SHA256)
    labels = f"{label_mode}_labels"
    (x, y), (x_test, y_test) = (cifar.batch(folder / n, labels, cifar.FOLDER + archive) for n in ("train", "test"))
    return (cifar.in_layout(x), y), (cifar.in_layout(x_test), y_test)
