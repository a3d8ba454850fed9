"""A match as the client saw it, with the whole arithmetic; and staff's own choice."""

import json
from uuid import UUID

from fastapi import APIRouter, Response
from sqlalchemy import select

from api.audit.record import record
from api.auth.holders import holders
from api.db.tables import Client, Match
from api.db.tables.base import table_of
from api.match.service import replay_match, show_match
from api.pairings.schemas import SelectionIn
from api.pairings.selection import select as select_therapist
from api.ranking.matches import existing_match
from api.web.forms import checked
from api.web.my.compare import NAMES
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
    return _show(page, match_id)


@router.post("/{match_id}/replay")
def replay(page: PageDep, match_id: UUID) -> Response:
    """Compute it again from what was stored."""
    page.needs("POST", "/v1/matches/{match_id}/replay")
    identical = bool(replay_match(page.scope, match_id)["identical"])
    return _show(page, match_id, "identical" if identical else "different")


@router.post("/{match_id}/choose")
def choose(page: PageDep, match_id: UUID) -> Response:
    """Choose for the client, with a reason."""
    page.needs("POST", "/v1/matches/{match_id}/selection")
    select_therapist(
        page.scope,
        match_id,
        checked(
            SelectionIn,
            {
                "therapist_id": page.form.one("therapist"),
                "override_reason": page.form.one("reason") or None,
            },
        ),
    )
    return page.go(f"/console/matches/{match_id}")


def _show(page: Page, match_id: UUID, replayed: str = "") -> Response:
    answer = json.loads(show_match(page.scope, match_id).body)
    row = existing_match(page.scope, match_id)
    return page.show(
        "console/match.html",
        match=answer,
        by=holders(page.scope, [row.created_by]).get(row.created_by),
        request=row.request,
        names=NAMES,
        replayed=replayed,
    )
