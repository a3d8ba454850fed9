"""`rapport`: the service from the command line.

Each command prints one line of JSON last on stdout, and exits non-zero with one clear line on
stderr when it cannot do its work.
"""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn
from uuid import UUID

import click
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.exc import DatabaseError, OperationalError, SQLAlchemyError

from api import demo as demo_clinic
from api import serving
from api.audit.record import record
from api.audit_trail.actions import markdown as recorded_actions
from api.audit_trail.command import audit
from api.auth.keys import KEYS, create_key, revoke_key
from api.auth.roles import CLINIC_ROLES, Role, markdown
from api.auth.system import clinic_scope
from api.clinics.creation import CLINICS, create_clinic
from api.http.validation import problem_text
from api.importing.outcome import FileFault
from api.landing.landing import Landing
from api.landing.report import report_document
from api.models.foreground import FAILURES, SUMMARY, tell_stages, train_now
from api.problems import Problem
from api.profiles.vocabulary_page import vocabulary_page
from api.ratings.landing import RATINGS
from api.roster.landing import THERAPISTS
from api.settings import get_settings
from api.terminal import CLINIC, configured_database, say
from api.text import KeyName

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


def main() -> None:
    """Run the command; what goes wrong is one line on stderr."""
    logging.disable(logging.INFO)
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
    except click.ClickException as error:
        _fail(error.format_message())
    except click.exceptions.Abort:
        _fail("stopped")
    except Problem as problem:
        _fail(problem.detail)
    except FileFault as fault:
        _fail(f"line {fault.line}: {fault.detail}" if fault.line else fault.detail)
    except ValidationError as error:
        _fail(_setting_problem(error))
    except SQLAlchemyError as error:
        _fail(_database_problem(error))
    except (OSError, ValueError) as error:
        _fail(str(error))


def _setting_problem(error: ValidationError) -> str:
    first = error.errors()[0]
    return f"RAPPORT_{str(first['loc'][0]).upper()} {problem_text(first)}; see docs/operations.md"


def _database_problem(error: SQLAlchemyError) -> str:
    if isinstance(error, OperationalError):
        return (
            "the database did not answer or is damaged: is it there, and are host, port, user and"
            " password in RAPPORT_DATABASE_URL right?"
        )
    if isinstance(error, DatabaseError):
        return "what RAPPORT_DATABASE_URL names is not a database of Rapport's, or is damaged"
    return f"the database did not do as asked ({type(error).__name__}); see RAPPORT_DATABASE_URL"


def _fail(message: str) -> NoReturn:
    click.echo(f"rapport: {message}", err=True)
    sys.exit(1)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="rapport", message="%(version)s")
def cli() -> None:
    """Rapport matches clients and therapists. RAPPORT_DATABASE_URL names the database."""


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
def serve(host: str, port: int, workers: int) -> None:
    """Serve the API. The database is migrated once, before any worker starts."""
    serving.migrate_database()
    # Fails here, in one line, where the port is taken.
    serving.listen(host, port).close()
    logging.disable(logging.NOTSET)
    say({"address": f"http://{host}:{port}", "workers": workers})
    serving.run(host, port, workers)


@cli.command()
def migrate() -> None:
    """Bring the database to this release."""
    serving.migrate_database()
    say({"migrated": True})


@cli.group()
def clinics() -> None:
    """Clinics."""


@clinics.command("create")
@click.argument("name")
def clinics_create(name: str) -> None:
    """Add a clinic called NAME."""
    name = name.strip()
    if not 1 <= len(name) <= 200 or not name.isprintable():
        raise click.ClickException("a clinic's name has 1 to 200 printable characters")
    with configured_database() as database:
        with database.writing() as connection:
            clinic_id = create_clinic(connection, name)
        with clinic_scope(database, clinic_id) as scope:
            scope.unit.begin_write()
            record(scope, "clinic.created", clinic_id)
    say({"id": str(clinic_id)})


@clinics.command("list")
def clinics_list() -> None:
    """Every clinic's id and name."""
    with configured_database() as database, database.reading() as connection:
        rows = connection.execute(CLINICS).all()
    say({"clinics": [{"id": str(row.id), "name": row.name} for row in rows]})


@cli.group()
def keys() -> None:
    """Keys to the API."""


