"""The door for the web server."""

import gc
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from xiuhua.config.evening import Evenly
from xiuhua.runtime.serve import web_threads

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xiuhua.config.settings")
# Files that an office collected itself lie here; WhiteNoise complains of a folder that is not there.
settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
# Nearly all that is made while rooms and rules are read stays: looking for garbage meanwhile takes a tenth of the start.
AT_START = (50_000, 20, 50)
gc.set_threshold(*AT_START)
application = Evenly(get_wsgi_application(), threads=web_threads())


def keep() -> None:
    """Models, rules and templates live as long as the process: they need not be looked through for garbage again and again. What pages
    leave is, every twenty pages: of two hundred together everybody waited a tenth of a second."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 20, 50)


keep()
