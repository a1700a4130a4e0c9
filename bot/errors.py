"""What can go wrong in the bot itself.

BotError
├── UsageError          a flag, argument or setting is wrong: exit code 2
├── NothingStored       there are no documents to ask: exit code 1
└── SlackTrouble        Slack does not do what was asked of it
    ├── SlackRefuses    with a code of its own, as "not_in_channel"
    └── SlackSilent     no usable reply: what was asked may have been done or not
"""

from __future__ import annotations


class BotError(Exception):
    """Base of all; `str(error)` is a sentence that a person may read."""


class UsageError(BotError):
    """A flag, argument or setting is wrong."""


class NothingStored(BotError):
    """There are no documents to ask."""


class SlackTrouble(BotError):
    """Slack does not do what was asked of it."""


class SlackRefuses(SlackTrouble):
    """Slack says no.  `code`: its word for why."""

    def __init__(self, method: str, code: str) -> None:
        super().__init__(f"Slack refuses {method}: {code}.")
        self.code = code


class SlackSilent(SlackTrouble):
    """No usable reply came: a timeout, a reset, a server's error."""
