"""Who may see what: the rule against a model of ten lines, whatever was granted, revoked, read in and asked."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot.admission import Admission
from bot.asked import Place, Sharing
from bot.audience import (
    EVERYWHERE,
    Audience,
    Refused,
    Standing,
    audience,
    channel_key,
    grantee,
    person_key,
    workspace_key,
)
from bot.composition import StoredLibrary
from bot.errors import SlackRefuses, SlackSilent
from bot.slack.lines import People
from bot.slack_settings import SlackSettings
from retrieval.collections import CollectionRecord, Collections
from retrieval.live_index import LiveIndex
from retrieval.pins import NewPin, Pin, Pins
from retrieval.store import Store
from tests.stores import LetterEncoder, put

TEAMS, CHANNELS, PEOPLE = ("T1", "T2"), ("C1", "C2", "D1"), ("U1", "U2")
SHARINGS: tuple[Sharing, ...] = ("inside", "shared", "hidden", "unknown")
STANDINGS: tuple[Standing, ...] = ("member", "guest", "unknown")
NAMES = ("handbook", "pay", "plans")
ONE, MANY = SlackSettings(), SlackSettings(client_id="1.2")
KEYS = (
    EVERYWHERE,
    *(workspace_key(team) for team in TEAMS),
    *(channel_key(t, c, shared=s) for t in TEAMS for c in CHANNELS[:2] for s in (False, True)),
    *(person_key(team, person) for team in TEAMS for person in PEOPLE),
)


def model(
    keys: frozenset[str], *, team: str, channel: str, person: str, sharing: str, standing: str, private: bool
) -> bool:
    """May a collection with these keys be quoted?  One workspace, channels with others closed."""
    direct = channel[0] == "D"
    if standing == "unknown" or (not direct and sharing == "unknown"):
        return False
    outside = sharing == "shared" and not direct
    by_channel = (f"{team}/{channel}+shared" if outside else f"{team}/{channel}") in keys
    by_workspace = bool({"*", team} & keys)
    asker = f"{team}/{person}" in keys or (standing == "member" and (by_workspace or by_channel))
    if direct or (private and not outside):
        return asker
    return asker and sharing != "hidden" and (by_channel or (by_workspace and not outside))


class Grants(RuleBasedStateMachine):
    """Grants, revocations, documents that come and go, and questions, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store = Store(Path(self.folder.name) / "store.db")
        self.collections = Collections(self.store.database)
        self.library = StoredLibrary(self.store, LiveIndex(self.store))
        self.pins, self.encoder = Pins(self.store.database), LetterEncoder()
        self.pinned: dict[str, Pin] = {}
        self.granted: dict[str, frozenset[str] | None] = {}
        self.documents: dict[str, int] = {}

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    @rule(name=st.sampled_from(NAMES), keys=st.frozensets(st.sampled_from(KEYS), max_size=3))
    def grant(self, name: str, keys: frozenset[str]) -> None:
        self.collections.add(name)
        self.collections.open_to(name, keys)
        self.granted[name] = keys

    @rule(name=st.sampled_from(NAMES))
    def back_to_default(self, name: str) -> None:
        if name in self.granted:
            self.collections.open_to(name, None)
            self.granted[name] = None

    @rule(name=st.sampled_from(NAMES))
    def ingest(self, name: str) -> None:
        self.documents[name] = put(self.store, "page.md", f"Leave is five days in {name}.", collection=name)
        self.granted.setdefault(name, None)

    @rule(name=st.sampled_from(NAMES))
    def delete(self, name: str) -> None:
        if name in self.documents:
            self.store.remove(self.documents.pop(name))

    @rule(name=st.sampled_from((*NAMES, *TEAMS)))
    def pin(self, name: str) -> None:
        if name in self.pinned:
            self.pins.remove(self.pinned.pop(name).id)
        elif name in TEAMS or name in self.granted:
            team, collection = (name, None) if name in TEAMS else (None, name)
            new = NewPin(
                question=f"Leave in {name}?",
                answer="Ask Ann.",
                author="Ann",
                open_to=team,
                collection=collection,
            )
            self.pinned[name] = self.pins.add(new, self.encoder)

    def keys_of(self, name: str) -> frozenset[str]:
        """To whom a collection, or a pin of a workspace, is open."""
        if name in TEAMS:
            return frozenset({name})
        granted = self.granted[name]
        return frozenset({EVERYWHERE}) if granted is None else granted

    @rule(
        team=st.sampled_from(TEAMS), channel=st.sampled_from(CHANNELS), person=st.sampled_from(PEOPLE),
        sharing=st.sampled_from(SHARINGS), standing=st.sampled_from(STANDINGS), private=st.booleans(),
    )  # fmt: skip
    def ask(
        self, *, team: str, channel: str, person: str, sharing: Sharing, standing: Standing, private: bool
    ) -> None:
        allowed = audience(
            self.collections.all(), ONE, place=Place(team=team, channel=channel), person=person,
            sharing=sharing, standing=standing, private=private,
        )  # fmt: skip
        found = set()
        if isinstance(allowed, Audience):
            hits = self.library.search("five days of leave", 10, collections=allowed.collections)
            found = {hit.passage.collection for hit in hits}
        how = {
            "team": team, "channel": channel, "person": person, "sharing": sharing, "standing": standing,
            "private": private,
        }  # fmt: skip
        open_now = {name for name in (*NAMES, *TEAMS) if self._is_open(name, **how)}
        assert found == open_now & set(self.documents)
        for name, pinned in self.pinned.items():
            seen = None
            if isinstance(allowed, Audience):
                seen = self.pins.find(
                    pinned.question, self.encoder, collections=allowed.collections, open_to=allowed.keys
                )
            visible = {self.pinned[each].id for each in open_now & set(self.pinned)}
            assert (seen is not None and seen.pin.id == pinned.id) == (name in open_now)
            assert seen is None or seen.pin.id in visible

    def _is_open(self, name: str, **how: Any) -> bool:
        return (name in TEAMS or name in self.granted) and model(self.keys_of(name), **how)

    @invariant()
    def what_is_stored_is_what_was_said(self) -> None:
        assert {each.name: each.grantees for each in self.collections.all()} == self.granted


