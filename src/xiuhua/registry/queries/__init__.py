"""Reads of the register, each within the acting scope and each by an index that row-level security lets be used."""
