"""One scorer a dimension, in the order in which their contributions are shown.

`expected_fit` joins where a learned column is at hand; without one it is never asked.
"""

from collections.abc import Mapping
from types import MappingProxyType

from matching.query import REFERRAL
from matching.scorers import (
    culture,
    format,  # noqa: A004 - the dimension's name
    gender,
    language,
    modality,
    needs,
    referral,
    schedule,
    style,
)
from matching.scorers.levels import Levels, Scorer

__all__ = ["SCORERS", "Levels", "Scorer"]

SCORERS: Mapping[str, Scorer] = MappingProxyType(
    {
        "communication_style": style.SCORER,
        "gender": gender.SCORER,
        "culture": culture.SCORER,
        "language": language.SCORER,
        "modality": modality.SCORER,
        "needs": needs.SCORER,
        "format": format.SCORER,
        "schedule": schedule.SCORER,
        REFERRAL: referral.SCORER,
    }
)
