"""What answers staff, over a room's memory, for tests: commands, traces, one's own page, and who was told what."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flows.desk import Post, Spot
from flows.errors import Retry
from flows.model import BOT, Conversation, Lead, Score
from flows.ports.reading import Figures, LeadRow
from handlers.desk.card import LeadCard
from handlers.desk.commands import Commands, Sources
from handlers.desk.home import Home
from handlers.desk.known import Knowing
from handlers.desk.reads import Answers, DeskReads, ask_amount
from handlers.desk.trace import Trace
from handlers.desk.who import Who
from handlers.disclose import disclosure
from handlers.export import Export
from handlers.report import Stats
from integrations.sheets import FileSheets
from locales.operators import Messages
from tests.conversations.stage import content
from tests.fakes.desk import MemoryDesk
from tests.fakes.memory_data import Memory
from tests.fakes.memory_people import MemoryStorage, open_memory
from tests.fakes.rows import NOW, lead_row
from tests.handlers.acts import ADDRESS
from tests.knowledge.shipped import shipped


@dataclass
class Office:
    """One worker's answers at a desk; `answered` is what was shown to whoever asked."""

    memory: Memory = field(default_factory=Memory)
    desk: MemoryDesk = field(default_factory=MemoryDesk)
    charts: int = 0
    dark: bool = False  # no chart can be drawn
    answered: list[Post] = field(default_factory=list)

    @property
    def store(self) -> MemoryStorage:
        return open_memory(self.memory, "office", lambda: NOW)

    @property
    def commands(self) -> Commands:
        return Commands(self.sources, "en")

    @property
    def sources(self) -> Sources:
        store, destinations = self.store, shipped().destinations
        return Sources(
            stats=Stats(store.reports),
            leads=store.leads,
            staff=store.staff,
            export=Export(store.leads, FileSheets(), disclosure(destinations, "export"), ["need"]),
            knowing=Knowing(store.conversations, store.leads, store.promises, store.staff, destinations),
            view=disclosure(destinations, "slack"),
            card=lambda texts: LeadCard(content({})[1].catalog, texts, NOW.tzinfo, lambda lead: ""),
            service="slack",
            draw=self._draw,
        )

    @property
    def home(self) -> Home:
        store = self.store
        knowing = Knowing(store.conversations, store.leads, store.promises, store.staff, shipped().destinations)
        return Home(store.reports, store.deliveries, knowing, "slack")

    @property
    def reads(self) -> DeskReads:
        store = self.store
        trace = Trace(store.threads, store.reports)
        answers = Answers(self.commands, trace, self.home, store.threads, {"won": ask_amount})
        return DeskReads(self.desk, Who(store.staff, lambda: NOW), answers, lambda: NOW, "en")

    async def asks(self, member: str, command: str, arguments: str = "") -> str:
        """What somebody is answered at the desk."""
        del self.answered[:]
        await self.reads.command(command, arguments, member, Spot("slack", "C1"), self.respond)
        return "\n".join(f"{post.title}\n{post.text}".strip() for post in self.answered)

    async def respond(self, post: Post) -> None:
        self.answered.append(post)

    def has(self, identity: str = "c1", **changes: object) -> LeadRow:
        """A lead, its conversation, and the consent to keep its contact."""
        status = changes.pop("status", "qualified")
        found = lead_row(identity, **changes)
        lead = Lead(identity, status, Score(70, (), "hot"), found.lead.slots, found.lead.contact, "ad-7", "ru")  # type: ignore[arg-type]
        row = LeadRow(**{**{name: getattr(found, name) for name in found.__slots__}, "lead": lead})
        self.memory.leads[identity] = row
        self.memory.conversations[identity] = Conversation(
            identity, ADDRESS, "ru", version=1, owner=row.owner or BOT, started_at=NOW.isoformat()
        )
        return row

    async def _draw(self, figures: Figures, texts: Messages) -> Sequence[bytes]:
        if self.dark:
            raise Retry(reason="no chart today")
        self.charts += 1
        return [f"{figures['people']} {texts.language}".encode()]
