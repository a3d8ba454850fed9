"""Rapport's own NDJSON: one therapist a line."""

from collections.abc import Iterator
from pathlib import Path

from api.importing.ndjson import objects
from api.importing.outcome import Rejected
from api.roster.importers.acceptance import Acceptance, Row
from matching.vocabulary import Vocabulary


def read_therapist_ndjson(path: Path, vocabulary: Vocabulary) -> Iterator[Row | Rejected]:
    """The rows; each is its therapist's whole profile."""
    acceptance = Acceptance(vocabulary)
    return (acceptance.take(line, found) for line, found in objects(path))
