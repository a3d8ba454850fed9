"""One page: its window, its figures, and the note that it was read."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel

from api.audit.record import record
from api.auth.scope import ClinicScope
from api.insights.bias import bias_page
from api.insights.calibration import calibration_page
from api.insights.congestion import congestion_page
from api.insights.exposure import exposure_page
from api.insights.profiles import gap_page
from api.insights.schemas import Index, Page, PageNamed
from api.insights.unmet import unmet_page
from api.insights.window import Asked, Window, window_of
from api.insights.words import NONE_REPLAYED_NOTE, PAGES, REPLAY_NOTE

_MADE: Mapping[str, Callable[[ClinicScope, Window], Page[Any, Any]]] = MappingProxyType(
    {
        "exposure": exposure_page,
        "unmet-needs": unmet_page,
        "profiles": gap_page,
        "calibration": calibration_page,
        "congestion": congestion_page,
        "bias": bias_page,
    }
)


def index() -> Index:
    """Every page, with what it answers."""
    return Index(
        pages=[
            PageNamed(name=name, path=f"/v1/insights/{name}", answers=answers)
            for name, answers in PAGES.items()
        ]
    )


def page(scope: ClinicScope, name: str, asked: Asked) -> Page[Any, Any]:
    """A page of figures over the matches asked for; its reading is recorded.

    Raises:
        Invalid: the times are out of range, or `until` is not after `since`.
    """
    window = window_of(scope, asked)
    made = _MADE[name](scope, window)
    if window.ids and not window.replayed.size and REPLAY_NOTE in made.notes:
        made.notes.append(NONE_REPLAYED_NOTE)
    scope.unit.begin_write()
    counts: dict[str, str | int] = {
        "page": name,
        "matches": len(window.ids),
        "rows": len(made.rows),
    }
    record(scope, "insights.read", None, counts)
    return made


def row_type(made: Page[Any, Any]) -> type[BaseModel]:
    """What a row of a page is."""
    rows = type(made).model_fields["rows"].annotation
    kind: type[BaseModel] = rows.__args__[0]  # type: ignore[union-attr]
    return kind
