"""The page of the local workspace in a real browser: people click and type, and see the bot's answers.

The bot is the production one with the embedded reader; nothing here knows how page or bot are made.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from bot.demo.cast import PEOPLE_TEAM_QUESTION
from bot.demo.local import LocalWorkspace
from tests.browser import WIDE, Tab, needs_browser
from tests.local_workspace import SUGGESTION
from tests.page_visits import (
    LEAVE,
    Visit,
    last_answer,
    public,
    write,
)

pytestmark = needs_browser
FERRY = "# Boats\n\nThe ferry to the island leaves from pier nine at noon.\n"


def test_a_question_and_a_follow_up(local: LocalWorkspace, visit: Visit, tabs: list[Tab]) -> None:
    """What somebody sees who has just installed it: the answer in the thread, quoted, with its place; the next
    question there needs no mention, and the other person sees both.  The key is gone from the address."""
    page = visit()
    assert "key" not in page.url
    tabs[0].shot("1280-light-beginning")
    write(page, f"@quoth {SUGGESTION}")
    answer = last_answer(page, "after four years", inside="aside")
    assert answer.get_by_role("link", name="Equipment > Refresh").is_visible()
    assert "it/equipment.md:" in answer.inner_text()
    tabs[0].shot("1280-light-thread")
    write(page, LEAVE, label="Reply in the thread")
    last_answer(page, "up to five", inside="aside")

    ben = visit("Ben")
    ben.get_by_role("button", name=re.compile("3 replies")).last.click()
    last_answer(ben, "up to five", inside="aside")
    write(ben, "Thanks!", label="Reply in the thread")
    page.locator("aside").get_by_text("Thanks!").wait_for()
    page.keyboard.press("Escape")
    page.locator("aside").wait_for(state="detached")


def test_ask_and_every_button(local: LocalWorkspace, visit: Visit, tabs: list[Tab]) -> None:
    """/ask with completion, by keyboard alone; each button does what it says; Escape closes each window."""
    page, isla = visit(), local.cast.isla
    page.get_by_role("combobox", name="Message #general").click()
    page.keyboard.type("/")
    page.get_by_role("option").filter(has_text="/ask").wait_for()
    page.keyboard.press("Tab")
    page.get_by_role("option", name=SUGGESTION).wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.get_by_role("combobox").input_value() == f"/ask {SUGGESTION}"
    tabs[0].shot("1280-light-ask")
    page.keyboard.press("Enter")
    answer = last_answer(page, "after four years")
    assert "Only visible to you" in answer.inner_text()

    answer.get_by_role("button", name="Helpful", exact=True).click()
    last_answer(page, "Thank you, noted.")
    for label, words in (("Show more", "Other answers"), ("Why this answer", "passages in")):
        answer.get_by_role("button", name=label).click()
        window = page.get_by_role("dialog", name=label)
        window.get_by_text(words).first.wait_for()
        tabs[0].shot(f"1280-light-window-{label[:3].lower()}")
        assert tabs[0].problems() == []
        page.keyboard.press("Escape")
        window.wait_for(state="detached")
        button = answer.get_by_role("button", name=label)
        assert button.evaluate("button => button === document.activeElement"), "the keyboard goes on there"
    answer.get_by_role("button", name="Not helpful").click()
    form = page.get_by_role("dialog", name="Not helpful")
    form.get_by_role("textbox").wait_for()
    page.keyboard.type("It is out of date.")
    tabs[0].shot("1280-light-form")
    form.get_by_role("button", name="Send").click()
    form.wait_for(state="detached")
    number = local.service.desk.records.recent("T0SKERRY", isla.id, 1)[0].id
    assert local.service.desk.records.reasons(number)[isla.id] == (False, "It is out of date.")

    answer.get_by_role("button", name="Share to channel").click()
    last_answer(page, "Shared to the channel.")
    shared = last_answer(page, "Shared by @Isla")
    assert "Only visible to you" not in shared.inner_text()
    assert "after four years" in visit("Ben").locator("main article", has_text="Shared by").last.inner_text()


def test_edit_delete_and_the_shortcut(local: LocalWorkspace, visit: Visit) -> None:
    """An edited question gets another answer, a deleted one takes its answer away; any message can be asked."""
    page, isla = visit(), local.cast.isla
    write(page, f"@quoth {LEAVE}")
    last_answer(page, "up to five", inside="aside")
    page.keyboard.press("Escape")
    page.locator("aside").wait_for(state="detached")  # where the message could be edited, too
    page.get_by_role("combobox", name="Message #general").click()
    page.keyboard.press("ArrowUp")
    field = page.get_by_role("combobox", name="Edit the message")
    assert field.input_value() == f"@quoth {LEAVE}"
    field.fill(f"@quoth {SUGGESTION}")
    page.keyboard.press("Enter")
    mine = page.locator("main article", has_text=SUGGESTION).last
    mine.get_by_text("(edited)").wait_for()
    question = public(local, SUGGESTION)[-1]
    local.slack.workspace.wait(lambda: "four years" in isla.reply(question).words)

    mine.hover()
    mine.get_by_role("button", name="More actions").click()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")  # the last entry: Delete message
    local.slack.workspace.wait(lambda: question.deleted and not isla.replies(question))

    write(page, LEAVE)
    said = page.locator("main article", has_text=LEAVE).last
    said.hover()
    said.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Ask Quoth about this").click()
    last_answer(page, "up to five")


def test_direct_messages_and_home(local: LocalWorkspace, visit: Visit, tabs: list[Tab]) -> None:
    """Suggested questions, an answer in line, and one's questions in App Home."""
    page = visit("Ben")
    page.get_by_role("button", name="Quoth", exact=True).click()
    prompt = page.get_by_role("group", name="Suggested by Quoth").get_by_role("button").first
    prompt.wait_for()
    tabs[0].shot("1280-light-direct")
    write(page, LEAVE, label="Message Quoth")
    last_answer(page, "up to five")
    page.get_by_role("button", name="Home").click()
    home = page.get_by_role("region", name="Quoth's Home")
    home.get_by_text(LEAVE).wait_for()
    assert "answered" in home.inner_text()
    tabs[0].shot("1280-light-home")
    assert tabs[0].problems() == []


