"""A clinic's vocabulary: the shared codes and its own."""

from collections import defaultdict

from sqlalchemy import select

from api.auth.scope import ClinicScope
from api.db.tables import VocabularyAddition
from api.db.tables.base import table_of
from matching.vocabulary import Vocabulary


def read_vocabulary(scope: ClinicScope) -> Vocabulary:
    """The codes that this clinic's clients and profiles may use."""
    key = ("vocabulary", scope.clinic_id, scope.clinic.vocabulary_version)
    kept = scope.database.cache.get(key)
    if isinstance(kept, Vocabulary):
        return kept
    vocabulary = Vocabulary.shared().extended(_additions(scope))
    scope.database.cache.put(key, vocabulary)
    return vocabulary


def _additions(scope: ClinicScope) -> dict[str, dict[str, str]]:
    table = table_of(VocabularyAddition)
    query = (
        select(table.c.facet, table.c.code, table.c.label)
        .where(table.c.clinic_id == scope.clinic_id)
        .order_by(table.c.facet, table.c.code)
    )
    additions: dict[str, dict[str, str]] = defaultdict(dict)
    for facet, code, label in scope.connection.execute(query):
        additions[facet][code] = label
    return additions
