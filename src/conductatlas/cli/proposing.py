"""`catalogue add`: a declaration proposed from an address, and written into a file of your own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from conductatlas.cli.output import AsJson, Output
from conductatlas.errors import ConfigurationError, FetchError

if TYPE_CHECKING:
    from conductatlas.catalogue.declaration_file import DeclaredDocument, DeclaredPlatform
    from conductatlas.catalogue.declarations import Catalogue
    from conductatlas.catalogue.proposal import Proposal
    from conductatlas.config import Config
    from conductatlas.work.survey import Look


def register(commands: typer.Typer) -> None:
    commands.command("add")(add)


def add(
    url: Annotated[str, typer.Argument(metavar="URL", help="A document, or a page that lists documents.")],
    platform: Annotated[str, typer.Option("--platform", help="Slug of the platform it belongs to.")] = "",
    name: Annotated[str, typer.Option("--name", help="The platform's name.")] = "",
    category: Annotated[str, typer.Option("--category", help="The platform's category.")] = "",
    kind: Annotated[str, typer.Option("--kind", help="The kind of the document at this address.")] = "",
    host: Annotated[
        list[str] | None, typer.Option("--host", help="Another host whose documents are the platform's.")
    ] = None,
    to: Annotated[Path | None, typer.Option("--to", help="Folder to write into.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Propose, and write nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Propose a declaration for an address, and add it to your own. Of a list of documents: for each that it links to.

    Exit code 1 if nothing there is or was declared.
    """
    from conductatlas.cli.declared import DEFAULT, own_folders
    from conductatlas.cli.opening import open_archive

    said = _Said.checked(url, platform, name, category, kind, host or [])
    config = open_archive()
    if config.sample_world and to is None and not dry_run:
        raise ConfigurationError(
            "the sample world watches its own declarations only",
            remedy="Name a folder with --to, or try --dry-run.",
        )
    own = own_folders(config)
    folder = to or (own[0] if own else config.data_dir / DEFAULT)
    adding = _Adding.prepared(config, said, [*own, folder], folder)
    output = Output(as_json)
    try:
        for look in _looks(config, said, adding):
            adding.take(look, output)
    except FetchError as fault:
        if fault.remedy == FetchError.remedy:  # which is for captures, that come again
            fault.remedy = "Open the address in a browser; where it is right, try again later."
        raise
    adding.finish(output, dry_run=dry_run)
    raise typer.Exit(0 if adding.new or adding.standing else 1)


@dataclass(frozen=True, slots=True)
class _Said:
    """What the person said, "" for what was left to find out."""

    url: str
    slug: str
    name: str
    category: str
    kind: str
    hosts: list[str]

    @classmethod
    def checked(cls, url: str, slug: str, name: str, category: str, kind: str, hosts: list[str]) -> _Said:
        """ConfigurationError for a value that no declaration can have."""
        from conductatlas.catalogue import values
        from conductatlas.catalogue.faults import WrongValueError

        def parsed(option: str, value: str, parse: Callable[[object], str]) -> str:
            try:
                return parse(value) if value else ""
            except WrongValueError as fault:
                raise ConfigurationError(f"{option} {fault.message}", remedy=fault.remedy) from None

        return cls(
            url=parsed("the address", url.partition("#")[0] or url, values.url),
            slug=parsed("--platform", slug, values.slug),
            name=parsed("--name", name, values.text(200)),
            category=parsed("--category", category, values.category),
            kind=parsed("--kind", kind, values.kind),
            hosts=[parsed("--host", f"https://{name}/", values.url).split("/")[2] for name in hosts],
        )


