"""The demo: a believable clinic in an embedded database, served with a command to paste."""

import json
import os
import shlex
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from api import serving
from api.auth.keys import create_key
from api.auth.roles import CLINIC_ROLES, Role
from api.auth.system import clinic_scope
from api.clinics.creation import CLINICS, create_clinic
from api.clinics.service import change_settings
from api.clock import utc_now
from api.db.database import Database
from api.db.migrate import upgrade
from api.demo_clients import CLIENTS, bring_clients
from api.landing.landing import Landing
from api.models.foreground import tell_stages, train_now
from api.ratings.landing import RATINGS
from api.roster.landing import THERAPISTS
from api.settings import get_settings
from seed.clinic import ClinicSpec, generate
from seed.demo import DEMO_REQUEST

HOST, FIRST_PORT, PORTS = "127.0.0.1", 8000, 100
CLINIC_NAME = "Harbour Street Counselling (demo)"
# A number that is kept free for fiction in North America.
DEMO_SETTINGS = {
    "intake_page": True,
    "contact": "the front desk, 555-0142 (demo)",
    "named_reader": "The clinic's lead (demo)",
}


def run(directory: Path) -> None:
    """Make the demo clinic where there is none yet, and serve it on the first free port."""
    directory.mkdir(mode=0o700, exist_ok=True)
    database_url = f"sqlite:///{(directory / 'rapport.db').resolve()}"
    os.environ["RAPPORT_DATABASE_URL"] = database_url
    get_settings.cache_clear()
    keys = _demo_keys(directory, database_url)
    listener = serving.listen(HOST, FIRST_PORT, PORTS)
    introduce = partial(_introduce, listener.getsockname()[1], keys, _clinic_id(database_url))
    # Ctrl-C is how a demo ends; it is no failure.
    with suppress(KeyboardInterrupt):
        serving.run_on(listener, introduce)


def _demo_keys(directory: Path, database_url: str) -> dict[str, str]:
    """The demo's keys by role; they are kept in a file, since the database has only hashes."""
    kept, unfinished = directory / "keys.json", directory / "unfinished"
    if not kept.exists():
        _clear(directory, unfinished)
    database = Database(database_url)
    try:
        upgrade(database.engine)
        if not kept.exists():
            click.echo("Making the demo clinic…", err=True)
            keys = _make_clinic(database)
            unfinished.chmod(0o600)
            unfinished.write_text(json.dumps(keys, indent=2) + "\n")
            unfinished.replace(kept)
        loaded: dict[str, str] = json.loads(kept.read_text())
        return loaded
    finally:
        database.dispose()


def _clear(directory: Path, unfinished: Path) -> None:
    """Remove what is left of a demo that was stopped while it was made: nobody has its keys.

    Raises:
        click.ClickException: there is a database that no demo left.
    """
    left = list(directory.glob("rapport.db*"))
    if left and not unfinished.exists():
        raise click.ClickException(
            f"{directory} holds a database that is not the demo's. Name another with --directory."
        )
    for file in left:
        file.unlink()
    unfinished.touch(mode=0o600)


def _make_clinic(database: Database) -> dict[str, str]:
    clinic = generate(ClinicSpec(today=utc_now().date(), unseen_clients=CLIENTS))
    with database.writing() as connection:
        clinic_id = create_clinic(connection, CLINIC_NAME)
        made = {
            role: create_key(connection, clinic_id, role, f"Demo {role.value}")
            for role in CLINIC_ROLES
        }
    with clinic_scope(database, clinic_id) as scope:
        reader, _ = made[Role.ADMIN]
        change_settings(scope, {**DEMO_SETTINGS, "named_reader_key": str(reader)})
    therapists = _import(database, clinic_id, THERAPISTS, clinic.therapists)
    click.echo(f"{therapists} therapists imported.", err=True)
    ratings = _import(database, clinic_id, RATINGS, clinic.ratings)
    click.echo(f"{ratings} past ratings imported. Learning from them…", err=True)
    model = train_now(database, get_settings(), clinic_id, 0, tell_stages())
    click.echo("Matches show expected fit." if model.serving else "No model serves.", err=True)
    chosen = bring_clients(database, clinic_id, clinic)
    click.echo(f"{CLIENTS} clients came since, {chosen} of them chose a therapist.", err=True)
    return {role.value: key for role, (_, key) in made.items()}


def _import(
    database: Database, clinic_id: UUID, landing: Landing[Any], rows: Iterable[Mapping[str, Any]]
) -> int:
    """Land rows as a file of them would; returns how many there were."""
    with tempfile.TemporaryDirectory() as folder, clinic_scope(database, clinic_id) as scope:
        file = Path(folder) / "rows.ndjson"
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))
        limit = get_settings().max_import_bytes
        return landing.land(scope, file, "application/x-ndjson", limit).created


def _clinic_id(database_url: str) -> UUID:
    database = Database(database_url)
    try:
        with database.reading() as connection:
            first: UUID = connection.execute(CLINICS).first()[0]  # type: ignore[index]
            return first
    finally:
        database.dispose()


def _introduce(port: int, keys: dict[str, str], clinic_id: UUID) -> None:
    address = f"http://{HOST}:{port}"
    if port != FIRST_PORT:
        click.echo(f"Port {FIRST_PORT} is taken; using {port}.")
    click.echo(f"Rapport is at {address} (stop it with Ctrl-C).\n\nIn a browser:")
    click.echo(f"  a client's intake   {address}/intake/{clinic_id}")
    click.echo(f"  the console         {address}/console  (sign in with the admin key)")
    click.echo("\nDemo keys:")
    for role, key in keys.items():
        click.echo(f"  {role:<8} {key}")
    click.echo("\nAsk for a match; paste this into another terminal:\n")
    click.echo(_curl(address, keys[Role.INTAKE.value]))
    click.echo("")


def _curl(address: str, key: str) -> str:
    body = shlex.quote(json.dumps(DEMO_REQUEST))
    return (
        f"curl -sS {address}/v1/matches -H 'Authorization: Bearer {key}'"
        f" -H 'Content-Type: application/json' -d {body}"
    )
