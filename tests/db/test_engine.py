"""Engines: what is refused, what is set, and what an error does not say."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from api.db.cache import LruCache
from api.db.database import Database
from api.db.engine import make_engine


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://somewhere/x"])
def test_a_database_that_could_lose_writes_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="SQLite"):
        make_engine(url)


def test_sqlite_is_set_up_to_keep_what_it_acknowledged(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    with database.reading() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    database.dispose()
    assert settings == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
    }


def test_an_error_does_not_say_what_was_bound(database: Database) -> None:
    with (
        pytest.raises(DatabaseError) as caught,
        database.writing() as connection,
    ):
        connection.execute(
            text("INSERT INTO clients (reference) VALUES (:words)"), {"words": "canary words"}
        )
    assert "canary" not in str(caught.value.__class__) + (caught.value.statement or "")
    assert "canary" not in repr(caught.value.params) or caught.value.hide_parameters


def test_the_cache_forgets_the_least_recently_used() -> None:
    cache = LruCache(max_cost=3)
    for name in "abc":
        cache.put(name, name)
    assert cache.get("a") == "a"
    cache.put("d", "d")
    assert [cache.get(name) for name in "abcd"] == ["a", None, "c", "d"]


def test_the_cache_keeps_the_newest_entry_however_large() -> None:
    cache = LruCache(max_cost=3)
    cache.put("a", 1)
    cache.put("huge", 2, cost=100)
    assert cache.get("huge") == 2
    assert cache.get("a") is None
    cache.put("huge", 3, cost=1)
    cache.put("b", 4)
    assert (cache.get("huge"), cache.get("b")) == (3, 4)
