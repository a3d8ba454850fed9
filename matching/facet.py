"""A column of code lists, eight codes to a byte: what makes a match a few passes over small arrays.

Bit 0 of every row means "the profile does not say"; each code that any profile holds has a bit of
its own from 1 on, in the order in which codes were first met. Bytes are kept plane by plane, so a
question about a few codes reads one or two bytes a therapist, however many codes there are. Results
never depend on which bit a code was given.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.rows import Flags, Rows, Small

BLANK = 1


@dataclass(frozen=True, slots=True)
class Facet:
    """One field of many profiles.

    Attributes:
        bits: the bit of each code.
        planes: uint8 of shape (bytes, rows); bit b is bit b % 8 of plane b // 8.
    """

    bits: Mapping[str, int]
    planes: NDArray[np.uint8]

    @classmethod
    def of(cls, lists: Sequence[tuple[str, ...]]) -> "Facet":
        """The column that holds `lists`, one tuple of codes a row."""
        return cls({}, np.zeros((1, 0), np.uint8)).encoding(lists)

    def encoding(self, lists: Sequence[tuple[str, ...]]) -> "Facet":
        """Other rows in this column's bits; codes that are new get the next free ones."""
        kinds: dict[tuple[str, ...], int] = {}
        kind_of_row = [kinds.setdefault(codes, len(kinds)) for codes in lists]
        bits = dict(self.bits)
        for codes in kinds:
            for code in codes:
                bits.setdefault(code, len(bits) + 1)
        size = len(bits) // 8 + 1
        table = b"".join(_mask(codes, bits).to_bytes(size, "little") for codes in kinds)
        planes = np.frombuffer(table, np.uint8).reshape(-1, size).T
        return Facet(bits, planes.take(np.asarray(kind_of_row, np.intp), axis=1))

    def blank(self, rows: Rows) -> Flags:
        """Of these rows, those whose profile leaves the field empty."""
        found: Flags = (rows.of(self.planes[0]) & BLANK).view(np.bool_)
        return found

    def any_of(self, codes: Iterable[str], rows: Rows) -> Flags:
        """Of these rows, those that hold at least one of `codes`."""
        found: Small | None = None
        for plane, mask in self._masks(codes):
            held: Small = rows.of(self.planes[plane]) & np.uint8(mask)
            found = held if found is None else found | held
        return rows.none() if found is None else np.not_equal(found, 0)

    def count_of(self, codes: Iterable[str], rows: Rows) -> Small:
        """How many of `codes` each of these rows holds, as uint8."""
        total: Small | None = None
        for plane, mask in self._masks(codes):
            held: Small = np.bitwise_count(rows.of(self.planes[plane]) & np.uint8(mask))
            total = held if total is None else total + held
        return rows.none().view(np.uint8) if total is None else total

    def all_of(self, codes: Sequence[str], rows: Rows) -> Flags:
        """Of these rows, those that hold every one of `codes`."""
        met: Flags = self.count_of(codes, rows) == len(set(codes))
        return met

    def held(self, row: int, codes: Iterable[str]) -> tuple[str, ...]:
        """Those of `codes` that one row holds, each once, in the order given."""
        item, bits = self.planes.item, self.bits
        return tuple(
            [
                code
                for code in dict.fromkeys(codes)
                if (bit := bits.get(code)) and item(bit >> 3, row) >> (bit & 7) & 1
            ]
        )

    def is_blank(self, row: int) -> bool:
        """Whether one row's profile leaves the field empty."""
        return bool(self.planes.item(0, row) & BLANK)

    def matrix(self, rows: NDArray[np.intp]) -> NDArray[np.float32]:
        """Shape (bits, rows): 1 where the row holds the bit's code; never empty, bit 0 always 0."""
        unpacked = np.unpackbits(self.planes.take(rows, axis=1), axis=0, bitorder="little")
        unpacked[0] = 0
        return unpacked.astype(np.float32)

    def _masks(self, codes: Iterable[str]) -> Iterable[tuple[int, int]]:
        """The planes that hold any of `codes`, each with the codes' bits in it."""
        masks: dict[int, int] = {}
        for code in codes:
            bit = self.bits.get(code)
            if bit is not None:
                masks[bit >> 3] = masks.get(bit >> 3, 0) | 1 << (bit & 7)
        return masks.items()


def _mask(codes: tuple[str, ...], bits: Mapping[str, int]) -> int:
    if not codes:
        return BLANK
    mask = 0
    for code in codes:
        mask |= 1 << bits[code]
    return mask