def _looks(config: Config, said: _Said, adding: _Adding) -> Iterable[Look]:
    """Looks round as captures are made: guarded, robots.txt respected, a host's turn awaited."""
    from conductatlas.archive.answer import Answer, Request
    from conductatlas.cli.opening import outside
    from conductatlas.clock import SystemClock
    from conductatlas.work.survey import Survey
    from conductatlas.work.tools import make_tools

    with outside(config) as names:
        tools = make_tools(config, SystemClock(), names)

        def ask(address: str) -> Answer:
            return tools.fetcher.fetch(Request(address), allow=tools.hosts.passage())

        yield from Survey(ask=ask, declared=adding.path_at, hosts=said.hosts).of(said.url)


@dataclass(slots=True)
class _Adding:
    """What is declared already, and what comes to it."""

    said: _Said
    catalogue: Catalogue
    own: Catalogue
    folder: Path
    paths: dict[str, str]
    files: dict[str, Path]
    site_names: list[str] = field(default_factory=list)
    new: list[tuple[Proposal, Look]] = field(default_factory=list)
    standing: int = 0

    @classmethod
    def prepared(cls, config: Config, said: _Said, folders: list[Path], folder: Path) -> _Adding:
        from conductatlas.catalogue.declaration_file import DeclarationFile
        from conductatlas.catalogue.declarations import load_folders
        from conductatlas.catalogue.sites import page_key
        from conductatlas.cli.declared import declared

        catalogue, own = declared(config), load_folders([each for each in folders if each.is_dir()])
        platforms = (*catalogue.platforms, *own.platforms)
        paths = {
            page_key(source.url): f"{platform.slug}/{document.slug}"
            for platform in platforms
            for document in platform.documents
            for source in document.sources
        }
        files = {
            read.slug: file
            for each in folders
            for file in (sorted(each.glob("*.toml")) if each.is_dir() else [])
            if (read := DeclarationFile.read(file.read_bytes(), str(file), file.stem)).platform
        }
        return cls(said, catalogue, own, folder, paths, files)

    def path_at(self, url: str) -> str:
        """`platform/document` of the document that is declared at an address, "" if none is."""
        from conductatlas.catalogue.sites import page_key

        return self.paths.get(page_key(url), "")

    def take(self, look: Look, output: Output) -> None:
        """Propose a document for what was found; tell of everything else."""
        from conductatlas.catalogue.proposal import propose
        from conductatlas.work.survey import Unasked

        if look.site_name:
            self.site_names.append(look.site_name)
        if look.found is None:
            self.standing += look.reason == Unasked.ALREADY_DECLARED
            _tell(look, output)
            return
        standing = self._standing()
        taken = {document.slug for document in (standing.documents if standing else ())}
        taken |= {proposal.document.slug for proposal, _ in self.new}
        kind = self.said.kind if look.depth == 0 else ""
        proposal = propose(look.found, taken, kind=kind)
        if proposal is None:
            title = look.found.reading.title
            why = f"neither {title!r} nor the address names a kind: say it with --kind"
            _tell(replace(look, found=None, reason=Unasked.NO_KIND, detail=why), output)
            return
        self.new.append((proposal, look))
        _propose(proposal, look, output)

    def finish(self, output: Output, *, dry_run: bool) -> None:
        """Write the file, unless nothing came or nothing is to be written; tell which and what."""
        from conductatlas.catalogue.registering import declaration_text, register

        if not self.new:
            return
        platform = self._platform()
        file = self.files.get(platform.slug, self.folder / f"{platform.slug}.toml")
        documents = tuple(proposal.document for proposal, _ in self.new)
        before = file.read_text("utf-8-sig") if file.exists() else ""
        text = (
            declaration_text(before, str(file), platform, documents)
            if dry_run
            else register(file, platform, documents)
        )
        count = f"{len(documents)} document{'s' if len(documents) != 1 else ''}"
        said = f"{count} of {platform.name} ({platform.slug}, category {platform.category or 'not stated'})"
        output.row(
            {
                "outcome": "proposed" if dry_run else "registered",
                "platform": platform.slug,
                "name": platform.name,
                "category": platform.category,
                "documents": [document.slug for document in documents],
                "file": str(file),
                "declaration": text,
            },
            f"\n{said}, for {file}:\n\n{text}" if dry_run else f"\n{said}: {file}",
        )
        if not dry_run:
            output.note(
                "Nobody has verified them yet. Look at each with `conductatlas read URL`, and say so with `verified`."
            )
            if not platform.category:
                output.note("Add a line `category = …` for it to be found by category.")

    def _standing(self) -> DeclaredPlatform | None:
        """The platform of the operator's own that the address belongs to: the one that was named, else the one of its
        site, else the one of its name."""
        from conductatlas.catalogue.proposal import platform_slug
        from conductatlas.catalogue.sites import site_of

        own = {platform.slug: platform for platform in self.own.platforms}
        if self.said.slug:
            return own.get(self.said.slug)
        site = site_of(self.said.url)
        of_site = [
            platform
            for platform in own.values()
            if site in {site_of(u) for u in (platform.website, *_addresses(platform)) if u}
        ]
        if len(of_site) == 1 and not self.said.name:
            return of_site[0]
        return own.get(platform_slug(self._name(), self.said.url))

    def _platform(self) -> DeclaredPlatform:
        """The platform that the new documents belong to, without them."""
        from conductatlas.catalogue.declaration_file import DeclaredPlatform
        from conductatlas.catalogue.proposal import free_slug, platform_slug

        if (standing := self._standing()) is not None:
            return standing
        shipped = {p.slug for p in self.catalogue.platforms} | self.catalogue.left_out | self.own.left_out
        name = self._name()
        slug = self.said.slug or platform_slug(name, self.said.url)
        if slug in shipped:
            if self.said.slug:
                raise ConfigurationError(
                    f"the platform {slug!r} is declared elsewhere, in a file that ships or is at fault",
                    remedy="Choose another slug for your own: --platform SLUG.",
                )
            slug = free_slug((f"{slug}-own",), shipped)
        return DeclaredPlatform(slug, name, self.said.category, self._website(), ())

    def _name(self) -> str:
        from conductatlas.catalogue.proposal import platform_name

        return self.said.name or platform_name(self.site_names, self.said.url)

    def _website(self) -> str:
        from urllib.parse import urlsplit

        first = self.new[0][0].document.sources[0].url
        parts = urlsplit(first)
        return f"{parts.scheme}://{parts.netloc}/"


