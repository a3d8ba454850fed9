"""Access keys: who has one, one for somebody new, and the end of one."""

from uuid import UUID

from fastapi import APIRouter, Response

from api.audit.record import record
from api.auth.keys import KEYS, create_key, revoke_key
from api.auth.roles import CLINIC_ROLES, Role
from api.problems import FieldProblem, Invalid
from api.web.page import Page
from api.web.route import ConsoleRoute, PageDep

router = APIRouter(route_class=ConsoleRoute, prefix="/console/keys", include_in_schema=False)

_ADMIN = ("PATCH", "/v1/settings")


@router.get("")
def listed(page: PageDep) -> Response:
    """Every key of the clinic; none can be shown again."""
    page.needs(*_ADMIN)
    return _list(page)


@router.post("")
def create(page: PageDep) -> Response:
    """A key for somebody, shown this once."""
    page.needs(*_ADMIN)
    role = page.form.one("role")
    if role not in {one.value for one in CLINIC_ROLES}:
        raise Invalid([FieldProblem("role", "Choose one of the roles on the page.")])
    connection = page.scope.unit.begin_write()
    key_id, key = create_key(connection, page.scope.clinic_id, Role(role))
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


def _list(page: Page, made: str = "") -> Response:
    rows = page.scope.connection.execute(KEYS, {"clinic_id": page.scope.clinic_id}).all()
    return page.show("console/keys.html", keys=rows, made=made, roles=CLINIC_ROLES)
