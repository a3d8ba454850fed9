"""Rows that hold from one version of the clinic to another: profiles, and how free everybody is."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, and_, insert, update

from api.auth.scope import ClinicScope
from api.db.tables import Clinic
from api.db.tables.base import table_of

_clinics: Table = table_of(Clinic)


def write_versions(
    scope: ClinicScope, table: Table, counter: str, rows: Sequence[Mapping[str, Any]]
) -> None:
    """End the versions that hold now, and begin new ones at the clinic's next version.

    Each row is whole but for `valid_from`; `counter` names the clinic's version number.
    """
    if not rows:
        return
    connection = scope.connection
    version: int = connection.execute(
        update(_clinics)
        .where(_clinics.c.id == scope.clinic_id)
        .values({counter: _clinics.c[counter] + 1})
        .returning(_clinics.c[counter])
    ).scalar_one()
    connection.execute(
        update(table)
        .where(
            table.c.clinic_id == scope.clinic_id,
            table.c.therapist_id.in_([row["therapist_id"] for row in rows]),
            table.c.valid_to.is_(None),
        )
        .values(valid_to=version)
    )
    connection.execute(insert(table), [{**row, "valid_from": version} for row in rows])


def holding_now(table: Table, therapist_id: Column[Any]) -> ColumnElement[bool]:
    """Joins a therapist's row of `table` that holds now, by a column that names the therapist."""
    return and_(
        table.c.clinic_id == therapist_id.table.c.clinic_id,
        table.c.therapist_id == therapist_id,
        table.c.valid_to.is_(None),
    )
