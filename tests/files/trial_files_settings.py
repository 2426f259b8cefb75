"""The product's settings with the trial exports; for workers that the tests start and kill."""

from xiuhua.config.settings import *  # noqa: F403

EXPORTS = "files.trial_exports"
