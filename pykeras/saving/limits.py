"""How much a file may ask for before it is refused as an attack; all of it can be set."""

from __future__ import annotations

import dataclasses

MB = 2**20


@dataclasses.dataclass
class Limits:
    """What is taken from a file.

    Arguments:
        ratio: times that data may be larger than its compressed form on disk (weights that are not all equal compress
            to a third at best).
        free_bytes: amounts up to this one are never refused.
        config_bytes: largest ``config.json``, JSON or YAML text.
        text_bytes: largest memory that the weights of a model made of JSON or YAML text may take.
        members: largest number of members of an archive.

    Example:
        >>> from pykeras import saving
        >>> saving.limits.ratio
        100
    """

    ratio: int = 100
    free_bytes: int = 64 * MB
    config_bytes: int = 256 * MB
    text_bytes: int = 4 * 1024 * MB
    members: int = 100_000

    def check(self, what: str, size: int, stored: int) -> None:
        """Raises ValueError when ``stored`` bytes on disk claim to be ``size`` bytes."""
        if size > self.free_bytes and size > self.ratio * stored:
            raise ValueError(
                f"{what} declares {size:,} bytes but takes {stored:,} on disk: refused as a decompression bomb "
                f"(pykeras.saving.limits.ratio is {self.ratio})"
            )

    def weights(self, stored: int, what: str):
        """Context in which a model may make weights for a file of ``stored`` bytes, not for one that lies."""
        from pykeras.variables import budget

        return budget(max(self.free_bytes, self.ratio * stored), f"{what} of {stored:,} bytes")


limits = Limits()
