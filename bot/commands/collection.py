"""quoth collection ls, add, set, rm: collections, and who may see each in Slack."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path

import click

from bot import messages
from bot.audience import EVERYWHERE, channel_key, grantee, person_key, workspace_key
from bot.commands.followed import followed_into, note_followed
from bot.commands.options import home_option, json_option, note, open_workplace, print_json
from bot.composition import Workplace
from bot.errors import UsageError
from bot.slack.directory import Directory, lines_of, team_of
from bot.views.style import printable
from retrieval.collections import CollectionRecord

TEAM_ID = re.compile(r"[TE][A-Z0-9]+")
CHANNEL_ID = re.compile(r"[CG][A-Z0-9]+")
PERSON_ID = re.compile(r"[UW][A-Z0-9]+")
WHO_ID = re.compile(r"[CGUW][A-Z0-9]+")


class SlackId(click.ParamType[str]):
    """An ID as Slack gives it; names change, IDs do not."""

    name = "id"

    def __init__(self, pattern: re.Pattern[str], what: str) -> None:
        self._pattern, self._what = pattern, what

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not self._pattern.fullmatch(str(value)):
            self.fail(f"{printable(str(value))} is no ID of {self._what}.", param, ctx)
        return str(value)


team_option = click.option(
    "--team", type=SlackId(TEAM_ID, "a workspace (T...)"), metavar="ID",
    help="The workspace that channels and people are of.  [default: the one of QUOTH_SLACK_BOT_TOKEN]",
)  # fmt: skip
_AUDIENCE = (
    click.option("--workspace", is_flag=True, help="Open to the members of the workspace."),
    click.option("--everywhere", is_flag=True, help="Open to every workspace that has the app."),
    click.option(
        "--channel", "channels", multiple=True, type=SlackId(CHANNEL_ID, "a channel (C...)"), metavar="ID",
        help="Open to a channel, while it is not shared with another company (shared or not, with "
        "QUOTH_SLACK_SHARED_CHANNELS=yes); may be given several times.",
    ),
    click.option(
        "--shared-channel", "shared", multiple=True, type=SlackId(CHANNEL_ID, "a channel (C...)"),
        metavar="ID", help="Open to a channel, also while it is shared with another company.",
    ),
    click.option(
        "--person", "people", multiple=True, type=SlackId(PERSON_ID, "a person (U...)"), metavar="ID",
        help="Open to a person, also a guest; may be given several times.",
    ),
    click.option("--closed", is_flag=True, help="Open to nobody."),
    click.option(
        "--owner", metavar="ID|none",
        help="Who is asked when it has no answer, and may pin their reply: a person or a channel.",
    ),
    team_option,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Wished:
    """The options that say who may see a collection, as they were given."""

    workspace: bool
    everywhere: bool
    channels: Sequence[str]
    shared: Sequence[str]
    people: Sequence[str]
    closed: bool
    owner: str | None
    team: str | None

    @property
    def opens(self) -> bool:
        """Whether it is to be open to somebody."""
        return any((self.workspace, self.everywhere, self.channels, self.shared, self.people))

    @property
    def names(self) -> bool:
        """Whether somebody or something of a workspace is named, which must then be known."""
        owned = self.owner is not None and self.owner != "none"
        return any((self.workspace, self.channels, self.shared, self.people, owned))


def audience_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say who may see a collection; the command gets them as `wished`."""

    @wraps(command)
    def collected(
        *arguments: object, workspace: bool, everywhere: bool, channels: tuple[str, ...],
        shared: tuple[str, ...], people: tuple[str, ...], closed: bool, owner: str | None, team: str | None,
        **others: object,
    ) -> None:  # fmt: skip
        wished = Wished(
            workspace=workspace, everywhere=everywhere, channels=channels, shared=shared, people=people,
            closed=closed, owner=owner, team=team,
        )  # fmt: skip
        command(*arguments, wished=wished, **others)

    for option in reversed(_AUDIENCE):
        collected = option(collected)
    return collected


@click.group()
def collection() -> None:
    """Collections, and who may see each in Slack.

    A collection is open to the members of the workspace until somebody says to whom it is.  A channel is
    quoted what is open to it or to the workspace; a person alone, in /ask and direct messages, also what is
    open to them.  Guests, and channels shared with other companies, are quoted only what names them; with
    QUOTH_SLACK_SHARED_CHANNELS=yes all such channels are quoted whatever is open to the workspace, too.

    In this terminal, whoever may read the files sees everything.
    """


@collection.command("ls")
@home_option
@json_option
def list_collections(home: Path | None, as_json: bool) -> None:
    """List collections, their documents, and who may see them in Slack."""
    with open_workplace(home) as work:
        found = work.collections.all()
        if as_json:
            print_json([_record(each) for each in found])
            return
        directory = Directory(lines_of(work.settings))
        for each in found:
            owner = "" if each.owner is None else f"; asked: {_shown(each.owner, directory)}"
            click.echo(
                f"{printable(each.name):<20} {messages.documents(each.documents):>14}  "
                f"{audience_words(each, directory)}{owner}"
            )


