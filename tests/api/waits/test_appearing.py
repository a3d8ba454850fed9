"""A full clinic, three waiting, a place appears: the right one is offered it, within seconds."""

import time

import pytest

from tests.factories.appearances import APPEARANCES, Appearance
from tests.factories.clinics import ClinicApi, make_clinic, service
from tests.factories.pairings import chosen, match_of, roster
from tests.factories.waits import joined, look, offered_to

# An offer takes a second or two; a machine may be busy.
SECONDS = 20


def full_clinic(clinic: ClinicApi) -> dict[str, object]:
    """The pairing that holds the only place, with three waiting for it."""
    (therapist,) = roster(clinic, 1)
    pairing = chosen(clinic, match_of(clinic, "first"), therapist)
    for urgency in ("routine", "urgent", "soon"):
        joined(clinic, urgency, urgency=urgency)
    return pairing


@pytest.mark.parametrize("appears", APPEARANCES)
def test_whatever_appears_is_offered_to_whose_turn_it_is(
    clinic: ClinicApi, appears: Appearance
) -> None:
    pairing = full_clinic(clinic)
    look(clinic)
    assert offered_to(clinic) == []
    appears(clinic, pairing)
    look(clinic)
    assert offered_to(clinic) == ["urgent"]


@pytest.mark.slow
def test_a_served_clinic_offers_each_place_within_seconds(database_url: str) -> None:
    with service(database_url, runs_duties=True) as client:
        for number, appears in enumerate(APPEARANCES):
            clinic = make_clinic(client, f"Clinic {number}")
            pairing = full_clinic(clinic)
            appears(clinic, pairing)
            until = time.monotonic() + SECONDS
            while not offered_to(clinic) and time.monotonic() < until:
                time.sleep(0.1)
            assert offered_to(clinic) == ["urgent"], appears.__name__
            # And nobody else, however often the list is looked through.
            time.sleep(1.5)
            assert offered_to(clinic) == ["urgent"], appears.__name__
