"""How a job survives the database's short absences; for the rooms' tasks.py."""

from __future__ import annotations

from django.db import InterfaceError, OperationalError
from procrastinate import RetryStrategy

# @app.task(retry=AFTER_OUTAGE): the server was restarted under the job (waits 1, 4, 7, 10 s…). Other errors are the
# job's own and end it. A job must therefore be safe to run twice.
AFTER_OUTAGE = RetryStrategy(
    max_attempts=8, wait=1, linear_wait=3, retry_exceptions=[OperationalError, InterfaceError]
)
