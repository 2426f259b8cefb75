"""Settings under test: the same product, quicker passwords, databases filled in by tests/conftest.py."""

from __future__ import annotations

import os
import tempfile

# Before the settings are read, which is before any conftest: keys and files of a run lie in a folder of its own, so that two
# runs beside each other do not see each other's.
_HOME = tempfile.TemporaryDirectory(prefix="xiuhua-test-")
os.environ["XIUHUA_HOME"] = _HOME.name
for _name in (
    "DATABASE_URL",
    "OWNER_DATABASE_URL",
    "XIUHUA_KEYS",
    "XIUHUA_FILES",
    "XIUHUA_FREEZES",
    "XIUHUA_FREEZE_NIGHTLY",
):
    os.environ.pop(_name, None)

from xiuhua.config.settings import *  # noqa: E402, F403
from xiuhua.config.settings import DATABASES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DEMO = True
WHITENOISE_AUTOREFRESH = True
for _alias in DATABASES.values():
    _alias["CONN_MAX_AGE"] = 0
    # pytest-django asks for a test database's name; ours is made by conftest and never by Django.
    _alias["TEST"] = {"NAME": _alias["NAME"], "MIGRATE": False}
