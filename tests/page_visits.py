"""People at the page of the local workspace, in a real browser: they open it, type, and look for answers.

But: what they should see is for the tests to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.demo.local import LocalWorkspace
from bot.workspace import Message
from tests.browser import PHONE, WIDE, Tab
from tests.local_workspace import opened

LEAVE = "How many unused leave days may I carry over?"
Visit = Callable[..., Any]


@contextmanager
def open_tabs() -> Iterator[list[Tab]]:
    """A list for tabs, which are closed at the end; none of them may have complained."""
    tabs: list[Tab] = []
    yield tabs
    for tab in tabs:
        tab.context.close()
    assert [complaint for tab in tabs for complaint in tab.complaints] == []


def visits(browser: Any, local: LocalWorkspace, tabs: list[Tab]) -> Visit:
    """Opens the page as somebody."""

    def open_page(person: str = "Isla", *, size: tuple[int, int] = WIDE, dark: bool = False) -> Any:
        tab = Tab(browser, size=size, dark=dark)
        tabs.append(tab)
        tab.page.goto(local.page.address)
        tab.page.get_by_role("combobox").wait_for()
        if size == PHONE:
            tab.page.get_by_role("button", name="Channels").click()
        tab.page.get_by_role("button", name=person, exact=True).click()
        return tab.page

    return open_page


@contextmanager
def opened_without_complaint(home: Path, handbook_home: Path) -> Iterator[LocalWorkspace]:
    """A workspace which at the end has nothing to complain of."""
    with opened(home, handbook_home) as workspace:
        yield workspace
        workspace.slack.slowest_ack()
        assert workspace.slack.complaints == []


def write(page: Any, text: str, *, label: str = "Message #general") -> None:
    """Type and send, by keyboard."""
    field = page.get_by_role("combobox", name=label)
    field.click()
    page.keyboard.type(text)
    if page.get_by_role("listbox").count():
        page.keyboard.press("Escape")  # nothing of what is offered
    page.keyboard.press("Enter")


def last_answer(page: Any, words: str, *, inside: str = "main") -> Any:
    """The last message of Quoth's with these words."""
    found = page.locator(f"{inside} article", has_text="Quoth").filter(has_text=words).last
    found.wait_for()
    return found


def public(local: LocalWorkspace, words: str) -> list[Message]:
    return [m for m in local.slack.workspace.visible(local.cast.general.id) if words in m.words]
