"""ClickUp on loopback: one workspace, a space, a folder, two lists, tasks with tags and a text field, webhooks."""

import hashlib
import hmac
import itertools
import json
from typing import Any

from aiohttp import web

from integrations.clock import utc_now
from tests.fakes.trackers.server import ApiError, TrackerServer

TOKEN, TEAM, SPACE, LIST, OTHER_LIST, FIELD = "pk_42_NOBODYS", "9001", "7001", "8001", "8002", "f-key-1"
STATUSES = ("to do", "в работе", "complete")
MEMBER = 501
_POST = {
    "name", "markdown_content", "description", "assignees", "tags", "status", "priority", "due_date", "due_date_time",
    "start_date", "custom_fields", "custom_item_id", "notify_all", "parent", "check_required_custom_fields",
}  # fmt: skip
_PUT = {"name", "markdown_content", "description", "status", "priority", "due_date", "due_date_time", "assignees",
        "archived", "custom_item_id"}  # fmt: skip
_PAGE = 100


class ClickUpServer(TrackerServer):
    """Errors are `{"err", "ECODE"}`; a task's description comes only when it is asked for."""

    prefix = "/api/v2"
    calls_allowed, seconds = 100, 60.0

    def __init__(self) -> None:
        self.tasks: dict[str, dict[str, Any]] = {}
        self.comments: dict[str, list[str]] = {}
        self.files: dict[str, list[tuple[str, bytes]]] = {}
        self.hooks: list[dict[str, Any]] = []
        self.archived = False
        self._ids = itertools.count(1)
        super().__init__()

    def routes(self, router: web.UrlDispatcher) -> None:
        """What the client calls, and nothing else."""
        at = self.prefix
        router.add_get(f"{at}/team", self._teams)
        router.add_get(f"{at}/team/{TEAM}/space", self._spaces)
        router.add_get(f"{at}/space/{SPACE}/folder", self._folders)
        router.add_get(f"{at}/space/{SPACE}/list", self._lists)
        router.add_get(f"{at}/list/{{list}}", self._list)
        router.add_get(f"{at}/list/{{list}}/member", self._members)
        router.add_get(f"{at}/list/{{list}}/field", self._fields)
        router.add_get(f"{at}/list/{{list}}/task", self._find)
        router.add_post(f"{at}/list/{{list}}/task", self._create)
        router.add_put(f"{at}/task/{{task}}", self._update)
        router.add_post(f"{at}/task/{{task}}/tag/{{tag}}", self._tag)
        router.add_post(f"{at}/task/{{task}}/comment", self._comment)
        router.add_post(f"{at}/task/{{task}}/attachment", self._attach)
        router.add_get(f"{at}/team/{TEAM}/webhook", self._list_hooks)
        router.add_post(f"{at}/team/{TEAM}/webhook", self._hook)
        router.add_put(f"{at}/webhook/{{hook}}", self._revive)

    def admit(self, request: web.Request) -> None:
        """The personal token alone, with no "Bearer"."""
        given = request.headers.get("Authorization")
        if given is None:
            raise ApiError(401, {"err": "Authorization header required", "ECODE": "OAUTH_017"})
        if given != TOKEN:
            raise ApiError(401, {"err": "Token invalid", "ECODE": "OAUTH_025"})

    def too_many(self) -> ApiError:
        """The time at which calls are free again is told."""
        reset = str(int(utc_now().timestamp()) + 2)
        headers = {
            "X-RateLimit-Limit": str(self.calls_allowed),
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": reset,
        }
        return ApiError(429, {"err": "Rate limit reached", "ECODE": "APP_002"}, headers)

    def move(self, task: str, to: str) -> dict[str, Any]:
        """A person changes a task's status; the webhook's body."""
        before, now = self.tasks[task]["status"], self._now()
        self.tasks[task] |= {"status": self._status(to), "date_updated": now}
        item = {"id": f"h{next(self._ids)}", "type": 1, "date": now, "field": "status", "parent_id": LIST,
                "user": {"id": MEMBER}, "before": before, "after": self._status(to)}  # fmt: skip
        return {"event": "taskStatusUpdated", "webhook_id": "w-1", "task_id": task, "history_items": [item]}

    def delete(self, task: str) -> dict[str, Any]:
        """A person deletes a task; the webhook's body."""
        del self.tasks[task]
        return {"event": "taskDeleted", "webhook_id": "w-1", "task_id": task}

    def signed(self, body: dict[str, Any], url: str) -> tuple[dict[str, str], bytes]:
        """A webhook's headers and bytes."""
        raw = json.dumps(body).encode()
        return {"X-Signature": hmac.new(b"clickup-secret", raw, hashlib.sha256).hexdigest()}, raw

    # ------------------------------------------------------------------ calls
    async def _teams(self, _: web.Request) -> web.Response:
        member = {"user": {"id": MEMBER, "username": "Anna", "email": "anna@example.com"}}
        return web.json_response({"teams": [{"id": TEAM, "name": "Company", "members": [member]}]})

    async def _spaces(self, _: web.Request) -> web.Response:
        return web.json_response({"spaces": [{"id": SPACE, "name": "Sales"}]})

    async def _folders(self, _: web.Request) -> web.Response:
        lists = [{"id": OTHER_LIST, "name": "Archive"}]
        return web.json_response({"folders": [{"id": "6001", "name": "Old", "lists": lists}]})

    async def _lists(self, _: web.Request) -> web.Response:
        return web.json_response({"lists": [{"id": LIST, "name": "Leads"}]})

    async def _list(self, request: web.Request) -> web.Response:
        if request.match_info["list"] not in {LIST, OTHER_LIST}:
            raise ApiError(404, {"err": "List not found", "ECODE": "ITEM_013"})
        statuses = [self._status(name) for name in STATUSES]
        found = {"id": LIST, "name": "Leads", "statuses": statuses, "space": {"id": SPACE}, "archived": self.archived}
        return web.json_response(found)

    async def _members(self, _: web.Request) -> web.Response:
        return web.json_response({"members": [{"id": MEMBER, "username": "Anna", "email": "anna@example.com"}]})

    async def _fields(self, _: web.Request) -> web.Response:
        return web.json_response({"fields": [{"id": FIELD, "name": "Lead key", "type": "text"}]})

    async def _find(self, request: web.Request) -> web.Response:
        query = request.query
        chosen = list(self.tasks.values())[::-1]  # the newest first
        if query.get("include_closed") != "true":
            chosen = [task for task in chosen if task["status"]["type"] != "closed"]
        if after := query.get("date_updated_gt"):
            chosen = [task for task in chosen if int(task["date_updated"]) > int(after)]
        if after := query.get("date_created_gt"):
            chosen = [task for task in chosen if int(task["date_created"]) > int(after)]
        for wanted in json.loads(query.get("custom_fields", "[]")):
            values = {task["id"]: task["fields"].get(wanted["field_id"], "") for task in chosen}
            exact = wanted["operator"] == "=="  # "=" means "contains"
            chosen = [
                task for task in chosen
                if (values[task["id"]] == wanted["value"] if exact else wanted["value"] in values[task["id"]])
            ]  # fmt: skip
        page = int(query.get("page", "0"))
        told = query.get("include_markdown_description") == "true"
        shown = [self._shown(task, described=told) for task in chosen[page * _PAGE : (page + 1) * _PAGE]]
        return web.json_response({"tasks": shown, "last_page": (page + 1) * _PAGE >= len(chosen)})

    async def _create(self, request: web.Request) -> web.Response:
        fields = await request.json()
        if self.archived:
            raise ApiError(400, {"err": "List is archived", "ECODE": "ITEM_099"})
        self._check(fields, _POST)
        if not all(isinstance(one, int) for one in fields.get("assignees", [])):
            raise ApiError(400, {"err": "Assignees must be an array of numbers", "ECODE": "INPUT_003"})
        identity, now = f"86c{next(self._ids):x}", self._now()
        self.tasks[identity] = {
            "id": identity,
            "name": fields["name"],
            "markdown_description": fields.get("markdown_content") or "",
            "status": self._status(fields.get("status", STATUSES[0])),
            "tags": [{"name": tag} for tag in fields.get("tags", [])],
            "assignees": fields.get("assignees", []),
            "due_date": fields.get("due_date"),
            "date_created": now,
            "date_updated": now,
            "url": f"https://clickup.example/t/{identity}",
            "fields": {one["id"]: one["value"] for one in fields.get("custom_fields", []) if one["id"] == FIELD},
        }
        return web.json_response(self._shown(self.tasks[identity], described=False))

    async def _update(self, request: web.Request) -> web.Response:
        task, fields = self._task(request), await request.json()
        self._check(fields, _PUT)
        if "assignees" in fields and not isinstance(fields["assignees"], dict):
            raise ApiError(400, {"err": "Assignees must be an object", "ECODE": "INPUT_004"})
        if "markdown_content" in fields:
            task["markdown_description"] = fields["markdown_content"]
        if "status" in fields:
            task["status"] = self._status(fields["status"])
        task |= {name: fields[name] for name in ("name", "due_date") if name in fields}
        task["assignees"] = [*task["assignees"], *fields.get("assignees", {}).get("add", [])]
        task["date_updated"] = self._now()
        return web.json_response(self._shown(task, described=False))

    async def _tag(self, request: web.Request) -> web.Response:
        task = self._task(request)
        task["tags"].append({"name": request.match_info["tag"]})
        return web.json_response({})

    async def _comment(self, request: web.Request) -> web.Response:
        task, fields = self._task(request), await request.json()
        if fields.keys() < {"comment_text", "notify_all"}:
            raise ApiError(400, {"err": "comment_text and notify_all are required", "ECODE": "INPUT_005"})
        self.comments.setdefault(task["id"], []).append(fields["comment_text"])
        return web.json_response({"id": next(self._ids), "hist_id": "h", "date": int(self._now())})

    async def _attach(self, request: web.Request) -> web.Response:
        task, form = self._task(request), await request.post()
        sent = form["attachment"]
        assert isinstance(sent, web.FileField)
        self.files.setdefault(task["id"], []).append((sent.filename, sent.file.read()))
        return web.json_response({"id": "a1", "title": sent.filename})

    async def _list_hooks(self, _: web.Request) -> web.Response:
        return web.json_response({"webhooks": self.hooks})

    async def _hook(self, request: web.Request) -> web.Response:
        wanted = await request.json()
        health = {"status": "active", "fail_count": 0}
        hook = {"id": f"w-{len(self.hooks) + 1}", **wanted, "health": health, "secret": "clickup-secret"}
        self.hooks.append(hook)
        return web.json_response({"id": hook["id"], "webhook": hook})

    async def _revive(self, request: web.Request) -> web.Response:
        hook = next(one for one in self.hooks if one["id"] == request.match_info["hook"])
        hook["health"] = {"status": "active", "fail_count": 0}
        return web.json_response({"id": hook["id"], "webhook": hook})

    # ------------------------------------------------------------------ what it keeps
    def _task(self, request: web.Request) -> dict[str, Any]:
        task = self.tasks.get(request.match_info["task"])
        if task is None:
            raise ApiError(404, {"err": "Task not found, deleted", "ECODE": "ITEM_015"})
        return task

    def _check(self, fields: dict[str, Any], known: set[str]) -> None:
        if unknown := fields.keys() - known:
            raise ApiError(400, {"err": f"unknown fields {sorted(unknown)}", "ECODE": "INPUT_001"})
        if not isinstance(fields.get("due_date", 0), int):
            raise ApiError(400, {"err": "due_date must be a number", "ECODE": "INPUT_006"})
        if "status" in fields and fields["status"] not in STATUSES:
            raise ApiError(400, {"err": "Status does not exist", "ECODE": "CRTSK_001"})
        if "name" in fields and not fields["name"]:
            raise ApiError(400, {"err": "Task name invalid", "ECODE": "INPUT_005"})

    def _shown(self, task: dict[str, Any], *, described: bool) -> dict[str, Any]:
        hidden = {"fields"} if described else {"fields", "markdown_description"}
        return {name: value for name, value in task.items() if name not in hidden}

    def _status(self, name: str) -> dict[str, str]:
        return {"status": name, "type": "closed" if name == "complete" else "custom"}

    def _now(self) -> str:
        return str(int(utc_now().timestamp() * 1000))
