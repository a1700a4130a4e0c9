"""How the page of the local workspace shows what is sent: every block, hostile words, on every screen.

The bot is the production one with the embedded reader; nothing here knows how page or bot are made.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from bot.demo.local import LocalWorkspace
from bot.workspace import Message
from bot.workspace.state import BOT_USER
from tests.browser import PHONE, WIDE, Tab, needs_browser
from tests.local_workspace import SUGGESTION
from tests.page_visits import Visit, last_answer, public, write

pytestmark = needs_browser
HOSTILE = "<img src=x onerror=alert(1)> <script>alert(2)</script> &lt;b&gt; *not `bold"


def test_every_block(local: LocalWorkspace, visit: Visit, tabs: list[Tab]) -> None:
    """Block Kit as Slack shows it; what is used comes to the bot as Slack sends it."""
    slack, general = local.slack, local.cast.general
    slack.workspace.add(Message(general, slack.workspace.next_ts(), BOT_USER, "All blocks", ALL_BLOCKS))
    page = visit("Ben")
    slack.workspace.statuses.append((general.id, public(local, "A heading")[-1].ts, "is looking"))
    page.get_by_role("status").get_by_text("Quoth is looking…").wait_for()
    slack.workspace.statuses.pop()
    page.get_by_text("Quoth is looking…").wait_for(state="detached")
    message = page.locator("main article", has_text="A heading of Quoth's").last
    for words in (
        "bold word",
        "struck",
        "1 < 2",
        "First field",
        "in a list",
        "Quoted",
        "A picture",
        "Beside it",
    ):
        message.get_by_text(words).first.wait_for()
    assert message.locator("strong", has_text="bold word").count() == 1
    assert message.get_by_role("link", name="a link").get_attribute("href") == "https://example.com/a?b=1&c"
    assert message.get_by_role("link", name="no address").count() == 0
    assert message.get_by_text("@Isla").count() == 1
    assert message.get_by_text("#general").count() == 1
    tabs[0].shot("1280-light-blocks")
    assert tabs[0].problems() == []

    message.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("menuitem", name="Second").click()
    action = _last_action(local, "menu")
    assert (action["action_id"], action["selected_option"]["value"]) == ("menu", "2")
    message.get_by_role("button", name="Bad answer").click()
    action = _last_action(local, "thumbs")
    assert (action["type"], action["value"], action["block_id"]) == ("feedback_buttons", "bad", "feedback")

    slack.show_window(local.cast.ben.id, FORM)
    window = page.get_by_role("dialog", name="A form")
    window.get_by_label("Your name").fill("Ben")
    slack.workspace.form_errors[local.cast.ben.id] = {"name": "That name is taken."}
    slack.workspace.changed()
    window.get_by_text("That name is taken.").wait_for()
    assert window.get_by_label("Your name").input_value() == "Ben"
    assert tabs[0].problems() == []
    window.get_by_role("button", name="Press me").click()
    assert _last_action(local, "inside")["block_id"] == "more"
    window.get_by_role("button", name="Leave").click()
    window.wait_for(state="detached")


def test_what_is_written_stays_what_it_is(local: LocalWorkspace, visit: Visit, tabs: list[Tab]) -> None:
    """Markup in a message is shown as it was typed; nothing of it runs, and what is no command says so."""
    page = visit()
    page.on("dialog", lambda dialog: pytest.fail(f"something ran: {dialog.message}"))
    write(page, HOSTILE)
    page.locator("main article", has_text="onerror=alert(1)").last.wait_for()
    assert HOSTILE in page.locator("main article").last.inner_text()
    assert page.locator("main article img, main article script, main article b").count() == 0
    write(page, "/dance now")
    page.get_by_role("alert").get_by_text("/dance is no command here. There is /ask.").wait_for()
    tabs[0].complaints = [each for each in tabs[0].complaints if "status of 400" not in each]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "390"])
def test_it_looks_and_reads_well(
    local: LocalWorkspace, visit: Visit, tabs: list[Tab], size: tuple[int, int], dark: bool
) -> None:
    """Wide and narrow, light and dark: nothing is wider than the screen, axe finds nothing serious, and each
    place can be reached."""
    question = local.cast.isla.says(local.cast.general, f"@quoth {SUGGESTION}")
    local.cast.isla.reply(question)
    page, name = visit(size=size, dark=dark), f"{size[0]}-{'dark' if dark else 'light'}"

    def look(what: str) -> None:
        page.wait_for_timeout(250)  # a drawer slides
        tabs[0].shot(f"{name}-{what}")
        assert tabs[0].problems() == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]

    look("channel")
    replies = page.get_by_role("button", name=re.compile(r"\d repl")).last
    replies.click()
    last_answer(page, "after four years", inside="aside")
    look("thread-answer")
    if size == PHONE:
        page.get_by_role("button", name="Back").click()
        page.get_by_role("button", name="Channels").click()
        look("list")
        page.get_by_role("button", name="Close the list").click()
    page.get_by_role("button", name="Behind the answer").click()
    page.get_by_text("Your last question").wait_for()
    look("behind-answer")
    if dark and size == WIDE:
        page.get_by_role("button", name="Light mode").click()
        from playwright.sync_api import expect

        # Not wait_for_function, which the page's policy lets evaluate nothing but at its first look.
        expect(page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")


def _last_action(local: LocalWorkspace, name: str) -> dict[str, Any]:
    """The action of that name as it was sent to the bot, which has acknowledged it."""

    def found() -> list[dict[str, Any]]:
        return [
            action
            for delivery in local.slack.deliveries
            for action in delivery.envelope["payload"].get("actions", [])
            if delivery.acked.is_set() and action["action_id"] == name
        ]

    actions: list[dict[str, Any]] = local.slack.workspace.wait(found)
    return actions[-1]


def _text(text: str, kind: str = "plain_text") -> dict[str, str]:
    return {"type": kind, "text": text}


ALL_BLOCKS: list[dict[str, Any]] = [
    {"type": "header", "text": _text("A heading of Quoth's")},
    {
        "type": "section",
        "text": _text("A *bold word*, _slanted_, ~struck~, `1 &lt; 2`, <https://example.com/a?b=1&amp;c|a link>, <javascript:alert(1)|no address> and <@U001ISLA>.", "mrkdwn"),
        "fields": [_text("*First field*\nwith two lines", "mrkdwn"), _text("Second field")],
        "accessory": {
            "type": "overflow", "action_id": "menu",
            "options": [{"text": _text("First"), "value": "1"}, {"text": _text("Second"), "value": "2"}],
        },
        "block_id": "section",
    },
    {"type": "divider"},
    {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_section", "elements": [{"type": "text", "text": "In "}, {"type": "channel", "channel_id": "C003GENERALXXXX"}]},
            {"type": "rich_text_list", "style": "ordered", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "in a list"}]}]},
            {"type": "rich_text_quote", "elements": [{"type": "text", "text": "Quoted", "style": {"italic": True}}]},
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "code()"}]},
        ],
    },
    {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "A picture", "title": _text("Its title")},
    {"type": "markdown", "text": "## Markdown\n\n- **one**\n- two\n\n```\ncode\n```\n> said\n\n1. first\n\n[a page](https://example.com)"},
    {"type": "context", "elements": [_text("Beside it, in small", "mrkdwn"), {"type": "image", "image_url": "https://example.com/b.png", "alt_text": "b"}]},
    {
        "type": "context_actions", "block_id": "feedback",
        "elements": [{
            "type": "feedback_buttons", "action_id": "thumbs",
            "positive_button": {"text": _text("Good answer"), "value": "good"},
            "negative_button": {"text": _text("Bad answer"), "value": "bad"},
        }],
    },
]  # fmt: skip
FORM: dict[str, Any] = {
    "type": "modal", "title": _text("A form"), "submit": _text("Send"), "close": _text("Leave"), "callback_id": "none",
    "blocks": [
        {"type": "input", "block_id": "name", "label": _text("Your name"), "hint": _text("As in the list"),
         "element": {"type": "plain_text_input", "action_id": "name"}},
        {"type": "actions", "block_id": "more", "elements": [{"type": "button", "action_id": "inside", "text": _text("Press me")}]},
    ],
}  # fmt: skip
