"""The map of the site."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path, register_converter

from conductatlas.web.converters import TileKey, VersionKey
from conductatlas.web.feeds import atom
from conductatlas.web.pages import (
    about,
    capture_list,
    change_list,
    change_show,
    compare_pick,
    comparison_show,
    document_show,
    drift_show,
    entities_show,
    errors,
    favicon,
    health,
    home,
    id_redirect,
    law_list,
    law_show,
    ledger_files,
    ledger_show,
    matrix_show,
    platform_list,
    platform_show,
    provision_show,
    question_list,
    question_show,
    question_table,
    records_show,
    refused_show,
    registry,
    report_list,
    report_show,
    robots,
    sitemap,
    snapshot_download,
    stamp_download,
    status_show,
    type_list,
    type_show,
    version_compare,
    version_list,
    version_show,
)

register_converter(VersionKey, "version")
register_converter(TileKey, "tile")

_PLATFORM = "platform/<slug:platform_slug>/"
_DOCUMENT = _PLATFORM + "<slug:slug>/"

urlpatterns = [
    path("", home.show, name="home"),
    path("platforms/", platform_list.show, name="platforms"),
    path(_PLATFORM, platform_show.show, name="platform"),
    path(_PLATFORM + "drift/", drift_show.show, name="drift"),  # no document may have this slug
    path(_DOCUMENT, document_show.show, name="document"),
    path(_DOCUMENT + "versions/", version_list.show, name="versions"),
    path(_DOCUMENT + "v/<version:key>/", version_show.show, name="version"),
    path(_DOCUMENT + "v/<version:key>/records/", records_show.version, name="version_records"),
    path(_DOCUMENT + "compare/", version_compare.pick, name="compare_pick"),
    path(_DOCUMENT + "compare/<version:old>..<version:new>/", version_compare.show, name="compare"),
    path(_DOCUMENT + "captures/", capture_list.show, name="captures"),
    path(
        _DOCUMENT + "<slug:provision_slug>/", provision_show.show, name="provision"
    ),  # after its fixed neighbours
    path("registry/", registry.show, name="registry"),
    path("provisions/", type_list.show, name="types"),
    path("provisions/<slug:name>/", type_show.show, name="type"),
    path("compare/", compare_pick.show, name="compare_choose"),
    path("compare/entities/<slug:pair>/", entities_show.show, name="entities"),
    path("compare/entities/<slug:pair>.json", entities_show.as_json, name="entities_json"),
    path("compare/<slug:name>/", comparison_show.show, name="comparison"),
    path("compare/<slug:name>.json", comparison_show.as_json, name="comparison_json"),
    path("matrix/", matrix_show.show, name="matrix"),
    path("matrix.json", matrix_show.as_json, name="matrix_json"),
    path("reports/", report_list.show, name="reports"),
    path("reports/<slug:slug>/", report_show.show, name="report"),
    path("reports/<slug:slug>.md", report_show.as_markdown, name="report_markdown"),
    path("reports/<slug:slug>.pdf", report_show.as_pdf, name="report_pdf"),
    path("reports/<slug:slug>.json", report_show.as_json, name="report_data"),
    path("matrix.csv", matrix_show.as_csv, name="matrix_table"),
    path("law/", law_list.show, name="law"),
    path("law/<slug:name>/", law_show.show, name="instrument"),
    path("questions/", question_list.show, name="questions"),
    path("questions/<slug:key>/", question_show.show, name="question"),
    path("questions.csv", question_table.show, name="question_table"),
    path("changes/", change_list.show, name="changes"),
    path("change/<slug:slug>/", change_show.show, name="change"),
    path("change/<slug:slug>/records/", records_show.change, name="change_records"),
    path("ledger/", ledger_show.show, name="ledger"),
    path("ledger/checkpoint", ledger_files.newest, name="checkpoint"),
    path("ledger/checkpoint/<int:size>", ledger_files.checkpoint, name="checkpoint_over"),
    path("ledger/tile/<tile:name>", ledger_files.tile, name="tile"),
    path("ledger/leaf/<int:index>.json", ledger_files.leaf, name="leaf"),
    path("status/", status_show.show, name="status"),
    path("methodology/", about.methodology, name="methodology"),
    path("legal/", about.legal, name="legal"),
    path("privacy/", about.privacy, name="privacy"),
    path("id/<str:text>", id_redirect.show, name="by_id"),
    path("feeds/changes.atom", atom.of_all, name="feed_all"),
    path("feeds/<slug:platform_slug>.atom", atom.of_platform, name="feed_platform"),
    path("feeds/<slug:platform_slug>/<slug:slug>.atom", atom.of_document, name="feed_document"),
    path("sitemap.xml", sitemap.show, name="sitemap"),
    path("robots.txt", robots.show, name="robots"),
    path("favicon.ico", favicon.show, name="favicon"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("snapshot/<str:digest>", snapshot_download.snapshot, name="snapshot"),
    path("ledger/stamps/<int:key>/<str:name>", stamp_download.show, name="stamp_file"),
    path("refused/<int:key>", snapshot_download.refused, name="refused"),
    path("refused/<int:key>/", refused_show.show, name="refused_show"),
    path("admin/", admin.site.urls),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.broken
