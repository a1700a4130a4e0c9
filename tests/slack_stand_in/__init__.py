"""A Slack on loopback: a real HTTP Web API, a real Socket Mode WebSocket, people who type and press buttons.

It is strict where Slack is (scopes, arguments, Block Kit's limits, acknowledgements within 3 seconds,
response_urls, triggers, signatures) and writes down as a complaint what Slack would refuse or a person would
miss.  It can be told to misbehave as Slack does.

But: only what Quoth uses; nothing is kept, and nobody can sign in.
"""

from tests.slack_stand_in.people import Person
from tests.slack_stand_in.slack import Slack, running
from tests.slack_stand_in.workspace import Channel, Message

__all__ = ["Channel", "Message", "Person", "Slack", "running"]
