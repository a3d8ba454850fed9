"""What an operator sets, from `RAPPORT_…` environment variables. Nothing is needed on loopback."""

from functools import lru_cache
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

MIB = 1024 * 1024
# A host, or what hosts end in after `*.`, or an IPv6 address in brackets; and a port.
_HOST = r"(?:(?:\*\.)?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*|\[[0-9A-Fa-f:]+\])(?::[1-9][0-9]{0,4})?"


class Settings(BaseSettings):
    """The operator's settings; docs/operations.md describes each one."""

    model_config = SettingsConfigDict(env_prefix="RAPPORT_", extra="ignore")

    database_url: str = Field(
        default="sqlite:///rapport.db",
        description="SQLAlchemy URL of the database: sqlite:///FILE or postgresql://…",
    )
    max_body_bytes: int = Field(
        default=MIB // 4, ge=1024, description="Largest JSON request body, in bytes."
    )
    max_import_bytes: int = Field(
        default=512 * MIB, ge=1024, description="Largest file an import takes, in bytes."
    )
    spool_directory: Path | None = Field(
        default=None,
        description="Where uploads are kept while they are read; default: the system's own.",
    )
    roster_cache_therapists: int = Field(
        default=2_000_000,
        ge=1000,
        description="How many therapists' compiled profiles one worker keeps in memory.",
    )
    runs_training: bool = Field(
        default=True,
        description="Whether this server takes up trainings and previews: true or false.",
    )
    runs_duties: bool = Field(
        default=True,
        description="Whether this server sees to deadlines and the waiting list: true or false.",
    )
    training_lease_seconds: int = Field(
        default=60,
        ge=2,
        le=3600,
        description="How long a training or preview may be silent before it is taken up again,"
        " in seconds.",
    )
    training_seconds: int = Field(
        default=7200,
        ge=1,
        le=604_800,
        description="How long a training or preview may take before it is ended, in seconds.",
    )
    webhook_hosts: str = Field(
        default="",
        max_length=10_000,
        pattern=rf"^\s*(?:{_HOST}\s*(?:,\s*{_HOST}\s*)*)?$",
        description="Hosts that events may be sent to: hooks.example.org, *.example.org or"
        " HOST:PORT, with commas between; empty: webhooks are off.",
    )
    webhook_private: bool = Field(
        default=False,
        description="Whether events may go to private networks and this machine, and over http.",
    )
    public_url: str | None = Field(
        default=None,
        max_length=200,
        pattern=r"^https?://[A-Za-z0-9.\[\]:-]+$",
        description="Where people reach the pages, such as https://match.example.org; private links"
        " begin with it, and with https cookies are sent over https alone.",
    )
    runs_webhooks: bool = Field(
        default=True,
        description="Whether this server sends events: true or false.",
    )
    log_level: str = Field(
        default="info",
        pattern="^(debug|info|warning|error)$",
        description="How much is logged: debug, info, warning or error.",
    )


@lru_cache
def get_settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
