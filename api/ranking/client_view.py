"""A match as its client sees it: words instead of figures, and none of what is for staff."""

import json
from typing import Any

from pydantic_core import to_json

from api.auth.roles import Role
from api.auth.scope import ClinicScope
from api.store.clinic_settings import read_settings


def shown_to(scope: ClinicScope, answer: bytes) -> bytes:
    """The answer as the caller may see it: as it is for the clinic's keys, else without figures."""
    if scope.role is not Role.CLIENT:
        return answer
    document = json.loads(answer)
    figures = read_settings(scope).clients_see_figures
    for candidate in document["candidates"]:
        _without_figures(candidate, figures=figures)
    return to_json(document)


def _without_figures(candidate: dict[str, Any], *, figures: bool) -> None:
    candidate.pop("propensity")
    expected = candidate["expected_fit"]
    if expected is not None and not figures:
        candidate["expected_fit"] = {"words": expected["words"]}
        # Points that rest on the figure would give it away again.
        candidate.pop("score")
        for row in candidate["contributions"]:
            if row["dimension"] == "expected_fit":
                row.pop("score")
                row.pop("points")
