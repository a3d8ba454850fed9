"""The encoding beneath the digests: fixed for good, since a change of it would break every chain.

The expected digests were worked out from the documented encoding, byte by byte.
"""

from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import UUID

from api.audit.digests import NOTHING_BEFORE, count_of, entries_of, entry, row_digest, seal_digest

MOMENT = datetime(2026, 1, 2, tzinfo=UTC)


def test_the_digest_of_a_row_is_that_of_the_documented_encoding() -> None:
    row = SimpleNamespace(
        clinic_id=UUID(int=2),
        id=UUID(int=1),
        at=MOMENT,
        key_id=None,
        action="a.b",
        subject_id=None,
        details={"z": "é", "a": {"b": 1}},
        request_id=UUID(int=3),
    )
    assert row_digest(row).hex() == (
        "c8893be31db339476b66a6cd64ec072e7e35c83b4da9dfb19ce0379d42384d97"
    )


def test_the_digest_of_a_seal_is_that_of_the_documented_encoding() -> None:
    entries = entry(UUID(int=1), bytes(32))
    digest = seal_digest(NOTHING_BEFORE, UUID(int=2), 1, MOMENT, entries)
    assert digest.hex() == "2996dc4cd45fdab030eae4ce036417315d8a7c0d0eb69742ddad21ea1872f29a"


def test_entries_come_back_in_order_and_a_cut_one_is_none() -> None:
    made = [(UUID(int=number), bytes([number]) * 32) for number in range(3)]
    joined = b"".join(entry(*one) for one in made)
    assert list(entries_of(joined + b"cut")) == made
    assert count_of(joined + b"cut") == 3
