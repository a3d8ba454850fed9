"""Every clinic of table 1 by name and seed: the simple ones, and those of `seed`."""

from functools import partial
from zlib import crc32

import numpy as np

from bench.beliefs import beliefs
from bench.contract_rows import match_bodies, rating_rows, therapist_rows
from bench.dataset import Dataset, read_intake, read_ratings, read_roster
from bench.histories import draw_answers, draw_history
from bench.seeded import seeded
from bench.worlds import WORLDS as SIMPLE
from bench.worlds import World, draw_clients, draw_effects, draw_therapists, expected_fit
from seed.world import WORLDS as SEEDED

WORLDS = (*SEEDED, *SIMPLE)


def clinic(world: str, seed: int, *, therapists: int, ratings: int, unseen: int = 200) -> Dataset:
    """The clinic of a world by its name, with so many past ratings."""
    if world in SEEDED:
        return seeded(world, seed, therapists=therapists, ratings=ratings, unseen=unseen)
    return simulate(SIMPLE[world], seed, therapists=therapists, ratings=ratings, unseen=unseen)


def simulate(
    world: World, seed: int, *, therapists: int = 60, ratings: int = 2000, unseen: int = 200
) -> Dataset:
    """The clinic of a world and a seed; its truth is the same whatever the number of ratings."""
    draw = partial(generator, seed, world.name)
    roster = draw_therapists(draw("therapists"), therapists, world)
    effects = draw_effects(draw("effects"), therapists, world)
    past = draw_clients(draw("clients"), max(ratings, 1))
    history = draw_history(draw("history"), roster, past, ratings, world.new)
    answers = draw_answers(draw("items"), past, roster, effects, world, history)
    new = draw_clients(draw("unseen"), unseen)
    compiled = read_roster(therapist_rows(roster))
    return Dataset(
        world=world.name,
        seed=seed,
        roster=compiled,
        ratings=read_ratings(rating_rows(past, history, answers), compiled),
        unseen=tuple(read_intake(body) for body in match_bodies(new)),
        true_fit=expected_fit(new, roster, effects, world),
        pair_sd=world.pair,
        reference=partial(beliefs, world, roster, past, history, answers, new),
    )


def generator(seed: int, world: str, part: str) -> np.random.Generator:
    """The draws of one part of a world's clinic, the same for the same seed."""
    return np.random.default_rng([seed, crc32(world.encode()), crc32(part.encode())])
