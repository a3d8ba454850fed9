"""`/console/insights`: what a clinic's matches say, and the tables as files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Response

from api.insights import service
from api.insights.schemas import MOST_MATCHES
from api.insights.tables import csv_of
from api.insights.window import USUAL_DAYS, Asked
from api.problems import Invalid, NotFound
from api.store.vocabularies import read_vocabulary
from api.web.console.insights.pictures import BARS, bias_figure, spread_words
from api.web.console.insights.summaries import SUMMARIES
from api.web.console.insights.tables import TABLES
from api.web.console.insights.words import TITLES
from api.web.heavy import HeavyPageDep
from api.web.page import Page
from api.web.route import ConsoleRoute, PageDep

router = APIRouter(route_class=ConsoleRoute, prefix="/console/insights", include_in_schema=False)

_ROWS = 50


@dataclass(frozen=True, slots=True)
class Range:
    """What the form of a page holds, as typed; days are whole days, UTC."""

    since: str = ""
    until: str = ""
    last: str = ""

    @property
    def query(self) -> str:
        """The same for a link."""
        said = {"since": self.since, "until": self.until, "last": self.last}
        return urlencode({name: text for name, text in said.items() if text})

    def asked(self) -> Asked:
        """The range as insights take it.

        Raises:
            ValueError: something in it is no day, or no number of matches.
        """
        until = _day(self.until)
        last = int(self.last) if self.last else None
        if last is not None and not 1 <= last <= MOST_MATCHES:
            raise ValueError("out of range")
        return Asked(_day(self.since), until and until + timedelta(days=1), last)


@router.get("")
def index(page: PageDep) -> Response:
    """Every page, with the question that it answers."""
    page.needs("GET", "/v1/insights")
    answers = [(one.name, TITLES[one.name], one.answers) for one in service.index().pages]
    return page.show("console/insights.html", pages=answers)


@router.get("/{name}")
def one(page: HeavyPageDep, name: str) -> Response:
    """One page of figures."""
    _needs(page, name)
    chosen = _range(page)
    return _show(page, name, chosen, _made(page, name, chosen))


@router.get("/{name}/csv")
def as_file(page: HeavyPageDep, name: str) -> Response:
    """Its table as the API answers it."""
    _needs(page, name)
    chosen = _range(page)
    made = _made(page, name, chosen)
    if made is None:
        return _show(page, name, chosen, None)
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    content = csv_of(service.row_type(made), made.rows)
    return Response(content, 200, headers, media_type="text/csv")


def _needs(page: Page, name: str) -> None:
    if name not in TITLES:
        raise NotFound("There is no such page.")
    page.needs("GET", f"/v1/insights/{name}")


def _made(page: Page, name: str, chosen: Range) -> Any:
    """The figures; None where the range is none."""
    try:
        asked = chosen.asked()
    except (ValueError, OverflowError):
        return None
    try:
        return service.page(page.scope, name, asked)
    except Invalid:
        return None


def _range(page: Page) -> Range:
    query = page.request.query_params
    return Range(*(query.get(name, "").strip()[:20] for name in ("since", "until", "last")))


def _day(text: str) -> datetime | None:
    return datetime.combine(date.fromisoformat(text), time(), UTC) if text else None


def _show(page: Page, name: str, chosen: Range, made: Any) -> Response:
    return page.show(
        "console/insight.html",
        200 if made else 422,
        name=name,
        title=TITLES[name],
        chosen=chosen,
        most=MOST_MATCHES,
        usual_days=USUAL_DAYS,
        made=made,
        **(_told(page, name, made) if made else {}),
        full=page.request.query_params.get("all") == "1",
        few=_ROWS,
    )


def _told(page: Page, name: str, made: Any) -> Mapping[str, Any]:
    labels = read_vocabulary(page.scope).facets
    spreads = made.summary.spreads if name == "bias" else []
    return {
        "summary": SUMMARIES[name](made),
        "alerts": [spread_words(one, labels) for one in spreads if one.alert],
        "spreads": [spread_words(one, labels) for one in spreads if not one.alert],
        "bars": BARS[name](made) if name in BARS else None,
        "figure": bias_figure(made) if name == "bias" else None,
        "table": TABLES[name],
        "rows": TABLES[name].rows(_in_order(made.rows), labels),
    }


def _in_order(rows: Sequence[Any]) -> list[Any]:
    """As the page has them, but what is withheld last: there may be much of it."""
    return sorted(rows, key=lambda row: not getattr(row, "shown", True))
