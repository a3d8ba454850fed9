"""A model's card: what it says, what became of the model since, and its page."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from sqlalchemy import text

from api.models import worker
from api.pages.accept import prefers_page
from api.pages.figures import Figure, Mark
from api.pages.render import PAGE_HEADERS
from matching.learning.train import train
from tests.factories.clinics import ClinicApi
from tests.factories.models import LEASE, ask, claimed, database_of, preferring, refused, trained
from tests.factories.ratings import send as send_ratings
from tests.factories.ratings import short_row

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


class Outline(HTMLParser):
    """What a page is made of, for whoever cannot see it."""

    VOID = frozenset({"meta", "link"})

    def __init__(self, shown: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(shown)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def of(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag in tags]


def card_of(clinic: ClinicApi, model_id: str) -> dict[str, Any]:
    card: dict[str, Any] = clinic.get(f"/v1/models/{model_id}/card").json()
    return card


def page_of(clinic: ClinicApi, model_id: str) -> str:
    answered = clinic.get(f"/v1/models/{model_id}/card", params={"format": "html"})
    assert answered.status_code == 200
    return answered.text


def test_the_card_says_what_it_is_not_for_and_how_to_switch_it_off(staffed: ClinicApi) -> None:
    card = card_of(staffed, trained(staffed, preferring("t-1"))["id"])
    assert "not for judging staff" in card["notice"]
    assert "POST /v1/models/off" in card["off_switch"]
    assert {line.partition(":")[0] for line in card["fairness"]["not_told"]} >= {"Gender", "Age"}
    assert "Not measured" in card["fairness"]["by_group"]


def test_the_card_says_what_became_of_the_model_since(staffed: ClinicApi) -> None:
    first = trained(staffed, preferring("t-1"))
    updates = card_of(staffed, first["id"])["updates"]
    assert updates["trained_at"] == first["trained_at"]
    assert (updates["promoted_by"], updates["ratings_since"]) == ("gate", 0)
    assert updates["promoted_at"] >= first["trained_at"]
    rows = [short_row(client_reference=f"c-{at}", therapist_reference="t-1") for at in range(7)]
    send_ratings(staffed, *rows)
    staffed.post(f"/v1/models/{first['id']}/promote")
    after = card_of(staffed, first["id"])["updates"]
    assert (after["promoted_by"], after["ratings_since"]) == ("administrator", 5)
    assert after["promoted_at"] > updates["promoted_at"]


def test_what_was_refused_was_never_put_to_use(staffed: ClinicApi) -> None:
    card = card_of(staffed, trained(staffed, refused("t-1"))["id"])
    assert (card["updates"]["promoted_at"], card["updates"]["promoted_by"]) == (None, None)
    assert "refused" in card["validation"]["decision"]


@pytest.mark.parametrize(
    ("accept", "form", "media_type"),
    [
        (None, None, "application/json"),
        ("*/*", None, "application/json"),
        ("application/json", None, "application/json"),
        (BROWSER, None, "text/html; charset=utf-8"),
        (BROWSER, "json", "application/json"),
        ("application/json", "html", "text/html; charset=utf-8"),
    ],
)
def test_who_asks_for_a_page_gets_one(
    staffed: ClinicApi, accept: str | None, form: str | None, media_type: str
) -> None:
    path = f"/v1/models/{trained(staffed, preferring('t-1'))['id']}/card"
    answered = staffed.get(
        path,
        headers={"Accept": accept} if accept else {},
        params={"format": form} if form else {},
    )
    assert answered.headers["content-type"] == media_type


def test_no_other_form_is_taken(staffed: ClinicApi) -> None:
    path = f"/v1/models/{trained(staffed, preferring('t-1'))['id']}/card"
    assert staffed.get(path, params={"format": "pdf"}).status_code == 422


@pytest.mark.parametrize(
    ("accept", "page"),
    [
        ("text/html", True),
        ("text/*", True),
        ("TEXT/HTML;q=0.5", True),
        ("text/html;q=0.5, application/json;q=0.4", True),
        ("text/html;q=0.5, application/json", False),
        ("text/html;q=0", False),
        ("text/html;q=x", False),
        ("*/*", False),
        ("", False),
        (";;,=,q=", False),
    ],
)
def test_the_better_form_is_the_one_that_is_rather_accepted(accept: str, page: bool) -> None:
    assert prefers_page(accept) is page


def test_the_page_loads_nothing_from_elsewhere_and_may_not_be_kept(staffed: ClinicApi) -> None:
    model_id = trained(staffed, preferring("t-1"))["id"]
    answered = staffed.get(f"/v1/models/{model_id}/card", headers={"Accept": BROWSER})
    assert {name: answered.headers[name] for name in PAGE_HEADERS} == PAGE_HEADERS
    assert answered.headers["Cache-Control"] == "no-store"
    assert answered.headers["X-Content-Type-Options"] == "nosniff"
    assert answered.headers["Referrer-Policy"] == "no-referrer"
    outline = Outline(answered.text)
    assert outline.of("iframe", "object", "img", "style") == []
    loaded = [tag.get("href") or tag.get("src") for tag in outline.of("link", "script")]
    assert len(loaded) == 3
    assert all(address is not None and address.startswith("/static/") for address in loaded)
    assert not [tag for _, tag in outline.tags if "style" in tag or "onclick" in tag]
    stylesheet = staffed.client.get("/static/rapport.css")
    assert stylesheet.headers["content-type"].startswith("text/css")
    assert "@media print" in stylesheet.text
    assert "url(" not in stylesheet.text


def test_the_page_says_all_that_the_card_says(staffed: ClinicApi) -> None:
    model_id = trained(staffed, preferring("t-1"))["id"]
    card, shown = card_of(staffed, model_id), page_of(staffed, model_id)
    words = re.sub(r"\s+", " ", shown.replace("&#39;", "'"))
    said = [
        card["notice"],
        card["purpose"],
        *card["inputs"],
        *card["not_inputs"],
        *card["out_of_scope"],
        card["validation"]["decision"],
        *card["validation"]["words"],
        *card["limits"],
        card["fairness"]["words"],
        *card["fairness"]["not_told"],
        card["fairness"]["by_group"],
        card["privacy"],
        card["updates"]["words"],
        card["off_switch"],
        str(card["window"]["clients"]),
    ]
    assert [one for one in said if one not in words] == []


def test_each_figure_has_a_title_a_description_and_a_table(staffed: ClinicApi) -> None:
    trained(staffed, preferring("t-2"))
    model_id = trained(staffed, preferring("t-1"))["id"]
    card, shown = card_of(staffed, model_id), page_of(staffed, model_id)
    outline = Outline(shown)
    drawings = outline.of("svg")
    assert len(drawings) == 4
    ids = {tag["id"] for tag in outline.of("title", "desc") if "id" in tag}
    for drawing in drawings:
        assert drawing["role"] == "img"
        assert set(str(drawing["aria-labelledby"]).split()) <= ids
    found = card["held_out"]
    for value in (found["content"], found["model"], found["serving"], found["slope"]):
        assert f"<td>{value:.2f}</td>" in shown
    assert f"<td>{100 * found['coverage']:.0f} %</td>" in shown
    circles = [float(str(tag["cx"])) for tag in outline.of("circle")]
    scale = 610 - 210
    assert circles[2] == pytest.approx(210 + scale * found["model"], abs=0.1)


def test_without_held_out_clients_the_page_says_so_and_draws_nothing(staffed: ClinicApi) -> None:
    model_id = ask(staffed)["id"]
    worker.work(database_of(staffed), claimed(staffed), LEASE, train)
    shown = page_of(staffed, model_id)
    assert Outline(shown).of("svg") == []
    assert "nothing is known of how good it is" in shown


def test_what_an_administrator_wrote_is_shown_as_text(staffed: ClinicApi) -> None:
    model_id = trained(staffed, refused("t-1"))["id"]
    reason = "<script>alert(1)</script> & \"so\" 'on'"
    staffed.post(f"/v1/models/{model_id}/promote", {"override_reason": reason})
    shown = page_of(staffed, model_id)
    assert [tag for tag in Outline(shown).of("script") if "src" not in tag] == []
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp;" in shown


def test_reading_a_card_leaves_no_row(staffed: ClinicApi) -> None:
    model_id = trained(staffed, preferring("t-1"))["id"]
    count = text("SELECT count(*) FROM audit")
    with database_of(staffed).reading() as connection:
        before = connection.execute(count).scalar_one()
    page_of(staffed, model_id)
    with database_of(staffed).reading() as connection:
        assert connection.execute(count).scalar_one() == before


def test_what_lies_beyond_the_scale_is_drawn_at_its_end() -> None:
    figure = Figure(
        key="k",
        title="",
        description="",
        least=-1.0,
        most=1.0,
        reference=0.0,
        reference_label="",
        marks=[Mark(label="", value=-7.0, low=-9.0, high=0.5)],
    )
    assert (figure.x(-7.0), figure.x(0.0), figure.x(7.0)) == (210, 410, 610)
    assert figure.words(figure.marks[0]) == "−7.00 (−9.00 to 0.50)"
