"""Models learned from fit ratings: trained as a job, judged, registered, promoted, switched off."""
