"""Settings of the product. What differs between installations comes from the environment, read here and nowhere else."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pghistory
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from xiuhua.config.secrets import secret_key
from xiuhua.runtime.cluster import connection_urls, home

PACKAGE = Path(__file__).resolve().parent.parent
CHECKOUT = PACKAGE.parent.parent

TIME_ZONE = "Asia/Shanghai"
HOME = home()
KEYS = Path(os.environ.get("XIUHUA_KEYS", HOME / "keys"))
FILES = Path(os.environ.get("XIUHUA_FILES", HOME / "files"))
FREEZES = Path(os.environ.get("XIUHUA_FREEZES", HOME / "freezes"))
# A place code, or `top` for the place above all counties here: a freeze of it every night. Empty: none.
FREEZE_NIGHTLY = os.environ.get("XIUHUA_FREEZE_NIGHTLY", "")


def database(url: str) -> dict[str, object]:
    """A Django database entry from postgresql://user:password@host:port/name?host=/socket/folder."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query["host"][0] if "host" in query else (parts.hostname or ""),
        "PORT": str(parts.port or (query["port"][0] if "port" in query else "")),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        # Queries whose values are sent apart from their text (psycopg.Cursor) keep their plan from the fifth time on.
        "OPTIONS": {"application_name": "xiuhua", "prepare_threshold": 5},
        "DISABLE_SERVER_SIDE_CURSORS": False,
        # What a statement, or a moment read from a table, takes for a day is a day in Beijing: from midnight to eight it would be
        # yesterday otherwise.
        "TIME_ZONE": TIME_ZONE,
    }


_urls = connection_urls(HOME)
# Two roles on one database: pages and jobs act as the application role, under row-level security; only migrations
# use the owner.
DATABASES = {"default": database(_urls.app), "owner": database(_urls.owner)}
DATABASE_ROUTERS = ["xiuhua.config.databases.OwnerMigrates"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

SECRET_KEY = secret_key(KEYS)
DEBUG = os.environ.get("XIUHUA_DEBUG") == "1"
ALLOWED_HOSTS = os.environ.get("XIUHUA_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("XIUHUA_ORIGINS", "").split(",") if o]
BEHIND_TLS = os.environ.get("XIUHUA_TLS") == "1"
# What a demonstration may show that an office may not: the gallery, and a banner that says so.
DEMO = os.environ.get("XIUHUA_DEMO") == "1"
# Shown on the sign-in page of a demonstration; no real account has it.
DEMO_PASSWORD = "xiuhua-demo-2026"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "axes",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
    "xiuhua.common",
    "xiuhua.design",
    "xiuhua.runtime",
    "xiuhua.audit",
    "xiuhua.places",
    "xiuhua.accounts",
    "xiuhua.files",
    "xiuhua.findings",
    "xiuhua.notices",
    "xiuhua.registry",
    "xiuhua.decisions",
    "xiuhua.relapse",
    "xiuhua.freezes",
    "xiuhua.intake",
    "xiuhua.workbench",
    "xiuhua.portal",
    "xiuhua.config",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "xiuhua.config.middleware.content_security_policy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    *(["xiuhua.config.middleware.demonstrated_day"] if DEMO else []),
    "xiuhua.accounts.middleware.acting",
]

ROOT_URLCONF = "xiuhua.config.urls"
WSGI_APPLICATION = "xiuhua.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "xiuhua.config.context.house",
            ],
        },
    }
]

AUTH_USER_MODEL = "accounts.Account"
# The gate in accounts asks this table; it names all rooms, which accounts may not import.
RIGHTS = "xiuhua.config.rights"
# The kinds of export, likewise: files makes them for rooms that it may not import.
EXPORTS = "xiuhua.config.exports"
# What a room above does when a kind of case takes effect, in the same transaction: decisions know no clues.
CASES_FOLLOWED_BY = {"household_begins": "xiuhua.relapse.services.registering.goes_on"}
# What a room above tells on a proceeding's page of how it came to it, to those who may read that, and in which template.
PROCEEDINGS_TOLD_BY = "xiuhua.relapse.queries.taken_up.shown"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "xiuhua.accounts.middleware.sessions.ByPassword",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "workbench:home"
LOGOUT_REDIRECT_URL = "accounts:sign_in"
SESSION_ENGINE = "xiuhua.accounts.middleware.sessions"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
CSRF_COOKIE_HTTPONLY = False
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Five wrong passwords for one name from one address close that pair for half an hour.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
# And so many from one address for whatever names: more than an office behind one address ever mistypes in that time.
WRONG_FROM_ONE_ADDRESS = 50
AXES_LOCKOUT_CALLABLE = "xiuhua.accounts.views.locked_out"
AXES_ENABLE_ADMIN = False
# How many proxies of ours stand in front, each adding to X-Forwarded-For; none unless told, and then it is not read.
PROXIES = int(os.environ.get("XIUHUA_PROXIES", "0"))
AXES_CLIENT_IP_CALLABLE = "xiuhua.config.middleware.client_address"
# Households of a file that are merged in one transaction.
MERGE_PIECE = int(os.environ.get("XIUHUA_MERGE_PIECE", "4000"))
if MERGE_PIECE < 1:
    raise ImproperlyConfigured("XIUHUA_MERGE_PIECE 必须大于 0 / must be 1 or more")
# Calls a minute of one token, or of one person's session, to the interface for programs.
API_CALLS_A_MINUTE = int(os.environ.get("XIUHUA_API_CALLS", "120"))
AXES_VERBOSE = False

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("中文")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
_modules = CHECKOUT / "node_modules"
STATICFILES_DIRS = [
    (name, path)
    for name, path in (
        ("vendor/tabler", _modules / "@tabler/core/dist"),
        ("vendor/echarts", _modules / "echarts/dist"),
    )
    if path.is_dir()
]
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": FILES}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# A workbook on its way through a request stays in memory or in our own folder, never in a shared one.
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "xiuhua.files.uploads.WaitingHandler",
]
FILE_UPLOAD_TEMP_DIR = HOME / "uploads"
FILE_UPLOAD_TEMP_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)

# History rows carry the acting context as JSON; no join, no table of contexts that grows.
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField(null=True)
PGHISTORY_CONTEXT_ID_FIELD = pghistory.ContextUUIDField(null=True)
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(
    db_constraint=False, related_name="history", related_query_name="history"
)

PROCRASTINATE_DATABASE_ALIAS = "default"
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"
# The command is no room: its one job is the demonstration's.
PROCRASTINATE_IMPORT_PATHS = ["xiuhua.cli.demo.tasks"] if DEMO else []

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("XIUHUA_LOG", "WARNING")},
}