@collection.command("add")
@click.argument("name")
@audience_options
@home_option
def add(name: str, *, wished: Wished, home: Path | None) -> None:
    """Make collection NAME before it has documents, so that it is never open to more than it should be."""
    if not printable(name).strip() or printable(name) != name:
        raise UsageError("NAME needs printable characters.")
    with open_workplace(home) as work:
        if work.collections.find(name) is not None:
            raise UsageError(f"There is a collection {name} already; quoth collection set changes it.")
        change = Change(work, wished)
        work.collections.add(name)
        change.apply(name)
        _tell(work, name)


@collection.command("set")
@click.argument("name")
@click.option("--default", "as_default", is_flag=True, help="As if nobody had ever said who may see it.")
@audience_options
@home_option
def set_audience(name: str, *, as_default: bool, wished: Wished, home: Path | None) -> None:
    """Say who may see collection NAME: those that are named, and nobody else.

    It holds from the next question on, also in a bot that runs, and for buttons below old answers.

    \b
    quoth collection set pay --channel C0123456789 --person U0123456789
    """
    with open_workplace(home) as work:
        find_collection(work, name)
        change = Change(work, wished)
        opens = change.grantees is not None
        if (as_default and opens) or not (as_default or opens or change.owner is not None):
            raise UsageError(messages.COLLECTION_WHAT)
        if as_default:
            work.collections.open_to(name, None)
        change.apply(name)
        _tell(work, name)


@collection.command("rm")
@click.argument("name")
@home_option
def remove(name: str, home: Path | None) -> None:
    """Remove the documents of collection NAME; their files stay where they are.

    If somebody had said who may see it, the name stays, closed to everybody: documents that are read into it
    again are seen by nobody until quoth collection set says so.  A closed one without documents goes at once,
    unless quoth sync would read some into it: you are told what is followed.
    """
    with open_workplace(home) as work:
        followed = followed_into(work, name)
        with work.store.database.writing():
            record = find_collection(work, name)
            stays_closed = record.grantees is not None and (record.documents > 0 or bool(followed))
            for document in work.store.documents([name]):
                work.store.remove(document.id)
            if stays_closed:
                work.collections.open_to(name, [])
                work.collections.give(name, None)
                work.pins.remove_of(name)
            else:
                work.collections.remove(name)
        kept = messages.COLLECTION_CLOSED if stays_closed else ""
        note(f"removed  {printable(name)} ({messages.documents(record.documents)}){kept}")
        note_followed(followed)


class Change:
    """What the options ask for.  `grantees` and `owner` None: nothing is said of them."""

    def __init__(self, work: Workplace, wished: Wished) -> None:
        """Raises UsageError for options that contradict each other, or where the workspace is not known."""
        self._work = work
        if wished.closed and wished.opens:
            raise UsageError("--closed goes with no option that opens.")
        owner = wished.owner
        if owner is not None and owner != "none" and not WHO_ID.fullmatch(owner):
            raise UsageError(f"--owner is {printable(owner)}; expected an ID (U... or C...) or none.")
        team = team_of(work.settings, wished.team) if wished.names else ""
        keys = [channel_key(team, each) for each in wished.channels]
        keys += [channel_key(team, each, shared=True) for each in wished.shared]
        keys += [person_key(team, each) for each in wished.people]
        keys += [workspace_key(team)] if wished.workspace else []
        keys += [EVERYWHERE] if wished.everywhere else []
        # A channel that may be asked while it is shared may be asked while it is not.
        keys += [channel_key(team, each) for each in wished.shared]
        self.grantees = keys if wished.opens or wished.closed else None
        self.owner = f"{team}/{owner}" if owner not in (None, "none") else owner

    def apply(self, name: str) -> None:
        """Do it."""
        if self.grantees is not None:
            self._work.collections.open_to(name, self.grantees)
        if self.owner is not None:
            self._work.collections.give(name, None if self.owner == "none" else self.owner)


def find_collection(work: Workplace, name: str) -> CollectionRecord:
    """The collection of that name.  Raises UsageError where there is none."""
    found = work.collections.find(name)
    if found is None:
        names = ", ".join(each.name for each in work.collections.all()) or "none yet"
        raise UsageError(messages.NO_SUCH_COLLECTION.format(name=printable(name), names=names))
    return found


def audience_words(collection: CollectionRecord, directory: Directory) -> str:
    """Who may see a collection, in words, with names where Slack tells them."""
    if collection.grantees is None:
        return messages.OPEN_BY_DEFAULT
    if not collection.grantees:
        return messages.OPEN_TO_NOBODY
    return ", ".join(_shown(key, directory) for key in sorted(collection.grantees))


def _shown(key: str, directory: Directory) -> str:
    who = grantee(key)
    if key == EVERYWHERE:
        return "every workspace"
    if who.identity is None:
        return f"workspace {printable(who.team)}"
    name = directory.name(who.team, who.identity)
    shown = who.identity if name is None else f"{printable(name)} ({who.identity})"
    return f"{shown}{' also if shared' if who.shared else ''}"


def _record(collection: CollectionRecord) -> dict[str, object]:
    return {
        "collection": collection.name,
        "documents": collection.documents,
        "grantees": None if collection.grantees is None else sorted(collection.grantees),
        "owner": collection.owner,
    }


def _tell(work: Workplace, name: str) -> None:
    record = find_collection(work, name)
    note(f"{printable(name)}: {audience_words(record, Directory(lines_of(work.settings)))}")
