"""The product's settings and a task to be interrupted; for processes that the tests start and kill."""

from xiuhua.config.settings import *  # noqa: F403

PROCRASTINATE_IMPORT_PATHS = ["trial_task"]
