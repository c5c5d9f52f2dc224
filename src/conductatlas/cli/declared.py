"""The declarations that an archive watches, as its settings want them."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from conductatlas.config import Config

if TYPE_CHECKING:
    from conductatlas.catalogue.declarations import Catalogue

DEFAULT = "declarations"
"""The folder in the data folder that stands for the setting `declarations` where it names none."""


def declared(config: Config) -> Catalogue:
    """Shipped declarations and the operator's own; in the sample world, its declarations and no others."""
    from conductatlas.catalogue.declarations import load_folders

    if config.sample_world:
        return load_folders([Path(str(files("conductatlas.demo") / "declarations"))])
    shipped = (
        [Path(str(files("conductatlas.catalogue") / "declarations"))] if config.shipped_catalogue else []
    )
    return load_folders([*shipped, *own_folders(config)])


def own_folders(config: Config) -> list[Path]:
    """The folders of the operator's own declarations; the folder `declarations` in the data folder, where the setting
    names none and there is one."""
    if config.declarations:
        return [config.data_dir / folder for folder in config.declarations]
    return [folder] if (folder := config.data_dir / DEFAULT).is_dir() else []
