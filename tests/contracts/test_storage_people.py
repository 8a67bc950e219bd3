"""The contract of what people read and change: leads, figures, lists, privacy, staff; over all three stores."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from flows.model import Json, LeadStatus, Reason, Score
from flows.outbound import Line
from flows.ports.people import Person
from flows.ports.reading import Filter, LeadRow
from tests.contracts.storage_house import (
    CONNECTED,
    START,
    House,
    Ports,
    agreement,
    committed,
    consents,
    conversation,
    lead,
    message,
    phone,
    said,
    turn,
)

PHONE = re.compile(r"\+\d{11}")


def mask(text: str, names: Sequence[str] = ()) -> str:
    """Hide phones and names."""
    for name in names:
        text = text.replace(name, "…")
    return PHONE.sub("…", text)


async def make_leads(house: House, storage: Ports, count: int) -> list[str]:
    """Leads a second apart, every third one qualified."""
    made = []
    for number in range(count):
        base = conversation(str(number), source="ad" if number % 2 else "")
        status: LeadStatus = "qualified" if number % 3 == 0 else "new"
        slots = {"need": f"Чай №{number}", "team": {"min": number, "max": None}}
        filled = lead(base, status, slots=slots, source=base.source)
        await committed(storage, turn(base, house.later(1), lead=filled, started_at=house.now.isoformat()))
        made.append(base.id)
    return made


async def one_lead(storage: Ports, identity: str) -> LeadRow:
    """A lead that must be there."""
    row = await storage.leads.get(identity)
    assert row is not None
    return row


# ------------------------------------------------------------------ leads
async def test_a_lead_grows_with_its_conversation(house: House) -> None:
    storage = await house.worker()
    base = conversation(source="ad")
    score = Score(30, (Reason(30, "big_team", "нас 40"),), "warm")
    partial = lead(base, "partial", slots={"need": "чай"}, score=score, source="ad")
    begun = house.now
    base = await committed(storage, turn(base, house.now, lead=partial))
    full = replace(partial, status="new", contact=phone(), slots={"need": "чай", "city": None})
    agreed = agreement(house.later(60))
    base = await committed(storage, turn(base, house.now, lead=full, agreements=[agreed]))
    row = await one_lead(storage, base.id)
    assert (row.lead, row.channel, row.owner, row.amount) == (full, "telegram", "", None)
    assert row.consent == {"version": "3", "at": agreed.at.isoformat()}
    assert (row.created_at, row.updated_at) == (begun, house.now)
    await committed(storage, turn(base, house.now, lead=full, agreements=[agreement(house.now, granted=False)]))
    assert (await one_lead(storage, base.id)).consent is None
    assert await storage.leads.get("nobody") is None


@pytest.mark.parametrize("status", ["contacted", "quoted", "won", "lost", "not_a_fit"])
async def test_no_turn_takes_a_lead_back_from_the_people_who_work_on_it(house: House, status: LeadStatus) -> None:
    storage = await house.worker()
    base = await committed(storage, turn(conversation(), house.now, lead=lead(conversation(), "qualified")))
    assert await storage.leads.update(base.id, status, "rep1", "rep1", house.later(1))
    base = await committed(storage, turn(base, house.now, lead=lead(base, "new", slots={"need": "more"})))
    row = await one_lead(storage, base.id)
    assert (row.lead.status, row.owner, row.lead.slots) == (status, "rep1", {"need": "more"})


async def test_the_rep_who_owns_the_conversation_owns_the_lead(house: House) -> None:
    storage = await house.worker()
    base = await committed(storage, turn(conversation(), house.now, lead=lead(conversation())))
    base = await committed(storage, turn(base, house.now, owner="rep1", lead=lead(base)))
    await committed(storage, turn(base, house.now, owner="bot", lead=lead(base, locale="ru")))
    assert (await one_lead(storage, base.id)).owner == "rep1"
    assert not await storage.leads.update("nobody", "won", None, "rep1", house.now)


async def test_leads_are_paged_newest_first_and_filtered(house: House) -> None:
    storage = await house.worker()
    made = await make_leads(house, storage, 7)
    first = await storage.leads.page(Filter(limit=3))
    second = await storage.leads.page(Filter(limit=3, cursor=first.next))
    last = await storage.leads.page(Filter(limit=3, cursor=second.next))
    assert [row.id for page in (first, second, last) for row in page.items] == made[::-1]
    assert (first.total, second.total, last.next) == (7, 7, "")
    for query, expected in (
        (Filter(status="qualified"), [6, 3, 0]),
        (Filter(source="ad"), [5, 3, 1]),
        (Filter(text="чай №4"), [4]),
        (Filter(text="%"), []),
        (Filter(since=START + timedelta(seconds=6)), [6, 5]),
        (Filter(until=START + timedelta(seconds=2)), [0]),
    ):
        page = await storage.leads.page(query)
        assert [row.id for row in page.items] == [made[place] for place in expected], query
        assert page.total == len(expected)
        assert [row.id async for row in storage.leads.rows(query)] == [made[place] for place in expected[::-1]]


# ------------------------------------------------------------------ reports
async def test_figures_count_people_conversations_and_leads(house: House) -> None:
    storage = await house.worker()
    await make_leads(house, storage, 4)
    begun = house.later(100)
    base = conversation("9", profile=replace(said("x").profile, id="p1"), started_at=begun.isoformat())
    heard = [Line("1.in", base.id, "prospect", begun, "hi")]
    reply = message(base, house.later(2))
    trace: dict[str, Json] = {"sources": ["p@1"], "unanswered": 1}
    commit = turn(base, house.now, heard=heard, dispatches=[reply], traces={reply.key: trace}, flow="main", step="need")
    base = await committed(storage, commit)
    await committed(storage, turn(base, house.later(5), flow="main", step="team", lead=lead(base, "won")))
    until = house.later(1)
    recent, whole = await storage.reports.stats(begun, until), await storage.reports.stats(START, until)
    assert (recent["from"], recent["to"]) == (begun.isoformat(), until.isoformat())
    assert (recent["people"], recent["conversations"], whole["conversations"]) == (1, 1, 5)
    counts, all_counts = recent["leads"], whole["leads"]
    assert isinstance(counts, dict)
    assert isinstance(all_counts, dict)
    assert (counts["total"], counts["won"], all_counts["total"], all_counts["qualified"]) == (1, 1, 5, 2)
    assert recent["funnel"] == [
        {"flow": "main", "step": "need", "conversations": 1, "share": 1.0, "went_on": 1, "conversion": 1.0},
        {"flow": "main", "step": "team", "conversations": 1, "share": 1.0, "went_on": 0, "conversion": 0.0},
    ]
    assert recent["answers"] == {"bot": 1, "sourced": 1, "reps": 0, "unanswered": 1}


async def test_conversations_are_listed_newest_first(house: House) -> None:
    storage = await house.worker()
    made = await make_leads(house, storage, 5)
    rows, total, cursor = await storage.reports.conversations(3, "")
    rest, _, end = await storage.reports.conversations(3, cursor)
    assert [row.id for row in (*rows, *rest)] == made[::-1]
    assert (total, end, rows[0].channel, rows[0].owner, rows[0].status) == (5, "", "telegram", "bot", "open")


async def test_a_rep_sees_the_chats_that_they_lead_now(house: House) -> None:
    storage = await house.worker()
    made = await make_leads(house, storage, 3)
    bases = [found for one in made if (found := await storage.conversations.get(one))]
    for base in bases:
        await committed(storage, turn(base, house.later(1), owner="ann"))
    anew = replace(bases[0], id="anew", ordinal=bases[0].ordinal + 1, version=0)
    await committed(storage, turn(anew, house.later(1), owner="bot"))
    assert [row.id for row in await storage.reports.owned("ann", 10)] == [made[2], made[1]]
    assert [row.id for row in await storage.reports.owned("ann", 1)] == [made[2]]
    assert list(await storage.reports.owned("bot", 10)) == []


# ------------------------------------------------------------------ privacy
async def test_a_contact_that_nobody_agreed_to_keep_is_forgotten(house: House) -> None:
    storage = await house.worker()
    text = "Call me at +12015550123, please. Ann"
    (stored,) = await storage.inbox.receive([said("1", text=text, contact=phone())], house.now)
    base = conversation(slots={"need": text}, quotes={"need": text})
    reply = message(base, house.now, f"Is it {phone().phone}?")
    heard = [Line("1.in", base.id, "prospect", house.now, text), Line("2.in", base.id, "prospect", house.now, "ok")]
    known = lead(base, slots=base.slots, score=Score(30, (Reason(30, "big_team", text),), "warm"))
    lines = turn(base, house.now, done=[stored.row], heard=heard, dispatches=[reply], contact=phone(), lead=known)
    base = await committed(storage, lines)
    house.later(1)
    held = turn(conversation("8"), house.now, contact=phone(), consents=consents(house.now))
    refused = turn(conversation("9"), house.later(1), contact=phone(), consents=consents(house.now, granted=False))
    await committed(storage, held)
    await committed(storage, refused)
    assert await storage.privacy.unconsented(house.now, 10) == [base.id]
    assert await storage.privacy.unconsented(house.later(60), 10) == [base.id, "c9-1"]
    assert await storage.privacy.redact(base.id, mask, house.now) == 2
    assert await storage.privacy.redact("nobody", mask, house.now) == 0
    after = await storage.conversations.get(base.id)
    assert after is not None
    hidden = "Call me at …, please. …"
    assert (after.contact, after.slots, after.quotes) == (None, {"need": hidden}, {"need": hidden})
    transcript, _, _ = await storage.reports.transcript(base.id, 10, "")
    assert [line.text for line in transcript] == [hidden, "ok", "Is it …?"]
    kept = (await one_lead(storage, base.id)).lead
    assert (kept.contact, kept.slots, kept.score.reasons[0].quote) == (None, {"need": hidden}, hidden)
    assert await storage.privacy.unconsented(house.now, 10) == ["c9-1"]


async def test_who_chats_on_after_a_refusal_is_forgotten_all_the_same(house: House) -> None:
    storage = await house.worker()
    base = await committed(storage, turn(conversation(), house.now, contact=phone()))
    no = consents(house.later(60), granted=False)
    answer = agreement(house.now, granted=False)
    base = await committed(storage, turn(base, house.now, consents=no, agreements=[answer]))
    base = await committed(storage, turn(base, house.later(3600)))
    assert await storage.privacy.unconsented(answer.at, 10) == []
    assert await storage.privacy.unconsented(answer.at + timedelta(seconds=1), 10) == [base.id]


async def test_who_chats_on_without_an_answer_is_forgotten_by_the_contacts_arrival(house: House) -> None:
    storage = await house.worker()
    base = await committed(storage, turn(conversation(), house.now))
    arrival = house.later(60)
    base = await committed(storage, turn(base, arrival, contact=phone()))
    base = await committed(storage, turn(base, house.later(3600)))
    assert await storage.privacy.unconsented(arrival, 10) == []
    assert await storage.privacy.unconsented(arrival + timedelta(seconds=1), 10) == [base.id]


async def test_a_withdrawal_is_a_refusal_and_takes_the_name_along(house: House) -> None:
    storage = await house.worker()
    heard = [Line("1.in", "c7-1", "prospect", house.now, "Ann, +12015550123")]
    yes = agreement(house.now)
    agreed = turn(conversation(), house.now, heard=heard, contact=phone(), consents=consents(yes.at), agreements=[yes])
    base = await committed(storage, agreed)
    no = agreement(house.later(60), granted=False)
    gone = turn(base, no.at, contact=None, consents=consents(no.at, granted=False), agreements=[no], lead=lead(base))
    base = await committed(storage, gone)
    base = await committed(storage, turn(base, house.later(3600)))
    assert await storage.privacy.unconsented(no.at, 10) == []
    assert await storage.privacy.unconsented(no.at + timedelta(seconds=1), 10) == [base.id]
    assert await storage.privacy.redact(base.id, mask, house.now) == 1
    transcript, _, _ = await storage.reports.transcript(base.id, 10, "")
    assert [line.text for line in transcript] == ["…, …"]
    assert await storage.privacy.unconsented(house.later(1), 10) == []


async def test_a_contact_agreed_to_since_it_was_listed_stays(house: House) -> None:
    storage = await house.worker()
    base = await committed(storage, turn(conversation(), house.now, contact=phone()))
    assert await storage.privacy.unconsented(house.later(1), 10) == [base.id]
    yes = agreement(house.now)
    await committed(storage, turn(base, house.now, consents=consents(yes.at), agreements=[yes]))
    assert await storage.privacy.redact(base.id, mask, house.now) == 0
    after = await storage.conversations.get(base.id)
    assert after is not None
    assert after.contact == phone()
    assert await storage.privacy.unconsented(house.later(1), 10) == []


@pytest.mark.parametrize("words", ["petrov", "ivan", "916 555", "79165554433"])
async def test_without_consent_no_contact_finds_a_lead(house: House, words: str) -> None:
    storage = await house.worker()
    slots: dict[str, Json] = {"need": "Tea for +7 916 555-44-33, 79165554433, ivan@petrov.ru, soon"}
    base = await committed(storage, turn(conversation(), house.now, lead=lead(conversation(), slots=slots)))
    assert (await storage.leads.page(Filter(text=words))).total == 0
    assert (await storage.leads.page(Filter(text="tea soon"))).total == 1
    yes = agreement(house.now)
    full = lead(base, slots=slots, contact=phone())
    agreed = turn(base, house.now, contact=phone(), consents=consents(yes.at), agreements=[yes], lead=full)
    base = await committed(storage, agreed)
    assert (await storage.leads.page(Filter(text=words))).total == 1
    no = agreement(house.now, granted=False)
    less = lead(base, slots=slots)
    gone = turn(base, no.at, contact=None, consents=consents(no.at, granted=False), agreements=[no], lead=less)
    await committed(storage, gone)
    assert (await storage.leads.page(Filter(text=words))).total == 0


async def test_a_turn_from_before_the_redaction_is_stale_and_wake_ups_live_on(house: House) -> None:
    storage = await house.worker()
    base = conversation()
    wake = replace(message(base, house.now + timedelta(hours=1)), kind="wake", message=None)
    base = await committed(storage, turn(base, house.now, contact=phone(), dispatches=[wake]))
    await storage.privacy.redact(base.id, mask, house.now)
    await storage.conversations.commit(turn(base, house.now, contact=phone()))
    after = await storage.conversations.open(base.address)
    assert after is not None
    assert after.contact is None
    assert [entry.key for entry in await storage.outbox.claim(house.later(7200), 10, CONNECTED)] == [wake.key]


# ------------------------------------------------------------------ staff
async def test_staff_are_known_by_their_mail(house: House) -> None:
    storage = await house.worker()
    first = await storage.staff.add(Person("", "Ann@Example.com", "rep", name="Ann"), house.now)
    second = await storage.staff.add(Person("", "bob@example.com", "rep"), house.now)
    changed = await storage.staff.add(Person("", "ann@example.COM ", "manager", telegram="5"), house.now)
    assert first.id
    assert changed == replace(first, role="manager", name="", telegram="5")
    assert await storage.staff.list() == [changed, second]
    await storage.staff.audit("ann@example.com", "take_over", {"conversation": "c"}, house.now)
