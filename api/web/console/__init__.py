"""The console of a clinic's staff, administrators and auditors."""
