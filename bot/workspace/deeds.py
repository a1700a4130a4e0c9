"""What a person does on the page, as the page tells it: looked at closely, then done in the workspace.

But: nothing is answered here; what comes of it is seen in the workspace.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.workspace.people import Person
from bot.workspace.state import Channel, Message

Given = Mapping[str, Any]

KEPT = ("type", "action_id", "value", "text")  # what Slack sends back of an element
MOST_TEXT = 4_000  # characters that Slack lets a person send


class NotDone(Exception):
    """It cannot be done; the sentence says why, for the person to read."""


def do(person: Person, deed: str, given: Given) -> None:
    """Do what the page asks for.  Raises NotDone."""
    if deed not in DEEDS:
        raise NotDone("There is no such thing to do.")
    DEEDS[deed](person, given)


def say(person: Person, given: Given) -> None:
    """A message, or a command where it begins with a slash."""
    channel, text = _channel(person, given), _text(given)
    thread = given.get("thread")
    if text.startswith("/"):
        command, _, words = text.partition(" ")
        known = [each["command"] for each in person.slack.commands]
        if command not in known:
            raise NotDone(f"{command} is no command here. There is {', '.join(known)}.")
        if thread is not None:
            raise NotDone(f"{command} cannot be used in a thread: Slack has no commands there.")
        person.commands(channel, words.strip())
        return
    person.says(channel, text, under=None if thread is None else _message(person, given, "thread"))


def edit(person: Person, given: Given) -> None:
    person.edits(_own(person, given), _text(given))


def delete(person: Person, given: Given) -> None:
    person.deletes(_own(person, given))


def press(person: Person, given: Given) -> None:
    """An element of a message, found by its block and action; `chosen` is what a menu or feedback gave."""
    message = _message(person, given)
    person.acts(message, _action(message.blocks, given))


def press_in_window(person: Person, given: Given) -> None:
    person.acts_in_window(_action(_window(person)["blocks"], given))


def shortcut(person: Person, given: Given) -> None:
    known = [each["callback_id"] for each in person.slack.shortcuts]
    if given.get("shortcut") not in known:
        raise NotDone("There is no such shortcut.")
    person.chooses(_message(person, given), str(given["shortcut"]))


def submit(person: Person, given: Given) -> None:
    """The open form, with what was written, by block and action."""
    view, written = _window(person), given.get("values")
    values: dict[str, dict[str, str | None]] = {}
    for block in view["blocks"]:
        if block["type"] == "input":
            name, action = block["block_id"], block["element"]["action_id"]
            value = written.get(name) if isinstance(written, Mapping) else None
            if block["element"]["type"] == "static_select" and not value and not block.get("optional"):
                raise NotDone("Choose something first.")  # Slack does not send such a form
            values[name] = {action: value if isinstance(value, str) and value else None}
    person.submits(values)


def close(person: Person, _: Given) -> None:
    person.slack.close_window(person.id)


def open_home(person: Person, given: Given) -> None:
    person.opens_home("messages" if given.get("tab") == "messages" else "home")


DEEDS: dict[str, Callable[[Person, Given], None]] = {
    "say": say,
    "edit": edit,
    "delete": delete,
    "press": press,
    "press_in_window": press_in_window,
    "shortcut": shortcut,
    "submit": submit,
    "close": close,
    "open_home": open_home,
}


def _channel(person: Person, given: Given) -> Channel:
    channel = person.slack.workspace.channels.get(str(given.get("channel")))
    if channel is None or person.id not in channel.members:
        raise NotDone("There is no such channel.")
    return channel


def _message(person: Person, given: Given, name: str = "ts") -> Message:
    """A message that the person sees, in a channel that they see."""
    channel = _channel(person, given)
    with person.slack.workspace.change:
        for message in person.slack.workspace.messages:
            if (message.channel, message.ts) != (channel, given.get(name)):
                continue
            if message.only_for in (None, person.id) and (not message.deleted or name == "thread"):
                return message
    raise NotDone("That message is not there any more.")


def _own(person: Person, given: Given) -> Message:
    message = _message(person, given)
    if message.user != person.id:
        raise NotDone("Only your own messages can be changed.")
    return message


def _window(person: Person) -> dict[str, Any]:
    view = person.slack.workspace.windows.get(person.id)
    if view is None:
        raise NotDone("That window is closed.")
    return view


def _text(given: Given) -> str:
    text = given.get("text")
    if not isinstance(text, str) or not text.strip():
        raise NotDone("There is nothing in it.")
    if len(text) > MOST_TEXT:
        raise NotDone(f"That is too long: at most {MOST_TEXT:,} characters go into a message.")
    return text.strip()


def _action(blocks: list[dict[str, Any]], given: Given) -> dict[str, Any]:
    for block in blocks:
        if block.get("block_id", "") != given.get("block"):
            continue
        elements = [*block.get("elements", []), *([block["accessory"]] if "accessory" in block else [])]
        for element in elements:
            if element.get("action_id") == given.get("action"):
                return _used(element, given.get("chosen")) | {"block_id": block.get("block_id", "")}
    raise NotDone("That button is not there any more.")


def _used(element: dict[str, Any], chosen: object) -> dict[str, Any]:
    """An element with what was chosen in it."""
    kept: dict[str, Any] = {name: element[name] for name in KEPT if name in element}
    if element["type"] == "overflow":
        option = next((o for o in element["options"] if o.get("value") == chosen), None)
        if option is None:
            raise NotDone("That entry is not there any more.")
        return kept | {"selected_option": option}
    if element["type"] == "feedback_buttons":
        values = [element[name]["value"] for name in ("positive_button", "negative_button")]
        if chosen not in values:
            raise NotDone("That button is not there any more.")
        return kept | {"value": chosen}
    return kept
