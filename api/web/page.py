"""One page for one visitor: who it is, what they sent, and how to answer them."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select

from api.auth.roles import allowed
from api.auth.scope import ClinicScope
from api.db.tables import Clinic
from api.db.tables.base import table_of
from api.pages.render import html
from api.problems import Forbidden
from api.settings import Settings
from api.store.clinic_settings import ClinicSettings, read_settings
from api.web.areas import Area
from api.web.forms import Form, form_token
from api.web.menu import MENU, Entry


@dataclass(frozen=True)
class Page:
    """What a page's function gets.

    `secret` is what the visitor's cookie holds; `scope` is their clinic's, with their role.
    """

    request: Request
    area: Area
    scope: ClinicScope
    secret: str
    form: Form

    @cached_property
    def settings(self) -> ClinicSettings:
        """What the clinic set for itself."""
        return read_settings(self.scope)

    @cached_property
    def clinic_name(self) -> str:
        """The clinic's name."""
        clinics = table_of(Clinic)
        query = select(clinics.c.name).where(clinics.c.id == self.scope.clinic_id)
        name: str = self.scope.connection.execute(query).scalar_one()
        return name

    @property
    def menu(self) -> list[Entry]:
        """The parts of the console that are open to the visitor."""
        return [entry for entry in MENU if self.may(entry.method, entry.route)]

    def may(self, method: str, route: str) -> bool:
        """Whether the visitor's role may do what that route of the API does."""
        return allowed(method, route, self.scope.role)

    def needs(self, method: str, route: str) -> None:
        """Refuse who may not do what that route of the API does.

        Raises:
            Forbidden: the role table says no.
        """
        if not self.may(method, route):
            raise Forbidden("Your role does not let you do that. Ask an administrator.")

    def show(self, template: str, code: int = 200, **context: Any) -> Response:
        """A page of this area, with what all of them need."""
        return html(
            template,
            code,
            page=self,
            clinic_name=self.clinic_name,
            safety_notice=self.settings.safety_notice,
            form_token=form_token(self.secret),
            here=self.request.url.path,
            **context,
        )

    def go(self, path: str) -> Response:
        """Another page, after something was done."""
        return RedirectResponse(path, 303)


def set_cookie(response: Response, settings: Settings, area: Area, secret: str) -> None:
    """Give the browser a session of an area: for our pages alone, out of reach of scripts."""
    response.set_cookie(
        area.cookie,
        secret,
        max_age=int(area.lasting.total_seconds()),
        path=area.path,
        httponly=True,
        secure=settings.public_url is not None and settings.public_url.startswith("https:"),
        samesite="lax",
    )


def drop_cookie(response: Response, area: Area) -> None:
    """Take the session from the browser."""
    response.delete_cookie(area.cookie, path=area.path, httponly=True, samesite="lax")
