"""Schools of therapy: the methods, needs, style and occupations that go together.

All shares and probabilities are choices, made so that a roster reads like a mixed outpatient
clinic's; only the directions (psychodynamic work looks back and leads little, cognitive work leads
and looks at the present, and so on) are common knowledge of the field.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

Codes = Mapping[str, float]
Style = tuple[float, float, float, float]

ADULT_AGES: Codes = MappingProxyType(
    {"child": 0.03, "adolescent": 0.22, "young_adult": 0.8, "adult": 0.97, "older_adult": 0.45}
)
MIXED: Codes = MappingProxyType(
    {
        "clinical_social_worker": 0.28,
        "marriage_family_therapist": 0.31,
        "professional_counsellor": 0.15,
        "psychologist": 0.23,
        "psychiatrist": 0.03,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """One way of working.

    `share` is relative. `modalities`, `needs`, `services` and `ages` give each code's probability,
    `disciplines` relative weights. `style` is the mean style that clients meet, −1..1 on each of
    `vocabulary.STYLE_AXES`.
    """

    share: float
    core: str
    modalities: Codes
    needs: Codes
    style: Style
    disciplines: Codes = field(default_factory=lambda: MIXED)
    services: Codes = field(default_factory=lambda: {"individual": 1.0, "group": 0.12})
    ages: Codes = field(default_factory=lambda: ADULT_AGES)


SCHOOLS: Mapping[str, School] = MappingProxyType(
    {
        "cognitive_behavioural": School(
            share=20, core="cbt", style=(-0.1, 0.5, -0.2, -0.5),
            modalities={"act": 0.4, "exposure": 0.35, "mbct": 0.3, "solution_focused": 0.2,
                        "motivational_interviewing": 0.25, "trauma_focused_cbt": 0.15},
            needs={"anxiety": 0.95, "depression": 0.85, "panic": 0.65, "social_anxiety": 0.6,
                   "phobias": 0.45, "ocd": 0.45, "stress": 0.6, "sleep": 0.4, "grief": 0.2,
                   "perfectionism": 0.4, "coping_skills": 0.6, "work": 0.25, "adhd": 0.2},
        ),
        "third_wave": School(
            share=12, core="act", style=(0.3, 0.2, 0.1, -0.3),
            modalities={"mbct": 0.5, "cbt": 0.55, "compassion_focused": 0.45, "dbt": 0.25},
            needs={"anxiety": 0.85, "depression": 0.75, "stress": 0.6, "burnout": 0.5,
                   "shame": 0.4, "self_esteem": 0.5, "perfectionism": 0.35, "grief": 0.35,
                   "chronic_pain": 0.25, "chronic_illness": 0.3, "coping_skills": 0.5,
                   "life_transitions": 0.4},
        ),
        "psychodynamic": School(
            share=12, core="psychodynamic", style=(0.0, -0.5, 0.3, 0.6),
            modalities={"psychoanalytic": 0.3, "ipt": 0.2, "integrative": 0.2, "existential": 0.15},
            needs={"relationships": 0.8, "closeness": 0.6, "childhood": 0.65, "depression": 0.7,
                   "anxiety": 0.5, "identity": 0.45, "self_understanding": 0.8, "grief": 0.4,
                   "personality": 0.3, "loneliness": 0.35, "work": 0.2},
            disciplines={"psychologist": 0.5, "clinical_social_worker": 0.25,
                         "marriage_family_therapist": 0.17, "psychiatrist": 0.08},
        ),
        "trauma": School(
            share=12, core="emdr", style=(0.4, 0.1, 0.35, 0.3),
            modalities={"trauma_focused_cbt": 0.45, "somatic": 0.4, "ifs": 0.45, "cbt": 0.25},
            needs={"trauma": 1.0, "ptsd": 0.9, "abuse": 0.65, "childhood": 0.6, "anxiety": 0.7,
                   "grief": 0.5, "shame": 0.4, "panic": 0.3, "self_harm": 0.15, "sleep": 0.2},
        ),
        "humanistic": School(
            share=10, core="person_centred", style=(0.65, -0.4, 0.3, 0.0),
            modalities={"humanistic": 0.6, "existential": 0.4, "gestalt": 0.3,
                        "compassion_focused": 0.25, "art": 0.08},
            needs={"grief": 0.65, "life_transitions": 0.7, "self_esteem": 0.6, "loneliness": 0.5,
                   "identity": 0.4, "decision": 0.4, "self_understanding": 0.6, "anxiety": 0.55,
                   "depression": 0.55, "faith": 0.25, "dementia_caring": 0.15},
        ),
        "couple_and_family": School(
            share=11, core="family_systems", style=(0.15, 0.25, 0.3, -0.1),
            modalities={"eft": 0.6, "gottman": 0.55, "narrative": 0.2, "solution_focused": 0.2},
            needs={"relationships": 0.95, "couple_conflict": 0.95, "separation": 0.7,
                   "family_conflict": 0.7, "parenting": 0.5, "fertility": 0.25, "perinatal": 0.3,
                   "sexuality": 0.35, "anxiety": 0.35, "closeness": 0.4},
            disciplines={"marriage_family_therapist": 0.75, "clinical_social_worker": 0.15,
                         "psychologist": 0.1},
            services={"individual": 0.9, "couple": 1.0, "family": 0.55},
        ),
        "child": School(
            share=8, core="play", style=(0.5, 0.25, 0.0, -0.3),
            modalities={"family_systems": 0.5, "cbt": 0.5, "art": 0.35, "trauma_focused_cbt": 0.3},
            needs={"parenting": 0.8, "anxiety": 0.75, "adhd": 0.6, "autism": 0.45,
                   "family_conflict": 0.6, "academic": 0.5, "self_esteem": 0.4, "grief": 0.3,
                   "anger": 0.35, "social_anxiety": 0.35, "separation": 0.35},
            disciplines={"psychologist": 0.25, "clinical_social_worker": 0.3,
                         "marriage_family_therapist": 0.3, "art_therapist": 0.15},
            services={"individual": 1.0, "family": 0.6, "assessment": 0.25, "group": 0.15},
            ages={"child": 0.95, "adolescent": 0.85, "young_adult": 0.3, "adult": 0.25},
        ),
        "complex": School(
            share=6, core="dbt", style=(0.1, 0.55, 0.05, -0.25),
            modalities={"schema": 0.45, "motivational_interviewing": 0.45, "cbt": 0.5, "ifs": 0.1},
            needs={"personality": 0.7, "self_harm": 0.7, "suicidality": 0.6, "substance_use": 0.5,
                   "eating_disorders": 0.45, "body_image": 0.4, "bipolar": 0.4, "psychosis": 0.25,
                   "gambling": 0.25, "anger": 0.45, "coping_skills": 0.7, "depression": 0.5},
            services={"individual": 1.0, "group": 0.5, "assessment": 0.1},
        ),
        "affirming": School(
            share=5, core="multicultural", style=(0.45, -0.1, 0.15, 0.1),
            modalities={"feminist": 0.55, "narrative": 0.6, "person_centred": 0.35, "act": 0.25,
                        "somatic": 0.15},
            needs={"identity": 0.85, "racism": 0.65, "migration": 0.5, "gender_identity": 0.45,
                   "sexuality": 0.5, "shame": 0.4, "anxiety": 0.6, "depression": 0.5,
                   "abuse": 0.3, "faith": 0.15},
        ),
        "integrative": School(
            share=6, core="integrative", style=(0.3, 0.0, 0.1, 0.0),
            modalities={"cbt": 0.5, "psychodynamic": 0.4, "person_centred": 0.4, "act": 0.25,
                        "ifs": 0.2, "mbct": 0.2},
            needs={"anxiety": 0.8, "depression": 0.8, "stress": 0.6, "relationships": 0.5,
                   "grief": 0.45, "life_transitions": 0.5, "self_esteem": 0.5, "work": 0.35},
        ),
    }
)  # fmt: skip

# Work that anybody may add to a school's own, with a small probability each.
ANY_NEED = 0.035
OUT_OF_SCOPE: Codes = MappingProxyType(
    {
        "psychosis": 5, "eating_disorders": 5, "substance_use": 4, "bipolar": 3, "suicidality": 2,
        "self_harm": 2, "gambling": 2, "autism": 2, "dementia_caring": 1, "couple_conflict": 1,
    }
)  # fmt: skip
