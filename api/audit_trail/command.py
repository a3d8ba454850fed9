"""`rapport audit`: verify the chain of one clinic or of all, seal now, say the head."""

import re
import sys
from collections.abc import Sequence
from typing import Any, TextIO
from uuid import UUID

import click

from api.audit.sealing import seal_all
from api.audit.verifying import WORDS, Problem, Verdict, verify
from api.audit_trail.queries import every_clinic
from api.audit_trail.service import head
from api.auth.system import clinic_scope
from api.clock import utc_now
from api.db.database import Database
from api.problems import NotFound
from api.profiles.documents import time_text
from api.terminal import CLINIC, configured_database, say

# In the line of JSON; stderr names as many as were kept.
_PROBLEMS_SAID = 100
_TELL_EVERY_ROWS = 100_000


def _seal_noted(
    _context: click.Context, _option: click.Parameter, value: str | None
) -> tuple[int, bytes] | None:
    """What `--head` names, NUMBER:HEX: a seal's number and its digest.

    Raises:
        BadParameter: it is something else.
    """
    if value is None:
        return None
    if not re.fullmatch(r"[1-9][0-9]{0,8}:[0-9a-fA-F]{64}", value):
        raise click.BadParameter("must be a seal's number, a colon and 64 hexadecimal digits")
    number, _, digest = value.partition(":")
    return int(number), bytes.fromhex(digest)


@click.group()
def audit() -> None:
    """The audit trail and the chain of its seals."""


@audit.command("verify")
@click.option("--clinic", "clinic_id", type=click.UUID, help="Clinic id; all where left out.")
@click.option(
    "--head",
    "noted",
    callback=_seal_noted,
    metavar="NUMBER:HEX",
    help="A seal as noted elsewhere.",
)
def audit_verify(clinic_id: UUID | None, noted: tuple[int, bytes] | None) -> None:
    """Find what was altered, removed or put in between; exits with 1 if anything was."""
    if noted and clinic_id is None:
        raise click.ClickException("--head is of one clinic: name it with --clinic")
    with configured_database() as database:
        found = verify_clinics(database, clinic_id, noted, sys.stderr)
    say(found)
    if not found["sound"]:
        sys.exit(1)


@audit.command("head")
@CLINIC
def audit_head(clinic_id: UUID) -> None:
    """The newest seal's number and digest, to be noted elsewhere."""
    with configured_database() as database, clinic_scope(database, clinic_id) as scope:
        say(head(scope).model_dump(mode="json"))


@audit.command("seal")
@CLINIC
def audit_seal(clinic_id: UUID) -> None:
    """Seal now what the clinic has unsealed, as the server does by itself once a minute."""
    with configured_database() as database, clinic_scope(database, clinic_id) as scope:
        sealed = seal_all(scope)
        say({"sealed": sealed, **head(scope).model_dump(mode="json")})


def verify_clinics(
    database: Database,
    clinic_id: UUID | None,
    noted: tuple[int, bytes] | None,
    told: TextIO,
) -> dict[str, Any]:
    """Verify one clinic's chain, or all where `clinic_id` is None; progress and problems to `told`.

    Raises:
        NotFound: there is no such clinic.
    """
    with database.reading() as connection:
        every = every_clinic(connection)
    if clinic_id is not None and clinic_id not in every:
        raise NotFound("there is no such clinic; `rapport clinics list` names those there are")
    found = [_verified(database, one, noted, told) for one in ([clinic_id] if clinic_id else every)]
    return {"sound": all(not one["problem_count"] for one in found), "clinics": found}


def _verified(
    database: Database, clinic_id: UUID, noted: tuple[int, bytes] | None, told: TextIO
) -> dict[str, Any]:
    spoken = 0

    def tell(rows: int) -> None:
        nonlocal spoken
        if rows >= spoken + _TELL_EVERY_ROWS:
            spoken = rows
            click.echo(f"{clinic_id}: {rows} rows", file=told)

    with database.snapshot() as connection:
        verdict = verify(connection, clinic_id, utc_now(), noted, tell)
    for problem in verdict.problems:
        click.echo(f"{clinic_id}: {_sentence(problem)}", file=told)
    return {"clinic": str(clinic_id), **_document(verdict)}


def _sentence(problem: Problem) -> str:
    where = f"seal {problem.seal or '-'}, row {problem.row_id or '-'}"
    return f"{where}: {WORDS[problem.what]} ({problem.what})"


def _document(verdict: Verdict) -> dict[str, Any]:
    head, since = verdict.head, verdict.waiting_since
    return {
        "seals": verdict.seals,
        "rows": verdict.rows,
        "waiting": verdict.waiting,
        "waiting_since": time_text(since) if since else None,
        "head": {"number": head.number, "digest": head.digest.hex()} if head else None,
        "problem_count": verdict.found,
        "problems": _problems(verdict.problems[:_PROBLEMS_SAID]),
    }


def _problems(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    return [
        {
            "what": problem.what,
            "seal": problem.seal,
            "row_id": str(problem.row_id) if problem.row_id else None,
        }
        for problem in problems
    ]
