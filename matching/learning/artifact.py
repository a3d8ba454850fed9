"""A model as bytes: arrays and JSON, never pickle, told apart by their SHA-256.

The layout is numpy's own `.npz`, read with pickling forbidden; the figures and names stand in one
JSON text among the arrays. The same model gives the same bytes.
"""

import json
from dataclasses import asdict, fields
from hashlib import sha256
from io import BytesIO
from typing import Any

import numpy as np

from matching.learning.features import CONTENT
from matching.learning.model import Affinity, Evidence, FitModel, Prior

# Counted up whenever a model of before could not be read as it was meant.
FORMAT = 1

_META = "meta"


class DamagedArtifact(ValueError):  # noqa: N818 - a fault of the bytes, not of the program
    """The bytes are not those of a model that this version can read."""


def digest(data: bytes) -> str:
    """The SHA-256 of an artifact, in hexadecimal."""
    return sha256(data).hexdigest()


def pack(model: FitModel) -> bytes:
    """A model as bytes."""
    arrays: dict[str, Any] = {}
    meta: dict[str, Any] = {"format": FORMAT, "content": list(CONTENT)}
    for prefix, part in _parts_of(model).items():
        for field in fields(part):
            value = getattr(part, field.name)
            if isinstance(value, np.ndarray):
                arrays[prefix + field.name] = value
            elif isinstance(value, Prior):
                meta[prefix + field.name] = asdict(value)
            elif prefix + field.name not in {"evidence", "affinity"}:
                meta[prefix + field.name] = list(value) if isinstance(value, tuple) else value
    text = json.dumps(meta, sort_keys=True).encode()
    arrays[_META] = np.frombuffer(text, np.uint8)
    buffer = BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def unpack(data: bytes, expected: str) -> FitModel:
    """The model of an artifact whose SHA-256 is `expected`. Raises DamagedArtifact."""
    if digest(data) != expected:
        raise DamagedArtifact("the model's bytes are not those that were stored")
    try:
        with np.load(BytesIO(data), allow_pickle=False) as found:
            arrays = {name: found[name] for name in found.files}
        meta = json.loads(arrays.pop(_META).tobytes())
        if (meta.pop("format"), meta.pop("content")) == (FORMAT, list(CONTENT)):
            return _assembled({**meta, **arrays})
    except Exception as error:  # bytes that are no model can make their readers raise anything
        raise DamagedArtifact("the model cannot be read") from error
    raise DamagedArtifact("the model was made by a version that is read no more")


def _parts_of(model: FitModel) -> dict[str, Any]:
    parts: dict[str, Any] = {"": model, "evidence.": model.evidence}
    if model.affinity is not None:
        parts["affinity."] = model.affinity
    return parts


def _assembled(values: dict[str, Any]) -> FitModel:
    evidence = Evidence(**_under("evidence.", values))
    affinity = _under("affinity.", values)
    whole = {name: value for name, value in values.items() if "." not in name}
    whole["prior"] = Prior(**whole["prior"])
    whole["needs"] = tuple(whole["needs"])
    return FitModel(**whole, evidence=evidence, affinity=Affinity(**affinity) if affinity else None)


def _under(prefix: str, values: dict[str, Any]) -> dict[str, Any]:
    return {
        name.removeprefix(prefix): tuple(value) if isinstance(value, list) else value
        for name, value in values.items()
        if name.startswith(prefix)
    }
