"""Asks Slack who the app is and what it may, and posts into the console's channel, reads that and takes it back."""

from collections.abc import AsyncIterator

from bot.findings import Finding, broken
from bot.settings import Settings
from flows.errors import AssistantError
from flows.model import Json
from integrations.desk.slack.calls import Calls, Token
from integrations.desk.slack.rights import PATH, SCOPES, WELCOME
from locales.operators import Messages


async def examine_slack(settings: Settings, texts: Messages) -> AsyncIterator[Finding]:
    """The app, its scopes, the channel, and the way in which Slack reaches us."""
    calls = Calls(Token(settings.slack_bot_token.get_secret_value()), settings.slack_api_url)
    try:
        yield await _app(calls, texts)
        yield _scopes(calls, texts)
        try:
            yield await _channel(calls, settings.slack_channel, texts)
        except AssistantError as error:
            yield broken("slack channel", error)
        try:
            yield await _way(calls, settings, texts)
        except AssistantError as error:
            yield broken("slack events", error)
    finally:
        await calls.close()


async def _app(calls: Calls, texts: Messages) -> Finding:
    known = await calls.call("auth.test", {})
    return Finding("slack", fine=True, text=texts.gettext("the app is in the workspace {name}", name=known.get("team")))


def _scopes(calls: Calls, texts: Messages) -> Finding:
    """Slack names the scopes of a token with every answer; where it does not, calls tell what is missing."""
    gettext = texts.gettext
    missing = sorted(SCOPES - calls.scopes) if calls.scopes else []
    if missing:
        text = gettext("scopes are missing: {names}", names=", ".join(missing))
        remedy = gettext("Update the app by deploy/slack/manifest.yaml and install it again")
        return Finding("slack scopes", fine=False, text=text, remedy=remedy)
    if calls.scopes and not calls.scopes >= WELCOME:
        text = gettext("fine, but staff are not known by user groups without {names}", names=", ".join(sorted(WELCOME)))
        return Finding("slack scopes", fine=True, text=text)
    return Finding("slack scopes", fine=True, text=gettext("all there"))


async def _channel(calls: Calls, channel: str, texts: Messages) -> Finding:
    """Whether the channel can be written to and read, tried for real."""
    gettext = texts.gettext
    found = (await calls.call("conversations.info", {"channel": channel})).get("channel")
    about = found if isinstance(found, dict) else {}
    if about.get("is_archived") is True:
        remedy = gettext("Unarchive it, or set SLACK_CHANNEL to another one")
        return Finding("slack channel", fine=False, text=gettext("the channel is archived"), remedy=remedy)
    if about.get("is_member") is not True:
        remedy = gettext("Write /invite with the app's name in the channel")
        return Finding("slack channel", fine=False, text=gettext("the app is not in the channel"), remedy=remedy)
    text = texts.gettext("A trial of `assistant doctor`: it disappears at once")
    posted = (await calls.call("chat.postMessage", {"channel": channel, "text": text})).get("ts")
    try:
        listed = (await calls.call("conversations.history", {"channel": channel, "limit": 20})).get("messages")
    finally:
        await calls.call("chat.delete", {"channel": channel, "ts": posted})
    if not _has(listed, posted):
        remedy = gettext("Check that SLACK_CHANNEL is the id of the channel")
        return Finding("slack channel", fine=False, text=gettext("what was posted cannot be read"), remedy=remedy)
    name = str(about.get("name") or channel)
    return Finding("slack channel", fine=True, text=gettext("#{name}: posted, read and deleted", name=name))


async def _way(calls: Calls, settings: Settings, texts: Messages) -> Finding:
    app_token = settings.slack_app_token.get_secret_value()
    if app_token:
        await calls.call("apps.connections.open", {}, token=Token(app_token, "SLACK_APP_TOKEN"))
        return Finding("slack events", fine=True, text=texts.gettext("Socket Mode"))
    if not settings.public_url.startswith("https://"):
        text = texts.gettext("without Socket Mode Slack must reach this server by https")
        remedy = texts.gettext("Set SLACK_APP_TOKEN, or PUBLIC_URL to the https:// address of this server")
        return Finding("slack events", fine=False, text=text, remedy=remedy)
    url = f"{settings.public_url}{PATH}"
    return Finding("slack events", fine=True, text=texts.gettext("the app's request URL must be {url}", url=url))


def _has(listed: Json, posted: Json) -> bool:
    messages = listed if isinstance(listed, list) else []
    return any(isinstance(message, dict) and message.get("ts") == posted for message in messages)
