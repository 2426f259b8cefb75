"""Reads of batches: what their pages show, and their findings as lines for other programs."""
