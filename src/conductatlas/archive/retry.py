"""When a failed attempt may be made again. Pure: the row that waits for the moment is kept elsewhere."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from conductatlas.errors import FetchError, StatusError

FIRST_PAUSE = 60.0  # seconds, doubled with each attempt
LONGEST_PAUSE = 6 * 3600.0
LONGEST_WISH = 24 * 3600.0  # of a Retry-After
ATTEMPTS = 5

_chance = random.SystemRandom()  # no seed that two workers could share


def next_try(error: FetchError, attempt: int) -> float | None:
    """Seconds to wait after the `attempt`th failure (from 1) in a row.

    None if trying again has no use before the next due moment: the error is not transient, or ATTEMPTS are
    used up. What the server wishes (Retry-After) is the least to wait, up to LONGEST_WISH. Jitter adds up to
    half, so that those who failed together do not come back together.
    """
    if not error.transient or attempt >= ATTEMPTS:
        return None
    wish = error.retry_after if isinstance(error, StatusError) else None
    pause = min(FIRST_PAUSE * 2 ** (attempt - 1), LONGEST_PAUSE) if wish is None else min(wish, LONGEST_WISH)
    return pause * _chance.uniform(1.0, 1.5)


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After field (RFC 9110, section 10.2.3) asks to wait from `now`, at least 0.

    None if the field is missing or says nothing that the standard knows.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text), LONGEST_WISH)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max((aware - now).total_seconds(), 0.0), LONGEST_WISH)
