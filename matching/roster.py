"""A roster: therapist profiles compiled once into columns; a match is a few passes over them."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from hashlib import blake2b
from types import MappingProxyType
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from matching.facet import Facet
from matching.licences import Licences, splice_facet
from matching.profile import Licence, Profile
from matching.splice import Splice

# Style is kept in whole hundredths: a byte an axis, and sums that are exact in any order. The
# inventory that the axes come from tells some thirty steps apart from pole to pole.
STYLE_STEPS = 100

_CODES: Mapping[str, Callable[[Profile], tuple[str, ...]]] = MappingProxyType(
    {
        "gender": lambda p: (p.gender,) if p.gender else (),
        "cultures": lambda p: p.cultures,
        "communities": lambda p: p.communities,
        "languages": lambda p: tuple(tag.lower() for tag in p.languages),
        "modalities": lambda p: p.modalities,
        "needs": lambda p: p.needs,
        "out_of_scope": lambda p: p.out_of_scope,
        "formats": lambda p: p.formats,
        "schedule": lambda p: p.schedule,
        "services": lambda p: p.services,
        "age_groups": lambda p: p.age_groups,
        "payers": lambda p: tuple(payer.casefold() for payer in p.payers),
        "access": lambda p: p.access,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """The therapists of one clinic as columns, rows sorted by `Profile.id`. Never changed.

    Attributes:
        ids, references, names: as in the profiles.
        gender … access: the profiles' code lists; languages lower-cased, payers case-folded.
        licences: of any kind, `unsupervised` those that are not associate licences.
        style: uint8 of shape (4, rows), steps of 1 / STYLE_STEPS up from −1; the middle where
            unknown.
        style_blank: uint8, bit a set where axis a is unknown.
        associate: bool.
        lot: uint64, a hash of the id from which random orders are drawn.
        reference_sums: uint32, check sums by which references are found.
    """

    ids: Sequence[str]
    references: Sequence[str]
    names: Sequence[str]
    gender: Facet
    cultures: Facet
    communities: Facet
    languages: Facet
    modalities: Facet
    needs: Facet
    out_of_scope: Facet
    formats: Facet
    schedule: Facet
    services: Facet
    age_groups: Facet
    payers: Facet
    access: Facet
    licences: Licences
    unsupervised: Licences
    style: NDArray[np.uint8]
    style_blank: NDArray[np.uint8]
    associate: NDArray[np.bool_]
    lot: NDArray[np.uint64]
    reference_sums: NDArray[np.uint32]

    @classmethod
    def compile(cls, profiles: Iterable[Profile]) -> "Roster":
        """The roster of these profiles; of several with one id, the last counts."""
        batch = _sorted(profiles)
        columns: dict[str, Any] = {**_texts(batch), **_arrays(batch)}
        for name, read in _CODES.items():
            columns[name] = Facet.of([read(profile) for profile in batch])
        for name, held in _licence_lists(batch).items():
            columns[name] = Licences.of(held)
        return cls(**columns)

    def updated(self, profiles: Iterable[Profile]) -> "Roster":
        """This roster with new and changed profiles; ranks exactly as their union compiled anew."""
        batch = _sorted(profiles)
        texts, arrays = _texts(batch), _arrays(batch)
        splice = Splice.between(self.ids, texts["ids"])
        columns: dict[str, Any] = {}
        for name, values in texts.items():
            columns[name] = splice.values(getattr(self, name), values)
        for name, array in arrays.items():
            columns[name] = splice.column(getattr(self, name), array)
        for name, read in _CODES.items():
            facet: Facet = getattr(self, name)
            lists = [read(profile) for profile in batch]
            columns[name] = splice_facet(splice, facet, facet.encoding(lists))
        for name, held in _licence_lists(batch).items():
            licences: Licences = getattr(self, name)
            columns[name] = licences.updated(splice, held)
        return Roster(**columns)

    def __len__(self) -> int:
        return len(self.ids)

    def row_of(self, id_: str) -> int | None:
        """The row of a therapist, None if there is none of that id."""
        row = bisect_left(self.ids, id_)
        return row if row < len(self.ids) and self.ids[row] == id_ else None

    def rows_of_reference(self, reference: str) -> list[int]:
        """The rows of the therapists with this reference: one, or none."""
        same_sum = np.flatnonzero(self.reference_sums == _sum(reference)).tolist()
        return [row for row in same_sum if self.references[row] == reference]

    @property
    def nbytes(self) -> int:
        """The size of the columns in bytes, without ids, references and names."""
        return sum(_size(getattr(self, field.name)) for field in fields(self))


def _sorted(profiles: Iterable[Profile]) -> list[Profile]:
    by_id = {profile.id: profile for profile in profiles}
    return [by_id[id_] for id_ in sorted(by_id)]


def _texts(batch: Sequence[Profile]) -> dict[str, list[str]]:
    return {
        "ids": [profile.id for profile in batch],
        "references": [profile.reference for profile in batch],
        "names": [profile.name for profile in batch],
    }


def _arrays(batch: Sequence[Profile]) -> dict[str, Any]:
    axes = np.array([p.style for p in batch], np.float64).reshape(-1, 4).T.copy()
    unknown = np.isnan(axes)
    return {
        "style": np.rint((np.where(unknown, 0, axes) + 1) * STYLE_STEPS).astype(np.uint8),
        "style_blank": np.packbits(unknown, axis=0, bitorder="little")[0],
        "associate": np.array([p.associate for p in batch], np.bool_),
        "lot": np.frombuffer(b"".join(_digest(p.id) for p in batch), np.uint64),
        "reference_sums": np.array([_sum(p.reference) for p in batch], np.uint32),
    }


def _licence_lists(batch: Sequence[Profile]) -> dict[str, list[tuple[Licence, ...]]]:
    every = [p.licences for p in batch]
    alone = [tuple(held for held in licences if held.kind != "associate") for licences in every]
    return {"licences": every, "unsupervised": alone}


def _digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=8).digest()


def _sum(text: str) -> np.uint32:
    return np.uint32(crc32(text.encode()))


def _size(column: object) -> int:
    if isinstance(column, np.ndarray):
        return column.nbytes
    if isinstance(column, Facet | Licences):
        return sum(_size(getattr(column, field.name)) for field in fields(column))
    return 0