def test_the_other_person_sees_other_things(local: LocalWorkspace, visit: Visit, tabs: list[Tab]) -> None:
    """The People team's pages are quoted in its own channel, and to Isla where only she reads it; the same
    question to all of #general, or by Ben, brings nothing of them."""
    page = visit()
    page.get_by_role("button", name="people-team", exact=True).click()
    page.get_by_role("group", name="Questions to try").get_by_role(
        "button", name=PEOPLE_TEAM_QUESTION
    ).click()
    assert "Salary offers" in last_answer(page, "£46,000").inner_text()
    tabs[0].shot("1280-light-people-team")
    page.get_by_role("button", name="general", exact=True).click()
    write(page, f"/ask {PEOPLE_TEAM_QUESTION}")
    assert "Salary offers" in last_answer(page, f"Question: {PEOPLE_TEAM_QUESTION}").inner_text()
    write(page, f"@quoth {PEOPLE_TEAM_QUESTION}")
    assert "Salary offers" not in last_answer(page, "Why this answer", inside="aside").inner_text()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Ben", exact=True).click()
    page.get_by_role("button", name="people-team", exact=True).wait_for(state="detached")
    page.get_by_role("button", name="Quoth", exact=True).click()
    page.get_by_role("button", name="Home").click()
    page.get_by_role("region", name="Quoth's Home").get_by_text(
        re.compile(r"I know 4[01] documents")
    ).wait_for()
    page.get_by_role("button", name="Messages").click()
    write(page, PEOPLE_TEAM_QUESTION, label="Message Quoth")
    assert "Salary offers" not in last_answer(page, "Why this answer").inner_text()
    assert "£46,000" not in page.locator("main").inner_text()


def test_a_dropped_file(visit: Visit, tabs: list[Tab]) -> None:
    """A Markdown file dropped on the page is read, and asked about at once; what cannot be read says why."""
    page = visit()
    page.evaluate(
        """([text]) => {
            const files = new DataTransfer();
            files.items.add(new File([text], "boats.md"));
            files.items.add(new File(["\\u0000"], `<b>film${"m".repeat(80)}.mp4`));
            for (const kind of ["dragover", "drop"]) {
                document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: files, bubbles: true, cancelable: true }));
            }
        }""",
        [FERRY],
    )
    uploads = page.get_by_role("status", name="Files")
    uploads.get_by_text("Read: 1 passage. Ask about it.").wait_for()
    uploads.get_by_text("Not read:").wait_for()
    tabs[0].shot("1280-light-dropped")
    for card in uploads.locator(".upload").all():
        box = card.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= WIDE[0] - 18  # nothing hangs over the edge
    write(page, "@quoth Where does the ferry to the island leave from?")
    last_answer(page, "pier nine", inside="aside")
    uploads.get_by_role("button", name="Dismiss _b_film").click()
    uploads.get_by_text("_b_film").wait_for(state="detached")


def test_enter_twice_and_typing_on(local: LocalWorkspace, visit: Visit) -> None:
    """While a message is on its way, Enter sends it no second time, and what is typed next stays."""
    page, held = visit(), list[Any]()
    field = page.get_by_role("combobox", name="Message #general")
    page.route("**/do/say**", lambda request: held.append(request))  # noqa: PLW0108 - it is given a name
    field.fill("Lunch is at noon.")
    with page.expect_request("**/do/say**"):
        page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.type("In the old boathouse")
    for request in held:
        request.continue_()
    page.get_by_text("Lunch is at noon.").wait_for()
    assert len(public(local, "Lunch is at noon.")) == len(held) == 1
    assert field.input_value() == "In the old boathouse"


