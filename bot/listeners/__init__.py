"""What Slack may send, each kind with its plain function; registering them is one line each, here.

A listener reads what it was sent, writes it down and hands over to the desk.  It asks Slack nothing: what it
was sent is acknowledged when it is done.
"""

from __future__ import annotations

import re
from functools import partial

from slack_bolt import App

from bot.aftermath import Aftermath
from bot.desk import Desk
from bot.listeners.actions import on_press
from bot.listeners.changes import on_sharing_change, on_user_change
from bot.listeners.command import on_command
from bot.listeners.forms import on_ask_form, on_pin_form, on_reason
from bot.listeners.home import on_home_opened
from bot.listeners.messages import on_mention, on_message
from bot.listeners.shortcut import on_pin, on_shortcut
from bot.listeners.trouble import ignore, on_trouble
from bot.passing_on import PassingOn
from bot.pinning import Pinning
from bot.slack.manifest import COMMAND, PIN_SHORTCUT_ID, SHORTCUT_ID
from bot.views.blocks.answer import HELPFUL, MORE, NOT_HELPFUL, SHARE, WHY
from bot.views.blocks.modals import REASON_FORM
from bot.views.blocks.passing_on import ASK, ASK_FORM
from bot.views.blocks.pins import PIN_FORM
from bot.views.blocks.stale import AGAIN

ANYTHING = re.compile(".*", re.DOTALL)


def register(app: App, desk: Desk) -> None:
    """Tell Bolt which function hears what."""
    passing_on, pinning = PassingOn(desk), Pinning(desk)
    aftermath = Aftermath(desk, passing_on)
    app.command(COMMAND)(partial(on_command, desk=desk))
    app.shortcut(SHORTCUT_ID)(partial(on_shortcut, desk=desk))
    app.shortcut(PIN_SHORTCUT_ID)(partial(on_pin, pinning=pinning))
    app.event("app_mention")(partial(on_mention, desk=desk))
    app.event("message")(partial(on_message, desk=desk))
    app.event("app_home_opened")(partial(on_home_opened, desk=desk))
    app.event("user_change")(partial(on_user_change, desk=desk))
    app.event("channel_shared")(partial(on_sharing_change, desk=desk))
    app.event("channel_unshared")(partial(on_sharing_change, desk=desk))
    app.action(HELPFUL)(partial(on_press, do=aftermath.helpful))
    app.action(NOT_HELPFUL)(partial(on_press, do=aftermath.not_helpful))
    app.action(MORE)(partial(on_press, do=aftermath.more))
    app.action(WHY)(partial(on_press, do=aftermath.why))
    app.action(SHARE)(partial(on_press, do=aftermath.share))
    app.action(AGAIN)(partial(on_press, do=aftermath.again))
    app.action(ASK)(partial(on_press, do=passing_on.offer))
    app.view(ASK_FORM)(partial(on_ask_form, passing_on=passing_on))
    app.view(PIN_FORM)(partial(on_pin_form, pinning=pinning))
    app.view(REASON_FORM)(partial(on_reason, aftermath=aftermath))
    # Anything else is acknowledged in silence: Bolt would log the whole body of what nobody hears.
    app.event(ANYTHING)(ignore)
    app.action(ANYTHING)(ignore)
    app.error(partial(on_trouble, desk=desk))
