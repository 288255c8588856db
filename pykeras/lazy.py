"""Namespaces whose names are imported when they are first used."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pykeras import old_paths


def namespace(
    name: str, homes: Mapping[str, str], modules: Iterable[str] = ()
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """The functions ``__getattr__`` and ``__dir__`` of the package ``name``.

    Arguments:
        homes: the package's names, and the module that each comes from.
        modules: names of modules inside the package that are names of its own.
    """
    modules = tuple(modules)

    def load(attribute: str) -> Any:
        if attribute in modules:
            return importlib.import_module(f"{name}.{attribute}")
        if attribute not in homes:
            return old_paths.attribute(name, attribute)
        value = getattr(importlib.import_module(homes[attribute]), attribute)
        vars(sys.modules[name])[attribute] = value
        return value

    def names() -> list[str]:
        return sorted({*vars(sys.modules[name]), *homes, *modules})

    return load, names
