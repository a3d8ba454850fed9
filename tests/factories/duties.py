"""The service's duties, done when a test says so and not by a thread."""

from api.app import DUTIES
from api.db.database import Database


def do_duties(database: Database) -> None:
    """One round of every duty; one that fails fails the test."""
    for duty in DUTIES:
        duty(database)
