"""A match as the client saw it, with the whole arithmetic, and what became of it."""

import json
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from sqlalchemy import Row, select

from api.audit.record import record
from api.auth.holders import holders
from api.db.tables import Client, Match
from api.db.tables.base import table_of
from api.db.tables.pairings import URGENCIES
from api.match.service import replay_match, show_match
from api.pairings.queries import live_waits
from api.ranking.matches import existing_match
from api.ranking.schemas import MatchRequest
from api.store.vocabularies import read_vocabulary
from api.web.console.asked import asked_in
from api.web.console.choices import of_match
from api.web.console.reasons import reason_words
from api.web.console.weighting.words import COUNTS
from api.web.forms import EMPTY
from api.web.page import Page
from api.web.route import ConsoleRoute, PageDep

router = APIRouter(route_class=ConsoleRoute, prefix="/console/matches", include_in_schema=False)

_MOST = 50
_matches, _clients = table_of(Match), table_of(Client)


@router.get("")
def listed(page: PageDep) -> Response:
    """The latest matches."""
    query = (
        select(
            _matches.c.id,
            _matches.c.created_at,
            _matches.c.created_by,
            _matches.c.origin,
            _clients.c.reference,
        )
        .join_from(
            _matches,
            _clients,
            (_clients.c.clinic_id == _matches.c.clinic_id)
            & (_clients.c.id == _matches.c.client_id),
            isouter=True,
        )
        .where(_matches.c.clinic_id == page.scope.clinic_id)
        .order_by(_matches.c.id.desc())
        .limit(_MOST)
    )
    rows = page.scope.connection.execute(query).all()
    page.scope.unit.begin_write()
    record(page.scope, "matches.listed", details={"items": len(rows)})
    # Who does not list clients sees ids alone, as in the API.
    named = page.may("GET", "/v1/clients")
    return page.show(
        "console/matches.html",
        matches=rows,
        named=named,
        by=holders(page.scope, (row.created_by for row in rows)),
    )


@router.get("/{match_id}")
def one(page: PageDep, match_id: UUID) -> Response:
    """One match: who was shown, why, and how the points add up."""
    return show_one(page, match_id)


@router.post("/{match_id}/replay")
def replay(page: PageDep, match_id: UUID) -> Response:
    """Compute it again from what was stored."""
    page.needs("POST", "/v1/matches/{match_id}/replay")
    identical = bool(replay_match(page.scope, match_id)["identical"])
    return show_one(page, match_id, replayed="identical" if identical else "different")


def show_one(
    page: Page,
    match_id: UUID,
    code: int = 200,
    *,
    replayed: str = "",
    refused: str = "",
    all_the_same: UUID | None = None,
) -> Response:
    """The page of a match; `refused` says what was not done, and why.

    `all_the_same` is a therapist who can be chosen only with a reason.
    """
    answer = json.loads(show_match(page.scope, match_id).body)
    row = existing_match(page.scope, match_id)
    staff = page.may("POST", "/v1/pairings/{pairing_id}/approve")
    choices = of_match(page, answer) if staff else []
    return page.show(
        "console/match.html",
        code,
        match=answer,
        by=holders(page.scope, [row.created_by]).get(row.created_by),
        **_whose(page, row),
        reason_words=reason_words,
        choices=choices,
        urgencies=URGENCIES,
        waits=live_waits(page.scope, row.client_id) if staff and row.client_id else [],
        may_choose=staff and not any(one.stands for one in choices),
        names={name: words for name, (words, _) in COUNTS.items()},
        replayed=replayed,
        refused=refused,
        all_the_same=all_the_same,
        said=page.form if refused else EMPTY,
    )


def _whose(page: Page, match: Row[Any]) -> dict[str, Any]:
    """Whose match it is and what they asked for, to who may read the client's record."""
    if not page.may("GET", "/v1/clients/{client_id}"):
        return {"client": None, "asked": []}
    query = select(_clients.c.id, _clients.c.reference).where(
        _clients.c.clinic_id == page.scope.clinic_id, _clients.c.id == match.client_id
    )
    client = page.scope.connection.execute(query).one_or_none()
    request = MatchRequest.model_validate(match.request)
    return {"client": client, "asked": asked_in(request, read_vocabulary(page.scope))}