Grants.TestCase.settings = hypothesis_settings(max_examples=40, stateful_step_count=30, deadline=None)
TestGrants = Grants.TestCase


def seen(keys: set[str] | None, settings: SlackSettings = ONE, **how: object) -> Sequence[str] | Refused:
    where = {
        "place": Place(team="T1", channel="C1"), "person": "U1", "sharing": "inside",
        "standing": "member", "private": False, **how,
    }  # fmt: skip
    record = CollectionRecord(name="pay", documents=1, grantees=None if keys is None else frozenset(keys))
    found = audience([record], settings, **where)  # type: ignore[arg-type]
    return found.collections if isinstance(found, Audience) else found


def test_a_collection_that_nobody_has_set() -> None:
    """Open to the workspace where there is one; to nobody where many have the app."""
    assert seen(None) == ["pay"]
    assert seen(None, MANY) == []
    assert seen({EVERYWHERE}, MANY) == ["pay"]


def test_workspaces_never_mix() -> None:
    """The same channel and person in another workspace are others."""
    for key in (workspace_key("T2"), channel_key("T2", "C1"), person_key("T2", "U1")):
        for private, channel in itertools.product((True, False), ("C1", "D1")):
            assert seen({key}, private=private, place=Place(team="T1", channel=channel)) == []


def test_why_nothing_is_quoted() -> None:
    """Each reason by itself, and none of them names what there is."""
    assert seen(None, sharing="unknown") == Refused("unknown channel")
    assert seen(None, sharing="hidden") == Refused("unknown channel")
    assert seen(None, standing="unknown") == Refused("unknown person")
    assert seen(None, standing="guest") == Refused("guest")
    assert seen(None, sharing="shared") == Refused("shared channel")
    assert seen(None, SlackSettings(shared_channels=True), sharing="shared") == ["pay"]
    assert seen(None, SlackSettings(collections=("hr",))) == []


