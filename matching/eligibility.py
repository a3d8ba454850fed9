"""Who may be ranked at all: hard requirements, each with a reason, never relaxed by a score."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from matching.availability import FULL, INACTIVE, NOT_ACCEPTING, Availability, AvailabilityRules
from matching.query import Query
from matching.roster import Roster
from matching.rows import Flags, Rows
from matching.scorers import SCORERS

# The order in which requirements are looked at: a therapist who fails several is counted under the
# first. What they are comes before what the client asked of the clinic, and that before wishes.
REASONS: tuple[str, ...] = (
    "inactive",
    "not_accepting",
    "full",
    "leaving",
    "availability_stale",
    "current_therapist",
    "left_before",
    "excluded_by_client",
    "out_of_scope",
    "service",
    "age_group",
    "jurisdiction",
    "associate",
    "access",
    "payer",
    "must_language",
    "must_gender",
    "must_culture",
    "must_modality",
    "must_format",
    "must_schedule",
    "must_communication_style",
)


@dataclass(frozen=True, slots=True)
class Eligible:
    """Who passed: the rows, and how many failed under which first reason, in REASONS order."""

    rows: Rows
    excluded: dict[str, int]


def eligible(
    query: Query,
    roster: Roster,
    availability: Availability,
    rules: AvailabilityRules,
    now: datetime,
) -> Eligible:
    """The rows that meet every requirement."""
    remaining = len(roster)
    alive = np.ones(remaining, np.bool_)
    excluded: dict[str, int] = {}
    for reason, met in requirements(query, roster, availability, rules, now):
        alive &= met
        left = int(np.count_nonzero(alive))
        if left < remaining:
            excluded[reason] = remaining - left
            remaining = left
    return Eligible(Rows.where(alive, remaining), excluded)


def requirements(
    query: Query,
    roster: Roster,
    availability: Availability,
    rules: AvailabilityRules,
    now: datetime,
) -> Iterator[tuple[str, Flags]]:
    """Each requirement that the therapists or the query state, in REASONS order: who meets it.

    A profile that does not say does not meet it, `payer` apart.
    """
    yield from _of_the_therapist(availability, rules, now)
    yield from _of_the_service(query, roster, now)
    yield from _of_the_wishes(query, roster)


def suited(
    query: Query,
    roster: Roster,
    availability: Availability,
    rules: AvailabilityRules,
    now: datetime,
) -> Flags:
    """Who works here, stays, and meets every requirement but being free for somebody new now."""
    alive: Flags = (availability.standing != INACTIVE) & _stays(availability, rules, now)
    for _, met in (*_of_the_service(query, roster, now), *_of_the_wishes(query, roster)):
        alive = alive & met
    return alive


def _of_the_therapist(
    availability: Availability, rules: AvailabilityRules, now: datetime
) -> Iterator[tuple[str, Flags]]:
    yield "inactive", availability.standing != INACTIVE
    yield "not_accepting", availability.standing != NOT_ACCEPTING
    yield "full", availability.standing != FULL
    yield "leaving", _stays(availability, rules, now)
    oldest = now - timedelta(days=rules.stale_after_days)
    yield "availability_stale", availability.not_stale(oldest)


def _stays(availability: Availability, rules: AvailabilityRules, now: datetime) -> Flags:
    last_start = (now.date() + timedelta(days=rules.leaving_notice_days)).toordinal()
    met: Flags = availability.leaving > last_start
    return met


def _of_the_service(query: Query, roster: Roster, now: datetime) -> Iterator[tuple[str, Flags]]:
    intake, rows = query.intake, Rows.every(len(roster))
    for reason, left_out in (
        ("current_therapist", query.with_now),
        ("left_before", query.left_before),
        ("excluded_by_client", query.excluded),
    ):
        if left_out:
            wanted = np.ones(len(roster), np.bool_)
            wanted[list(left_out)] = False
            yield reason, wanted
    if intake.needs:
        yield "out_of_scope", ~roster.out_of_scope.any_of(intake.needs, rows)
    yield "service", roster.services.any_of((intake.service,), rows)
    if intake.age_group:
        yield "age_group", roster.age_groups.any_of((intake.age_group,), rows)
    if intake.jurisdiction:
        yield "jurisdiction", roster.licences.valid(intake.jurisdiction, now.date(), rows)
    if intake.accepts_associate == "no":
        yield "associate", _works_alone(query, roster, now)
    if intake.access:
        yield "access", roster.access.all_of(intake.access, rows)
    if intake.payer:
        taken = roster.payers.any_of((intake.payer.casefold(),), rows)
        yield "payer", taken | roster.payers.blank(rows)


def _of_the_wishes(query: Query, roster: Roster) -> Iterator[tuple[str, Flags]]:
    rows = Rows.every(len(roster))
    musts = {f"must_{dimension}": dimension for dimension in query.musts()}
    for reason in REASONS:
        if reason in musts:
            yield reason, SCORERS[musts[reason]].meets(query, roster, rows)


def _works_alone(query: Query, roster: Roster, now: datetime) -> Flags:
    """Neither associates nor licensed where the client lives by an associate licence only."""
    jurisdiction, rows = query.intake.jurisdiction, Rows.every(len(roster))
    if not jurisdiction:
        return ~roster.associate
    licensed = roster.licences.valid(jurisdiction, now.date(), rows)
    alone = roster.unsupervised.valid(jurisdiction, now.date(), rows)
    met: Flags = ~roster.associate & (alone | ~licensed)
    return met


def works_supervised(query: Query, roster: Roster, row: int, now: datetime) -> bool:
    """Whether an eligible therapist would see this client under supervision."""
    if roster.associate[row]:
        return True
    jurisdiction = query.intake.jurisdiction
    if not jurisdiction:
        return False
    return not roster.unsupervised.holds(row, jurisdiction, now.date())
