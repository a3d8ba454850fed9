"""Gender: 1 for one of the genders asked for, else 0."""

from matching.scorers.levels import any_of

SCORER = any_of(lambda roster: roster.gender, lambda query, _: query.intake.gender.codes)
