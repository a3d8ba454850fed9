"""How to read each page, in plain words, and what its figures do not show."""

from api.insights.schemas import WindowOut
from api.insights.window import Window
from matching.insights.steps import in_fives

PAGES = {
    "exposure": "Who is seen how much, beside what their fit warrants and the room they have.",
    "unmet-needs": "What clients ask for and nobody, or too few, can give: whom to hire next.",
    "profiles": "Which blank fields of which profiles cost their therapists most.",
    "calibration": "Whether the fit that was expected is the fit that followed.",
    "congestion": "Who is wanted by more than they have room for, and how long clients wait.",
    "bias": "Selection, exposure and fit by group of therapists and of clients, with intervals.",
}

STEPS_NOTE = (
    "Figures rest on whole steps of five clients, so some of the latest matches may be missing."
)
REPLAY_NOTE = (
    "Who was eligible, and with what score, is computed again for the latest 1,000 clients at most;"
    " each counts once a quarter of a year, with the latest match."
)
NONE_REPLAYED_NOTE = (
    "Nothing was computed again: fewer than five clients have their latest match of the quarter"
    " here, or they fill no step of five."
)

EXPOSURE_NOTES = (
    STEPS_NOTE,
    REPLAY_NOTE,
    (
        "Attention is counted as 1, 0.63, 0.5, … by rank: a convention, not a measurement of"
        " your clients."
    ),
    (
        "Warranted is each list's attention shared in proportion to score among all who were"
        " eligible. A ranking puts the best first, so ratios differ from 1 by design; what to"
        " look at is who stays far below with a fit like the others'."
    ),
)
UNMET_NOTES = (
    "Each client counts once, with the latest request. Counts are in steps of five clients.",
    (
        "Few means fewer than three therapists who take new clients now. A combination is"
        " listed where its parts are less scarce than the whole."
    ),
    "Insurance is left out, since what clients enter there is free text.",
)
GAP_NOTES = (
    STEPS_NOTE,
    REPLAY_NOTE,
    (
        "A blank field is scored as the mean of those who fill it in, so it neither helps nor"
        " harms on average. The figures say what the best answer would bring: where another"
        " answer is true, saying so moves the therapist down for that client, and is right all"
        " the same."
    ),
)
CALIBRATION_NOTES = (
    STEPS_NOTE,
    "Only ratings of clients who agreed to learning, and only first choices from a list.",
    (
        "What is found varies with the sessions it is heard from, which the interval of a"
        " pair's mean fit does not include: with few ratings a pair, coverage below 0.8 is to be"
        " expected."
    ),
    "Clients rate whom they chose. Nothing is found of pairs that never met.",
)
CONGESTION_NOTES = (
    STEPS_NOTE,
    REPLAY_NOTE,
    "Full for: clients who would have been shown the therapist, had there been a place.",
)
BIAS_NOTES = (
    STEPS_NOTE,
    REPLAY_NOTE,
    (
        "What is known of clients is what they asked for and their age group, not who they are:"
        " gender, culture and language of clients are not recorded, so no figure here is about"
        " them."
    ),
    (
        "Groups below five therapists or five clients are withheld, and others with them where"
        " the rest would tell. Who is in several groups counts in each; a blank profile is a"
        " group of its own."
    ),
    (
        "A difference is not by itself discrimination, and its absence is no proof of fairness:"
        " groups differ in what is asked of them, in room, in how complete profiles are and in"
        " how long they have been there. exposure_for_merit takes account of score and of who"
        " was eligible; score itself rests on what clients ask and on ratings, which may carry"
        " prejudice."
    ),
    (
        "Intervals are 95 %, by person (jackknife); of many differences some exclude 0 by"
        " chance. A ratio below 0.8 is a convention for looking closer (four-fifths rule), not a"
        " finding."
    ),
)


def window_out(window: Window) -> WindowOut:
    """The window as a page says it."""
    return WindowOut(
        since=window.since,
        until=window.until,
        matches=len(window.ids),
        clients=in_fives(window.people),
        replayed=window.replayed.size,
    )
