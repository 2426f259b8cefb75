"""Reads of clues, visits, help and yearly judgements."""
