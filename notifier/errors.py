"""The notifier's errors, as a tree: what became of a message that was not taken."""

from __future__ import annotations


class NotifierError(Exception):
    """A message was not delivered; the text says why, without secrets, on one line."""


class ChannelDown(NotifierError):
    """The channel takes nothing just now: no connection, no login, no encryption. Other messages would fare alike."""


class Deferred(NotifierError):
    """This message was not taken now (4xx, or the connection broke after its data): it is to be tried again."""


class Refused(NotifierError):
    """This message will never be taken (5xx for its recipient or content)."""
