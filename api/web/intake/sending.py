"""From a draft to a match, and to a page of the client's own."""

import secrets
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from api.audit.record import record
from api.auth.keys import create_narrow_key, create_session, hash_key
from api.auth.roles import Role
from api.auth.scope import ClinicScope
from api.match.service import create_match
from api.ranking.matches import existing_match
from api.ranking.schemas import MatchRequest
from api.store.clients import client_of
from api.store.consents import note_consent
from api.store.tasks import open_task
from api.web.areas import MY
from api.web.intake.again import request_again
from api.web.intake.answers import request_of
from api.web.intake.drafts import Draft, forget_draft
from api.web.intake.stated import stated

# Without letters and digits that are taken for each other; it is read out on the telephone.
_CODE_LETTERS = 8
_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"


def send(scope: ClinicScope, draft: Draft) -> tuple[UUID, str | None] | None:
    """Ask for a match; its id, and for who is new the secret of a session of their own.

    None where the same draft was sent a moment ago: it makes one match, however often it is sent.

    The draft is deleted: from here on the answers are the client's record, which they may see,
    export and erase. Who changed their answers has a session already, or a link to one: a draft
    opens nobody else's pages.
    """
    if not forget_draft(scope, draft):
        return None
    before = existing_match(scope, draft.match_id) if draft.match_id is not None else None
    request = _changed(scope, draft, before) if before is not None else _first(scope, draft)
    match_id = create_match(scope, request).subject_id
    assert match_id is not None  # noqa: S101 - a match that was made has an id
    client_id: UUID = existing_match(scope, match_id).client_id
    if before is None:
        # Nobody begins an intake here without it.
        note_consent(scope, client_id, matching=True)
    helped = before is not None and before.selection_mode == "staff"
    _put_before_staff(scope, draft, client_id, match_id, helped=helped)
    return match_id, _session(scope, client_id) if before is None else None


def _first(scope: ClinicScope, draft: Draft) -> MatchRequest:
    return request_of(
        draft.answers,
        new_reference(),
        learning=bool(draft.answers.get("learning")),
        only_place=stated(scope).only_place,
    )


def _changed(scope: ClinicScope, draft: Draft, before: Row[Any]) -> MatchRequest:
    client = client_of(scope, before.client_id)
    assert client is not None  # noqa: S101 - a draft is deleted with its client
    return request_again(
        MatchRequest.model_validate(before.request),
        draft.begun_with or {},
        draft.answers,
        client.reference,
    )


def _put_before_staff(
    scope: ClinicScope, draft: Draft, client_id: UUID, match_id: UUID, *, helped: bool
) -> None:
    """Have staff see to who said so; who is `helped` already need not be called for it again."""
    review = draft.answers.get("review")
    if review == "unsafe" and draft.match_id is None:
        say_unsafe(scope, match_id)
    elif review == "help" and not helped:
        open_task(scope, "call_back", client_id=client_id, match_id=match_id)


def say_unsafe(scope: ClinicScope, match_id: UUID) -> None:
    """Put a client who says that they do not feel safe before staff."""
    match = existing_match(scope, match_id)
    open_task(scope, "at_risk", client_id=match.client_id, match_id=match_id)


def _session(scope: ClinicScope, client_id: UUID) -> str:
    """A session of the client's own. Nobody is shown its key, which lasts as long."""
    key_id, key, _ = create_narrow_key(
        scope.connection, scope.clinic_id, Role.CLIENT, client_id, MY.lasting
    )
    record(scope, "client.key_created", client_id, {"key_id": str(key_id)})
    made = create_session(scope.connection, hash_key(key), MY.roles, MY.lasting)
    assert made is not None  # noqa: S101 - the key was just made
    return made[1]


def new_reference() -> str:
    """A code by which a client and the clinic know the request: nothing about the client."""
    drawn = "".join(secrets.choice(_LETTERS) for _ in range(_CODE_LETTERS))
    return f"{drawn[:4]}-{drawn[4:]}"


def as_reference(read_out: str) -> str | None:
    """Such a code as it is kept, however it was written down; None where it cannot be one."""
    letters = "".join(letter for letter in read_out.upper() if letter.isalnum())
    return f"{letters[:4]}-{letters[4:]}" if len(letters) == _CODE_LETTERS else None
