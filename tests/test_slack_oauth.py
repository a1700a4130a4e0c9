"""Many workspaces: the app is installed in the browser, its token is kept, renewed and forgotten."""

from __future__ import annotations

import http.client
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from slack_sdk.oauth.installation_store.models.bot import Bot as InstalledBot

from bot.asked import Place
from bot.audience import workspace_key
from bot.composition import Workplace
from bot.errors import SlackRefuses, UsageError
from bot.settings import Settings, without_slacks_own_variables
from bot.slack.clients import connect
from bot.slack.installations import Installations
from bot.slack.manifest import SCOPES, manifest
from bot.slack.service import Service
from bot.slack_settings import SlackSettings
from bot.workspace.state import TEAM
from retrieval.collections import Collections
from retrieval.store import Store
from tests.command_line import call
from tests.slack_bot import TOKENIZER, Bot, Gate, running_bot, slack_settings
from tests.slack_stand_in import Slack, refused, reset, running
from tests.stores import put

URL = "https://quoth.example"
QUESTION = "When are laptops replaced?"


@pytest.fixture
def slack() -> Iterator[Slack]:
    with running(manifest("http", url=URL, oauth=True)) as started:
        started.bot_tokens.clear()  # nobody has installed it yet
        yield started
        assert started.complaints == []


@pytest.fixture
def bot(slack: Slack, tmp_path: Path) -> Iterator[Bot]:
    with Store(tmp_path / "store.db") as store:
        put(store, "laptops.md", "Laptops are replaced after four years.")
        Collections(store.database).open_to("default", [workspace_key(TEAM)])
    many = {
        "bot_token": None,
        "app_token": None,
        "client_id": slack.client_id,
        "client_secret": slack.client_secret,
    }
    with running_bot(tmp_path, slack, "http", gate=Gate(TOKENIZER, {"four years": 5.0}), **many) as started:
        yield started


def get(bot: Bot, path: str, cookie: str = "") -> tuple[int, str, str]:
    """What a browser gets: status, page, cookie."""
    connection = http.client.HTTPConnection(*bot.service.address, timeout=10)
    try:
        connection.request("GET", path, headers={"Cookie": cookie})
        response = connection.getresponse()
        return (
            response.status,
            response.read().decode(),
            response.headers.get("Set-Cookie", "").partition(";")[0],
        )
    finally:
        connection.close()


def install(bot: Bot, code: str) -> int:
    """Add to Slack, Allow."""
    status, page, cookie = get(bot, "/slack/install")
    assert status == 200
    link = re.findall(r"https://slack.com/oauth[^\"]+", page)[0].replace("&amp;", "&")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
    assert set(asked["scope"].split(",")) == set(SCOPES)
    back = urlencode({"code": code, "state": asked["state"]})
    return get(bot, f"/slack/oauth_redirect?{back}", cookie)[0]


def test_installed_in_the_browser_and_asked(slack: Slack, bot: Bot, tmp_path: Path) -> None:
    """From "Add to Slack" to the first answer, with a token that nobody has written down."""
    assert install(bot, slack.allow()) == 200
    ann = slack.person("Ann")
    general = slack.channel("general", ann)
    assert "four years" in ann.reply(ann.says(general, f"@quoth {QUESTION}")).words
    ann.asks(general, QUESTION)
    assert "four years" in ann.told(general).words
    assert stat.S_IMODE((tmp_path / "installs.db").stat().st_mode) == 0o600
    assert slack.count("auth.test") == 1  # at the installation, and not for each request


def test_a_token_that_expires_is_renewed(slack: Slack, bot: Bot) -> None:
    """Within two hours of its end it is exchanged, once; the old one is not used again."""
    slack.token_seconds = 60
    assert install(bot, slack.allow()) == 200
    (old,) = slack.bot_tokens
    slack.token_seconds = 43_200
    ann = slack.person("Ann")
    for _ in range(3):
        assert "four years" in ann.reply(ann.says(ann.dm, QUESTION)).words
    assert old not in slack.bot_tokens
    assert slack.count("oauth.v2.access") == 2


def test_a_token_that_cannot_be_renewed_now_is_used(slack: Slack, bot: Bot) -> None:
    """It works until it expires, and the line to where tokens are renewed may be down for a moment."""
    slack.token_seconds = 60
    assert install(bot, slack.allow()) == 200
    slack.misbehave("oauth.v2.access", *[reset(after=False)] * 20)
    ann = slack.person("Ann")
    assert "four years" in ann.reply(ann.says(ann.dm, QUESTION)).words


@pytest.mark.parametrize("how", ["another browser", "another state", "another code", "no code", "refused"])
def test_an_installation_that_is_none(slack: Slack, bot: Bot, tmp_path: Path, how: str) -> None:
    """A forged or stale return from Slack installs nothing."""
    _, page, cookie = get(bot, "/slack/install")
    state = re.findall(r"state=([^&\"]+)", page)[0]
    query = {"code": slack.allow(), "state": state}
    if how == "another browser":
        cookie = ""
    elif how == "another state":
        query["state"] = "x"
    elif how == "another code":
        query["code"] = "x"
    elif how == "no code":
        del query["code"]
    else:
        query = {"error": "access_denied", "state": state}
    status, page, _ = get(bot, f"/slack/oauth_redirect?{urlencode(query)}", cookie)
    assert status in (200, 400, 401)
    assert (status == 200) == (how == "refused")
    assert slack.bot_tokens == set()


