"""Tries every configured service once, and mends what can be mended from here."""

from collections.abc import AsyncIterator

from bot.content import load
from bot.findings import Finding, broken
from bot.settings import DATA, Settings
from bot.wiring import storage
from flows.errors import AssistantError, BrokenContent
from integrations.storage.migrate import current
from locales.operators import Messages


async def examine(settings: Settings, texts: Messages, *, fix: bool) -> tuple[Finding, ...]:
    """Look at everything; one broken part does not hide the others."""
    findings = [_data(settings), _content(settings, texts), await _database(settings)]
    findings += [finding async for finding in _telegram(settings, texts, fix=fix)]
    findings += [finding async for finding in _slack(settings, texts)]
    findings += [finding async for finding in _trackers(settings, texts, fix=fix)]
    findings.append(_api(settings, texts))
    return tuple(findings)


def _data(settings: Settings) -> Finding:
    try:
        _ = settings.signing_key
    except AssistantError as error:
        return broken("data", error)
    return Finding("data", fine=True, text=str(DATA.absolute()))


def _content(settings: Settings, texts: Messages) -> Finding:
    gettext = texts.gettext
    try:
        content = load(settings)
    except BrokenContent as broken:
        text = texts.ngettext("{number} defect", "{number} defects", len(broken.defects))
        return Finding("content", fine=False, text=text, remedy=gettext("Run `assistant check`: it names each"))
    return Finding("content", fine=True, text=gettext("flows: {names}", names=", ".join(content.flows.by_name)))


async def _database(settings: Settings) -> Finding:
    try:
        async with storage(settings) as store:
            await store.database.read(current)
    except AssistantError as error:
        return broken("database", error)
    return Finding("database", fine=True, text=settings.masked()["DATABASE_URL"])


def _api(settings: Settings, texts: Messages) -> Finding:
    gettext = texts.gettext
    if not settings.admin_token.get_secret_value():
        return Finding("api", fine=True, text=gettext("closed: ADMIN_TOKEN is empty"))
    return Finding("api", fine=True, text=gettext("open to ADMIN_TOKEN"))


async def _telegram(settings: Settings, texts: Messages, *, fix: bool) -> AsyncIterator[Finding]:
    if not settings.telegram_token.get_secret_value():
        yield Finding("telegram", fine=True, text=texts.gettext("off: TELEGRAM_TOKEN is empty"))
        return
    from bot.doctor_telegram import examine_telegram

    try:
        async for finding in examine_telegram(settings, texts, fix=fix):
            yield finding
    except AssistantError as error:
        yield broken("telegram", error)


async def _slack(settings: Settings, texts: Messages) -> AsyncIterator[Finding]:
    if not settings.slack_bot_token.get_secret_value():
        yield Finding("slack", fine=True, text=texts.gettext("off: SLACK_BOT_TOKEN is empty"))
        return
    from bot.doctor_slack import examine_slack

    try:
        async for finding in examine_slack(settings, texts):
            yield finding
    except AssistantError as error:
        yield broken("slack", error)


async def _trackers(settings: Settings, texts: Messages, *, fix: bool) -> AsyncIterator[Finding]:
    if not settings.trackers:
        yield Finding("trackers", fine=True, text=texts.gettext("off: TRACKERS is empty"))
        return
    from bot.doctor_trackers import examine_trackers

    try:
        async for finding in examine_trackers(settings, texts, fix=fix):
            yield finding
    except AssistantError as error:
        yield broken("trackers", error)
