"""Modality: 1 for at least one of the ways of working asked for, else 0."""

from matching.scorers.levels import any_of

SCORER = any_of(lambda roster: roster.modalities, lambda query, _: query.intake.modality.codes)
