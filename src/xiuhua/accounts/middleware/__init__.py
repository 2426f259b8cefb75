"""The one gate, for people with a page and for programs with a token; and who asks, by session."""

from xiuhua.accounts.middleware.gate import SESSION_KEY, ActingRequest, acting

__all__ = ["SESSION_KEY", "ActingRequest", "acting"]
