"""Gives an entry of the outbox to its channel: a message, its change or its end, and what the files of a rep hold."""

from collections.abc import Sequence
from typing import Protocol

from flows.errors import Refused, Retry
from flows.model import File
from flows.outbound import Dispatch
from flows.ports.turns import Channel, Outbox


class Reps(Protocol):
    """What delivery needs of the desk: it hears what became of the words of staff, and what failed for good."""

    async def left(self, entry: Dispatch, problem: str) -> None:
        """Be told that an entry was delivered, or failed for good by a problem; perhaps twice. Raises `Retry`."""
        ...

    async def fetch(self, file: File) -> bytes | None:
        """The bytes of a file; None for one that the messenger has. Raises `Retry` and `Refused`."""
        ...


async def hand(outbox: Outbox, channel: Channel, entry: Dispatch, reps: Reps | None) -> str:
    """Give it to the channel; the receipt, of a change that of the message changed. Raises as a channel does."""
    if entry.kind == "delete":
        receipt = await _changed(outbox, entry)
        await channel.remove(entry.address, receipt)
        return receipt
    if entry.message is None:
        raise Refused(reason="a message without words", state="invalid")
    if entry.kind == "edit":
        receipt = await _changed(outbox, entry)
        await channel.change(entry.address, receipt, entry.message)
        return receipt
    contents = await _contents(entry.message.files, reps) if reps and entry.message.files else {}
    if contents:
        return await channel.upload(entry.address, entry.message, contents)
    return await channel.send(entry.address, entry.message)


def of_a_person(entry: Dispatch) -> bool:
    """Whether these are the words of somebody who works here, or a change of them."""
    return "by" in entry.payload


async def _changed(outbox: Outbox, entry: Dispatch) -> str:
    """The receipt of the message that an entry changes."""
    receipt = await outbox.receipt(str(entry.payload.get("of", "")))
    if not receipt:
        raise Retry(reason="the message that it changes has not left yet")
    return receipt


async def _contents(files: Sequence[File], reps: Reps) -> dict[str, bytes]:
    """What the files hold that the messenger does not have."""
    found = {file.ref: await reps.fetch(file) for file in files}
    return {ref: content for ref, content in found.items() if content is not None}
