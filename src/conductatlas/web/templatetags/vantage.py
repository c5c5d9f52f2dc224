"""Where and how a capture was made, as a sentence. `{% load vantage %}`.

{{ capture.vantage|seen_from }}    Place, as the operator states it: Ghent, office line. Asked for in English, by a
                                   program that runs no scripts, without signing in.
"""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.utils.translation import gettext as _

from conductatlas.web.templatetags.atlas import language_name

register = template.Library()

NOT_STATED = "not stated"


@register.filter
def seen_from(vantage: Mapping[str, object] | None) -> str:
    """Two sentences made of what is known of a vantage; "" for none."""
    known = {name: str(value) for name, value in (vantage or {}).items() if value}
    if not known:
        return ""
    where = [known[name] for name in ("place", "network") if known.get(name, NOT_STATED) != NOT_STATED]
    place = (
        _("Place, as the operator states it: %(place)s.") % {"place": ", ".join(where)}
        if where
        else _("The operator has not stated the place that captures are made from.")
    )
    how = []
    if language := known.get("language"):
        how.append(_("asked for in %(language)s") % {"language": language_name(language)})
    if client := known.get("client"):
        clients = {
            "http": _("by a program that runs no scripts"),
            "browser": _("by a browser that runs scripts"),
        }
        how.append(clients.get(client) or _("by %(client)s") % {"client": client})
    if known.get("proxy", "none") != "none":
        how.append(_("through a forward proxy"))
    if known.get("signed_in") == "never":
        how.append(_("without signing in"))
    said = ", ".join(how)
    return f"{place} {said[:1].upper()}{said[1:]}." if said else place
