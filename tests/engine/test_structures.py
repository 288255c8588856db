"""The walks through nested structures that layers are called and tracked with."""

import sys
from collections import namedtuple

import pytest

from pykeras import KerasTensor, _core

Pair = namedtuple("Pair", "a b")
SYMBOL = KerasTensor((2,))


@pytest.mark.parametrize(
    "structure, found",
    [
        (SYMBOL, True), (1, False), (None, False), ([], False), ([1, (2, {"a": SYMBOL})], True),
        (Pair(1, SYMBOL), True), ({"a": [1], "b": {"c": 2}}, False), ("text", False),
    ],
)  # fmt: skip
def test_any_symbolic(structure, found):
    assert _core.any_symbolic(structure) is found
    assert _core.any_symbolic(1, structure) is found


def test_a_list_that_holds_itself_is_an_error_and_no_crash():
    endless: list = []
    endless.append(endless)
    deep: list = []
    for _ in range(10 * sys.getrecursionlimit()):
        deep = [deep]
    for structure in (endless, deep):
        with pytest.raises(RecursionError, match="nested structure"):
            _core.any_symbolic(structure)


def test_held_in_order_each_once():
    class Thing:
        pass

    class More(Thing):
        pass

    first, second, third, skipped = Thing(), More(), Thing(), Thing()
    twice = [second, {"k": (first, third)}]
    twice.append(twice)
    attributes = {"name": "x", "a": first, "b": twice, "c": twice, "d": skipped, "e": 1.0}
    assert _core.held(attributes, (Thing,), frozenset({"d"})) == [first, second, third]
    assert _core.held(attributes, (More, dict), frozenset()) == [second, twice[1]]
    assert _core.held({}, (Thing,), frozenset()) == []


def test_held_refuses_what_is_no_class():
    with pytest.raises(TypeError, match="expected classes"):
        _core.held({"a": 1}, (1,), frozenset())
