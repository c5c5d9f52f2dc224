"""Which differences are judged: drawn by a seed, from each platform by its share."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from typing import Protocol, TypeVar

# Written down before the run; another draw is another seed (20_261_126 and 20_261_127 served to find noise).
SEED = 20_261_128
EACH = 300  # published ones, and suppressed ones


class Drawable(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def platform(self) -> str: ...


T = TypeVar("T", bound=Drawable)


def draw(population: Sequence[T], number: int = EACH, seed: int = SEED) -> list[T]:
    """`number` of them, or all if there are fewer, in an order that tells nothing. The same ids give the same draw."""
    strata: dict[str, list[T]] = defaultdict(list)
    for item in sorted(population, key=lambda item: item.id):
        strata[item.platform].append(item)
    drawn: list[T] = []
    for platform, share in shares({name: len(own) for name, own in strata.items()}, number).items():
        drawn += random.Random(f"{seed}/{platform}").sample(strata[platform], share)
    random.Random(seed).shuffle(drawn)
    return drawn


def shares(sizes: dict[str, int], number: int) -> dict[str, int]:
    """How many to take of each stratum: by its share; what rounding leaves goes to those that lost most by it."""
    total = sum(sizes.values())
    if total <= number:
        return dict(sorted(sizes.items()))
    whole = {name: size * number // total for name, size in sorted(sizes.items())}
    lost = sorted(whole, key=lambda name: (-(sizes[name] * number % total), name))
    for name in lost[: number - sum(whole.values())]:
        whole[name] += 1
    return whole
