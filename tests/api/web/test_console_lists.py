"""The waiting list and the named reader's comments in the console."""

from collections.abc import Mapping

import pytest

from api.auth.roles import Role
from api.waits.accepting import AcceptedChange
from api.web.areas import CONSOLE
from api.web.console.waiting import accepted_words
from matching.vocabulary import Vocabulary
from tests.factories.browsing import Browser
from tests.factories.clinics import ClinicApi
from tests.factories.pages import console, set_up, token_of
from tests.factories.pairings import match_of, roster
from tests.factories.session_ratings import rated, together
from tests.factories.waits import look, wait_now, waits_for


def test_the_list_stands_in_its_order_with_its_rule(clinic: ClinicApi) -> None:
    for reference, urgency in {"c-1": "routine", "c-2": "urgent", "c-3": "soon"}.items():
        waits_for(clinic, match_of(clinic, reference), urgency=urgency)
    view = console(clinic, Role.STAFF).open("/console/waiting")
    places = [line[:3] for line in view.lines if line.startswith("c-")]
    assert places == ["c-2", "c-3", "c-1"]
    assert "soon as 14 days, urgent as 28 days" in view.text


def test_an_offer_is_shown_and_a_client_is_taken_off(clinic: ClinicApi) -> None:
    wait = waits_for(clinic, match_of(clinic, "c-1"))
    roster(clinic, 1, caseload_limit=1, name="Ana Reyes")
    look(clinic)
    staff = console(clinic, Role.STAFF)
    view = staff.open("/console/waiting")
    assert "A place is held for them" in view.text
    assert "Ana Reyes" in view.text
    gone = staff.press(view, "Yes, take off")
    assert "Nobody waits" in gone.text
    assert wait_now(clinic, wait)["status"] == "left"


def test_a_long_list_goes_on(clinic: ClinicApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.web.console.waiting.DEFAULT_PAGE", 2)
    for number in range(3):
        waits_for(clinic, match_of(clinic, f"c-{number}"))
    staff = console(clinic, Role.STAFF)
    first = staff.open("/console/waiting")
    assert "c-2" not in first.text
    second = staff.open(first.link("Who comes after"))
    assert "c-2" in second.text
    assert "c-0" not in second.text
    assert staff.open("/console/waiting?cursor=nonsense").code == 422


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"change": "schedule", "add": "tue_evening"}, "Tuesday evening"),
        ({"change": "format", "add": "video"}, "By video"),
        ({"change": "language", "add": "es-MX"}, "Spanish (es-MX)"),
        ({"change": "modality", "to": "strong"}, "another kind of therapy"),
        ({"change": "communication_style", "to": "strong"}, "another way of working"),
        ({"change": "payer", "to": None}, "another way to pay"),
        ({"change": "accepts_associate", "to": "yes"}, "somebody in training"),
    ],
)
def test_what_would_do_is_said_in_words(change: Mapping[str, str | None], words: str) -> None:
    stored = AcceptedChange.model_validate(change).document()
    assert accepted_words(stored, Vocabulary.shared()) == words


def reader(clinic: ClinicApi, role: Role) -> Browser:
    """The clinic's named reader, signed in."""
    admin = console(clinic)
    lines = admin.open("/console/keys").lines
    key_id = lines[lines.index(role.value) - 1]
    set_up(clinic, named_reader="Dr Lind", named_reader_key=key_id)
    return console(clinic, role)


def test_comments_are_for_the_named_reader_alone(clinic: ClinicApi) -> None:
    pairing = together(clinic)
    rating = rated(clinic, pairing, 1, comment="I was in a hurry.\nAnd you?")
    rated(clinic, pairing, 2)
    staff, admin = reader(clinic, Role.STAFF), console(clinic)
    other = admin.open("/console/comments")
    assert "for one person of the clinic, Dr Lind" in other.text
    assert "hurry" not in other.text
    view = staff.open("/console/comments")
    assert "I was in a hurry." in view.text
    assert view.text.count("I have read it") == 1
    token = {"form_token": token_of(admin, CONSOLE)}
    sent = admin.post(f"/console/comments/{rating['id']}/read", token)
    assert sent.headers["location"] == "/console/comments"
    assert staff.open("/console/comments").text == view.text
    read = staff.press(view, "I have read it")
    assert "Everything is read." in read.text
    everything = staff.open(read.link("All"))
    assert "I was in a hurry." in everything.text
    assert "I have read it" not in everything.text
    trail = clinic.get("/v1/audit", params={"subject_id": rating["id"]}).json()["items"]
    assert [row["action"] for row in trail[:3]] == [
        "comment.shown",
        "comment.read",
        "comment.shown",
    ]


def test_where_nobody_is_named_it_is_said_what_to_do(clinic: ClinicApi) -> None:
    rated(clinic, together(clinic), 1, comment="Kept for somebody.")
    for role, words in {
        Role.ADMIN: "Name the reader, and the id of their key",
        Role.STAFF: "An administrator names the reader",
    }.items():
        view = console(clinic, role).open("/console/comments")
        assert "whom nobody has named yet" in view.text
        assert words in view.text
        assert "Kept for" not in view.text


def test_many_comments_come_page_by_page(
    clinic: ClinicApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.web.console.comments._MOST", 1)
    pairing = together(clinic)
    for session in (1, 2):
        rated(clinic, pairing, session, comment=f"Words {session}.")
    staff = reader(clinic, Role.STAFF)
    for path in ("/console/comments", "/console/comments?all=1"):
        first = staff.open(path)
        assert "Words 2." not in first.text
        assert "Words 2." in staff.open(first.link("More comments")).text
