"""`/law/`: the register of law by where it is from, each instrument with how it stands and when that was checked.

Template `law_list.html`:
    regions         list[(name of the region, list[Instrument])]
    articles        number of articles in all
    today           date: against which "checked" is said
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from conductatlas.reading.law.entry import Instrument
from conductatlas.reading.law.register import by_jurisdiction, register
from conductatlas.web.templatetags.law import REGIONS, region


def show(request: HttpRequest) -> HttpResponse:
    regions: dict[str, list[Instrument]] = {name: [] for name in REGIONS}
    for held in by_jurisdiction().values():
        for instrument in held:
            regions[region(instrument)].append(instrument)
    return render(
        request,
        "law_list.html",
        {
            "regions": [(name, instruments) for name, instruments in regions.items() if instruments],
            "instruments": len(register()),
            "articles": sum(len(instrument.articles) for instrument in register().values()),
            "today": timezone.now().date(),
        },
    )
