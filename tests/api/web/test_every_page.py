"""Every page opens, is safe to show, and has nothing on it from elsewhere."""

import re
from urllib.parse import urlsplit

from api.pages.render import PAGE_HEADERS
from api.web.areas import MY
from tests.factories.backends import ON_SQLITE_ALONE
from tests.factories.browsing import Browser, View
from tests.factories.pages import ENTRANCES, World, area_of, page_routes, pages_of

HEADERS = {
    **PAGE_HEADERS,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
EXIT = "/leave"


def faults(view: View) -> list[str]:
    """What is wrong with a page, whatever it says."""
    found = [name for name, value in HEADERS.items() if view.response.headers.get(name) != value]
    for tag, attributes in view.tags:
        found += [f"{tag} {name}" for name in attributes if name.startswith("on")]
        found += [f"{tag} style" for name in attributes if name == "style"]
        for name in ("href", "src", "action", "formaction", "data", "poster", "srcset"):
            address = attributes.get(name, "")
            if urlsplit(address).netloc or urlsplit(address).scheme:
                found.append(f"{tag} leads to {address}")
    # The one script is a file of our own, and nothing stands inside its element.
    if re.search(r"<script[^>]*>[^<]", view.response.text) or "<style" in view.response.text:
        found.append("inline code")
    if "<!doctype html>" not in view.response.text or not view.title.strip():
        found.append("no page")
    return found


def test_every_page_opens_and_is_safe_to_show(whole: World) -> None:
    seen = {}
    for template, view in pages_of(whole):
        expected = {401: "/link", 404: "/nobody"}.get(view.code)
        assert view.code == 200 or (expected and template.endswith(expected)), (template, view.code)
        assert faults(view) == [], template
        seen[template] = view
    assert len(seen) > 25


@ON_SQLITE_ALONE
def test_no_page_has_a_form_that_would_not_be_taken(whole: World) -> None:
    forms = set(page_routes("POST"))
    for template, view in pages_of(whole):
        for form in view.forms:
            if form.method == "get":
                continue
            target = form.action or urlsplit(view.at).path
            fitting = [one for one in forms if re.fullmatch(re.sub(r"{\w+}", "[^/]+", one), target)]
            assert fitting, f"{template} sends {target}"
            if fitting[0] not in ENTRANCES:
                assert "form_token" in form.names(), template


@ON_SQLITE_ALONE
def test_every_link_on_a_page_leads_to_a_page(whole: World) -> None:
    followed = set()
    for template, view in pages_of(whole):
        anybody = template in ENTRANCES
        browser = Browser(whole.clinic.client) if anybody else whole.visitor(template)
        # The pages of a client are several clients'; the visitors of others see them all.
        visitor = template if anybody or area_of(template) is MY else area_of(template)
        for href, label in view.links:
            if href.startswith("#") or href == EXIT or (visitor, href) in followed:
                continue
            followed.add((visitor, href))
            found = browser.open(href)
            # Who looks for a therapist has no page of their own yet, and is told how to open it.
            code = 401 if template == "/intake/{clinic_id}" and href == "/my" else 200
            assert found.code == code, f"{template}: {label!r} leads to {href}: {found.code}"


@ON_SQLITE_ALONE
def test_nothing_of_a_client_stands_in_an_address_or_a_title(whole: World) -> None:
    for template, view in pages_of(whole):
        assert not re.search(r"c-with|c-asking|c-waiting|Somebody", view.title), template
        for href, _ in view.links:
            assert not re.search(r"c-with|c-asking|c-waiting|Somebody", href), template


@ON_SQLITE_ALONE
def test_the_safety_notice_is_on_every_page_of_a_client(whole: World) -> None:
    for template, view in pages_of(whole):
        if template.startswith("/intake") or (
            template.startswith("/my") and template not in ENTRANCES
        ):
            assert "988" in view.text, template
            assert view.link("Leave this page quickly") == EXIT, template