def test_a_channel_that_becomes_shared() -> None:
    """What was opened to a channel is closed when another company joins, unless it was opened to that."""
    assert seen({channel_key("T1", "C1")}) == ["pay"]
    assert seen({channel_key("T1", "C1")}, sharing="shared") == Refused("shared channel")
    assert seen({channel_key("T1", "C1", shared=True)}, sharing="shared") == ["pay"]


@pytest.mark.parametrize("key", KEYS)
def test_keys_can_be_read_again(key: str) -> None:
    who = grantee(key)
    if who.identity is None:
        assert workspace_key(who.team) == key
    else:
        assert key in (
            channel_key(who.team, who.identity, shared=who.shared),
            person_key(who.team, who.identity),
        )


class Line:
    """What users.info says, or fails with."""

    def __init__(self, answer: dict[str, object] | Exception) -> None:
        self.answer = answer

    def to(self, place: Place) -> Line:
        return self

    def person(self, person: str) -> dict[str, object]:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.mark.parametrize(
    ("answer", "standing"),
    [
        ({"team_id": "T1"}, "member"),
        ({"team_id": "T2"}, "guest"),
        ({}, "guest"),
        ({"team_id": "T1", "is_restricted": True}, "guest"),
        ({"team_id": "T1", "is_ultra_restricted": True}, "guest"),
        ({"team_id": "T1", "is_stranger": True}, "guest"),
        ({"team_id": "T1", "deleted": True}, "guest"),
        (SlackRefuses("users.info", "missing_scope"), "unknown"),
        (SlackSilent("no reply"), "unknown"),
    ],
)
def test_what_slack_says_of_a_person(answer: dict[str, object] | Exception, standing: str) -> None:
    place = Place(team="T1", channel="C1")
    people = People(Line(answer))  # type: ignore[arg-type]
    assert people.standing(place, "U1") == standing


@pytest.mark.parametrize(
    ("answer", "standing"),
    [
        ({"team_id": "T2", "enterprise_user": {"enterprise_id": "E1"}}, "member"),
        ({"team_id": "T1", "enterprise_user": {"enterprise_id": "E2"}}, "guest"),
        ({"team_id": "T1"}, "guest"),
        ({"team_id": "T1", "enterprise_user": {"enterprise_id": "E1"}, "is_restricted": True}, "guest"),
    ],
)
def test_in_an_organisation_its_people_are_members(answer: dict[str, object], standing: str) -> None:
    """Of whichever workspace.  That the place has the name of theirs says nothing: a press may be all it is from."""
    place = Place(team="T1", channel="C1", enterprise="E1")
    people = People(Line(answer))  # type: ignore[arg-type]
    assert people.standing(place, "U1") == standing


def test_a_person_is_looked_up_again() -> None:
    """A minute later at the latest; a failure is not remembered; a guest is no admin."""
    now = [0.0]
    line = Line(SlackSilent("no reply"))
    people = People(line, clock=lambda: now[0])  # type: ignore[arg-type]
    place = Place(team="T1", channel="C1")
    assert people.standing(place, "U1") == "unknown"
    line.answer = {"team_id": "T1", "is_admin": True}
    assert people.is_admin(place, "U1")
    line.answer = {"team_id": "T1", "is_admin": True, "is_restricted": True}
    assert people.is_admin(place, "U1")
    now[0] = 61
    assert people.standing(place, "U1") == "guest"
    assert not people.is_admin(place, "U1")


def test_a_grant_is_read_for_every_question(tmp_path: Path) -> None:
    """Changed by another process, it holds from the next question on."""
    with Store(tmp_path / "store.db") as store, Store(tmp_path / "store.db") as another:
        put(store, "a.md", "Leave is five days.", collection="pay")
        line = Line({"team_id": "T1"})
        admission = Admission(Collections(store.database), line, ONE)  # type: ignore[arg-type]

        def allowed(person: str) -> Sequence[str]:
            found = admission.allowed(Place(team="T1", channel="D1"), person, private=True)
            assert isinstance(found, Audience)
            return found.collections

        assert allowed("U1") == ["pay"]
        Collections(another.database).open_to("pay", [person_key("T1", "U2")])
        assert allowed("U1") == []
        assert allowed("U2") == ["pay"]
