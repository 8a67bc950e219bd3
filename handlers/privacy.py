"""A contact nobody agreed to keep is forgotten a day after the refusal, or after the silence."""

from datetime import timedelta

import structlog

from flows.ports.people import Mask, Privacy
from flows.ports.turns import Clock

log = structlog.get_logger()
KEEP = timedelta(hours=24)
_BATCH = 200


class ForgetUnconsented:
    """Masks the contacts of conversations without consent, in transcript, inbox and state."""

    def __init__(self, privacy: Privacy, mask: Mask, clock: Clock) -> None:
        self._privacy = privacy
        self._mask = mask
        self._clock = clock

    async def __call__(self) -> int:
        """Forget what is old enough; returns how many conversations were masked."""
        now, count = self._clock(), 0
        while found := await self._privacy.unconsented(now - KEEP, _BATCH):
            for conversation in found:
                await self._privacy.redact(conversation, self._mask, now)
            count += len(found)
        if count:
            log.info("contacts forgotten", conversations=count)
        return count
