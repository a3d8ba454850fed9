"""Every table, so that migrations and metadata see the same set."""

from api.db.tables.audit import AuditRow
from api.db.tables.clinics import AccessKey, Clinic, ClinicSettingsRow, VocabularyAddition
from api.db.tables.events import Delivery, Event, Webhook
from api.db.tables.idempotency import IdempotentReply
from api.db.tables.intakes import IntakeDraft
from api.db.tables.matches import Client, Match
from api.db.tables.models import ModelArtifact, ModelRow
from api.db.tables.pairings import Departure, Pairing, RatingNote, RuledOut, Tombstone, Wait
from api.db.tables.previews import Preview
from api.db.tables.ratings import FitRating, RatingWishes
from api.db.tables.roster import Therapist, TherapistAvailability, TherapistProfile
from api.db.tables.seals import AuditSeal
from api.db.tables.shortfalls import ExposureShortfall
from api.db.tables.tasks import StaffTask
from api.db.tables.weightings import WeightingRow

__all__ = [
    "AccessKey",
    "AuditRow",
    "AuditSeal",
    "Client",
    "Clinic",
    "ClinicSettingsRow",
    "Delivery",
    "Departure",
    "Event",
    "ExposureShortfall",
    "FitRating",
    "IdempotentReply",
    "IntakeDraft",
    "Match",
    "ModelArtifact",
    "ModelRow",
    "Pairing",
    "Preview",
    "RatingNote",
    "RatingWishes",
    "RuledOut",
    "StaffTask",
    "Therapist",
    "TherapistAvailability",
    "TherapistProfile",
    "Tombstone",
    "VocabularyAddition",
    "Wait",
    "Webhook",
    "WeightingRow",
]
