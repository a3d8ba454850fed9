"""Templates: escaped by default, strict about what is missing, with nothing from elsewhere."""

import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from api.pages.dates import day, from_today, moment

STATIC = files("api.pages") / "static"
ASSETS = {
    "rapport.css": "text/css; charset=utf-8",
    "rapport.js": "text/javascript; charset=utf-8",
    "live.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
# Styles, pictures and the few scripts are our own; no inline code, no frames, no other host.
PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self';"
    " img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "X-Frame-Options": "DENY",
}


@cache
def environment() -> Environment:
    """The templates, put together once a process."""
    made = Environment(
        # The frame and what features show is here; the pages themselves stand above the features.
        loader=ChoiceLoader([PackageLoader("api.pages"), PackageLoader("api.web")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["asset"] = asset_url
    made.filters |= {"day": day, "moment": moment, "from_today": from_today}
    return made


def html(template: str, code: int = 200, **context: Any) -> HTMLResponse:
    """A page; `context` is what the template names."""
    text = environment().get_template(template).render(**context)
    return HTMLResponse(text, code, dict(PAGE_HEADERS))


@cache
def asset(name: str) -> bytes:
    """A file of our own that pages load."""
    return (STATIC / name).read_bytes()


@cache
def asset_url(name: str) -> str:
    """Where it is, by its content: a new release is loaded anew."""
    return f"/static/{name}?v={hashlib.sha256(asset(name)).hexdigest()[:12]}"
