"""Whether waiting can help: somebody here could be shown to the client, once they have room."""

from dataclasses import replace
from typing import Any

import numpy as np
from sqlalchemy import Row

from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.ranking.circumstances import Circumstances
from api.ranking.intake import to_intake
from api.ranking.schemas import MatchRequest
from api.store.history import history_of
from api.store.places import availability_rules
from api.store.rosters import current_roster
from api.store.vocabularies import read_vocabulary
from api.store.weightings import read_weighting
from matching.eligibility import suited
from matching.query import Query


def anybody_could(scope: ClinicScope, match: Row[Any]) -> bool:
    """Whether any therapist of today meets all that a match asked for, free or not."""
    compiled, vocabulary = current_roster(scope), read_vocabulary(scope)
    weighting, _ = read_weighting(scope, scope.clinic.weighting_id)
    circumstances = Circumstances.of_document(match.circumstances)
    if match.client_id is not None:
        # As it stands today: whom they were with then may be somebody to come back to.
        history = history_of(scope, match.client_id)
        circumstances = replace(
            circumstances, with_now=history.with_now, left_before=history.left_before
        )
    intake = circumstances.on(to_intake(MatchRequest.model_validate(match.request)))
    query = Query.of(intake, compiled.roster, weighting, vocabulary)
    rules = availability_rules(scope)
    found = suited(query, compiled.roster, compiled.availability, rules, utc_now())
    return bool(np.any(found))
