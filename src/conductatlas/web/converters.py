"""Ids in addresses."""

from __future__ import annotations

from conductatlas.ids import parse_id, public_id


class VersionKey:
    """`CA-V-000042` in an address, the key 42 in the view; addresses are made of either."""

    regex = r"CA-V-\d{1,18}"

    def to_python(self, text: str) -> int:
        parsed = parse_id(text)
        if parsed is None:
            raise ValueError(text)
        return parsed[1]

    def to_url(self, version: str | int) -> str:
        return version if isinstance(version, str) else public_id("V", version)
