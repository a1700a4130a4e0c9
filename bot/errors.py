"""What can go wrong in the bot itself.

BotError
├── UsageError      a flag, argument or setting is wrong: exit code 2
└── NothingStored   there are no documents to ask: exit code 1
"""

from __future__ import annotations


class BotError(Exception):
    """Base of all; `str(error)` is a sentence that a person may read."""


class UsageError(BotError):
    """A flag, argument or setting is wrong."""


class NothingStored(BotError):
    """There are no documents to ask."""
