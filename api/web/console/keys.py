"""Access keys: who has one, one for somebody new, and the end of one."""

from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import TypeAdapter, ValidationError

from api.audit.record import record
from api.auth.holders import called
from api.auth.keys import KEYS, create_key, revoke_key
from api.auth.roles import CLINIC_ROLES, Role
from api.limits import KEY_NAME_CHARS
from api.problems import FieldProblem, Invalid
from api.text import KeyName
from api.web.forms import EMPTY
from api.web.page import Page
from api.web.route import ConsoleRoute, PageDep

router = APIRouter(route_class=ConsoleRoute, prefix="/console/keys", include_in_schema=False)

_ADMIN = ("PATCH", "/v1/settings")
# Each with what it is called and what it may do.
ROLES = (
    ("intake", "Intake form", "Asks for matches."),
    ("staff", "Staff", "Sees clients, answers, changes profiles."),
    ("admin", "Administrator", "Imports, weights, settings, keys."),
    ("auditor", "Auditor", "Reads, and changes nothing."),
)


@router.get("")
def listed(page: PageDep) -> Response:
    """Every key of the clinic; none can be shown again."""
    page.needs(*_ADMIN)
    return _list(page)


@router.post("")
def create(page: PageDep) -> Response:
    """A key for somebody, shown this once."""
    page.needs(*_ADMIN)
    role, name = page.form.one("role"), page.form.one("name")
    if role not in {one.value for one in CLINIC_ROLES}:
        raise Invalid([FieldProblem("role", "Choose one of the roles on the page.")])
    try:
        name = TypeAdapter(KeyName).validate_python(name) if name else ""
    except ValidationError:
        return _list(page, wrong=True)
    connection = page.scope.unit.begin_write()
    key_id, key = create_key(connection, page.scope.clinic_id, Role(role), name or None)
    record(page.scope, "key.created", key_id, {"role": role})
    return _list(page, key)


@router.post("/{key_id}/revoke")
def revoke(page: PageDep, key_id: UUID) -> Response:
    """End a key and its sessions."""
    page.needs(*_ADMIN)
    if key_id == page.scope.key_id:
        raise Invalid([FieldProblem("key", "is the one you are signed in with: use another")])
    connection = page.scope.unit.begin_write()
    if revoke_key(connection, page.scope.clinic_id, key_id):
        record(page.scope, "key.revoked", key_id)
    return page.go("/console/keys")


def _list(page: Page, made: str = "", *, wrong: bool = False) -> Response:
    rows = page.scope.connection.execute(KEYS, {"clinic_id": page.scope.clinic_id}).all()
    return page.show(
        "console/keys.html",
        422 if wrong else 200,
        keys=rows,
        called=called,
        own=page.scope.key_id,
        made=made,
        roles=ROLES,
        said=page.form if wrong else EMPTY,
        wrong=wrong,
        longest=KEY_NAME_CHARS,
    )
