"""A synthetic clinic behind a real server: its roster, its unseen clients, its model."""

from pathlib import Path
from uuid import UUID

from api.auth.keys import create_key
from api.auth.roles import Role
from api.auth.system import clinic_scope
from api.clinics.creation import create_clinic
from api.db.database import Database
from api.limits import MIB
from api.ratings.landing import RATINGS
from api.roster.landing import THERAPISTS
from seed.clinic import Clinic, ClinicSpec, generate
from seed.files import write_ndjson


def made_clinic(database_url: str, folder: Path, spec: ClinicSpec) -> tuple[UUID, str, Clinic]:
    """A clinic with its history imported, an administrator's key, and what it was made of."""
    made = generate(spec)
    database = Database(database_url)
    try:
        with database.writing() as connection:
            clinic_id = create_clinic(connection, "Harbour")
            _, key = create_key(connection, clinic_id, Role.ADMIN)
        for name, landing, rows in (
            ("therapists", THERAPISTS, made.therapists),
            ("ratings", RATINGS, made.ratings),
        ):
            write_ndjson(rows, folder / name)
            with clinic_scope(database, clinic_id) as scope:
                landed = landing.land(scope, folder / name, "application/x-ndjson", 100 * MIB)
                assert landed.rejected_count == 0
    finally:
        database.dispose()
    return clinic_id, key, made
