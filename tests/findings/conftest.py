"""A register with a pool of findings, its officials, and a neighbour who has no business with it."""

from __future__ import annotations

from workbench.conftest import Town, made, small, town  # noqa: F401  fixtures
