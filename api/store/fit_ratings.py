"""What all that is learned from has: a number in the order of arrival, and the client's wishes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, delete, exists, select, update
from sqlalchemy.dialects import postgresql, sqlite

from api.auth.scope import ClinicScope
from api.db.tables import Clinic, Departure, FitRating, RatingWishes
from api.db.tables.base import table_of
from api.intake.schemas import PreferencesIn
from api.intake.wishes import wishes_to_keep

_clinics = table_of(Clinic)
_ratings = table_of(FitRating)
_departures = table_of(Departure)
_wishes = table_of(RatingWishes)

_ADD_WISHES = {
    "sqlite": sqlite.insert(_wishes).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(_wishes).on_conflict_do_nothing(),
}


def next_arrivals(scope: ClinicScope, count: int) -> range:
    """As many numbers as ratings are to be written; whoever takes them commits before others do.

    The clinic's row stays locked until the transaction ends, so that numbers become visible in
    their order.
    """
    last: int = scope.connection.execute(
        update(_clinics)
        .where(_clinics.c.id == scope.clinic_id)
        .values(rating_arrivals=_clinics.c.rating_arrivals + count)
        .returning(_clinics.c.rating_arrivals)
    ).scalar_one()
    return range(last - count + 1, last + 1)


def last_arrival(scope: ClinicScope) -> int:
    """The last number that was taken, 0 where none was; the clinic must be held."""
    query = select(_clinics.c.rating_arrivals).where(_clinics.c.id == scope.clinic_id)
    last: int = scope.connection.execute(query).scalar_one()
    return last


Standing = list[tuple[Table, int]]
"""Ratings and departures by their table and number of arrival, in the order of arrival."""


def standing(scope: ClinicScope, where: Callable[[Table], ColumnElement[bool]]) -> Standing:
    """Where in the order of arrival stand the clinic's ratings and departures of which it holds."""
    found = [
        (table, arrival)
        for table in (_ratings, _departures)
        for arrival in scope.connection.execute(
            select(table.c.arrival).where(table.c.clinic_id == scope.clinic_id, where(table))
        ).scalars()
    ]
    return sorted(found, key=lambda one: one[1])


def arrive_anew(
    scope: ClinicScope, found: Standing, values: Callable[[Table], Mapping[str, Any]]
) -> None:
    """Put them at the end of the order, as they came, with some `values` changed."""
    for (table, before), arrival in zip(found, next_arrivals(scope, len(found)), strict=True):
        scope.connection.execute(
            update(table)
            .where(table.c.clinic_id == scope.clinic_id, table.c.arrival == before)
            .values(arrival=arrival, **values(table))
        )


def add_wishes(scope: ClinicScope, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep what clients asked for, where it is not kept yet."""
    connection = scope.connection
    if rows:
        own = [{"clinic_id": scope.clinic_id, **row} for row in rows]
        connection.execute(_ADD_WISHES[connection.dialect.name], own)


def keep_wishes(scope: ClinicScope, client_id: UUID, request: Mapping[str, Any]) -> bytes | None:
    """Keep what a stored request asked for; its digest, None where it says nothing at all."""
    preferences = PreferencesIn.model_validate(request["preferences"])
    wishes = wishes_to_keep(preferences, request.get("needs", []))
    if wishes is None:
        return None
    row = {"client_id": client_id, "digest": wishes.digest, "document": wishes.document}
    add_wishes(scope, [row])
    return wishes.digest


def drop_unused_wishes(scope: ClinicScope, client_ids: Iterable[UUID]) -> None:
    """Forget what those clients asked for where no rating or departure rests on it any more."""
    of_clients = list(set(client_ids))
    if not of_clients:
        return
    rested_on = [_rests_on(table) for table in (_ratings, _departures)]
    scope.connection.execute(
        delete(_wishes).where(
            _wishes.c.clinic_id == scope.clinic_id,
            _wishes.c.client_id.in_(of_clients),
            *(~used for used in rested_on),
        )
    )


def _rests_on(table: Table) -> ColumnElement[bool]:
    return exists().where(
        table.c.clinic_id == _wishes.c.clinic_id,
        table.c.client_id == _wishes.c.client_id,
        table.c.wishes_digest == _wishes.c.digest,
    )
