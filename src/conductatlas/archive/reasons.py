"""Why a capture was refused or failed, as a sentence for readers.

The gate words what it refused itself (`Reason.sentence`); here stand the reasons why a page could not be had at
all, by the code of the error (see `errors`).
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from conductatlas.reading.text.gate import Reason

OTHER_LANGUAGE = Reason.OTHER_LANGUAGE.value
REMOVED = "removed"
VANTAGES_DIFFER = "vantages_differ"
# What a site says itself: there is no such page. A wall, a refusal, an error of the server, robots.txt or a broken
# connection says nothing of the kind.
GONE = frozenset({"status_404", "status_410", Reason.SOFT_404.value})
_STATUS = "status_"

SENTENCES: Mapping[str, Promise] = {
    "fetch": _("The page could not be fetched."),
    "address_refused": _("The address does not lead to the public internet, so no connection is made."),
    "host_unreachable": _("The host could not be reached."),
    "timeout": _("The host took too long to answer."),
    "tls_failed": _("The host's certificate could not be trusted."),
    "proxy_failed": _("The proxy of the second vantage could not be used, or did not reach the host."),
    "broken_answer": _("The answer was cut short or malformed."),
    "too_large": _("The answer is larger than is taken."),
    "redirect": _("The address leads round in a loop, or to something that is no web page."),
    "robots": _("The site's robots.txt asks robots to stay away, or could not be read."),
    "status": _("The host answered with an error."),
    "browser": _("The page could not be rendered."),
    "browser_missing": _("The page needs a browser to show its text, and this archive has none."),
    "browser_hung": _("The page's scripts kept the browser busy for too long."),
    "browser_died": _("The browser ended while it had the page."),
    "unreadable": _("The answer holds no text that can be read."),
    # Of a whole check
    "no_source": _("No page is declared to read the document from."),
    "part_missing": _(
        "The document is made of several pages, and no capture of the others was taken in from about this time."
    ),
    "first_version": _("Nothing of this document had been recorded before."),
    "declaration_changed": _(
        "From here on the document is read from other pages, other parts of them or by other software, "
        "so no change is recorded."
    ),
    "after_removal": _("The text before this one was removed from the archive, so no change is recorded."),
    "earlier_text": _("The text is one that was found before."),
    VANTAGES_DIFFER: _(
        "The second vantage was shown something else than the first, so it counts neither for nor against what the "
        "first was shown."
    ),
    REMOVED: _("A text that was removed from the archive was met again; its bytes are not kept."),
}


def in_words(code: str) -> str:
    """The sentence for a reason; "" for none. A code that nobody gave words to is shown rather than hidden."""
    if code.startswith(_STATUS):
        return gettext("The host answered with the error %(status)s.") % {
            "status": code.removeprefix(_STATUS)
        }
    if code in SENTENCES:
        return str(SENTENCES[code])
    if code in set(Reason):
        return gettext(Reason(code).sentence)
    return code
