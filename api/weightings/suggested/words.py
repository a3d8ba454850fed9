"""What is said of suggested weights, by code."""

from collections.abc import Mapping
from types import MappingProxyType

VERDICT: Mapping[str, str] = MappingProxyType(
    {
        "better_ranking": "Your ratings say that these weights would rank better than the present"
        " ones, and on later clients they did. Look at the preview before you activate them.",
        "not_confirmed": "Your ratings lean towards other weights, but on later clients they"
        " ranked no better. Your data cannot tell; the present weights stay.",
        "too_uncertain": "Your data cannot tell whether other weights would rank better than the"
        " present ones, so these stay. More ratings may.",
        "too_few_clients": "Too few clients with ratings have asked for two dimensions or more."
        " Your data cannot tell; the present weights stay.",
        "weights_changed": "The weights have changed since your ratings were last learned from."
        " Ask for a training; until then your data cannot tell.",
        "not_trained": "Nothing has been learned from your ratings yet. Ask for a training; until"
        " then your data cannot tell.",
    }
)

STATE: Mapping[str, str] = MappingProxyType(
    {
        "estimated": "From your own ratings, held towards the present weight.",
        "too_few": "Too few clients with ratings asked for it.",
        "alike": "Your therapists hardly differ in it, so its weight decides nothing.",
        "off": "It has no weight, so nothing is learned about it.",
        "kept": "Its share of the score already follows how reliable the model is.",
    }
)
