"""Codes and labels: the dimensions, the style axes, and what a client or a profile can choose from.

A clinic may add codes of its own to the shared ones; it never changes or removes any.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

DIMENSIONS: tuple[str, ...] = (
    "communication_style",
    "gender",
    "culture",
    "language",
    "modality",
    "needs",
    "format",
    "schedule",
    "expected_fit",
)

# The four scales of the Cooper–Norcross Inventory of Preferences, each named by its positive pole.
STYLE_AXES: tuple[str, ...] = (
    "warm_support",
    "therapist_directiveness",
    "emotional_intensity",
    "past_orientation",
)

_DAYS = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
_TIMES = ("morning", "afternoon", "evening")

SHARED: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "genders": {
            "woman": "Woman",
            "man": "Man",
            "non_binary": "Non-binary",
            "trans_woman": "Trans woman",
            "trans_man": "Trans man",
            "genderqueer": "Genderqueer",
            "two_spirit": "Two-Spirit",
            "self_described": "Described in their own words",
        },
        "cultures": {
            "african": "African",
            "african_american": "African American",
            "caribbean": "Caribbean",
            "east_asian": "East Asian",
            "south_asian": "South Asian",
            "southeast_asian": "Southeast Asian",
            "central_asian": "Central Asian",
            "latine": "Latina, Latino or Latine",
            "middle_eastern_north_african": "Middle Eastern or North African",
            "jewish": "Jewish",
            "indigenous": "Indigenous or Native",
            "pacific_islander": "Pacific Islander",
            "european": "European",
            "eastern_european": "Eastern European",
            "multiracial": "Multiracial or multicultural",
        },
        "communities": {
            "lgbtq": "LGBTQ+ communities",
            "transgender": "Transgender and gender-diverse people",
            "immigrants": "Immigrants and their families",
            "refugees": "Refugees and asylum seekers",
            "veterans": "Veterans and military families",
            "first_responders": "First responders",
            "disability": "Disabled people",
            "deaf": "Deaf and hard-of-hearing people",
            "neurodivergent": "Neurodivergent people",
            "muslim": "Muslim communities",
            "christian": "Christian communities",
            "jewish_faith": "Jewish religious communities",
            "hindu": "Hindu communities",
            "buddhist": "Buddhist communities",
            "sikh": "Sikh communities",
            "secular": "Secular and non-religious people",
            "students": "Students",
            "parents": "Parents and carers",
            "healthcare_workers": "Health and care workers",
            "kink_poly": "Kink and polyamory communities",
            "rural": "Rural communities",
        },
        "languages": {
            "en": "English",
            "es": "Spanish",
            "zh": "Chinese",
            "yue": "Cantonese",
            "vi": "Vietnamese",
            "tl": "Tagalog",
            "ko": "Korean",
            "ja": "Japanese",
            "ar": "Arabic",
            "fa": "Persian",
            "fr": "French",
            "ht": "Haitian Creole",
            "pt": "Portuguese",
            "ru": "Russian",
            "uk": "Ukrainian",
            "pl": "Polish",
            "de": "German",
            "it": "Italian",
            "hi": "Hindi",
            "ur": "Urdu",
            "pa": "Punjabi",
            "bn": "Bengali",
            "tr": "Turkish",
            "he": "Hebrew",
            "so": "Somali",
            "am": "Amharic",
            "sw": "Swahili",
            "ase": "American Sign Language",
            "bfi": "British Sign Language",
        },
        "modalities": {
            "cbt": "Cognitive behavioural therapy (CBT)",
            "act": "Acceptance and commitment therapy (ACT)",
            "dbt": "Dialectical behaviour therapy (DBT)",
            "emdr": "EMDR",
            "psychodynamic": "Psychodynamic therapy",
            "psychoanalytic": "Psychoanalytic therapy",
            "person_centred": "Person-centred therapy",
            "humanistic": "Humanistic therapy",
            "existential": "Existential therapy",
            "gestalt": "Gestalt therapy",
            "ifs": "Internal family systems (IFS)",
            "schema": "Schema therapy",
            "ipt": "Interpersonal therapy (IPT)",
            "mbct": "Mindfulness-based cognitive therapy",
            "compassion_focused": "Compassion-focused therapy",
            "solution_focused": "Solution-focused brief therapy",
            "motivational_interviewing": "Motivational interviewing",
            "narrative": "Narrative therapy",
            "eft": "Emotionally focused therapy",
            "gottman": "Gottman method",
            "family_systems": "Family systems therapy",
            "exposure": "Exposure therapy (including ERP)",
            "trauma_focused_cbt": "Trauma-focused CBT",
            "somatic": "Somatic therapy",
            "art": "Art therapy",
            "play": "Play therapy",
            "integrative": "Integrative therapy",
            "feminist": "Feminist therapy",
            "multicultural": "Multicultural therapy",
        },
        "needs": {
            "anxiety": "Anxiety",
            "depression": "Depression or low mood",
            "grief": "Grief and loss",
            "trauma": "Trauma",
            "ptsd": "Post-traumatic stress",
            "panic": "Panic attacks",
            "social_anxiety": "Social anxiety",
            "phobias": "Phobias",
            "ocd": "Obsessions and compulsions",
            "stress": "Stress",
            "burnout": "Burnout",
            "anger": "Anger",
            "sleep": "Sleep",
            "self_esteem": "Self-esteem",
            "shame": "Shame and self-criticism",
            "perfectionism": "Perfectionism",
            "relationships": "Relationships",
            "couple_conflict": "Conflict as a couple",
            "separation": "Separation and divorce",
            "family_conflict": "Family conflict",
            "parenting": "Parenting",
            "perinatal": "Pregnancy, birth and early parenthood",
            "fertility": "Fertility",
            "closeness": "Closeness and trust are hard for me",
            "loneliness": "Loneliness",
            "life_transitions": "Life changes",
            "identity": "Identity",
            "sexuality": "Sexuality",
            "gender_identity": "Gender identity",
            "racism": "Racism and discrimination",
            "migration": "Migration and belonging",
            "faith": "Faith and spirituality",
            "work": "Work and career",
            "academic": "Study",
            "adhd": "ADHD",
            "autism": "Autism",
            "eating_disorders": "Eating disorders",
            "body_image": "Body image",
            "substance_use": "Alcohol and other substances",
            "gambling": "Gambling and other compulsive behaviour",
            "bipolar": "Bipolar disorder",
            "psychosis": "Psychosis",
            "personality": "Long-standing patterns (personality)",
            "self_harm": "Self-harm",
            "suicidality": "Suicidal thoughts",
            "chronic_illness": "Chronic illness",
            "chronic_pain": "Chronic pain",
            "dementia_caring": "Caring for someone with dementia",
            "abuse": "Abuse and violence",
            "childhood": "A difficult childhood",
            "coping_skills": "Learning ways to cope",
            "self_understanding": "Understanding myself better",
            "decision": "Making a decision",
        },
        "formats": {
            "in_person": "In person",
            "video": "By video",
            "phone": "By phone",
            "chat": "By text chat",
            "home_visit": "At home",
            "outdoors": "Outdoors",
        },
        "schedule": {
            f"{day}_{time}": f"{name} {time}" for day, name in _DAYS.items() for time in _TIMES
        },
        "services": {
            "individual": "Individual therapy",
            "couple": "Couple therapy",
            "family": "Family therapy",
            "group": "Group therapy",
            "assessment": "Assessment",
        },
        "age_groups": {
            "child": "Children",
            "adolescent": "Adolescents",
            "young_adult": "Young adults",
            "adult": "Adults",
            "older_adult": "Older adults",
        },
        "access": {
            "step_free": "Step-free access",
            "accessible_toilet": "Accessible toilet",
            "parking": "Accessible parking",
            "hearing_loop": "Hearing loop",
            "sign_language_interpreter": "Sign-language interpreter",
            "captions": "Live captions on video",
            "low_sensory": "Low-sensory room",
            "assistance_animal": "Assistance animals welcome",
            "large_print": "Large-print materials",
        },
        "alternative_reasons": {
            "leads_too_much": "They lead more than I would like",
            "leads_too_little": "They lead less than I would like",
            "too_intense": "It gets too emotional for me",
            "too_reserved": "I would like to go deeper into feelings",
            "past_too_much": "Too much about the past",
            "past_too_little": "Too little about the past",
            "too_blunt": "Too challenging for me",
            "too_soft": "Not challenging enough for me",
            "trust": "I find it hard to be honest with them",
            "not_heard": "I do not feel heard",
            "judged": "I feel judged",
            "no_click": "We do not click",
            "cant_speak_up": "I cannot say when something is wrong",
            "goals": "We do not work on what matters to me",
            "modality": "I would like another way of working",
            "needs": "They do not know enough about what I bring",
            "no_progress": "Nothing is changing",
            "specialist_advised": "I was advised to see a specialist",
            "culture": "I would like somebody who knows my background",
            "gender": "I would like somebody of another gender",
            "language": "I would like to speak another language",
            "unsafe": "I did not feel safe",
            "boundary": "A boundary was crossed",
            "discrimination": "I was discriminated against",
            "schedule": "The times do not work",
            "cost": "It costs too much",
            "payer": "My insurance does not cover it",
            "location": "It is too far away",
            "format": "I would like to meet in another way",
            "connection": "The connection is too poor",
            "access": "I cannot get in or take part",
            "cancellations": "Too many sessions are cancelled",
            "therapist_left": "The therapist left",
            "therapist_advised": "The therapist advised it",
            "conflict": "We know each other from elsewhere",
            "second_opinion": "I would like a second opinion",
            "paused": "I want to pause",
            "prefer_not_to_say": "I prefer not to say",
            "other": "Another reason",
        },
    }
)

FACETS: tuple[str, ...] = tuple(SHARED)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The codes of one clinic, each with its label: `facets[facet][code] == label`."""

    facets: Mapping[str, Mapping[str, str]]

    @classmethod
    def shared(cls) -> "Vocabulary":
        """The codes every clinic starts with."""
        return cls(SHARED)

    def extended(self, additions: Mapping[str, Mapping[str, str]]) -> "Vocabulary":
        """This vocabulary and a clinic's own codes; a shared code keeps its label."""
        return Vocabulary(
            {facet: {**additions.get(facet, {}), **codes} for facet, codes in self.facets.items()}
        )

    def knows(self, facet: str, code: str) -> bool:
        """Whether `code` is one of the facet's."""
        return code in self.facets[facet]

    def label(self, facet: str, code: str) -> str:
        """The words for a code; the code itself where there are none (language tags)."""
        return self.facets[facet].get(code, code)
