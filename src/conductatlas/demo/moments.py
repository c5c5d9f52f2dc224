"""The fourteen moments at which the sample world is looked at, as time before its last moment."""

from __future__ import annotations

from datetime import timedelta

# About a month apart; and two pairs a few hours apart, because what is published by mistake, or served in another
# language once, is only seen by looking twice in a day.
MOMENTS: tuple[timedelta, ...] = (
    timedelta(days=334),
    timedelta(days=303),
    timedelta(days=272),
    timedelta(days=241),
    timedelta(days=241, hours=-5),
    timedelta(days=213),
    timedelta(days=182),
    timedelta(days=151),
    timedelta(days=121),
    timedelta(days=91),
    timedelta(days=61),
    timedelta(days=30),
    timedelta(days=30, hours=-6),
    timedelta(0),
)
LAST = len(MOMENTS) - 1