def _addresses(platform: DeclaredPlatform) -> Iterable[str]:
    return (source.url for document in platform.documents for source in document.sources)


def _propose(proposal: Proposal, look: Look, output: Output) -> None:
    document: DeclaredDocument = proposal.document
    source = document.sources[0]
    assert look.found is not None
    words = look.found.reading.words
    stated = [document.language or "language not determined", document.region, f"{words:,} words"]
    output.row(
        {
            "outcome": "document",
            "url": source.url,
            "slug": document.slug,
            "kind": document.kind,
            "title": document.title,
            "language": document.language,
            "region": document.region,
            "words": words,
            "select": list(source.select),
            "why": proposal.block.why,
            "hint": look.hint,
        },
        f"+ {document.title} ({document.kind}; {', '.join(filter(None, stated))})\n  {source.url}"
        + (f"\n  {proposal.block.why}" if source.select else ""),
    )


def _tell(look: Look, output: Output) -> None:
    outcome = "followed" if look.followed else "not_taken"
    words = (
        f"> {look.url}\n  lists documents: {look.followed} links that name one are looked at"
        if look.followed
        else f"- {look.url}\n  not taken: {look.reason.replace('_', ' ')} ({look.detail})"
    )
    if look.reason == "already_declared":
        outcome, words = "already_declared", f"= {look.url}\n  already declared: {look.detail}"
    output.row(
        {
            "outcome": outcome,
            "url": look.url,
            "reason": str(look.reason),
            "detail": look.detail,
            "links": look.followed,
            "hint": look.hint,
        },
        words,
    )
