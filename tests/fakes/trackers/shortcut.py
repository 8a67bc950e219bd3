"""Shortcut on loopback: one workflow, stories with labels and external ids, members, comments, files, webhooks."""

import hashlib
import hmac
import itertools
import json
from datetime import datetime
from typing import Any

from aiohttp import web

from integrations.clock import utc_now
from tests.fakes.trackers.server import ApiError, TrackerServer

TOKEN = "0c5a5bc4-0000-4000-8000-nobodystoken"
STATES = {500000006: "New", 500000007: "В работе", 500000008: "Done"}
MEMBER = "12345678-9012-3456-7890-123456789012"
_UPDATE = {"name", "description", "labels", "deadline", "owner_ids", "workflow_state_id", "archived", "group_id"}
_CREATE = (_UPDATE - {"archived"}) | {"external_id", "story_type", "project_id", "external_links", "comments"}


class ShortcutServer(TrackerServer):
    """Writes answer 201, also searches that are posted; a key that is not known is refused."""

    prefix = "/api/v3"
    calls_allowed, seconds = 199, 60.0

    def __init__(self) -> None:
        self.stories: dict[int, dict[str, Any]] = {}
        self.comments: dict[int, list[str]] = {}
        self.files: dict[int, list[tuple[str, bytes]]] = {}
        self.hooks: list[dict[str, Any]] = []
        self._ids = itertools.count(100)
        super().__init__()

    def routes(self, router: web.UrlDispatcher) -> None:
        """What the client calls, and nothing else."""
        at = self.prefix
        router.add_get(f"{at}/workflows", self._workflows)
        router.add_get(f"{at}/members", self._members)
        router.add_post(f"{at}/stories", self._create)
        router.add_post(f"{at}/stories/search", self._search)
        router.add_get(f"{at}/search/stories", self._fuzzy)
        router.add_put(f"{at}/stories/{{story}}", self._update)
        router.add_post(f"{at}/stories/{{story}}/comments", self._comment)
        router.add_post(f"{at}/files", self._attach)
        router.add_post(f"{at}/integrations/webhook", self._hook)

    def admit(self, request: web.Request) -> None:
        """The token in its own header."""
        if request.headers.get("Shortcut-Token") != TOKEN:
            raise ApiError(401, {"message": "Unauthorized", "tag": "organization2_missing"})

    def too_many(self) -> ApiError:
        """No header says how long."""
        return ApiError(429, {"message": "Too Many Requests"})

    def move(self, story: str, to: str) -> dict[str, Any]:
        """A person drags a story into the state of that name; the webhook's body."""
        found = self.stories[int(story)]
        before, after = found["workflow_state_id"], next(one for one, name in STATES.items() if name == to)
        found |= {"workflow_state_id": after, "updated_at": self._now(), "moved_at": self._now()}
        changes = {"workflow_state_id": {"new": after, "old": before}}
        references = [{"id": one, "entity_type": "workflow-state", "name": STATES[one]} for one in (after, before)]
        return self._event(int(story), {"action": "update", "changes": changes}, references)

    def delete(self, story: str) -> dict[str, Any]:
        """A person deletes a story; the webhook's body."""
        del self.stories[int(story)]
        return self._event(int(story), {"action": "delete"}, [])

    def signed(self, body: dict[str, Any], url: str) -> tuple[dict[str, str], bytes]:
        """A webhook's headers and bytes."""
        raw = json.dumps(body).encode()
        secret = str(self.hooks[-1]["secret"] if self.hooks else "shortcut-secret").encode()
        return {"Payload-Signature": hmac.new(secret, raw, hashlib.sha256).hexdigest()}, raw

    # ------------------------------------------------------------------ calls
    async def _workflows(self, _: web.Request) -> web.Response:
        states = [{"id": one, "name": name, "type": "started"} for one, name in STATES.items()]
        return web.json_response([{"id": 500000005, "name": "Sales", "states": states}])

    async def _members(self, _: web.Request) -> web.Response:
        profile = {"name": "Anna", "mention_name": "anna", "email_address": "anna@example.com"}
        return web.json_response([{"id": MEMBER, "disabled": False, "profile": profile}])

    async def _create(self, request: web.Request) -> web.Response:
        fields = await request.json()
        self._check(fields, _CREATE)
        if ("workflow_state_id" in fields) == ("project_id" in fields):
            raise ApiError(400, {"message": "Exactly one of workflow_state_id and project_id"})
        story = {"id": next(self._ids), "archived": False, "updated_at": self._now(), "moved_at": None, **fields}
        story["app_url"] = f"https://shortcut.example/story/{story['id']}"
        self.stories[story["id"]] = story
        return web.json_response(story, status=201)

    async def _search(self, request: web.Request) -> web.Response:
        wanted = await request.json()
        found = list(self.stories.values())
        if "external_id" in wanted:
            found = [one for one in found if one.get("external_id") == wanted["external_id"]]
        if "updated_at_start" in wanted:
            since = datetime.fromisoformat(wanted["updated_at_start"])
            found = [one for one in found if datetime.fromisoformat(one["updated_at"]) >= since]
        return web.json_response(found, status=201)

    async def _fuzzy(self, request: web.Request) -> web.Response:
        words = request.query["query"].partition('description:"')[2].partition('"')[0]
        plain = {one["id"]: str(one.get("description", "")).replace("\\", "") for one in self.stories.values()}
        found = [one for one in self.stories.values() if words in plain[one["id"]] and not one["archived"]]
        return web.json_response({"data": found, "next": None, "total": len(found)})

    async def _update(self, request: web.Request) -> web.Response:
        story, fields = self._story(request.match_info["story"]), await request.json()
        self._check(fields, _UPDATE)
        story |= {**fields, "updated_at": self._now()}
        return web.json_response(story)

    async def _comment(self, request: web.Request) -> web.Response:
        story = self._story(request.match_info["story"])
        self.comments.setdefault(story["id"], []).append((await request.json())["text"])
        return web.json_response({"id": next(self._ids)}, status=201)

    async def _attach(self, request: web.Request) -> web.Response:
        form = await request.post()
        story, sent = self._story(str(form["story_id"])), form["file0"]
        assert isinstance(sent, web.FileField)
        self.files.setdefault(story["id"], []).append((sent.filename, sent.file.read()))
        return web.json_response([{"id": next(self._ids), "name": sent.filename}], status=201)

    async def _hook(self, request: web.Request) -> web.Response:
        wanted = await request.json()
        self.hooks.append({"id": f"hook-{len(self.hooks) + 1}", **wanted})
        return web.json_response({"id": self.hooks[-1]["id"], "has_secret": bool(wanted.get("secret"))}, status=201)

    # ------------------------------------------------------------------ what it keeps
    def _story(self, identity: str) -> dict[str, Any]:
        story = self.stories.get(int(identity))
        if story is None:
            raise ApiError(404, {"message": "Resource not found."})
        return story

    def _check(self, fields: dict[str, Any], known: set[str]) -> None:
        errors = dict.fromkeys(fields.keys() - known, "disallowed-key")
        if len(fields.get("name", "x")) not in range(1, 513):
            errors["name"] = "must be 1 to 512 characters"
        if len(fields.get("description", "")) > 100_000:
            errors["description"] = "too long"
        if fields.get("workflow_state_id", next(iter(STATES))) not in STATES:
            errors["workflow_state_id"] = "no such state"
        if errors:
            raise ApiError(400, {"message": "The request included invalid or missing parameters.", "errors": errors})

    def _event(self, story: int, action: dict[str, Any], references: list[dict[str, Any]]) -> dict[str, Any]:
        told = {"id": story, "entity_type": "story", "name": "a lead", "app_url": "", **action}
        return {
            "id": f"595285dc-9c43-4b9c-a1e6-{next(self._ids):012d}",
            "changed_at": self._now(),
            "version": "v1",
            "primary_id": story,
            "member_id": MEMBER,
            "actions": [told],
            "references": references,
        }

    def _now(self) -> str:
        return utc_now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