def test_what_is_refused_comes_back(visit: Visit, tabs: list[Tab]) -> None:
    """A message that is not sent, or an edit that is not taken, stands in its field again, to be shortened."""
    page = visit()
    write(page, "Tea is at four.")
    page.get_by_text("Tea is at four.").wait_for()
    field = page.get_by_role("combobox", name="Message #general")
    field.fill("/tea at four")
    page.keyboard.press("Enter")
    page.get_by_role("alert").get_by_text("/tea is no command here").wait_for()
    assert field.input_value() == "/tea at four"
    field.fill("")
    page.keyboard.press("ArrowUp")
    edited = page.get_by_role("combobox", name="Edit the message")
    edited.fill("Tea! " * 1_000)
    page.keyboard.press("Enter")
    page.get_by_role("alert").get_by_text("That is too long").wait_for()
    assert edited.input_value().startswith("Tea! Tea!")
    tabs[0].complaints = [each for each in tabs[0].complaints if "status of 400" not in each]


def test_a_dropped_folder(visit: Visit, tabs: list[Tab], tmp_path: Path) -> None:
    """A browser takes a folder for a file that cannot be read; the page says so, and what to do."""
    (tmp_path / "handbook").mkdir()
    page = visit()
    browser = tabs[0].context.new_cdp_session(page)
    carried = {"items": [], "files": [str(tmp_path / "handbook")], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "dragOver", "drop"):
        browser.send("Input.dispatchDragEvent", {"type": kind, "x": 600, "y": 300, "data": carried})
        page.wait_for_timeout(200)
    page.get_by_role("alert").get_by_text("handbook: It cannot be read. Of a folder, drop").wait_for()


def test_behind_the_answer(visit: Visit, tabs: list[Tab]) -> None:
    """Passages with their scores, warm words, time by stage; the traffic without tokens; the documents."""
    page = visit()
    write(page, f"/ask {SUGGESTION}")
    last_answer(page, "after four years")
    page.get_by_role("button", name="Behind the answer").click()
    pane = page.get_by_role("complementary", name="Behind the answer")
    pane.get_by_role("row", name=re.compile("Equipment > Refresh")).first.wait_for()
    assert pane.get_by_role("row").count() > 5
    heat = pane.locator(".warm", has_text="four").first
    assert heat.evaluate("element => getComputedStyle(element).backgroundColor") != "rgba(0, 0, 0, 0)"
    assert "ms in all" in pane.inner_text()
    tabs[0].shot("1280-light-behind")
    assert tabs[0].problems() == []
    pane.get_by_role("tab", name="Answer").focus()
    page.keyboard.press("ArrowRight")
    pane.get_by_text("chat.postMessage").or_(pane.get_by_text("response_url")).first.wait_for()
    pane.locator("summary").first.click()
    assert not re.search(r"xox[a-z]-\w|xapp-\w", pane.inner_text())
    tabs[0].shot("1280-light-traffic")
    assert tabs[0].problems() == []
    page.keyboard.press("Escape")
    pane.wait_for(state="detached")
    page.get_by_role("button", name="Behind the answer").click()
    pane.get_by_role("tab", name="Documents").click()
    pane.get_by_text("people/annual-leave.md").wait_for()
    tabs[0].shot("1280-light-documents")


def test_asking_a_person_and_pinning_the_reply(local: LocalWorkspace, visit: Visit) -> None:
    """The button below "I don't know", the reply in the owner's channel, its menu, a form with a choice in it."""
    ben, isla = visit("Ben"), visit("Isla")
    write(ben, "/ask Which lawn mower do the gardeners of Skerryvane prefer?")
    answer = last_answer(ben, "I don't know")
    answer.get_by_role("button", name="Ask a person").click()
    form = ben.get_by_role("dialog", name="Ask a person")
    field = form.get_by_role("textbox")
    assert "lawn mower" in field.input_value()
    field.fill("Which lawn mower do the gardeners prefer?")
    form.get_by_role("button", name="Send").click()
    last_answer(ben, "I passed your question on.")

    isla.get_by_role("button", name="people-team").click()
    request = last_answer(isla, "Which lawn mower do the gardeners prefer?")
    request.get_by_role("button", name="Reply in thread").first.click()
    write(isla, "The quiet one with the battery.", label="Reply in the thread")
    reply = isla.locator("aside article", has_text="The quiet one").last
    reply.hover()
    reply.get_by_role("button", name="More actions").click()
    isla.get_by_role("menuitem", name="Pin this reply").click()
    form = isla.get_by_role("dialog", name="Pin this reply")
    assert form.get_by_label("The answer", exact=True).input_value() == "The quiet one with the battery."
    form.get_by_role("button", name="Send").click()
    isla.get_by_text("Choose something first.").wait_for()
    form.get_by_label("Who may see it").select_option("Members of the workspace")
    form.get_by_role("button", name="Send").click()
    form.wait_for(state="detached")

    write(ben, "/ask Which lawn mower is preferred by the gardeners?")
    last_answer(ben, "Answered by Isla on")
    (pin,) = local.service.desk.work.pins.all()
    local.service.desk.work.pins.remove(pin.id)