def test_uninstalled(slack: Slack, bot: Bot) -> None:
    """Its tokens are gone, and nobody is answered there."""
    assert install(bot, slack.allow()) == 200
    ann = slack.person("Ann")
    ann.reply(ann.says(ann.dm, QUESTION))
    assert bot.service.desk.questions.wait_idle(10)
    assert slack.event({"type": "app_uninstalled"}, None).acked.wait(3)
    lines = bot.service.desk.lines
    slack.workspace.wait(lambda: isinstance(lines, Installations) and lines.find(None, TEAM) is None)
    with pytest.raises(SlackRefuses, match="not_installed"):
        lines.to(Place(team=TEAM, channel="C1"))


def test_signed_out_of_one(slack: Slack, bot: Bot) -> None:
    """One workspace takes its token away: the bot is still ready for the others."""
    assert install(bot, slack.allow()) == 200
    ann = slack.person("Ann")
    slack.misbehave("chat.postMessage", refused("account_inactive"))
    ann.says(ann.dm, QUESTION)
    slack.workspace.wait(lambda: not slack.faults["chat.postMessage"])
    assert bot.service.desk.questions.wait_idle(10)
    assert bot.service.ready


def test_each_workspace_has_its_own_line(tmp_path: Path) -> None:
    """Tokens are not mixed up; a workspace of an organisation falls back to the organisation's."""
    settings = SlackSettings(client_id="1.2", client_secret="s", api_url="http://127.0.0.1:9/api/")
    installations = Installations(tmp_path / "installs.db", settings, connect(None, settings.api_url))
    for enterprise, team, token in ((None, "T1", "xoxb-1"), (None, "T2", "xoxb-2"), ("E1", None, "xoxb-3")):
        installations._store.save_bot(
            InstalledBot(
                app_id="A1", enterprise_id=enterprise, team_id=team, bot_token=token, bot_id="B1", bot_user_id="U1",
                is_enterprise_install=team is None, installed_at=1.0,
            )
        )  # fmt: skip

    def token_of(team: str, enterprise: str | None = None) -> str | None:
        return installations.to(Place(team=team, channel="C1", enterprise=enterprise))._clients.once.token

    assert [token_of("T1"), token_of("T2"), token_of("T9", "E1")] == ["xoxb-1", "xoxb-2", "xoxb-3"]
    with pytest.raises(SlackRefuses):
        token_of("T9")


@pytest.mark.parametrize(
    ("mode", "more", "words"),
    [
        ("socket", {"bot_token": None}, "start it with --http"),
        ("http", {}, "set one of them"),
        ("http", {"bot_token": None, "client_secret": None}, "QUOTH_SLACK_CLIENT_SECRET"),
        ("http", {"bot_token": None, "signing_secret": None}, "QUOTH_SLACK_SIGNING_SECRET"),
    ],
)
def test_settings_that_contradict_each_other(
    slack: Slack, tmp_path: Path, mode: str, more: dict[str, object], words: str
) -> None:
    """One line, before anything is opened."""
    values = {"client_id": slack.client_id, "client_secret": slack.client_secret} | more
    with (
        Workplace(Settings(home=tmp_path, slack=slack_settings(slack, **values))) as work,
        pytest.raises(UsageError, match=words),
    ):
        Service(work, mode).open()  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_slack_s_own_variables_do_not_reach_bolt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bolt would forget our token for a SLACK_CLIENT_ID that another program left."""
    for name in ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_BOT_TOKEN"):
        monkeypatch.setenv(name, "of another program")
    with Store(tmp_path / "store.db") as store:
        put(store, "laptops.md", "Laptops are replaced after four years.")
        Collections(store.database).open_to("default", [workspace_key(TEAM)])
    with (
        running(manifest("socket")) as one,
        running_bot(tmp_path, one, gate=Gate(TOKENIZER, {"four years": 5.0})),
    ):
        ann = one.person("Ann")
        assert "four years" in ann.reply(ann.says(ann.dm, QUESTION)).words
    environment = {"SLACK_CLIENT_ID": "x", "OTHER": "y"}
    without_slacks_own_variables(environment)
    assert environment == {"OTHER": "y"}


def test_the_manifest_for_many_workspaces() -> None:
    """Where the browser comes back to, renewed tokens, whole organisations, and news of an uninstallation."""
    made = call("manifest", "--mode", "http", "--url", URL, "--oauth").json
    assert made["oauth_config"]["redirect_urls"] == [f"{URL}/slack/oauth_redirect"]
    assert made["settings"]["token_rotation_enabled"] is True
    assert made["settings"]["org_deploy_enabled"] is True
    assert {"app_uninstalled", "tokens_revoked"} <= set(made["settings"]["event_subscriptions"]["bot_events"])
    assert call("manifest", "--oauth").code == 2
