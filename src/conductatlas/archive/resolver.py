"""From a host name to the addresses it stands for: the seam, the system's own resolver, and a table."""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Mapping, Sequence
from typing import Protocol

from conductatlas.errors import FetchTimeoutError, HostUnreachableError

Endpoint = tuple[str, int]  # an IP address in text form, and a port


class Resolver(Protocol):
    def resolve(self, host: str, port: int, *, timeout: float) -> Sequence[Endpoint]:
        """Where to connect for `host` and `port`, best first; never empty.

        HostUnreachableError if there is no such name, FetchTimeoutError after `timeout` seconds.
        """
        ...


class SystemResolver:
    """Asks the operating system, in its order of preference (RFC 6724).

    getaddrinfo cannot be interrupted, so it runs in a thread of its own which is left behind when it takes
    too long; being a daemon, it does not keep the process from ending.
    """

    def resolve(self, host: str, port: int, *, timeout: float) -> Sequence[Endpoint]:
        answers: queue.SimpleQueue[list[Endpoint] | OSError | UnicodeError] = queue.SimpleQueue()
        try:
            threading.Thread(target=self._ask, args=(host, port, answers), daemon=True).start()
            answer = answers.get(timeout=timeout)
        except queue.Empty:
            raise FetchTimeoutError(f"no address for {host} after {timeout:.3g} s") from None
        except RuntimeError as error:  # the system has no thread to give
            raise HostUnreachableError(f"no address for {host}: {error}") from error
        if isinstance(answer, list):
            return answer
        raise HostUnreachableError(f"no address for {host}: {answer}") from answer

    @staticmethod
    def _ask(
        host: str, port: int, answers: queue.SimpleQueue[list[Endpoint] | OSError | UnicodeError]
    ) -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
            answers.put([(str(place[0]), int(place[1])) for *_, place in found])
        except (OSError, UnicodeError) as error:
            answers.put(error)


class MappedResolver:
    """The in-memory twin: names from a table, with ports to connect to; `otherwise` answers for the rest."""

    def __init__(self, places: Mapping[str, Endpoint], otherwise: Resolver | None = None) -> None:
        self._places, self._otherwise = dict(places), otherwise

    def resolve(self, host: str, port: int, *, timeout: float) -> Sequence[Endpoint]:
        if host in self._places:
            return [self._places[host]]
        if self._otherwise is not None:
            return self._otherwise.resolve(host, port, timeout=timeout)
        raise HostUnreachableError(f"no address for {host}: it is not in the table of names")
