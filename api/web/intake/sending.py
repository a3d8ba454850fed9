"""From a draft to a match, and to a page of the client's own."""

import secrets
from uuid import UUID

from api.audit.record import record
from api.auth.keys import create_narrow_key, create_session, hash_key
from api.auth.roles import Role
from api.auth.scope import ClinicScope
from api.match.service import create_match
from api.ranking.matches import existing_match
from api.store.tasks import open_task
from api.web.areas import MY
from api.web.intake.answers import request_of
from api.web.intake.drafts import Draft, forget_draft
from api.web.intake.stated import stated

# Without letters and digits that are taken for each other; it is read out on the telephone.
_CODE_LETTERS = 8
_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"


def send(scope: ClinicScope, draft: Draft) -> tuple[UUID, str]:
    """Ask for a match; its id, and the secret of a session of the client's own.

    The draft is deleted: from here on the answers are the client's record, which they may see,
    export and erase.
    """
    answers = draft.answers
    request = request_of(
        answers,
        new_reference(),
        learning=bool(answers.get("learning")),
        only_place=stated(scope).only_place,
    )
    match_id = create_match(scope, request).subject_id
    assert match_id is not None  # noqa: S101 - a match that was made has an id
    client_id: UUID = existing_match(scope, match_id).client_id
    forget_draft(scope, draft)
    if answers.get("review") == "unsafe":
        open_task(scope, "at_risk", client_id=client_id, match_id=match_id)
    elif answers.get("review") == "help":
        open_task(scope, "call_back", client_id=client_id, match_id=match_id)
    # Nobody is shown this key: it lasts as long as the session that it is made for.
    key_id, key, _ = create_narrow_key(
        scope.connection, scope.clinic_id, Role.CLIENT, client_id, MY.lasting
    )
    record(scope, "client.key_created", client_id, {"key_id": str(key_id)})
    made = create_session(scope.connection, hash_key(key), MY.roles, MY.lasting)
    assert made is not None  # noqa: S101 - the key was just made
    return match_id, made[1]


def new_reference() -> str:
    """A code by which a client and the clinic know the request: nothing about the client."""
    drawn = "".join(secrets.choice(_LETTERS) for _ in range(_CODE_LETTERS))
    return f"{drawn[:4]}-{drawn[4:]}"


def as_reference(read_out: str) -> str | None:
    """Such a code as it is kept, however it was written down; None where it cannot be one."""
    letters = "".join(letter for letter in read_out.upper() if letter.isalnum())
    return f"{letters[:4]}-{letters[4:]}" if len(letters) == _CODE_LETTERS else None
