"""Who fills in an intake: no key, but a draft of their own once they began."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, Response

from api.auth.keys import MAX_KEY_LENGTH
from api.auth.roles import Role
from api.auth.scope import ClinicScope
from api.auth.system import clinic_state
from api.db.database import Database
from api.problems import NotFound
from api.store.clinic_settings import read_settings
from api.web.areas import INTAKE
from api.web.forms import EMPTY, Form, read_form, refuse_foreign
from api.web.intake.drafts import Draft, draft_of
from api.web.page import Page
from api.web.route import PageRoute


@dataclass(frozen=True, slots=True)
class IntakeVisit:
    """A request for a page of a clinic's intake; `secret` is empty before a draft was begun."""

    request: Request
    clinic_id: UUID
    secret: str
    form: Form

    def open(self) -> Page:
        """The clinic's scope, with what an intake form may do.

        Raises:
            NotFound: there is no such clinic, or it has no intake page.
        """
        database: Database = self.request.app.state.database
        unit = database.open_unit()
        state = clinic_state(unit.connection, self.clinic_id)
        if state is None:
            unit.close()
            raise NotFound("There is no such page.")
        request_id = self.request.state.request_id
        scope = ClinicScope(state, None, Role.INTAKE, unit, database, request_id)
        if not read_settings(scope).intake_page:
            unit.close()
            raise NotFound("There is no such page.")
        return Page(self.request, INTAKE, scope, self.secret, self.form)


@dataclass(frozen=True)
class IntakePage(Page):
    """A page of somebody who has begun."""

    draft: Draft


async def intake_visit(request: Request, clinic_id: UUID) -> IntakeVisit:
    """The visitor of an intake page.

    Raises:
        Forbidden: a form did not come from our page.
    """
    secret = request.cookies.get(INTAKE.cookie, "")[:MAX_KEY_LENGTH]
    form = EMPTY
    if request.method not in {"GET", "HEAD"}:
        form = await read_form(request)
        refuse_foreign(request, form, secret)
    return IntakeVisit(request, clinic_id, secret, form)


PageDep = Annotated[Page, Depends(intake_visit)]
DraftDep = Annotated[IntakePage, Depends(intake_visit)]


class IntakeRoute(PageRoute):
    """A page of the intake."""

    area = INTAKE


def begun(endpoint: Callable[..., Response]) -> Callable[..., Response]:
    """Pages for who has begun: others are sent to the beginning."""

    @wraps(endpoint)
    def run(page: Page, **given: Any) -> Response:
        draft = draft_of(page.scope, page.secret) if page.secret else None
        if draft is None:
            return page.go(f"/intake/{page.scope.clinic_id}")
        fields = {name: getattr(page, name) for name in Page.__dataclass_fields__}
        return endpoint(page=IntakePage(**fields, draft=draft), **given)

    return run
