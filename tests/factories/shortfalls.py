"""Clinics whose arrangement goes by exposure."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update

from api.auth.scope import ClinicScope
from api.auth.system import clinic_scope
from api.clock import utc_now
from api.db.database import Database
from api.db.tables import Clinic, ExposureShortfall, Match, WeightingRow
from api.db.tables.base import table_of
from api.ids import new_id
from api.ranking.shortfalls import shortfall_now
from api.store.shortfalls import Shortfall, keep_shortfall, newest_shortfall
from api.store.weightings import to_document
from matching.exposure import LEAST_MATCHES
from matching.weighting import Weighting
from tests.factories.clinics import ClinicApi

ASKED: dict[str, Any] = {
    "preferences": {
        "gender": {"any_of": ["woman"], "importance": "strong"},
        "modality": {"any_of": ["cbt"]},
    },
    "limit": 1,
}


def database_of(clinic: ClinicApi) -> Database:
    database: Database = clinic.client.app.state.database  # type: ignore[attr-defined]
    return database


@contextmanager
def scope_of(clinic: ClinicApi) -> Iterator[ClinicScope]:
    with clinic_scope(database_of(clinic), clinic.clinic_id) as scope:
        yield scope


def go_by_exposure(clinic: ClinicApi, exposure: float) -> None:
    """Make a new weighting without randomness the active one."""
    weightings, clinics = table_of(WeightingRow), table_of(Clinic)
    document = to_document(Weighting(near_tie=0.0, diversity=0.0, exposure=exposure))
    with scope_of(clinic) as scope:
        scope.unit.begin_write()
        own = weightings.c.clinic_id == clinic.clinic_id
        last = scope.connection.execute(select(func.max(weightings.c.version)).where(own)).scalar()
        row = {
            "clinic_id": clinic.clinic_id,
            "id": new_id(),
            "version": (last or 0) + 1,
            "document": document,
            "note": "",
            "created_at": utc_now(),
        }
        scope.connection.execute(insert(weightings), row)
        change = update(clinics).where(clinics.c.id == clinic.clinic_id)
        scope.connection.execute(change.values(weighting_id=row["id"]))


def three_women(clinic: ClinicApi) -> None:
    """One who meets everything, and two who lack a way of working: a third of the score."""
    clinic.add(reference="t-0", gender="woman", modalities=["cbt"])
    clinic.add(reference="t-1", gender="woman", modalities=["act"])
    clinic.add(reference="t-2", gender="woman", modalities=["ifs"])


def first_shown(clinic: ClinicApi, times: int = LEAST_MATCHES, **more: Any) -> list[str]:
    """Whom so many new clients are shown first."""
    answers = [clinic.match(**{**ASKED, **more}) for _ in range(times)]
    return [answer["candidates"][0]["therapist"]["reference"] for answer in answers]


def versions(clinic: ClinicApi) -> int:
    table = table_of(ExposureShortfall)
    query = select(func.count()).where(table.c.clinic_id == clinic.clinic_id)
    with scope_of(clinic) as scope:
        return int(scope.connection.execute(query).scalar_one())


def kept_now(clinic: ClinicApi, measured: Callable[[ClinicScope], Shortfall]) -> UUID:
    """Make what is measured the newest version; its id."""
    with scope_of(clinic) as scope:
        found = measured(scope)
        scope.unit.begin_write()
        kept = keep_shortfall(scope, found)
    assert kept.id is not None
    return kept.id


def newest_by_reference(clinic: ClinicApi) -> dict[str, float]:
    """What the newest version says, by reference."""
    with scope_of(clinic) as scope:
        newest = newest_shortfall(scope)
    assert newest is not None
    return _named(clinic, newest)


def measured_now(clinic: ClinicApi) -> dict[str, float]:
    """What a version made now would say, by reference."""
    with scope_of(clinic) as scope:
        return _named(clinic, shortfall_now(scope))


def _named(clinic: ClinicApi, shortfall: Shortfall) -> dict[str, float]:
    listed = clinic.get("/v1/therapists").json()["items"]
    names = {one["id"]: one["reference"] for one in listed}
    return {names[id_]: short for id_, short in shortfall.by_therapist.items()}


def stored_shortfall(clinic: ClinicApi, match_id: str) -> UUID | None:
    table = table_of(Match)
    query = select(table.c.shortfall_id).where(
        table.c.clinic_id == clinic.clinic_id, table.c.id == UUID(match_id)
    )
    with scope_of(clinic) as scope:
        found: UUID | None = scope.connection.execute(query).scalar_one()
    return found
