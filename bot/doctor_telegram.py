"""Asks Telegram who the bot is, where it delivers, and whether it may work at its desk; mends where it delivers."""

from collections.abc import AsyncIterator

from bot.findings import Finding, broken
from bot.settings import Settings
from flows.errors import AssistantError, Refused
from flows.model import File, Json
from integrations.channels.telegram.api import BotApi
from integrations.channels.telegram.webhook import PATH, register
from integrations.desk.telegram.adapter import Settings as DeskSettings
from integrations.desk.telegram.adapter import connect
from locales.operators import Messages

_SECONDS = 10.0


async def examine_telegram(settings: Settings, texts: Messages, *, fix: bool) -> AsyncIterator[Finding]:
    """The bot, the way of its updates, and the desk if there is one. Raises as `BotApi` does."""
    api = BotApi(settings.telegram_token.get_secret_value(), settings.telegram_api_url, settings.telegram_proxy)
    try:
        me = await api.call("getMe", {}, _SECONDS)
        name = me.get("username", "?") if isinstance(me, dict) else "?"
        yield Finding("telegram", fine=True, text=texts.gettext("the bot is @{name}", name=name))
        if fix:
            await _mend(api, settings)
        yield _way(await api.call("getWebhookInfo", {}, _SECONDS), settings, texts)
        if settings.telegram_desk_chat:
            yield await _desk(settings, api, texts)
    finally:
        await api.close()


async def _desk(settings: Settings, api: BotApi, texts: Messages) -> Finding:
    """Whether the group is a forum in which the bot may do what it has to."""
    try:
        await connect(settings.part(DeskSettings, "telegram"), api, _no_files).check()
    except AssistantError as error:
        return broken("telegram desk", error)
    return Finding("telegram desk", fine=True, text=texts.gettext("the bot may manage the topics of its group"))


async def _no_files(file: File) -> bytes:
    raise Refused(reason=f"nothing is posted here: {file.kind}", state="gone")


async def _mend(api: BotApi, settings: Settings) -> None:
    if settings.telegram_mode == "webhook":
        await register(api, settings.public_url, settings.webhook_secret)
    else:
        await api.call("deleteWebhook", {}, _SECONDS)


def _way(info: Json, settings: Settings, texts: Messages) -> Finding:
    """What Telegram does with updates, against what the settings want."""
    gettext = texts.gettext
    known = info if isinstance(info, dict) else {}
    wanted = f"{settings.public_url}{PATH}" if settings.telegram_mode == "webhook" else ""
    pending = known.get("pending_update_count", 0)
    waiting = texts.ngettext(
        "{number} update waits", "{number} updates wait", pending if isinstance(pending, int) else 0
    )
    remedy = gettext("Run `assistant doctor --fix`")
    if known.get("url", "") != wanted:
        if wanted:
            text = gettext("the webhook is not registered at {url}", url=wanted)
        else:
            text = gettext("a webhook is registered, so polling gets nothing")
        return Finding("telegram updates", fine=False, text=text, remedy=remedy)
    if wanted and known.get("last_error_message"):
        text = gettext("Telegram could not deliver: {why}; {waiting}", why=known["last_error_message"], waiting=waiting)
        remedy = gettext("Check that {url} is reached from the internet by https", url=wanted)
        return Finding("telegram updates", fine=False, text=text, remedy=remedy)
    way = gettext("webhook") if wanted else gettext("polling")
    return Finding("telegram updates", fine=True, text=f"{way}, {waiting}")
