"""What one comparison of a policy of 7,500 words costs: a light edit, and a rewrite."""

from __future__ import annotations

from tests.bench.histories import timed

from conductatlas.reading.text.marks import Reading


def run() -> dict[str, float]:
    """Milliseconds of CPU: one number and one clause changed; every third word new."""
    words = [_word(n * 7_919 % 1_800) for n in range(7_500)]
    light = [*words[:3_000], "thirty", *words[3_001:]]
    anew = [_word(n + 2_000) if n % 3 == 0 else word for n, word in enumerate(words)]
    old = _as_policy(words)
    return {
        "light_edit_ms": _best_of(5, old, _as_policy([*light, *light[:30]])),
        "rewrite_ms": _best_of(5, old, _as_policy(anew)),
    }


def _word(n: int) -> str:
    """A word of letters, another one for each number."""
    return "".join("aeiou"[n // 20**k % 5] + "bcdfghklmnprstvwxyz"[n // 20**k % 19] for k in range(3))


def _best_of(times: int, old: Reading, new: Reading) -> float:
    return round(min(timed(old, new)[1] for _ in range(times)), 1)


def _as_policy(words: list[str]) -> Reading:
    sentences = [" ".join(words[n : n + 25]).capitalize() + "." for n in range(0, len(words), 25)]
    return Reading(
        "\n".join(" ".join(sentences[n : n + 2]) for n in range(0, len(sentences), 2)), (), "", "en"
    )
