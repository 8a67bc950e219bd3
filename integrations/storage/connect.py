"""All storage ports over one database, opened and closed together."""

from dataclasses import dataclass

from flows.errors import Misconfigured
from flows.ports.turns import Clock
from integrations.storage.cache import Recent
from integrations.storage.cards import SqlCards
from integrations.storage.conversations import SqlConversations
from integrations.storage.database import Database
from integrations.storage.deliveries import SqlDeliveries
from integrations.storage.group import Committer
from integrations.storage.holds import SqlHolds
from integrations.storage.hooks import SqlHooks
from integrations.storage.inbox import SqlInbox
from integrations.storage.leads import SqlLeads
from integrations.storage.leases import InHand, free_dead
from integrations.storage.limits import SqlBudget
from integrations.storage.migrate import current, migrate, newest
from integrations.storage.notices import SqlNotices
from integrations.storage.outbox import SqlOutbox
from integrations.storage.privacy import SqlPrivacy
from integrations.storage.promises import SqlPromises
from integrations.storage.reports import SqlReports
from integrations.storage.staff import SqlStaff
from integrations.storage.threads import SqlThreads
from integrations.storage.twins import SqlTwins
from integrations.storage.urls import connect
from integrations.storage.waits import SqlWaits


@dataclass(frozen=True, slots=True)
class Storage:
    """One worker's view of the database; the ports share a committer and a memory."""

    database: Database
    committer: Committer
    inbox: SqlInbox
    conversations: SqlConversations
    outbox: SqlOutbox
    deliveries: SqlDeliveries
    leads: SqlLeads
    reports: SqlReports
    privacy: SqlPrivacy
    staff: SqlStaff
    threads: SqlThreads
    holds: SqlHolds
    waits: SqlWaits
    promises: SqlPromises
    notices: SqlNotices
    twins: SqlTwins
    cards: SqlCards
    budget: SqlBudget
    hooks: SqlHooks

    async def close(self) -> None:
        """Commit what waits, then close the connections. Leases stay: they are freed by the next start, or expire."""
        await self.committer.close()
        await self.database.close()


async def open_storage(url: str, *, worker: str, clock: Clock) -> Storage:
    """Open the database of a DATABASE_URL for a worker named by `integrations.storage.leases.worker_name`.

    A SQLite file is made and brought to the newest step. A server's schema is not touched, since other workers may be
    at work on it: `Misconfigured` says when it wants `assistant migrate`. Raises `StorageDown` when it is away.
    """
    database = connect(url)
    try:
        if database.embedded:
            await migrate(database)
        else:
            await _demand_newest(database)
        await database.write(lambda connection: free_dead(connection, worker))
    except BaseException:
        await database.close()
        raise
    return _assemble(database, worker, clock)


def _assemble(database: Database, worker: str, clock: Clock) -> Storage:
    committer, recent, in_hand = Committer(database), Recent(), InHand()
    return Storage(
        database=database,
        committer=committer,
        inbox=SqlInbox(database, committer, worker, clock, recent, in_hand),
        conversations=SqlConversations(database, committer, worker, recent, in_hand),
        outbox=SqlOutbox(database, committer, worker),
        deliveries=SqlDeliveries(database),
        leads=SqlLeads(database),
        reports=SqlReports(database),
        privacy=SqlPrivacy(database, recent),
        staff=SqlStaff(database),
        threads=SqlThreads(database),
        holds=SqlHolds(database),
        waits=SqlWaits(database),
        promises=SqlPromises(database),
        notices=SqlNotices(database),
        twins=SqlTwins(database),
        cards=SqlCards(database),
        budget=SqlBudget(database),
        hooks=SqlHooks(database),
    )


async def _demand_newest(database: Database) -> None:
    at, wanted = await database.read(current), newest()
    if at != wanted:
        step = f"at step {at}" if at else "empty"
        raise Misconfigured(
            "DATABASE_URL", f"the database is {step}, this program needs step {wanted}", "Run `assistant migrate`"
        )
