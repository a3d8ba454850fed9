"""The clinic's own row: what holds everybody else off while a part of the clinic is changed."""

from sqlalchemy import Table, select

from api.auth.scope import ClinicScope
from api.db.tables import Clinic
from api.db.tables.base import table_of

_clinics: Table = table_of(Clinic)


def hold_clinic(scope: ClinicScope) -> None:
    """Become the only writer of roster, ratings and models until the transaction ends.

    Read after it what is to be changed. The lock leaves the row's key free, so that what refers to
    the clinic, as a match does, goes on.
    """
    scope.unit.begin_write().execute(
        select(_clinics.c.id)
        .where(_clinics.c.id == scope.clinic_id)
        .with_for_update(key_share=True)
    )
