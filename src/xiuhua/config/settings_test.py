"""Settings under test: the same product, quicker passwords, databases filled in by tests/conftest.py."""

from __future__ import annotations

from xiuhua.config.settings import *  # noqa: F403
from xiuhua.config.settings import DATABASES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DEMO = True
WHITENOISE_AUTOREFRESH = True
for _alias in DATABASES.values():
    _alias["CONN_MAX_AGE"] = 0
    # pytest-django asks for a test database's name; ours is made by conftest and never by Django.
    _alias["TEST"] = {"NAME": _alias["NAME"], "MIGRATE": False}
