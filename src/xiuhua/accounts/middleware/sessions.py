"""Who asks, on every page: the session, and its account with all its posts, each by one prepared statement instead of Django's making
them up anew."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends import db

from xiuhua.accounts.models import Account
from xiuhua.accounts.queries import account_today
from xiuhua.common.asking import ask_first

SESSION = "select session_data from django_session where session_key = %(key)s and expire_date > now()"


class SessionStore(db.SessionStore):
    """Django's sessions in the database, read by the words above."""

    def load(self) -> dict[str, Any]:
        """What a session holds; empty, and the key gone, where there is none that still holds."""
        key = self.session_key or ""
        # A quoted cookie may name a NUL, which the database takes from nobody.
        found = [] if "\0" in key else ask_first(SESSION, {"key": key})
        if not found:
            self._session_key = None
            return {}
        return dict(self.decode(found[0][0]))


class ByPassword(ModelBackend):
    """Django's own check of name and password; the account of a session is read by one statement."""

    def get_user(self, user_id: Any) -> Account | None:
        account = account_today(user_id)
        return account if account is not None and self.user_can_authenticate(account) else None
