"""Layers that turn what data hold - numbers of any size, categories, texts - into what models take."""

from pykeras.layers.preprocessing.discretization import Discretization
from pykeras.layers.preprocessing.encoding import CategoryEncoding
from pykeras.layers.preprocessing.hashing import HashedCrossing, Hashing
from pykeras.layers.preprocessing.lookup import IntegerLookup, StringLookup
from pykeras.layers.preprocessing.normalization import Normalization
from pykeras.layers.preprocessing.text_vectorization import TextVectorization

__all__ = [
    "CategoryEncoding", "Discretization", "HashedCrossing", "Hashing", "IntegerLookup", "Normalization",
    "StringLookup", "TextVectorization",
]  # fmt: skip
