"""The household going through its procedures, for tests of this room too."""

from decisions.test_proceedings import days, going  # noqa: F401 - fixtures
