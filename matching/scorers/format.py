"""Format: 1 for at least one of the ways to meet that were asked for, else 0."""

from matching.scorers.levels import any_of

SCORER = any_of(lambda roster: roster.formats, lambda query, _: query.intake.format.codes)
