"""`/platform/<p>/<doc>/<provision>/`: one clause, exactly as written, with its facts, severity, life and peers.

Template `provision_show.html` (451 if the text is withheld):
    document, state see document_show
    finding         FindingRecord with .facts and .factors, as the document has it, else as it last had it
    life            ProvisionRecord: .finding (FindingRecord with .facts and .factors) .state .first_at .removed_at
    steps           list[(Step, redline)]: newest first; redline is safe HTML, "" where no words are shown
    share           Share: .number .of, platforms whose documents of these kinds could be read
    peers           list[PeerRecord]: at most three of other platforms: .finding .says .same .otherwise .is_same_scope
    version         VersionRecord that has the words shown
    unstated        tuple[Unstated]: facts looked for in clauses of this type that it does not state; .title, and
                    .slug .of of the provision of the same text that states it
    beside          Share: the same, of documents of this kind alone
    original_url    where the platform publishes the document
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from conductatlas.clock import SystemClock
from conductatlas.history import queries as history
from conductatlas.provisions import counts, fact_queries, life_queries, peers, queries
from conductatlas.web import texts
from conductatlas.web.found import document_or_404, first_address, status_of, version_or_404, viewer_of


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
    return render(
        request,
        "provision_show.html",
        {
            "document": document,
            "state": history.document_state(document, SystemClock().now()),
            "life": life,
            "finding": finding,
            "steps": [
                (step, texts.words_redline(step.before, step.after, language))
                for step in reversed(life.steps)
            ],
            "share": counts.share(finding.type, tuple(sorted(finding.clause_type.kinds))),
            "beside": counts.share(finding.type, (document.kind,)),
            "peers": peers.of(finding),
            "unstated": fact_queries.unstated(finding) if finding.quote else (),
            "original_url": first_address(viewer, document),
            "version": version,
            "language": language,
        },
        status=status_of(version.withheld),
    )
