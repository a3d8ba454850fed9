"""Pages made on the server: escaped by default, and nothing in them comes from elsewhere."""

from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

# Nothing but our own stylesheet is loaded; the other safe headers come with every answer.
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self';"
    " frame-ancestors 'none'; base-uri 'none'"
)

_templates = Environment(
    loader=PackageLoader("api.pages"),
    autoescape=True,
    # A name that the page does not get is a fault of ours, not an empty place.
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(template: str, **words: Any) -> HTMLResponse:
    """The page of a template under `api/pages/templates`, with what it is to show."""
    shown = _templates.get_template(template).render(words)
    return HTMLResponse(shown, headers={"Content-Security-Policy": PAGE_POLICY})


def prefers_page(accept: str) -> bool:
    """Whether an `Accept` header ranks `text/html` above JSON, as a browser's does (RFC 9110)."""
    return _quality(accept, "text", "html") > _quality(accept, "application", "json")


def _quality(accept: str, kind: str, form: str) -> float:
    """The weight 0 to 1 of a media type: that of the closest range, 0 where there is none."""
    ranks = {f"{kind}/{form}": 2, f"{kind}/*": 1, "*/*": 0}
    best, quality = -1, 0.0
    for part in accept.lower().split(","):
        media_range, *parameters = (word.strip() for word in part.split(";"))
        rank = ranks.get(media_range, -1)
        if rank > best:
            best, quality = rank, _weight(parameters)
    return quality


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return min(max(float(value), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0
