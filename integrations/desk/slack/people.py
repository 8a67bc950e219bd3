"""Who people are in Slack; asked anew after a few seconds, so that a change counts while we run."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from typing import Final

import structlog

from flows.desk import Member
from flows.errors import Misconfigured, Refused, Retry
from flows.model import Json
from integrations.desk.slack.calls import Calls

FRESH: Final = 10.0  # seconds
REMEMBERED: Final = 1000

log = structlog.get_logger(__name__)


class People:
    """Members of the workspace and their user groups, which need the scope usergroups:read: empty without it."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._known: OrderedDict[str, tuple[float, Member]] = OrderedDict()
        self._groups: dict[str, tuple[str, ...]] = {}
        self._groups_at = 0.0
        self._without_groups = False
        self._private: OrderedDict[str, str] = OrderedDict()

    async def member(self, member: str) -> Member:
        """One person. Raises `Refused` (not_found) and as `Calls.call` does."""
        now = asyncio.get_running_loop().time()
        asked, found = self._known.get(member, (0.0, None))
        if found is None or now - asked > FRESH:
            reply = await self._calls.call("users.info", {"user": member, "include_locale": True}, urgent=True)
            found = _member(member, reply.get("user"), (await self._by_group()).get(member, ()))
            self._known[member] = (now, found)
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return found

    async def private(self, member: str) -> str:
        """The channel of private messages with a person. Raises as `Calls.call` does."""
        if member not in self._private:
            reply = await self._calls.call("conversations.open", {"users": member}, urgent=True)
            channel = reply.get("channel")
            found = channel.get("id") if isinstance(channel, dict) else None
            if not isinstance(found, str):
                raise Refused(reason="nobody of that id can be written to", state="not_found")
            self._private[member] = found
            if len(self._private) > REMEMBERED:
                self._private.popitem(last=False)
        return self._private[member]

    async def _by_group(self) -> Mapping[str, tuple[str, ...]]:
        """The groups of everybody, by id and by handle; who cannot be asked about them is in none."""
        now = asyncio.get_running_loop().time()
        if self._without_groups or (self._groups_at and now - self._groups_at <= FRESH):
            return self._groups
        try:
            reply = await self._calls.call("usergroups.list", {"include_users": True}, urgent=True)
        except (Misconfigured, Refused) as error:
            log.info("slack user groups not read", problem=str(error))
            self._without_groups = True
        except Retry as error:
            log.warning("slack user groups not read", problem=str(error))
        else:
            self._groups, self._groups_at = _grouped(reply.get("usergroups")), now
        return self._groups


def _member(member: str, user: Json, groups: tuple[str, ...]) -> Member:
    known = user if isinstance(user, dict) else {}
    if known.get("deleted") is True or known.get("is_bot") is True:
        raise Refused(reason="nobody of that id is here", state="not_found")
    about = known.get("profile")
    profile = about if isinstance(about, dict) else {}
    names = (profile.get("display_name"), profile.get("real_name"), known.get("real_name"), known.get("name"))
    return Member(
        id=member,
        name=next((name for name in names if isinstance(name, str) and name), ""),
        # An address of a stranger from another workspace proves nothing here.
        email="" if known.get("is_stranger") is True else str(profile.get("email") or ""),
        locale=str(known.get("locale") or "").split("-")[0],
        groups=groups,
    )


def _grouped(listed: Json) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for group in listed if isinstance(listed, list) else []:
        if not isinstance(group, dict):
            continue
        names = tuple(str(group[key]) for key in ("id", "handle") if group.get(key))
        users = group.get("users")
        for user in users if isinstance(users, list) else []:
            found[str(user)] = (*found.get(str(user), ()), *names)
    return found
