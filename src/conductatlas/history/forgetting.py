"""What tells the rooms above that words of readings have to go: they let go of what they keep of them, too."""

from __future__ import annotations

from django.dispatch import Signal

# Sent with `readings`, a QuerySet[Reading], inside the transaction that removes their words.
forgetting = Signal()
