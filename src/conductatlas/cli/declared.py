"""The declarations that an archive watches, as its settings want them."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from conductatlas.config import Config

if TYPE_CHECKING:
    from conductatlas.catalogue.declarations import Catalogue


def declared(config: Config) -> Catalogue:
    """Shipped declarations and the operator's own; in the sample world, its declarations and no others."""
    from conductatlas.catalogue.declarations import load_folders

    if config.sample_world:
        return load_folders([Path(str(files("conductatlas.demo") / "declarations"))])
    shipped = (
        [Path(str(files("conductatlas.catalogue") / "declarations"))] if config.shipped_catalogue else []
    )
    return load_folders([*shipped, *(config.data_dir / folder for folder in config.declarations)])
