"""Asks each tracker what there is to choose from, and has it tell of moves."""

from collections.abc import AsyncIterator

from bot.findings import Finding, broken
from bot.settings import Settings
from bot.trackers import connected, webhook_url
from bot.wiring import storage
from flows.errors import AssistantError
from flows.ports.tracker import Hooks, Tracker
from integrations.clock import clock_in
from locales.operators import Messages

_SHOWN = 40


async def examine_trackers(settings: Settings, texts: Messages, *, fix: bool) -> AsyncIterator[Finding]:
    """For each tracker: the places it has, and whether it tells of moves. Raises `StorageDown` and `Misconfigured`."""
    async with storage(settings) as store:
        trackers = await connected(settings, store.budget, store.hooks, clock_in(settings.timezone))
        for name, tracker in trackers.items():
            try:
                yield await _places(name, tracker, texts)
                yield await _hook(settings, tracker, store.hooks, texts, fix=fix)
            except AssistantError as error:
                yield broken(name, error)
            finally:
                await tracker.close()


async def _places(name: str, tracker: Tracker, texts: Messages) -> Finding:
    places = await tracker.describe()
    told = [f"{place.kind} {place.inside + '/' if place.inside else ''}{place.name} ({place.id})" for place in places]
    more = len(told) - _SHOWN
    if more > 0:
        told = [*told[:_SHOWN], texts.ngettext("and {number} more", "and {number} more", more)]
    return Finding(name, fine=True, text="\n  ".join([texts.gettext("it lets us in"), *told]))


async def _hook(settings: Settings, tracker: Tracker, hooks: Hooks, texts: Messages, *, fix: bool) -> Finding:
    gettext, part = texts.gettext, f"{tracker.name} webhook"
    if not settings.public_url:
        text = gettext("off: PUBLIC_URL is empty; moves are looked for every few minutes")
        return Finding(part, fine=True, text=text)
    url, kept = webhook_url(settings, tracker.name), await hooks.of(tracker.name)
    if fix and kept.get("url") != url:
        kept = {**await tracker.register(url), "url": url}
        await hooks.keep(tracker.name, kept)
        return Finding(part, fine=True, text=gettext("registered at {url}; restart what runs", url=url))
    if kept.get("url") != url:
        text = gettext("the webhook is not registered at {url}", url=url)
        return Finding(part, fine=False, text=text, remedy=gettext("Run `assistant doctor --fix`"))
    return Finding(part, fine=True, text=url)
