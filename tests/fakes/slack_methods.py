"""The methods of the Web API, by their names with underscores: arguments in, the answer out, or a `Refusal`."""

import json
import time
from collections.abc import Mapping
from typing import Any

from tests.fakes.slack_rules import TEXT_LIMIT, Refusal, check_blocks, check_message, check_view
from tests.fakes.slack_state import APP, BOT, BOT_USER, TEAM, Channel, State, Upload

TRIGGER_SECONDS = 3.0
Given = Mapping[str, Any]
Answer = dict[str, Any]


def auth_test(state: State, given: Given) -> Answer:
    return {"url": f"{state.url}/", "team": "Test", "user": "desk", "team_id": TEAM, "user_id": BOT_USER, "bot_id": BOT,
            "is_enterprise_install": False}  # fmt: skip


def apps_connections_open(state: State, given: Given) -> Answer:
    ticket = state.number("ticket")
    state.tickets.add(ticket)
    return {"url": f"{state.url.replace('http', 'ws')}/link/{ticket}"}


# ------------------------------------------------------------------ messages
def chat_postMessage(state: State, given: Given) -> Answer:  # noqa: N802 - Slack's name
    channel = state.writable(given["channel"])
    # Longer texts are cut, not refused.
    given = {**given, "text": given.get("text", "")[:TEXT_LIMIT]}
    check_message(given)
    thread = _thread(state, channel, given.get("thread_ts"))
    message = _kept(channel, state.stamp(), given, thread)
    state.told({"channel": channel.id, "event_ts": message["ts"], "channel_type": "channel", **message})
    return {"channel": channel.id, "ts": message["ts"], "message": message}


def chat_update(state: State, given: Given) -> Answer:
    channel = state.writable(given["channel"])
    check_message(given)
    message = state.message(channel, given["ts"])
    if message["user"] != BOT_USER:
        raise Refusal("cant_update_message")
    before = dict(message)
    message["text"], message["blocks"] = given.get("text", ""), given.get("blocks", [])
    if "metadata" in given:
        message["metadata"] = given["metadata"]
    state.told({"type": "message", "subtype": "message_changed", "channel": channel.id, "message": dict(message),
                "previous_message": before, "ts": state.stamp()})  # fmt: skip
    return {"channel": channel.id, "ts": message["ts"], "text": message["text"], "message": message}


def chat_delete(state: State, given: Given) -> Answer:
    channel = state.channel(given["channel"])
    message = state.message(channel, given["ts"])
    if message["user"] != BOT_USER:
        raise Refusal("cant_delete_message")
    del channel.messages[message["ts"]]
    state.told({"type": "message", "subtype": "message_deleted", "channel": channel.id, "deleted_ts": message["ts"],
                "previous_message": message, "ts": state.stamp()})  # fmt: skip
    return {"channel": channel.id, "ts": message["ts"]}


def chat_postEphemeral(state: State, given: Given) -> Answer:  # noqa: N802 - Slack's name
    channel = state.writable(given["channel"])
    check_message(given)
    if given["user"] not in channel.members:
        raise Refusal("user_not_in_channel")
    _thread(state, channel, given.get("thread_ts"))
    state.whispers.append({**given})
    return {"message_ts": state.stamp()}


def conversations_history(state: State, given: Given) -> Answer:
    channel = state.channel(given["channel"])
    if BOT_USER not in channel.members:
        raise Refusal("not_in_channel")
    found = [one for one in state.roots(channel.id) if _since(one, given)]
    return _page(list(reversed(found)), given)


def conversations_replies(state: State, given: Given) -> Answer:
    channel = state.channel(given["channel"])
    if given["ts"] not in channel.messages:
        raise Refusal("thread_not_found")
    thread = str(channel.messages[given["ts"]].get("thread_ts", given["ts"]))
    # The root is always there, however old it is.
    found = [one for one in state.thread(thread, channel.id) if one["ts"] == thread or _since(one, given)]
    return _page(found, given)


def conversations_info(state: State, given: Given) -> Answer:
    channel = state.channel(given["channel"])
    about = {"id": channel.id, "is_archived": channel.archived, "is_member": BOT_USER in channel.members}
    return {"channel": {"name": channel.id.lower(), "is_channel": True, **about}}


def conversations_open(state: State, given: Given) -> Answer:
    users = str(given.get("users", "")).split(",")
    if not users[0]:
        raise Refusal("users_list_not_supplied")
    if users[0] not in state.users:
        raise Refusal("user_not_found")
    channel = f"D{users[0]}"
    state.channels.setdefault(channel, Channel(channel, {BOT_USER, users[0]}))
    return {"channel": {"id": channel}}


def reactions_add(state: State, given: Given) -> Answer:
    channel = state.writable(given["channel"])
    message = state.message(channel, given["timestamp"])
    marks = state.reactions.setdefault((channel.id, message["ts"]), [])
    if given["name"] in marks:
        raise Refusal("already_reacted")
    marks.append(given["name"])
    return {}


