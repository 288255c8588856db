"""Packages that some features need and the wheel does not bring: imported when first used."""

from __future__ import annotations

import importlib
from typing import Any


def package(module: str, feature: str, distribution: str, extra: str | None = None) -> Any:
    """A module of another package.

    Arguments:
        module: its name, ``PIL.Image``.
        feature: what needs it, as the beginning of the message.
        distribution: what the package is called where it is installed from.
        extra: the extra of pykeras that brings it; None for one that none does.

    Raises:
        ImportError: it is not installed; names the command that installs it.

    Example:
        >>> from pykeras import extras
        >>> extras.package("json", "This line", "json").dumps([1])
        '[1]'
        >>> extras.package("no_such_module", "This line", "no-such", "image")
        Traceback (most recent call last):
            ...
        ImportError: This line needs the package no-such: pip install pykeras[image]
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        wanted = f"pykeras[{extra}]" if extra else distribution
        raise ImportError(f"{feature} needs the package {distribution}: pip install {wanted}") from error
