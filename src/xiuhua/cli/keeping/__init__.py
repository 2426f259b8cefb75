"""Keeping an installation: backup, restore, verify, upgrade. Thin beside PostgreSQL's own programs; the checks are ours."""
