"""Fails if a package that ships with ConductAtlas has a licence that Apache-2.0 cannot live with."""

from __future__ import annotations

import re
import sys
from importlib.metadata import Distribution, distribution, distributions

from packaging.requirements import Requirement

REFUSED = re.compile(
    r"\b(AGPL|GNU AFFERO|SSPL|BUSL|COMMONS CLAUSE|NON-?COMMERCIAL)\b|(?<!L)GPL|GENERAL PUBLIC", re.IGNORECASE
)
LIBRARY = re.compile(r"LGPL|LESSER GENERAL PUBLIC", re.IGNORECASE)
ALLOWED = re.compile(
    r"\b(APACHE|MIT|BSD|ISC|PSF|PYTHON SOFTWARE FOUNDATION|PYTHON-2\.0|MPL|MOZILLA|ZPL|ZOPE|"
    r"UNLICENSE|0BSD|CC0|ZLIB|HPND)\b",
    re.IGNORECASE,
)


def shipped() -> dict[str, Distribution]:
    """Everything that `pip install conductatlas[browser,postgresql,statement,language-model]` brings, by name."""
    found: dict[str, Distribution] = {}
    todo = [("conductatlas", ("", "browser", "postgresql", "statement", "language-model"))]
    while todo:
        name, extras = todo.pop()
        for text in distribution(name).requires or []:
            requirement = Requirement(text)
            wanted = requirement.marker is None or any(
                requirement.marker.evaluate({"extra": e}) for e in extras
            )
            key = requirement.name.lower().replace("_", "-")
            if wanted and key not in found:
                found[key] = distribution(requirement.name)
                todo.append((requirement.name, ("", *requirement.extras)))
    return found


def licence(package: Distribution) -> str:
    meta = package.metadata
    classifiers = [
        c.rsplit(" :: ", 1)[-1] for c in meta.get_all("Classifier") or [] if c.startswith("License ::")
    ]
    return str(
        meta.get("License-Expression") or "; ".join(classifiers) or (meta.get("License") or "").split("\n")[0]
    )


def verdict(text: str) -> str:
    """`good`, `refused` or `unknown`. Of alternatives ("A OR B") one good one is enough."""
    options = re.split(r"\bOR\b", text)
    if any(ALLOWED.search(o) and not REFUSED.search(o) for o in options) or LIBRARY.search(text):
        return "good"
    return "refused" if REFUSED.search(text) else "unknown"


def main() -> int:
    bad = 0
    packages = shipped()
    for name, package in sorted(packages.items()):
        text = licence(package)
        if (judged := verdict(text)) != "good":
            bad += 1
            print(f"{name} {package.version}: {judged}: {text!r}")
    print(f"licences: {len(packages)} packages looked at, {bad} not good")
    assert len(list(distributions())) >= len(packages)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
