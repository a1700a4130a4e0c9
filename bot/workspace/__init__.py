"""A Slack on loopback: a real HTTP Web API, a real Socket Mode WebSocket, people who type and press buttons.

It is strict where Slack is (scopes, arguments, Block Kit's limits, acknowledgements within 3 seconds,
response_urls, triggers, signatures) and writes down as a complaint what Slack would refuse or a person would
miss.  It is what one tries Quoth in without Slack, and what the tests drive.

But: only what Quoth uses, none of whose modules it knows; nothing is kept, and nobody can sign in.
"""

from bot.workspace.people import Person
from bot.workspace.slack import Slack
from bot.workspace.state import Channel, Message

__all__ = ["Channel", "Message", "Person", "Slack"]
