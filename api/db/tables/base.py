"""What all tables share: a primary key that begins with `clinic_id` (ADR 0001 lists exceptions)."""

from typing import Any

from sqlalchemy import Table
from sqlmodel import Field, SQLModel

from api.db.types import Counter, Document, UtcDateTime

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def table_of(model: type[SQLModel]) -> Table:
    """The table behind a model, for queries without the ORM's unit of work."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


def clinic_id_field() -> Any:
    """The first part of a primary key: the clinic that the row belongs to."""
    return Field(foreign_key="clinics.id", primary_key=True)


def own_id_field() -> Any:
    """The second part of a primary key: a UUIDv7 made by the server."""
    return Field(primary_key=True)


def time_field(**more: Any) -> Any:
    """An aware time in UTC."""
    return Field(sa_type=UtcDateTime, **more)


def document_field(**more: Any) -> Any:
    """A JSON document."""
    return Field(sa_type=Document, **more)


def counter_field(**more: Any) -> Any:
    """A number that only grows."""
    return Field(sa_type=Counter, **more)
