"""Schedule: 1 for at least one of the times asked for, else 0."""

from matching.scorers.levels import any_of

SCORER = any_of(lambda roster: roster.schedule, lambda query, _: query.intake.schedule.codes)