# ------------------------------------------------------------------ files
def files_getUploadURLExternal(state: State, given: Given) -> Answer:  # noqa: N802 - Slack's name
    length = int(given["length"])
    if length <= 0 or not given["filename"]:
        raise Refusal("missing_argument")
    file = Upload(state.number("F"), given["filename"], length, BOT_USER)
    state.files[file.id] = file
    return {"upload_url": f"{state.url}/upload/{file.id}", "file_id": file.id}


def files_completeUploadExternal(state: State, given: Given) -> Answer:  # noqa: N802 - Slack's name
    listed = given["files"] if isinstance(given["files"], list) else json.loads(given["files"])
    uploads = [state.files.get(entry["id"]) for entry in listed]
    if any(upload is None or len(upload.content) != upload.length or upload.shown for upload in uploads):
        raise Refusal("file_not_found")
    for entry, upload in zip(listed, uploads, strict=True):
        if upload is not None:
            upload.shown, upload.title = True, entry.get("title", upload.name)
    shown = state.shown(entry["id"] for entry in listed)
    if "channel_id" in given:
        channel = state.writable(given["channel_id"])
        thread = _thread(state, channel, given.get("thread_ts"))
        message = _kept(channel, state.stamp(), {"text": given.get("initial_comment", "")}, thread)
        message |= {"files": shown, "subtype": "file_share"}
        state.told({"type": "message", "channel": channel.id, "event_ts": message["ts"], **message})
    return {"files": shown}


def files_info(state: State, given: Given) -> Answer:
    file = state.files.get(given["file"])
    if file is None:
        raise Refusal("file_not_found")
    return {"file": state.file(file)}


# ------------------------------------------------------------------ people and views
def users_info(state: State, given: Given) -> Answer:
    user = state.users.get(given["user"])
    if user is None:
        raise Refusal("user_not_found")
    shown = json.loads(json.dumps(user))
    if given.get("include_locale") not in {"true", True}:
        shown.pop("locale")
    if "users:read.email" not in state.scopes:
        shown["profile"].pop("email")
    return {"user": shown}


def usergroups_list(state: State, given: Given) -> Answer:
    return {"usergroups": state.groups}


def views_open(state: State, given: Given) -> Answer:
    trigger = str(given.get("trigger_id", ""))
    if trigger in state.used_triggers:
        raise Refusal("exchanged_trigger_id")
    if trigger not in state.triggers:
        raise Refusal("invalid_trigger_id")
    if time.monotonic() - state.triggers[trigger] > TRIGGER_SECONDS:
        raise Refusal("expired_trigger_id")
    check_view(given["view"], "modal")
    state.used_triggers.add(trigger)
    view = {**given["view"], "id": state.number("V"), "team_id": TEAM, "app_id": APP, "bot_id": BOT}
    state.views.append(view)
    return {"view": view}


def views_publish(state: State, given: Given) -> Answer:
    if not state.home_enabled:
        raise Refusal("not_enabled")
    if given["user_id"] not in state.users:
        raise Refusal("invalid_arguments")
    check_view(given["view"], "home")
    state.homes[given["user_id"]] = given["view"]
    return {"view": {**given["view"], "id": state.number("V")}}


def check_answer(body: Given) -> None:
    """Refuse what a response address does not take."""
    if not set(body) <= {"text", "blocks", "response_type", "replace_original", "delete_original", "thread_ts"}:
        raise Refusal("invalid_payload")
    if body.get("blocks"):
        check_blocks(body["blocks"], 50)
    elif not body.get("text"):
        raise Refusal("no_text")


# ------------------------------------------------------------------ small parts
def _thread(state: State, channel: Channel, thread: str | None) -> str:
    """The root that a reply is given, which must be one and be there."""
    if not thread:
        return ""
    root = channel.messages.get(thread)
    if root is None:
        if state.orphans:
            return ""
        raise Refusal("thread_not_found")
    if root.get("thread_ts", thread) != thread:
        raise Refusal("cannot_reply_to_message")
    return thread


def _kept(channel: Channel, ts: str, given: dict[str, Any], thread: str) -> dict[str, Any]:
    message = {"type": "message", "user": BOT_USER, "bot_id": BOT, "app_id": APP, "team": TEAM, "ts": ts,
               "text": given.get("text", ""), "blocks": given.get("blocks", [])}  # fmt: skip
    message |= {key: given[key] for key in ("metadata", "link_names", "parse") if key in given}
    if thread:
        message |= {"thread_ts": thread, "parent_user_id": channel.messages[thread]["user"]}
        channel.messages[thread]["thread_ts"] = thread
    channel.messages[ts] = message
    return message


def _since(message: Mapping[str, Any], given: Given) -> bool:
    return float(message["ts"]) > float(given.get("oldest", 0))


def _page(found: list[dict[str, Any]], given: Given) -> Answer:
    limit, start = int(given.get("limit", 100)), int(given.get("cursor") or 0)
    page = [dict(one) for one in found[start : start + limit]]
    if str(given.get("include_all_metadata", "")).lower() not in {"true", "1"}:
        for one in page:
            one.pop("metadata", None)
    after = start + limit
    more = {"next_cursor": str(after)} if after < len(found) else {"next_cursor": ""}
    return {"messages": page, "has_more": after < len(found), "response_metadata": more}
