"""Whom to call to a chat: the team's file joined with the people who may act, their load and whose turn it is."""

from collections.abc import Collection, Iterable
from datetime import datetime

from flows.model import Conversation
from flows.ports.ledger import Wait, Waits
from flows.ports.people import Staff
from knowledge.models import Products
from knowledge.shelf import Shelf
from knowledge.stems import stems
from knowledge.team import Colleague, Need, Team, candidates, is_open, on_duty, opens_next, works

_LOOKED_BACK = 200
"""Waits among which the round finds who was called last."""


class Rounds:
    """The colleagues of the team in their order; what the file and `Staff` say counts from the next look on."""

    def __init__(self, team: Team, products: Products, staff: Staff, waits: Waits) -> None:
        self._team = team
        self._shelf = Shelf(products)
        self._staff = staff
        self._waits = waits

    async def people(self) -> tuple[Colleague, ...]:
        """Everybody who may act, in the order of the file and then of `Staff`."""
        busy, recent = await self._waits.busy(), await self._waits.recent(_LOOKED_BACK)
        called = _called(recent)
        place = {rep.email: number for number, rep in enumerate(self._team.people)}
        staff = sorted(await self._staff.list(), key=lambda one: place.get(one.email.casefold(), len(place)))
        return tuple(
            Colleague(one.id, self._team.rep(one.email), one.away_until, busy.get(one.id, 0), called.get(one.id))
            for one in staff
        )

    async def on_duty(self, now: datetime) -> tuple[str, ...]:
        """The staff ids of those who work now."""
        return tuple(one.id for one in on_duty(self._team, await self.people(), now))

    async def next(self, conversation: Conversation, now: datetime, called: Collection[str] = ()) -> str:
        """The staff id of who is to be called next; empty when nobody is left."""
        found = candidates(self._team, await self.people(), self.need(conversation), now)
        return next((one.id for one in found if one.id not in called), "")

    async def is_open(self, now: datetime) -> bool:
        """Whether it is anybody's working time, be they away or not."""
        people = await self.people()
        return any(works(self._team, one.rep, now) for one in people) if people else is_open(self._team, now)

    async def opens(self, now: datetime) -> datetime | None:
        """When somebody next begins to work, on the team's own clock."""
        begins = [self._begins(one, now) for one in await self.people()]
        known = [begin for begin in begins if begin is not None]
        return min(known) if known else opens_next(self._team, now)

    def _begins(self, one: Colleague, now: datetime) -> datetime | None:
        """When one of them begins to work, or is back."""
        back = one.away_until
        if back is None or back <= now:
            return opens_next(self._team, now, one.rep)
        if works(self._team, one.rep, back):
            return back.astimezone(self._team.local)
        return opens_next(self._team, back, one.rep)

    def need(self, conversation: Conversation) -> Need:
        """What the chat is about: products by the words of its answers, with the shelves they stand on."""
        said = " ".join(value for value in conversation.slots.values() if isinstance(value, str))
        named = self._shelf.find(stems(said)).products if said else ()
        products = frozenset(word for one in named for word in (one.id, *one.groups))
        return Need(conversation.locale, products, conversation.source)


def _called(recent: Iterable[Wait]) -> dict[str, datetime]:
    """When each was last called to a chat."""
    called: dict[str, datetime] = {}
    for wait in recent:
        for staff in wait.pinged:
            called.setdefault(staff, wait.asked_at)
    return called
