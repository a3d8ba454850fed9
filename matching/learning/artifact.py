"""A model as bytes: arrays and JSON, never pickle, told apart by their SHA-256.

The layout is numpy's own `.npz`, read with pickling forbidden; the figures and names stand in one
JSON text among the arrays. The same model gives the same bytes.
"""

import json
from dataclasses import asdict, fields
from hashlib import sha256
from io import BytesIO
from math import isfinite
from typing import Any
from zipfile import ZipFile

import numpy as np

from matching.learning.features import CONTENT
from matching.learning.model import Affinity, Evidence, FitModel, Prior
from matching.vocabulary import STYLE_AXES

# Counted up whenever a model of before could not be read as it was meant.
FORMAT = 1

# Far above any model: bytes that unpack to more are not one.
MOST_BYTES = 1 << 28

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
        _bounded(data)
        with np.load(BytesIO(data), allow_pickle=False) as found:
            arrays = {name: found[name] for name in found.files}
        meta = json.loads(arrays.pop(_META).tobytes())
        if (meta.pop("format"), meta.pop("content")) == (FORMAT, list(CONTENT)):
            return sound(_assembled({**meta, **arrays}))
    except Exception as error:  # bytes that are no model can make their readers raise anything
        raise DamagedArtifact("the model cannot be read") from error
    raise DamagedArtifact("the model was made by a version that is read no more")


def _bounded(data: bytes) -> None:
    with ZipFile(BytesIO(data)) as archive:
        if sum(part.file_size for part in archive.infolist()) > MOST_BYTES:
            raise ValueError("unpacks to more than any model")


def sound(model: FitModel) -> FitModel:
    """The model, if it can rank: figures that are numbers, and arrays that fit together.

    Raises ValueError or TypeError. Style may be unknown (NaN); nothing else may.
    """
    known, p, count = model.evidence, len(CONTENT), len(model.evidence.ids)
    figures = (model.level, model.respect, model.pair_variance, model.centre, model.spread)
    factors = (model.interval, model.reliability, *asdict(model.prior).values())
    if not all(isinstance(one, float | int) and isfinite(one) for one in (*figures, *factors)):
        raise ValueError("a figure is no number")
    if model.spread <= 0 or model.pair_variance < 0 or not 0 <= model.reliability <= 1:
        raise ValueError("a figure is out of range")
    entries = int(known.need_start[-1])
    shapes = {
        (p,): (model.content,),
        (p, p): (model.covariance,),
        (len(STYLE_AXES),): (model.style_shift,),
        (count,): (known.clients, known.level, known.culture, known.respect),
        (count, len(STYLE_AXES)): (known.style, known.style_met),
        (count + 1,): (known.need_start,),
    }
    own = (known.need, known.need_effect, known.need_clients, known.need_variance)
    fits = all(one.shape == shape for shape, every in shapes.items() for one in every)
    if not fits or any(one.shape != (entries,) for one in (*own, known.need_with_level)):
        raise ValueError("arrays do not fit together")
    if (np.diff(known.need_start) < 0).any() or (known.need >= len(model.needs)).any():
        raise ValueError("needs do not fit together")
    every = (*shapes[(p,)], *shapes[(p, p)], known.level, known.variance, known.with_level, *own)
    if not all(np.isfinite(one).all() for one in every):
        raise ValueError("an array holds what is no number")
    return model


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