@keys.command("create")
@CLINIC
@click.option("--role", type=click.Choice([role.value for role in CLINIC_ROLES]), required=True)
@click.option("--name", help="What or who holds it, 1 to 80 characters.")
def keys_create(clinic_id: UUID, role: str, name: str | None) -> None:
    """Add a key; it is shown this once, and only its hash is kept."""
    if name is not None:
        name = _key_name(name)
    with configured_database() as database, clinic_scope(database, clinic_id) as scope:
        key_id, key = create_key(scope.unit.begin_write(), clinic_id, Role(role), name)
        record(scope, "key.created", key_id, {"role": role})
    say({"id": str(key_id), "key": key})


def _key_name(text: str) -> str:
    try:
        name: str = TypeAdapter(KeyName).validate_python(text)
    except ValidationError:
        raise click.ClickException(
            "a key's name has 1 to 80 characters on one line, and none that cannot be seen"
        ) from None
    return name


@keys.command("list")
@CLINIC
def keys_list(clinic_id: UUID) -> None:
    """The clinic's keys by id, role, name and date; the keys themselves are not kept."""
    with configured_database() as database, database.reading() as connection:
        rows = connection.execute(KEYS, {"clinic_id": clinic_id}).all()
    shown = [
        {
            "id": str(row.id),
            "role": row.role,
            "name": row.name,
            "created_at": row.created_at.isoformat(),
            "revoked_at": row.revoked_at.isoformat() if row.revoked_at else None,
        }
        for row in rows
    ]
    say({"keys": shown})


@keys.command("revoke")
@CLINIC
@click.argument("key_id", type=click.UUID)
def keys_revoke(clinic_id: UUID, key_id: UUID) -> None:
    """End the key of that id, from the next request on."""
    with configured_database() as database, clinic_scope(database, clinic_id) as scope:
        if not revoke_key(scope.unit.begin_write(), clinic_id, key_id):
            raise click.ClickException("the clinic has no live key of that id")
        record(scope, "key.revoked", key_id)
    say({"id": str(key_id), "revoked": True})


@cli.group("import")
def import_() -> None:
    """Import files; what each line did is reported."""


@import_.command("therapists")
@CLINIC
@FILE
def import_roster(clinic_id: UUID, file: Path) -> None:
    """Import a roster from FILE: .csv (ours or NPPES's), .ndjson, .jsonl, or .json (FHIR)."""
    _import(clinic_id, file, THERAPISTS)


@import_.command("ratings")
@CLINIC
@FILE
def import_history(clinic_id: UUID, file: Path) -> None:
    """Import past fit ratings from FILE: .csv, .ndjson or .jsonl."""
    _import(clinic_id, file, RATINGS)


def _import(clinic_id: UUID, file: Path, landing: Landing[Any]) -> None:
    media_type = landing.files.media_type_of(file)
    with (
        configured_database() as database,
        clinic_scope(database, clinic_id) as scope,
        _progress() as told,
    ):
        report = landing.land(scope, file, media_type, get_settings().max_import_bytes, told)
    for row in report.rejected:
        click.echo(f"line {row.line}: {row.field} {row.problem}", err=True)
    say(report_document(report))


@cli.command("train")
@CLINIC
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0, 2**31 - 1))
def train(clinic_id: UUID, seed: int) -> None:
    """Learn from the clinic's fit ratings; a model that passes the gate serves."""
    with configured_database() as database:
        model = train_now(database, get_settings(), clinic_id, seed, tell_stages())
    if model.failure is not None:
        raise click.ClickException(FAILURES[model.failure])
    say(model.model_dump(mode="json", include=SUMMARY))


cli.add_command(audit)


@cli.command("demo")
@click.option("--directory", default=".demo", show_default=True, type=click.Path(path_type=Path))
def demo(directory: Path) -> None:
    """Serve a demo clinic on the first free port from 8000 on."""
    demo_clinic.run(directory)


@cli.group(hidden=True)
def docs() -> None:
    """Pages of the documentation that are made from the code."""


@docs.command("vocabulary")
def docs_vocabulary() -> None:
    """The shared codes, as docs/vocabulary.md has them."""
    click.echo(vocabulary_page(), nl=False)


@docs.command("roles")
def docs_roles() -> None:
    """The role table, as docs/roles.md has it."""
    click.echo(markdown(), nl=False)


@docs.command("audit")
def docs_audit() -> None:
    """What is recorded, as docs/audit-actions.md has it."""
    click.echo(recorded_actions(), nl=False)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal; nothing where stderr is a file."""
    if not sys.stderr.isatty():
        yield lambda _done, _all: None
        return
    with click.progressbar(length=1, label="Importing", file=sys.stderr) as bar:

        def tell(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        yield tell
