"""A model as a file: the same bytes for the same model, nothing in it that runs."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from conductatlas.reading.clauses.leaning import Leaning
from conductatlas.reading.clauses.model import Model
from training.typing import scale_of

NO_DATE = (1980, 1, 1, 0, 0, 0)


def write(model: Model, target: Path) -> None:
    """As .npz that numpy reads with allow_pickle=False. Lists of words are kept as bytes, one a line."""
    arrays: dict[str, NDArray[np.generic]] = {
        "kinds": _lines(model.kinds),
        "known": _lines(sorted(model.known)),
        "bias": model.bias,
        "slope": model.slope,
        "offset": model.offset,
        "least": model.least,
    }
    for name, block in model.blocks.items():
        arrays[f"{name}_names"] = _lines(block.rows)
        arrays[f"{name}_rarity"] = block.rarity.astype(np.float16)
        arrays[f"{name}_weights"] = block.weights.astype(np.float16)
    _archive(arrays, target)


def write_leaning(leaning: Leaning, made_of: str, target: Path) -> None:
    """The same of weights for types; these are kept as whole steps of each type's largest. made_of: SHA-256 of the
    labels."""
    scale = scale_of(leaning.weights)
    _archive(
        {
            "made_of": _lines([made_of]),
            "types": _lines(leaning.types),
            "signals": _lines(leaning.rows),
            "rarity": leaning.rarity.astype(np.float16),
            "weights": np.rint(leaning.weights / scale).astype(np.int8),
            "scale": scale.astype(np.float32),
            "bias": leaning.bias,
            "first": leaning.first,
            "beside": leaning.beside,
            "least": np.array([leaning.least], dtype=np.float32),
        },
        target,
    )


def _archive(arrays: Mapping[str, NDArray[np.generic]], target: Path) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in arrays.items():
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, np.ascontiguousarray(array), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=NO_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, buffer.getvalue())


def _lines(names: Iterable[str]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(names).encode("utf-8"), dtype=np.uint8)
