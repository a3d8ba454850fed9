"""What commands have in common: which clinic, which database, and the last line they print."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click

from api.db.database import Database
from api.db.migrate import upgrade
from api.settings import get_settings

CLINIC = click.option("--clinic", "clinic_id", type=click.UUID, required=True, help="Clinic id.")


@contextmanager
def configured_database() -> Iterator[Database]:
    """The database that the settings name, at this release."""
    database = Database(get_settings().database_url)
    try:
        upgrade(database.engine)
        yield database
    finally:
        database.dispose()


def say(document: Mapping[str, Any]) -> None:
    """Print the one line of JSON that a command ends with."""
    click.echo(json.dumps(document))
