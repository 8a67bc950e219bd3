"""The digest of the morning and the report of the week: what could wait, told once at the top of the console."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Final, TypeAlias

import structlog

from flows.desk import Post
from flows.errors import Retry
from flows.ports.ledger import Notices, Promise, Promises
from flows.ports.reading import Figures, Reports
from flows.ports.turns import Clock
from handlers.desk.reach import Reach
from handlers.desk.report import stats_post
from knowledge.masking import mask_contacts
from knowledge.notices import Rules
from knowledge.parts import DAYS, minutes
from knowledge.team import Team
from locales.markup import escape
from locales.operators import N_, Messages

log = structlog.get_logger()
Draw: TypeAlias = Callable[[Figures, Messages], Awaitable[Sequence[bytes]]]
"""Makes the charts of a report as PNG pictures. Raises `Retry`."""
_EACH: Final = 6
"""Lines of one kind that a digest shows; of the rest it says how many there are."""
_DUE: Final = 50
_TITLES: Final[Mapping[str, str]] = {
    "hot_lead": N_("Hot leads"),
    "delivery_failed": N_("Not delivered"),
    "lead_new": N_("New leads"),
    "lead_qualified": N_("Qualified leads"),
    "unanswered": N_("Questions without an answer"),
    "call_back": N_("Call-backs promised"),
    "answer_later": N_("Answers promised"),
    "guard_blocked": N_("Answers held back"),
    "tracker_moved": N_("Cards moved"),
    "promise_due": N_("Promises due"),
}


class Digest:
    """A tick: on its days, from its hour on, posts what was gathered until that hour, and once a week the figures.

    What it posts has a key of the day, and what was gathered is struck off by that hour too: a worker that died in
    between is followed by one that finds the post and strikes off the same. Late is better than never, within the day.
    """

    def __init__(
        self,
        rules: Rules,
        team: Team,
        notices: Notices,
        promises: Promises,
        reports: Reports,
        reach: Reach,
        clock: Clock,
        draw: Draw | None = None,
    ) -> None:
        self._rules = rules
        self._team = team
        self._notices = notices
        self._promises = promises
        self._reports = reports
        self._reach = reach
        self._clock = clock
        self._draw = draw

    async def __call__(self) -> None:
        """Post what is due today and was not posted."""
        now = self._clock().astimezone(self._team.local)
        at = _moment(now, minutes(self._rules.digest_at))
        today = DAYS[now.weekday()]
        if now < at:
            return
        if today in self._rules.digest_days and now.date() not in self._team.holidays:
            await self._reach.once(f"digest:{at.date()}", lambda: self._daily(at))
        if today == self._rules.weekly_on:
            await self._reach.once(f"weekly:{at.date()}", lambda: self._weekly(at))

    async def _daily(self, at: datetime) -> None:
        gathered = await self._notices.gathered(at)
        tomorrow = _moment(at, 0) + timedelta(days=1)
        due = await self._promises.due(tomorrow, _DUE)
        if gathered or due:
            await self._reach.in_channel(
                lambda texts: daily(gathered, due, texts, self._team, at), f"digest:{at.date()}"
            )
        await self._notices.told(at)

    async def _weekly(self, at: datetime) -> None:
        until = _moment(at, 0)
        figures = await self._reports.stats(until - timedelta(days=7), until)
        if not (figures.get("people") or figures.get("conversations")):
            return  # a company that has not begun yet
        names = await self._reach.names()
        charts = await self._charts(figures)

        def post(texts: Messages) -> Post:
            return stats_post(figures, texts, names, charts, texts.gettext("📊 The week"))

        await self._reach.in_channel(post, f"weekly:{at.date()}")

    async def _charts(self, figures: Figures) -> Sequence[bytes]:
        """A report without pictures is better than none."""
        try:
            return await self._draw(figures, self._reach.texts) if self._draw else ()
        except Retry as error:
            log.warning("chart not drawn", problem=str(error))
            return ()


def daily(
    gathered: Sequence[tuple[str, str, str]], due: Sequence[Promise], texts: Messages, team: Team, at: datetime
) -> Post:
    """What was gathered (kind, conversation, text), by kind, and the promises of the day."""
    kinds: defaultdict[str, list[str]] = defaultdict(list)
    for kind, conversation, text in gathered:
        kinds[kind].append(f"- {text} · {conversation[:8]}")
    for promise in due:
        kinds["promise_due"].append(f"- {_promise(promise, team, texts)} · {promise.conversation[:8]}")
    parts: list[str] = []
    for kind in (*_TITLES, *sorted(kinds.keys() - _TITLES.keys())):
        if lines := kinds.get(kind):
            title = texts.gettext(_TITLES[kind]) if kind in _TITLES else escape(kind.replace("_", " "))
            more = len(lines) - _EACH
            rest = [texts.ngettext("- and {number} more", "- and {number} more", more)] if more > 0 else []
            parts.append("\n".join([f"**{title}: {len(lines)}**", *lines[:_EACH], *rest]))
    return Post("\n\n".join(parts), title=texts.gettext("☀️ Since the last digest, {day}", day=f"{at:%d.%m}"))


def _promise(promise: Promise, team: Team, texts: Messages) -> str:
    local = promise.due.astimezone(team.local) if promise.due else None
    quote = texts.gettext("“{words}”", words=escape(mask_contacts(promise.quote)))
    return f"{local:%H:%M} {quote}" if local else quote


def _moment(day: datetime, minute: int) -> datetime:
    """That minute of the same day."""
    return datetime.combine(day.date(), time(), day.tzinfo) + timedelta(minutes=minute)
