"""Who answers prospects and when: people, hours and caps from `team.yaml`, and who is to be called, purely computed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError

from knowledge.parts import DAYS, STRICT, Hours, Span, Words, Zone

_WEEK: Final[Hours] = {day: (Span(9 * 60, 19 * 60),) for day in DAYS[:5]}
_AHEAD: Final = 370
"""Days that are looked through for the next opening."""


def _email(value: str) -> str:
    name, at, host = value.strip().casefold().partition("@")
    if not (name and at and "." in host and not set(value) & set(" <>,")):
        raise PydanticCustomError("email", "{text} is no e-mail address", {"text": value})
    return f"{name}@{host}"


class _Part(BaseModel):
    """A piece of a knowledge file."""

    model_config = STRICT


class Rep(_Part):
    """One of the team. Empty `languages`, `products` and `sources` mean any; `hours` replace the team's.

    `products` are ids or shelves of `products.yaml`, `cap` is how many open chats are enough.
    """

    email: Annotated[str, AfterValidator(_email)]
    name: Words = {}
    role: Literal["admin", "manager", "rep"] = "rep"
    languages: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    hours: Hours | None = None
    holidays: tuple[date, ...] = ()
    cap: Annotated[int, Field(ge=1, le=200)] = 5


class Ladder(_Part):
    """How long a prospect waits for a person before the next rung; all in minutes, `answer_within` of working time.

    `expected` is told while too few answers were measured. A wait is never shorter than `at_least` before the next
    colleague is called, nor longer than `at_most`, whatever was measured. `colleagues` are called before an offer is
    made, which stands for `offer`; an answer that is put off is due after `answer_within`. A rep who owns a chat and
    is silent for `silent` is reminded, after twice that in the thread.
    """

    expected: tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=1)]] = (5, 15)
    at_least: Annotated[int, Field(ge=1)] = 3
    at_most: Annotated[int, Field(ge=1)] = 20
    colleagues: Annotated[int, Field(ge=1, le=10)] = 2
    offer: Annotated[int, Field(ge=1)] = 30
    answer_within: Annotated[int, Field(ge=1)] = 240
    silent: Annotated[int, Field(ge=1)] = 10


class Team(_Part):
    """The team; times are local to `time_zone`, which prospects are told as `zone`, `language` is the desk's.

    `threads` says which chats get a thread; `groups` gives a role to everybody in a group of the desk, by its id.
    """

    language: str = ""
    threads: Literal["all", "warm", "escalations"] = "warm"
    groups: Mapping[str, Literal["admin", "manager", "rep"]] = {}
    time_zone: Zone = "Europe/Moscow"
    zone: Words = {}
    hours: Hours = _WEEK
    holidays: tuple[date, ...] = ()
    waiting: Ladder = Ladder()
    people: tuple[Rep, ...] = ()

    @property
    def local(self) -> ZoneInfo:
        """The time zone itself."""
        return ZoneInfo(self.time_zone)

    def rep(self, email: str) -> Rep:
        """Somebody by e-mail; who is not in the file works the team's hours, for anybody."""
        folded = email.strip().casefold()
        return next((one for one in self.people if one.email == folded), Rep.model_construct(email=folded))


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who may be called: their staff id, how they work, until when they are away, and their load.

    `called_at` is when they were last called to a chat; who waited longest is next.
    """

    id: str
    rep: Rep
    away_until: datetime | None = None
    busy: int = 0
    called_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """What a conversation needs of a colleague: its language, the products and shelves it is about, its source."""

    language: str
    products: frozenset[str] = frozenset()
    source: str = ""


def works(team: Team, rep: Rep, at: datetime) -> bool:
    """Whether it is somebody's working time."""
    local = at.astimezone(team.local)
    minute = local.hour * 60 + local.minute
    return any(span.opens <= minute < span.closes for span in _spans(team, local.date(), rep))


def is_open(team: Team, at: datetime) -> bool:
    """Whether anybody of the team works; without people the team's own hours count."""
    return any(works(team, rep, at) for rep in team.people or (_ANYBODY,))


def opens_next(team: Team, at: datetime, rep: Rep | None = None) -> datetime | None:
    """When the team, or one of it, next begins to work after `at`, in the team's zone; None within a year: never."""
    local = at.astimezone(team.local)
    reps = (rep,) if rep else team.people or (_ANYBODY,)
    for ahead in range(_AHEAD):
        day = local.date() + timedelta(days=ahead)
        begins = [_at(team, day, span.opens) for one in reps for span in _spans(team, day, one)]
        later = [begin for begin in begins if begin > at]
        if later:
            return min(later)
    return None


def after_work(team: Team, at: datetime, work: timedelta) -> datetime:
    """The moment when so much of the team's working time will have passed; `at` plus it where nobody ever works."""
    day = at.astimezone(team.local).date()
    left = work
    for ahead in range(_AHEAD):
        today = day + timedelta(days=ahead)
        for span in _spans(team, today, _ANYBODY):
            opens, closes = max(_at(team, today, span.opens), at), _at(team, today, span.closes)
            if closes <= opens:
                continue
            if left <= closes - opens:
                return (opens + left).astimezone(team.local)
            left -= closes - opens
    return (at + work).astimezone(team.local)


def on_duty(team: Team, people: Iterable[Colleague], now: datetime) -> tuple[Colleague, ...]:
    """Who works at this moment and is not away, in the order of the round."""
    found = [one for one in people if works(team, one.rep, now) and not _away(one, now)]
    return tuple(sorted(found, key=_turn))


def candidates(team: Team, people: Iterable[Colleague], need: Need, now: datetime) -> tuple[Colleague, ...]:
    """Whom to call, in the order of the round: on duty and under their cap.

    Those for these products and this source come first, then others who speak the language, then the rest: a wrong
    shelf is better than nobody.
    """
    free = [one for one in on_duty(team, people, now) if one.busy < one.rep.cap]
    return tuple(sorted(free, key=lambda one: _fit(one.rep, need)))


def _fit(rep: Rep, need: Need) -> int:
    """0 for the right one, 1 for one who speaks the language, 2 for anybody."""
    if rep.languages and need.language not in rep.languages:
        return 2
    shelf = not rep.products or not need.products or not need.products.isdisjoint(rep.products)
    return 0 if shelf and (not rep.sources or need.source in rep.sources) else 1


def _turn(one: Colleague) -> tuple[bool, datetime | None]:
    return (one.called_at is not None, one.called_at)


def _away(one: Colleague, now: datetime) -> bool:
    return one.away_until is not None and one.away_until > now


def _spans(team: Team, day: date, rep: Rep) -> Sequence[Span]:
    """When somebody works on a day."""
    if day in team.holidays or day in rep.holidays:
        return ()
    hours = team.hours if rep.hours is None else rep.hours
    return hours.get(DAYS[day.weekday()], ())


def _at(team: Team, day: date, minute: int) -> datetime:
    """A moment of a day on the team's own clock."""
    later = day + timedelta(days=minute // (24 * 60))
    return datetime(later.year, later.month, later.day, minute // 60 % 24, minute % 60, tzinfo=team.local)


_ANYBODY: Final = Rep.model_construct(email="")
