"""Prospects who do anything at any time: it is answered whatever it is, nothing breaks, no contact is shown early."""

import random

import pytest
import yaml
from structlog.testing import capture_logs

from flows.model import BOT
from tests.conversations.runner import Player
from tests.conversations.script import FOLDER, Act, Script
from tests.conversations.stage import Ports, Stage, stage
from tests.fakes.memory_data import Memory
from tests.fakes.memory_people import open_memory
from tests.virtual_time import VirtualLoop, in_virtual_time

ACTS = 60
WORDS = yaml.safe_load((FOLDER / "anything.yaml").read_text(encoding="utf-8"))
SENT = ("sticker", "voice", "photo", "document", "video", "location", "foreign_contact", "other", "album")
LATE = (
    "qualification.quantity:1:6-20",
    "qualification.gone:1:x",
    "contact.consent:1:yes",
    "!:0:withdraw.processing",
    "x",
)


def wish(dice: random.Random, one: Stage, locale: str, owner: str) -> Act:
    """Anything that may happen now."""
    shown = [choice for message in one.phone.messages[-3:] for choice in message.choices]
    kind = dice.random()
    if owner != BOT and kind < 0.3:
        return Act(hands_back=owner) if dice.random() < 0.5 else Act(rep_says="Здравствуйте")
    if kind < 0.35 and shown:
        return Act(presses_data=dice.choice(shown).data)
    if kind < 0.75:
        return Act(
            types=tuple(dice.choices(WORDS[locale], k=dice.choice((1, 1, 1, 2, 4)))),
            times=dice.choice((1,) * 50 + (40,)),
        )
    if kind < 0.80:
        return Act(sends=dice.choice(SENT), caption=dice.choice(("", "смотрите")))
    if kind < 0.84:
        return Act(shares="+79161234567")
    if kind < 0.88:
        return Act(presses_data=dice.choice(LATE))
    if kind < 0.92:
        return Act(edits=dice.choice(WORDS[locale]))
    if kind < 0.95:
        return Act(waits=dice.choice(("10 minutes", "2 days", "40 days")))
    return Act(takes_over="olga") if owner == BOT else Act(rep_says="Минуту")


@pytest.mark.parametrize("seed", range(16))
def test_whatever_a_prospect_does(seed: int) -> None:
    dice = random.Random(seed)
    locale = ("ru", "en")[seed % 2]

    async def main(loop: VirtualLoop) -> None:
        storage = open_memory(Memory(), "worker", loop.clock)
        one = stage(loop, Ports(storage.inbox, storage.conversations, storage.outbox), {})
        player = Player(one, Script(shows="anything", locale=locale, acts=(Act(types=("/start",)),)))
        await player.play()
        for _ in range(ACTS):
            current = await one.recorded.open(player.address)
            assert current is not None
            await player.does(wish(dice, one, locale, current.owner))

    with capture_logs() as logs:
        in_virtual_time(main)
    assert [entry for entry in logs if entry["log_level"] in {"error", "critical", "warning"}] == []
