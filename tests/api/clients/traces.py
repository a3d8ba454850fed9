"""Where in the database something stands: every table is searched."""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlmodel import SQLModel

from tests.api.clients.life import database_of
from tests.factories.clinics import ClinicApi


def rows_of_every_table(clinic: ClinicApi) -> Iterator[tuple[str, str]]:
    """Each table and each row of it, as text in which every id has one form."""
    with database_of(clinic).reading() as connection:
        for table in SQLModel.metadata.sorted_tables:
            for row in connection.execute(select(table)):
                yield table.name, " ".join(map(as_text, row))


def as_text(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("latin-1")
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def places_of(clinic: ClinicApi, text: str) -> set[str]:
    """The tables in which `text` stands."""
    return {name for name, row in rows_of_every_table(clinic) if text in row.lower()}
