"""Verifying: whoever may do anything to the database still leaves a trace, and it is named."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import ColumnElement, Connection, delete, insert, select, text, update

from api.audit import verifying
from api.audit.digests import entry, row_digest, seal_digest
from api.audit.rows import rows_of
from api.audit.seals import last_seal
from api.clinics.creation import create_clinic
from api.db.database import Database
from api.db.tables import AuditSeal
from api.db.tables.base import table_of
from api.ids import new_id
from tests.factories.audit import ROWS, add_rows, said, sealed, slip_in, tampering, verified

SEALS = table_of(AuditSeal)
WORDS = st.text("abcdefghijklmnop._", min_size=1, max_size=64)
DETAILS = st.dictionaries(
    WORDS, st.none() | st.booleans() | st.integers(-(2**31), 2**31) | WORDS, max_size=4
)
TIMES = st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the zone is beside it
# Whatever a column can hold on both databases.
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "id": st.uuids(),
    "at": TIMES,
    "key_id": st.none() | st.uuids(),
    "action": WORDS,
    "subject_id": st.none() | st.uuids(),
    "details": DETAILS,
    "request_id": st.none() | st.uuids(),
}
SEAL_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "number": st.integers(4, 2**31 - 1),
    "sealed_at": TIMES,
    "latest": st.uuids(),
    "entries": st.binary(max_size=200),
    "digest": st.binary(max_size=40),
}


@dataclass(frozen=True)
class Trail:
    """Three seals of four rows each."""

    database: Database
    clinic_id: UUID
    ids: list[UUID]

    def row(self, number: int) -> ColumnElement[bool]:
        return (ROWS.c.clinic_id == self.clinic_id) & (ROWS.c.id == self.ids[number])

    def seal(self, number: int) -> ColumnElement[bool]:
        return (SEALS.c.clinic_id == self.clinic_id) & (SEALS.c.number == number)

    def said(self, noted: tuple[int, bytes] | None = None) -> set[tuple[str, Any, Any]]:
        return said(verified(self.database, self.clinic_id, noted))


@pytest.fixture
def trail(database: Database, clinic_id: UUID) -> Trail:
    ids: list[UUID] = []
    for _ in range(3):
        ids += add_rows(database, clinic_id, 4)
        sealed(database, clinic_id)
    made = Trail(database, clinic_id, ids)
    assert made.said() == set()
    return made


class UndoneError(Exception):
    """Ends a transaction that is not to last."""


def found_after(trail: Trail, tamper: Callable[[Connection], Any]) -> set[tuple[str, Any, Any]]:
    """What verifying finds once it was tampered with, which is undone again."""
    found: set[tuple[str, Any, Any]] = set()
    with suppress(UndoneError), tampering(trail.database) as connection:
        tamper(connection)
        found |= said(verifying.verify(connection, trail.clinic_id, datetime.now(UTC)))
        raise UndoneError
    return found


@settings(max_examples=60)
@given(st.data())
def test_any_change_of_any_column_of_any_row_is_found(trail: Trail, data: st.DataObject) -> None:
    number = data.draw(st.integers(0, 11))
    column = data.draw(st.sampled_from(sorted(VALUES)))
    with trail.database.reading() as connection:
        before = connection.execute(select(ROWS.c[column]).where(trail.row(number))).scalar_one()
    value = data.draw(VALUES[column].filter(lambda drawn: drawn != before))
    found = found_after(
        trail, lambda it: it.execute(update(ROWS).where(trail.row(number)).values({column: value}))
    )
    what = "row_missing" if column == "id" else "row_altered"
    assert (what, number // 4 + 1, trail.ids[number]) in found


@settings(max_examples=60)
@given(st.data())
def test_any_change_of_any_column_of_any_seal_is_found(trail: Trail, data: st.DataObject) -> None:
    number = data.draw(st.integers(1, 3))
    column = data.draw(st.sampled_from(sorted(SEAL_VALUES)))
    with trail.database.reading() as connection:
        before = connection.execute(select(SEALS.c[column]).where(trail.seal(number))).scalar_one()
    value = data.draw(SEAL_VALUES[column].filter(lambda drawn: drawn != before))
    found = found_after(
        trail,
        lambda it: it.execute(update(SEALS).where(trail.seal(number)).values({column: value})),
    )
    if column == "number" and (number, value) == (3, 4):
        assert ("seal_missing", 3, None) in found
    elif column == "number":
        assert ("seal_missing", number, None) in found
    else:
        assert ("seal_altered", number, None) in found


def test_a_removed_row_is_named_with_its_seal(trail: Trail) -> None:
    with tampering(trail.database) as connection:
        connection.execute(delete(ROWS).where(trail.row(5)))
    assert trail.said() == {("row_missing", 2, trail.ids[5])}


def test_rows_that_changed_places_are_named(trail: Trail) -> None:
    spare = new_id()
    with tampering(trail.database) as connection:
        for row_id, other in (
            (trail.ids[1], spare),
            (trail.ids[2], trail.ids[1]),
            (spare, trail.ids[2]),
        ):
            connection.execute(update(ROWS).where(ROWS.c.id == row_id).values(id=other))
    assert trail.said() == {("row_altered", 1, trail.ids[1]), ("row_altered", 1, trail.ids[2])}


def test_a_row_given_to_another_clinic_is_named(trail: Trail) -> None:
    with trail.database.writing() as connection:
        other = create_clinic(connection, "Other")
    with tampering(trail.database) as connection:
        connection.execute(update(ROWS).where(trail.row(0)).values(clinic_id=other))
    assert trail.said() == {("row_missing", 1, trail.ids[0])}


@pytest.mark.parametrize("hours", [12, 48])
@pytest.mark.parametrize("seal_before", [False, True])
def test_a_row_put_in_between_is_named(trail: Trail, seal_before: bool, hours: int) -> None:
    slipped = slip_in(trail.database, trail.clinic_id, timedelta(hours=hours))
    if seal_before:
        add_rows(trail.database, trail.clinic_id, 1)
        sealed(trail.database, trail.clinic_id)
    assert trail.said() == {("row_never_sealed", None, slipped)}


def test_a_new_row_that_says_it_is_old_is_named_once_it_is_sealed(trail: Trail) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=2)
    slipped = slip_in(trail.database, trail.clinic_id, timedelta(), at=long_ago)
    sealed(trail.database, trail.clinic_id)
    assert trail.said() == {("row_back_dated", 4, slipped)}


@pytest.mark.parametrize("number", [1, 2])
def test_a_removed_seal_is_named(trail: Trail, number: int) -> None:
    with tampering(trail.database) as connection:
        connection.execute(delete(SEALS).where(trail.seal(number)))
    assert ("seal_missing", number, None) in trail.said()


def test_seals_that_changed_places_are_named(trail: Trail) -> None:
    with tampering(trail.database) as connection:
        for number, other in ((1, 9), (2, 1), (9, 2)):
            connection.execute(update(SEALS).where(trail.seal(number)).values(number=other))
    found = trail.said()
    assert {("seal_altered", 1, None), ("seal_altered", 2, None)} <= found


def test_a_row_sealed_twice_is_named(trail: Trail) -> None:
    with trail.database.reading() as connection:
        last = last_seal(connection, trail.clinic_id)
        assert last is not None
        row = rows_of(connection, trail.clinic_id, trail.ids[:1])[trail.ids[0]]
    again = entry(trail.ids[0], row_digest(row))
    now = datetime.now(UTC)
    digest = seal_digest(last.digest, trail.clinic_id, 4, now, again)
    values = {"clinic_id": trail.clinic_id, "number": 4, "sealed_at": now, "latest": last.latest}
    with trail.database.writing() as connection:
        connection.execute(insert(SEALS).values(**values, entries=again, digest=digest))
    assert trail.said() == {("row_sealed_again", 4, trail.ids[0])}


def test_an_end_cut_off_shows_only_against_a_head_noted_elsewhere(trail: Trail) -> None:
    with trail.database.reading() as connection:
        head = last_seal(connection, trail.clinic_id)
    assert head is not None
    noted = (head.number, head.digest)
    assert trail.said(noted) == set()
    with tampering(trail.database) as connection:
        connection.execute(delete(SEALS).where(trail.seal(3)))
        connection.execute(delete(ROWS).where(ROWS.c.id.in_(trail.ids[8:])))
    assert trail.said() == set()
    assert trail.said(noted) == {("seal_missing", 3, None)}


def test_a_chain_made_anew_shows_only_against_a_head_noted_elsewhere(trail: Trail) -> None:
    with trail.database.reading() as connection:
        head = last_seal(connection, trail.clinic_id)
    assert head is not None
    with tampering(trail.database) as connection:
        connection.execute(update(ROWS).where(trail.row(0)).values(action="another.action"))
        connection.execute(delete(SEALS))
    sealed(trail.database, trail.clinic_id)
    add_rows(trail.database, trail.clinic_id, 1)
    sealed(trail.database, trail.clinic_id)
    add_rows(trail.database, trail.clinic_id, 1)
    sealed(trail.database, trail.clinic_id)
    assert trail.said() == set()
    assert trail.said((3, head.digest)) == {("head_differs", 3, None)}


def test_what_waits_for_its_seal_is_counted_and_no_fault(trail: Trail) -> None:
    (first, _) = add_rows(trail.database, trail.clinic_id, 2)
    verdict = verified(trail.database, trail.clinic_id)
    assert (verdict.waiting, verdict.rows, verdict.found) == (2, 14, 0)
    with trail.database.reading() as connection:
        assert verdict.waiting_since == rows_of(connection, trail.clinic_id, [first])[first].at


@pytest.mark.parametrize(
    ("column", "junk"),
    [
        ("at", "long ago"),
        ("details", "{"),
        ("key_id", "nobody"),
        ("action", b"\xff"),
        ("id", "zz"),
        ("id", b"\x00"),
        ("id", "upper"),
    ],
)
def test_what_a_looser_database_would_store_is_named_too(
    trail: Trail, column: str, junk: Any
) -> None:
    if trail.database.engine.dialect.name != "sqlite":
        pytest.skip("its columns hold what their types say")
    row_id = trail.ids[6]
    value = row_id.hex.upper() if junk == "upper" else junk
    with tampering(trail.database) as connection:
        statement = f"UPDATE audit SET {column} = ? WHERE id = ?"  # noqa: S608 - a name of ours
        connection.exec_driver_sql(statement, (value, row_id.hex))
    found = trail.said()
    if column == "id":
        assert found == {("row_missing", 2, row_id), ("row_unreadable", None, None)}
    else:
        assert found == {("row_unreadable", 2, row_id)}


def test_a_time_beyond_the_calendar_is_named(trail: Trail) -> None:
    if trail.database.engine.dialect.name != "postgresql":
        pytest.skip("its times are text")
    with tampering(trail.database) as connection:
        connection.execute(update(ROWS).where(trail.row(6)).values(at=text("'infinity'")))
        connection.execute(update(SEALS).where(trail.seal(1)).values(sealed_at=text("'infinity'")))
    found = trail.said()
    assert {("row_unreadable", 2, trail.ids[6]), ("seal_unreadable", 1, None)} <= found


def test_a_seal_that_cannot_be_read_is_named(trail: Trail) -> None:
    if trail.database.engine.dialect.name != "sqlite":
        pytest.skip("its columns hold what their types say")
    with tampering(trail.database) as connection:
        connection.exec_driver_sql("UPDATE audit_seals SET sealed_at = 'then' WHERE number = 2")
    assert ("seal_unreadable", 2, None) in trail.said()


def test_problems_are_counted_and_only_so_many_kept(
    trail: Trail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "MOST_PROBLEMS", 5)
    with tampering(trail.database) as connection:
        connection.execute(delete(ROWS))
    verdict = verified(trail.database, trail.clinic_id)
    assert (verdict.found, len(verdict.problems)) == (12, 5)


def test_progress_is_told_as_it_goes(trail: Trail) -> None:
    told: list[int] = []
    with trail.database.snapshot() as connection:
        verifying.verify(connection, trail.clinic_id, datetime.now(UTC), None, told.append)
    assert told == [4, 8, 12]
