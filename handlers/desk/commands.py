"""What staff ask with a command, answered in their language: figures, files, leads, and that they are away."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

import structlog

from flows.desk import Button, Control, Post
from flows.errors import Retry
from flows.model import File
from flows.ports.people import Person, Staff
from flows.ports.reading import Figures, Filter, LeadRow, Leads
from flows.tables import Format
from handlers.desk.buttons import manages
from handlers.desk.card import LeadCard
from handlers.desk.elsewhere import carried
from handlers.desk.known import Knowing, Known
from handlers.desk.report import stats_post
from handlers.desk.wanted import Wanted, wanted
from handlers.desk.who import name_of
from handlers.export import Export
from handlers.figures import lead_words
from handlers.report import Stats
from knowledge.promise_times import due_of
from locales.markup import escape, one_line
from locales.operators import N_, Messages, messages

log = structlog.get_logger()
Draw: TypeAlias = Callable[[Figures, Messages], Awaitable[Sequence[bytes]]]
"""Makes the charts of a report as PNG pictures. Raises `Retry`."""
STATS_DAYS: Final = 30
LARGEST: Final = 45 * 1024 * 1024
"""Bytes of a file that every desk takes."""
LEAD: Final = "lead"
"""The action that shows a lead's card to whoever presses."""
_SHOWN: Final = 10
_HOURS: Final = re.compile(r"(\d{1,3})\s?(?:h|hours?|ч|час|часа|часов)")
_CLOCK: Final = re.compile(r"(?<![\w:.])(\d{1,2}:\d\d)(?![\w:.])")
_TYPES: Final[Mapping[Format, str]] = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/x-ndjson",
}


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a command, for whoever asked; the bytes of files are in `Post.contents`."""

    posts: tuple[Post, ...]


@dataclass(frozen=True, slots=True)
class Sources:
    """What commands read and change.

    `view` is what the desk may see of a lead (`handlers.disclose.disclosure`), `service` the desk's name; `card` makes
    cards in a language; `draw` is None where there are no charts.
    """

    stats: Stats
    leads: Leads
    staff: Staff
    export: Export
    knowing: Knowing
    view: Callable[[LeadRow], LeadRow]
    card: Callable[[Messages], LeadCard]
    service: str
    draw: Draw | None = None


class Commands:
    """Answers staff; strangers are told politely, and nothing is done."""

    def __init__(self, sources: Sources, language: str) -> None:
        self._sources = sources
        self._language = language
        self._commands: Mapping[str, Callable[[str, Person, Messages, datetime], Awaitable[Reply]]] = {
            "stats": self._stats,
            "export": self._export,
            "leads": self._leads,
            "lead": self._lead,
            "away": self._away,
        }

    @property
    def names(self) -> frozenset[str]:
        """The commands, without the slash."""
        return frozenset(self._commands)

    async def __call__(self, command: str, arguments: str, person: Person | None, locale: str, now: datetime) -> Reply:
        """Do what is asked; bad input is answered with how it is written. Raises `StorageDown`."""
        texts = messages(locale or self._language)
        if person is None:
            return _line(texts.gettext("This is for the staff. To use it, ask a colleague to add you."))
        do = self._commands.get(command.strip().lstrip("/").casefold())
        if do is None:
            return _line(_usage(texts))
        return await do(arguments.strip()[:200], person, texts, now)

    # ------------------------------------------------------------------ figures and files
    async def _stats(self, arguments: str, person: Person, texts: Messages, now: datetime) -> Reply:
        del person
        asked = wanted(arguments)
        if asked.unclear or asked.kind or asked.status:
            return _unclear(texts, arguments, "/stats 7d")
        figures = await self._sources.stats(asked.days or STATS_DAYS, now)
        names = {one.id: name_of(one) for one in await self._sources.staff.list()}
        return Reply((stats_post(figures, texts, names, await self._pictures(figures, texts)),))

    async def _pictures(self, figures: Figures, texts: Messages) -> Sequence[bytes]:
        try:
            return await self._sources.draw(figures, texts) if self._sources.draw else ()
        except Retry as error:  # the numbers are what was asked for
            log.warning("chart not drawn", problem=str(error))
            return ()

    async def _export(self, arguments: str, person: Person, texts: Messages, now: datetime) -> Reply:
        if not manages(person):
            return _line(texts.gettext("Files with leads are for managers: ask one of them."))
        asked = wanted(arguments)
        if asked.unclear:
            return _unclear(texts, arguments, "/export xlsx 30d status=won")
        kind: Format = asked.kind or "csv"
        query = Filter(status=asked.status or "", since=_since(asked, now), limit=1)
        count = (await self._sources.leads.page(query)).total
        if not count:
            return _line(texts.gettext("No lead matches, so there is no file."))
        content = await self._file(kind, query)
        if content is None:
            return _line(texts.gettext("The file is too large to be sent here: ask for a shorter period."))
        details = {"format": kind, "days": asked.days, "status": query.status, "leads": count}
        await self._sources.staff.audit(person.id, "export", details, now)
        name = f"leads-{now:%Y-%m-%d}.{kind}"
        told = texts.ngettext("{number} lead.", "{number} leads.", count)
        file = File("document", name, name, _TYPES[kind], len(content))
        return Reply((Post(told, files=(file,), contents={name: content}),))

    async def _file(self, kind: Format, query: Filter) -> bytes | None:
        """The whole file; None for one that is too large."""
        content = bytearray()
        async for piece in self._sources.export(kind, query):
            content += piece
            if len(content) > LARGEST:
                return None
        return bytes(content)

    # ------------------------------------------------------------------ leads
    async def _leads(self, arguments: str, person: Person, texts: Messages, now: datetime) -> Reply:
        del person
        asked = wanted(arguments)
        if asked.unclear or asked.kind:
            return _unclear(texts, arguments, "/leads qualified")
        query = Filter(status=asked.status or "", since=_since(asked, now), limit=_SHOWN)
        page = await self._sources.leads.page(query)
        if not page.items:
            return _line(texts.gettext("No lead matches."))
        names = {one.id: name_of(one) for one in await self._sources.staff.list()}
        rows = [self._sources.view(row) for row in page.items]
        lines = [f"- {self._row(row, names, texts)}" for row in rows]
        title = texts.ngettext("{number} lead", "{number} leads", page.total)
        small = (texts.gettext("These are the newest."),) if page.total > len(rows) else ()
        controls: tuple[Control, ...] = tuple(Button(LEAD, _title(row)[:40], row.id) for row in rows)
        return Reply((Post("\n".join(lines), title, small=small, controls=controls),))

    def _row(self, row: LeadRow, names: Mapping[str, str], texts: Messages) -> str:
        """A lead in a line."""
        lead = row.lead
        owner = names.get(row.owner, row.owner)
        parts = [lead_words(texts)[lead.status], str(lead.score.points), owner and f"→ {owner}", row.id]
        return f"**{escape(_title(row))}** · {escape(' · '.join(part for part in parts if part))}"

    async def _lead(self, arguments: str, person: Person, texts: Messages, now: datetime) -> Reply:
        del person, now
        if not arguments or len(arguments.split()) > 1:
            return _unclear(texts, arguments, "/lead 0a1b2c3d4e5f6071")
        post = await self.card(arguments, texts)
        if post is None:
            return _line(texts.gettext("There is no lead {id}: /leads lists them.", id=escape(arguments[:64])))
        return Reply((post,))

    async def card(self, lead: str, texts: Messages) -> Post | None:
        """The card of a lead, or of a conversation, with buttons that work anywhere; None where there is none."""
        known: Known | None = await self._sources.knowing(lead, self._sources.service)
        return carried(self._sources.card(texts)(known), known.conversation.id) if known else None

    # ------------------------------------------------------------------ oneself
    async def _away(self, arguments: str, person: Person, texts: Messages, now: datetime) -> Reply:
        off = arguments.casefold() in {"off", "back", "нет", "выкл", "вернулся", "вернулась"}
        until = None if off else _until(arguments, now)
        if not off and (until is None or until <= now):
            return _unclear(texts, arguments, "/away 18:00, /away 3d, /away off")
        if not await self._sources.staff.away(person.id, until):
            line = N_("You may act as one of a group, but are not on the staff yet: ask a colleague to add you.")
            return _line(texts.gettext(line))
        if until is None:
            return _line(texts.gettext("Welcome back: you are called again."))
        moment = f"{until.astimezone(now.tzinfo):%d.%m %H:%M}"
        return _line(texts.gettext("You are away until {moment}: nobody is sent to you.", moment=moment))


def _until(arguments: str, now: datetime) -> datetime | None:
    """When somebody is back: the end of the day where nothing is said; None for what names no time."""
    if not arguments:
        return (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    asked = wanted(arguments)
    if asked.days and not asked.unclear and not arguments.isdigit():
        return now + timedelta(days=asked.days)
    if hours := _HOURS.fullmatch(arguments.casefold()):
        return now + timedelta(hours=int(hours[1]))
    return due_of(_CLOCK.sub(r"до \1", arguments), now)


def _since(asked: Wanted, now: datetime) -> datetime | None:
    """When the period begins, if one was named."""
    return now - timedelta(days=asked.days) if asked.days else None


def _title(row: LeadRow) -> str:
    """Whose lead it is and what they need, as far as it may be seen; else its id."""
    contact, need = row.lead.contact, row.lead.slots.get("need")
    parts = [contact.name if contact else "", need if isinstance(need, str) else ""]
    return one_line(" — ".join(part for part in parts if part))[:80] or row.id


def _line(text: str) -> Reply:
    return Reply((Post(text),))


def _unclear(texts: Messages, arguments: str, example: str) -> Reply:
    """What was not understood, and how it is written."""
    said = escape(one_line(arguments[:60]))
    told = texts.gettext("I do not understand “{words}”.", words=said) if said else ""
    way = texts.gettext("Write it like this: {example}", example=example)
    return _line(f"{told} {way}".strip())


def _usage(texts: Messages) -> str:
    gettext = texts.gettext
    lines = (
        gettext("/stats 30d — figures and a chart"),
        gettext("/export xlsx 30d status=won — leads as a file, for managers"),
        gettext("/leads qualified — the newest leads"),
        gettext("/lead ID — one lead and its buttons"),
        gettext("/away 18:00 — nobody is sent to you until then; /away off ends it"),
    )
    return "\n".join([gettext("I know these commands:"), *(f"- {line}" for line in lines)])
