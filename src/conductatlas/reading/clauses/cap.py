"""What liability is capped at: "the greater of the fees you paid in the twelve months before and $100"."""

from __future__ import annotations

import re
from functools import cache

from conductatlas.reading.clauses.finding import Value
from conductatlas.reading.clauses.values import (
    money,
    money_pattern,
    months,
    number,
    number_pattern,
    period_pattern,
)

_LIMIT = re.compile(
    r"\b(?:exceeds?|exceeding|limited to|capped at|be more than|greater than|(?:is|be|shall be|will be) limited|"
    r"maximum (?:aggregate |total |cumulative )?liability|in excess of|up to (?:a maximum of|the))\b"
)
_CHOICE = re.compile(
    r"\b(?P<way>greate[rs]t?|highe[rs]t?|large[rs]t?|less(?:er|or)?|lowe[rs]t?|smaller) of\b"
)
_WHICHEVER = re.compile(
    r"\bwhichever (?:amount )?(?:is|of [^.;]{1,40} is) (?:the )?"
    r"(?P<way>greater|higher|larger|more|less(?:er)?|lower|smaller)\b"
)
_IF_NONE = re.compile(
    r"\b(?:if|where|in the event(?: that)?) (?:you|customer|the customer|no|there|user)[^.;]{0,60}"
    r"\b(?:not (?:paid|made|incurred|had)|no (?:amounts?|fees?|payments?|such)|free|no paid|not had any payment)\b"
)
_LESS = re.compile(r"less|lower|lesser|smaller|lowest")


def cap(sentence: str) -> Value:
    """{"terms": […], "combine": …}; None where the sentence states no cap that can be read.

    A term is {"amount", "currency"} or {"fees": basis, "months": n}: basis "months" (paid or payable in so many months
    before the event), "term" (of the current term or period), "service" (for the service in question), "all paid"; with
    "percent" if a share or a multiple of the fees is meant.
    combine: single, greater, lesser, or if_no_fees (the amount counts only where no fees were paid).
    """
    said = sentence.casefold()
    limit = _LIMIT.search(said)
    if limit is None:
        return None
    rest = said[limit.end() :]
    terms = _terms(rest)
    if not terms:
        return None
    way = _CHOICE.search(rest) or _WHICHEVER.search(rest)
    distinct = _distinct(terms)
    if way is None:
        if len(distinct) == 1:
            return {"terms": list(distinct), "combine": "single"}
        if len(distinct) == 2 and _IF_NONE.search(rest):
            return {"terms": list(distinct), "combine": "if_no_fees"}
        return None
    if len(distinct) < 2:
        return None
    return {"terms": list(distinct), "combine": "lesser" if _LESS.match(way["way"]) else "greater"}


def _terms(words: str) -> list[dict[str, Value]]:
    """What the amounts of a cap are, in the text's order."""
    found: list[tuple[int, dict[str, Value]]] = []
    for match in _money_in().finditer(words):
        amount = money(match[0])
        if amount is not None:
            found.append((match.start(), amount.value()))
    for match in _fees().finditer(words):
        percent = _percent(words[max(0, match.start() - 40) : match.start()])
        found.append((match.start(), _basis(match, words) | ({"percent": percent} if percent else {})))
    return [term for _, term in sorted(found, key=lambda pair: pair[0])]


def _basis(match: re.Match[str], words: str) -> dict[str, Value]:
    behind = words[match.end() : match.end() + 220]
    stop = re.search(rf"\b(?:or|and) (?:\(?(?:ii|b|2)\)|[$€£]|us ?\$|{money_pattern()})|;", behind)
    behind = match[0] + (behind[: stop.start()] if stop else behind)
    span = re.search(rf"({period_pattern()})", behind) or re.search(
        rf"\b({number_pattern()}[ -]months?)\b", behind
    )
    if span and (count := months(span[1])):
        return {"fees": "months", "months": count}
    if re.search(r"\b(?:last|past|prior|previous|preceding) year\b|\bduring the year\b", behind):
        return {"fees": "months", "months": 12}
    if re.search(
        r"\b(?:current|applicable|then-current|relevant) (?:subscription )?(?:term|period)\b", behind
    ):
        return {"fees": "term"}
    if re.search(
        r"\b(?:giving|gave|gives) rise\b|\bthe (?:relevant|affected|applicable|particular) (?:service|product|order)\b",
        behind,
    ):
        return {"fees": "service"}
    return {"fees": "all paid"}


def _percent(ahead: str) -> int | float | None:
    """The share of the fees, of "125% of the", "two times the"; None where it is all of them."""
    if match := re.search(
        r"(\d{1,4}) ?(?:%|percent|per cent)(?: \([^)]{1,12}\))? of (?:the )?(?:\w+ )?$", ahead
    ):
        return int(match[1])
    match = re.search(rf"({number_pattern()}) ?(?:times|x)(?: \(\d{{1,3}}x?\))? (?:the )?(?:\w+ )?$", ahead)
    count = (
        number(match[1])
        if match
        else {"twice": 2, "double": 2}.get(ahead.split()[-2:][0] if ahead.split() else "")
    )
    return None if count is None else count * 100


def _distinct(terms: list[dict[str, Value]]) -> list[Value]:
    found: list[Value] = []
    for term in terms:
        if term not in found:
            found.append(term)
    return found


@cache
def _money_in() -> re.Pattern[str]:
    return re.compile(money_pattern())


@cache
def _fees() -> re.Pattern[str]:
    """ "the amounts you have paid", "fees paid or payable", "what you paid us"."""
    return re.compile(
        r"\b(?:fees?|amounts?|sums?|monies|charges|price|payments?|what)(?: \([^)]{1,60}\))?(?:,? [\w']+,?){0,10}? "
        r"(?:paid|payable|received|owed|due)"
        r"(?: (?:or|and)(?: (?:are|is|were))? (?:paid|payable|owed|owing|due|required to be paid))?"
    )
