"""The ways in which a place appears in a clinic whose only therapist is full."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update

from api.auth.roles import Role
from api.db.tables import TherapistAvailability
from api.db.tables.base import table_of
from tests.factories.clinics import ClinicApi
from tests.factories.pairings import database_of
from tests.factories.waits import look, moment

# Each is given the pairing that holds the only place, as it was requested.
Appearance = Callable[[ClinicApi, dict[str, Any]], None]


def declined(clinic: ClinicApi, pairing: dict[str, Any]) -> None:
    clinic.post(f"/v1/pairings/{pairing['id']}/decline", {"reason": "other"})


def withdrawn(clinic: ClinicApi, pairing: dict[str, Any]) -> None:
    clinic.post(f"/v1/pairings/{pairing['id']}/withdraw")


def ended(clinic: ClinicApi, pairing: dict[str, Any]) -> None:
    clinic.post(f"/v1/pairings/{pairing['id']}/accept")
    clinic.post(f"/v1/pairings/{pairing['id']}/end", {"reason": "goals_met"})


def higher_limit(clinic: ClinicApi, pairing: dict[str, Any]) -> None:
    path = f"/v1/therapists/{pairing['therapist']['id']}"
    clinic.patch(path, {"caseload_limit": 2}, headers={"If-Match": "*"})


def imported_limit(clinic: ClinicApi, pairing: dict[str, Any]) -> None:
    reference = pairing["therapist"]["reference"]
    row = f'{{"reference": "{reference}", "name": "Somebody", "caseload_limit": 2}}'
    headers = {"Content-Type": "application/x-ndjson"}
    clinic.call(Role.ADMIN, "POST", "/v1/imports/therapists", content=row, headers=headers)


def new_therapist(clinic: ClinicApi, _pairing: dict[str, Any]) -> None:
    clinic.add(reference="new", caseload_limit=1)


def confirmation(clinic: ClinicApi, _pairing: dict[str, Any]) -> None:
    """Of somebody who has a place but was out of the ranking for the age of it."""
    stale = stale_therapist(clinic)
    look(clinic)
    clinic.post(f"/v1/therapists/{stale}/confirm-availability")


def looser_ages(clinic: ClinicApi, _pairing: dict[str, Any]) -> None:
    stale_therapist(clinic)
    look(clinic)
    clinic.patch("/v1/settings", {"availability_stale_after_days": 100})


def stale_therapist(clinic: ClinicApi, days: float = 91) -> str:
    """The id of a therapist with a place, confirmed so many days ago."""
    added = clinic.add(reference=f"stale-{days}", caseload_limit=1, accepting=False)
    confirmed_at = moment(added["created_at"]) - timedelta(days=days)
    free = table_of(TherapistAvailability)
    with database_of(clinic).writing() as connection:
        connection.execute(
            update(free)
            .where(free.c.therapist_id == UUID(added["id"]))
            .values(accepting=True, confirmed_at=confirmed_at)
        )
    id_: str = added["id"]
    return id_


APPEARANCES: tuple[Appearance, ...] = (
    declined,
    withdrawn,
    ended,
    higher_limit,
    imported_limit,
    new_therapist,
    confirmation,
    looser_ages,
)
