"""Fifty clients choose one therapist's last place at once, in several processes: one gets it."""

import os
import signal
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from api.auth.keys import create_key
from api.auth.roles import Role
from api.clinics.creation import create_clinic
from api.db.database import Database
from api.db.tables import Pairing, TherapistAvailability
from api.db.tables.base import table_of
from tests.factories.backends import POSTGRESQL_WITH_THE_SLOW
from tests.factories.servers import serving

CLIENTS = 50
CALLERS = 25


@pytest.fixture
def key(database: Database) -> str:
    with database.writing() as connection:
        return create_key(connection, create_clinic(connection, "Clinic"), Role.ADMIN)[1]


@POSTGRESQL_WITH_THE_SLOW
def test_one_of_fifty_gets_the_last_place(
    database: Database, database_url: str, key: str, tmp_path: Path
) -> None:
    with serving(database_url, tmp_path / "log", "--workers", "3") as server:
        with httpx.Client(
            base_url=server.address, headers={"Authorization": f"Bearer {key}"}, timeout=60
        ) as caller:
            wanted, other = (
                caller.post(
                    "/v1/therapists", json={"reference": name, "name": name, "caseload_limit": size}
                ).json()["id"]
                for name, size in (("wanted", 1), ("other", CLIENTS))
            )
            matches = [
                caller.post(
                    "/v1/matches",
                    json={"client": {"reference": f"c-{number}"}, "preferences": {}},
                ).json()["id"]
                for number in range(CLIENTS)
            ]

            def choose(match_id: str) -> httpx.Response:
                return server.post(
                    f"/v1/matches/{match_id}/selection", key, {"therapist_id": wanted}
                )

            with ThreadPoolExecutor(CALLERS) as pool:
                answers = list(pool.map(choose, matches))
        assert Counter(answer.status_code for answer in answers) == {201: 1, 409: CLIENTS - 1}
        for answer in answers:
            if answer.status_code == 409:
                assert answer.json()["type"] == "urn:rapport:problem:no-place"
                assert answer.json()["next_candidate"]["therapist"]["id"] == other
        # However it ends, the place is held once.
        os.killpg(server.process.pid, signal.SIGKILL)
        server.process.wait()
    free, pairings = table_of(TherapistAvailability), table_of(Pairing)
    with database.reading() as connection:
        held = connection.execute(
            select(func.sum(free.c.held)).where(free.c.valid_to.is_(None))
        ).scalar_one()
        assert held == 1
        assert connection.execute(select(func.count()).select_from(pairings)).scalar_one() == 1
