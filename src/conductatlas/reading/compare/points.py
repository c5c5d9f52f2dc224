"""The arithmetic of the severity rubric: from the points of five factors to a score and a severity."""

from __future__ import annotations

from typing import NamedTuple

from conductatlas.reading.compare.scales import Severity

_HIGH, _MEDIUM = 8, 5


class Points(NamedTuple):
    """0 to 3 each: rights given up, exposure, discretion; no way out, breadth."""

    rights: int
    exposure: int
    discretion: int
    way_out: int
    breadth: int

    @property
    def score(self) -> int:
        """Impact, and the modifier as far as there is impact: 0 to 15."""
        impact = self.rights + self.exposure + self.discretion
        return impact + min(self.way_out + self.breadth, impact)

    @property
    def severity(self) -> Severity:
        """High needs, beside the score, that a remedy is lost, or exposure is unbounded, or discretion is and costs."""
        gate = 3 in (self.rights, self.exposure) or (self.discretion == 3 and self.exposure >= 2)
        if self.score >= _HIGH and gate:
            return Severity.HIGH
        return Severity.MEDIUM if self.score >= _MEDIUM else Severity.LOW
