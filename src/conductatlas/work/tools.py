"""The outside things as the settings want them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from ipaddress import ip_network

from conductatlas.archive.chromium import ChromiumBrowser
from conductatlas.archive.exchange import Limits
from conductatlas.archive.fetch import HttpFetcher, user_agent
from conductatlas.archive.guard import Guard, Way
from conductatlas.archive.hosts import Hosts
from conductatlas.archive.resolver import MappedResolver, Resolver, SystemResolver
from conductatlas.archive.services import SECOND
from conductatlas.archive.tunnel import Tunnel
from conductatlas.clock import Clock
from conductatlas.config import Config
from conductatlas.work.pipeline import Tools

Names = Mapping[str, tuple[str, int]]


def make_resolver(names: Names | None = None) -> Resolver:
    """The system's, or a table of `names`, as in `make_fetcher`."""
    return SystemResolver() if names is None else MappedResolver(names)


def make_guard(config: Config, names: Names | None = None) -> Guard:
    """The guard that fetcher and browser share; `names` as in `make_fetcher`."""
    networks = config.allowed_networks if names is None else ("127.0.0.0/8",)
    return Guard([ip_network(network) for network in networks], make_resolver(names))


def make_limits(config: Config) -> Limits:
    """What one request may cost."""
    return Limits(
        connect=config.connect_timeout,
        read=config.read_timeout,
        total=config.total_timeout,
        max_body=config.max_body,
    )


def make_fetcher(
    config: Config, clock: Clock, names: Names | None = None, way: Way | None = None
) -> HttpFetcher:
    """The fetcher, with its limits and its way to hosts: the guard's own, unless another is given.

    names: host names that stand for a server on this machine, as the sample world's do. Only those names then
    resolve at all, and only loopback is allowed.
    """
    return HttpFetcher(
        guard=way or make_guard(config, names),
        limits=make_limits(config),
        user_agent=user_agent(config.contact),
        accept_language=config.accept_language,
        clock=clock,
    )


def make_browser(
    config: Config, clock: Clock, names: Names | None = None, way: Way | None = None
) -> ChromiumBrowser | None:
    """The browser, which starts at its first page; None where it is off. The sample world needs none. `way` as in
    `make_fetcher`."""
    if config.browser == "off" or names is not None:
        return None
    return ChromiumBrowser(
        guard=way or make_guard(config),
        clock=clock,
        user_agent=user_agent(config.contact),
        setting=config.browser,
        timeout=config.browser_timeout,
        idle=config.browser_idle,
        max_body=config.max_body,
    )


def make_tools(config: Config, clock: Clock, names: Names | None = None) -> Tools:
    """Fetcher, manners and clock of one process; `names` as in `make_fetcher`."""
    fetcher = make_fetcher(config, clock, names)
    spacing = config.spacing_for if names is None else lambda _host: 0.0
    tools = Tools(
        fetcher=fetcher,
        hosts=Hosts(fetcher=fetcher, clock=clock, spacing=spacing),
        clock=clock,
        vantage={
            "place": config.vantage or "not stated",
            "language": config.accept_language,
            "client": "http",
            "signed_in": "never",
            "cookies": "none",
            "cache": "none",
            "proxy": "none",
        },
        refused_days=config.refused_days,
        incident_after=config.incident_after,
        browser=make_browser(config, clock, names),
    )
    return replace(tools, second=make_second(config, clock, tools) if names is None else None)


def make_second(config: Config, clock: Clock, first: Tools) -> Tools | None:
    """The tools of the second vantage; None where no proxy is named.

    Only the way to hosts is another one. Manners are shared: robots.txt is asked for from the first vantage, and a
    host is asked no oftener because it is asked from two places.
    """
    if not config.second_vantage_proxy:
        return None
    way = Tunnel(config.second_vantage_proxy, make_guard(config), make_resolver())
    place = {"place": config.second_vantage or "not stated", "proxy": way.name}
    return replace(
        first,
        fetcher=make_fetcher(config, clock, way=way),
        vantage={**first.vantage, **place, **SECOND},
        browser=make_browser(config, clock, way=way),
    )
