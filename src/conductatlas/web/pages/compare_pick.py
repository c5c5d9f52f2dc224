"""`/compare/`: choose a type of clause and platforms, or two platforms, to put beside each other.

Query: `type`, `p` (slugs, several or joined by commas), `a` and `b`. A whole choice redirects to its page.

Template `compare_pick.html`:
    groups          list[(group, list[ClauseType])], to choose from
    platforms       list[PlatformRecord]; chosen: set of slugs; type: name of the type chosen, ""
    fewest, most    how many platforms can be put beside each other
    problem         "" or what is missing, as words
    examples        list[(ClauseType, address)]: often asked types on the first platforms of one category; pair:
                    (PlatformRecord, PlatformRecord, address) | None
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from conductatlas.catalogue import queries as catalogue
from conductatlas.catalogue.queries import PlatformRecord
from conductatlas.provisions.comparing import FEWEST, MOST
from conductatlas.reading.clauses.taxonomy import ClauseType, taxonomy

OFTEN_ASKED = ("arbitration", "liability_cap", "ai_training", "retention", "termination", "governing_law")
EXAMPLE_PLATFORMS = 4


def show(request: HttpRequest) -> HttpResponse:
    platforms = catalogue.platforms(None)
    known = {one.slug for one in platforms}
    chosen = [slug for slug in slugs(request.GET.getlist("p")) if slug in known]
    name = request.GET.get("type", "")
    if name in taxonomy() and FEWEST <= len(chosen) <= MOST:
        return HttpResponseRedirect(f"{reverse('comparison', args=[name])}?p={','.join(chosen)}")
    one, other = request.GET.get("a", ""), request.GET.get("b", "")
    if one in known and other in known and one != other:
        return HttpResponseRedirect(reverse("entities", args=[f"{one}-vs-{other}"]))
    groups: dict[str, list[ClauseType]] = {}
    for found in taxonomy().values():
        groups.setdefault(found.group, []).append(found)
    return render(
        request,
        "compare_pick.html",
        {
            "groups": list(groups.items()),
            "platforms": platforms,
            "chosen": set(chosen),
            "type": name if name in taxonomy() else "",
            "fewest": FEWEST,
            "most": MOST,
            "problem": _problem(request, len(chosen)),
            "examples": _examples(platforms),
            "pair": _pair(platforms),
        },
    )


def _examples(platforms: list[PlatformRecord]) -> list[tuple[ClauseType, str]]:
    """Often asked types, each with the address that compares some platforms over it; [] for fewer than two."""
    beside = _alike(platforms)[:EXAMPLE_PLATFORMS]
    if len(beside) < FEWEST:
        return []
    chosen = ",".join(one.slug for one in beside)
    return [(taxonomy()[name], f"{reverse('comparison', args=[name])}?p={chosen}") for name in OFTEN_ASKED]


def _pair(platforms: list[PlatformRecord]) -> tuple[PlatformRecord, PlatformRecord, str] | None:
    beside = _alike(platforms)
    if len(beside) < FEWEST:
        return None
    one, other = beside[:2]
    return one, other, reverse("entities", args=[f"{one.slug}-vs-{other.slug}"])


def _alike(platforms: list[PlatformRecord]) -> list[PlatformRecord]:
    """The platforms of the category that has the most, all of them where none has two."""
    by_category: dict[str, list[PlatformRecord]] = {}
    for one in platforms:
        by_category.setdefault(one.category, []).append(one)
    most = max(by_category.values(), key=len, default=[])
    return most if len(most) >= FEWEST else platforms


def slugs(texts: list[str]) -> list[str]:
    """Slugs that an address names, one by one or joined by commas, each once."""
    return list(dict.fromkeys(slug.strip() for text in texts for slug in text.split(",") if slug.strip()))


def _problem(request: HttpRequest, number: int) -> str:
    if "p" in request.GET or "type" in request.GET:
        if not FEWEST <= number <= MOST:
            return _("Choose %(fewest)s to %(most)s platforms.") % {"fewest": FEWEST, "most": MOST}
        return _("Choose a type of clause.")
    return _("Choose two different platforms.") if "a" in request.GET else ""
