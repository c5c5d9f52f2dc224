"""`/platform/<p>/<doc>/<provision>/`: one clause, exactly as written, with its facts, severity, life and peers.

Template `provision_show.html` (451 if the text is withheld):
    document        see document_show
    confirmed_at    datetime of the last check that read it, None if none did
    finding         FindingRecord with .facts and .factors, as the document has it, else as it last had it
    life            ProvisionRecord: .finding (FindingRecord with .facts and .factors) .state .first_at .removed_at
    steps           list[(Step, redline)]: newest first; redline is safe HTML, "" where no words are shown
    share           Share: .number .of, platforms whose documents of these kinds could be read
    peers           list[PeerRecord]: at most three of other platforms: .finding .says .same .otherwise .is_same_scope
    version         VersionRecord that has the words shown
    unstated        tuple[Unstated]: facts looked for in clauses of this type that it does not state; .title, and
                    .slug .of of the provision of the same text that states it
    analysis        AnalysisRecord: .parts, by PartKey the sentences on the clause; None where its text is withheld
    activity        Tally: published changes of the platform that were seen in the last 30 days
    versions        int: versions of the document
    faq             list[Answer]: .question .pieces
    linked_data     safe JSON-LD of the page
    beside          Share: the same, of documents of this kind alone
    original_url    where the platform publishes the document
"""

from __future__ import annotations

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from conductatlas.clock import SystemClock
from conductatlas.history import counts as history_counts
from conductatlas.history import queries as history
from conductatlas.history.records import ChangeFilter
from conductatlas.provisions import counts, fact_queries, life_queries, peers, queries
from conductatlas.provisions.analysing import analysis_of
from conductatlas.web import linked_data, texts
from conductatlas.web.context import site_url
from conductatlas.web.found import document_or_404, first_address, status_of, version_or_404, viewer_of

RECENT = timedelta(days=30)


def show(request: HttpRequest, platform_slug: str, slug: str, provision_slug: str) -> HttpResponse:
    viewer = viewer_of(request)
    document = document_or_404(request, platform_slug, slug)
    key = queries.at_address(document, provision_slug)
    life = life_queries.life(viewer, document, key) if key is not None else None
    if life is None:
        raise Http404
    finding = life.finding
    version = version_or_404(request, document, finding.version)
    language = version.language or document.language
    now = SystemClock().now()
    analysis = analysis_of(viewer, finding)
    original = first_address(viewer, document)
    faq = linked_data.questions(document.platform.name, analysis)
    asked = ChangeFilter(platform=document.platform.slug, since=now - RECENT)
    return render(
        request,
        "provision_show.html",
        {
            "document": document,
            "confirmed_at": history.confirmed_at(document),
            "life": life,
            "finding": finding,
            "steps": [
                (step, texts.words_redline(step.before, step.after, language))
                for step in reversed(life.steps)
            ],
            "share": counts.share(finding.type, tuple(sorted(finding.clause_type.kinds))),
            "beside": counts.share(finding.type, (document.kind,)),
            "peers": peers.of(finding),
            "analysis": analysis,
            "activity": history_counts.tally(viewer, asked),
            "versions": version.total,
            "faq": faq,
            "linked_data": linked_data.of_provision(site_url(request), finding, original, faq),
            "unstated": fact_queries.unstated(finding) if finding.quote else (),
            "original_url": original,
            "version": version,
            "language": language,
        },
        status=status_of(version.withheld),
    )
