"""The files of prospects for the desk: named so that their channel is found again, and fetched from there."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from flows.errors import Refused, Retry
from flows.model import Address, File
from flows.ports.turns import Channel

NO_FILE: Final = "no_file"
"""The state of what cannot be fetched: "gone" would say that a thread is."""
TRIES: Final = 20
WAIT: Final = 30.0
"""Seconds between two tries: ten minutes in all."""
_REMEMBERED: Final = 1000


def of_channel(address: Address, file: File) -> File:
    """A file of a prospect, under a reference that also tells where it is kept."""
    return replace(file, ref=f"{address.channel}:{address.bot}:{file.ref}")


class ChannelFiles:
    """The adapters' `Contents`; `channels` by name and bot, those of this worker."""

    def __init__(self, channels: Mapping[tuple[str, str], Channel]) -> None:
        self._channels = channels
        self._tries: Counter[str] = Counter()

    async def __call__(self, file: File) -> bytes:
        """At most 20 MB. Raises `Refused` (no_file, too_large) and `Retry`."""
        name, _, rest = file.ref.partition(":")
        bot, _, ref = rest.partition(":")
        channel = self._channels.get((name, bot))
        if channel is None:
            raise Refused(reason="the channel of this file is not connected here", state=NO_FILE)
        try:
            content = await channel.fetch(replace(file, ref=ref))
        except Refused as error:
            state = error.state if error.state == "too_large" else NO_FILE
            raise Refused(error.reason, state) from error
        except Retry as error:
            raise self._later(file, error) from error
        self._tries.pop(file.ref, None)
        return content

    def _later(self, file: File, error: Retry) -> Retry | Refused:
        """Come again, but not for ever: the words of a chat do not wait for a file that never comes.

        It is the trouble of this chat, not of the desk: hence a wait that is said.
        """
        if len(self._tries) >= _REMEMBERED:
            self._tries.clear()
        self._tries[file.ref] += 1
        if self._tries[file.ref] >= TRIES:
            return Refused(reason=f"a file could not be had: {error.reason}", state=NO_FILE)
        return Retry(error.reason, error.after or WAIT)
