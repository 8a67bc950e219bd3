"""The files of prospects for the desk: named so that their channel is found again, and fetched from there."""

from collections.abc import Mapping
from dataclasses import replace

from flows.errors import Refused
from flows.model import Address, File
from flows.ports.turns import Channel

NO_FILE = "no_file"
"""The state of what cannot be fetched: "gone" would say that a thread is."""


def of_channel(address: Address, file: File) -> File:
    """A file of a prospect, under a reference that also tells where it is kept."""
    return replace(file, ref=f"{address.channel}:{address.bot}:{file.ref}")


class ChannelFiles:
    """The adapters' `Contents`; `channels` by name and bot, those of this worker."""

    def __init__(self, channels: Mapping[tuple[str, str], Channel]) -> None:
        self._channels = channels

    async def __call__(self, file: File) -> bytes:
        """At most 20 MB. Raises `Refused` (no_file, too_large) and `Retry`."""
        name, _, rest = file.ref.partition(":")
        bot, _, ref = rest.partition(":")
        channel = self._channels.get((name, bot))
        if channel is None:
            raise Refused(reason="the channel of this file is not connected here", state=NO_FILE)
        try:
            return await channel.fetch(replace(file, ref=ref))
        except Refused as error:
            state = error.state if error.state == "too_large" else NO_FILE
            raise Refused(error.reason, state) from error
