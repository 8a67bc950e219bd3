"""A person at the other end of the fake Telegram: types, presses, shares, and reads what the bot says."""

import itertools
from typing import Any, Protocol

from tests.fakes.telegram_methods import Chat, Message
from tests.fakes.telegram_updates import Updates

Content = dict[str, Any]
_albums = itertools.count(1)


class Place(Protocol):
    """What a person needs of the server."""

    chats: dict[int, Chat]
    messages: dict[tuple[int, int], Message]
    queries: dict[str, bool]
    stored_files: dict[str, bytes]
    updates: Updates
    bot: dict[str, Any]

    def next_id(self) -> int: ...

    def shown(self, message: Message) -> Content: ...

    async def until(self, condition: Any, seconds: float = 10.0) -> None: ...


class User:
    """One person. Everything that they do returns the id of the update that tells the bot."""

    def __init__(
        self, server: Place, chat_id: int, language: str = "ru", name: str = "Анна", username: str = ""
    ) -> None:
        self.server = server
        self.id = chat_id
        self.language = language
        self.name = name
        self.username = username
        self._read: set[tuple[int, int]] = set()

    # ------------------------------------------------------------ what a person does
    def says(self, text: str) -> int:
        """Type a text; a leading slash makes it a command."""
        content: Content = {"text": text}
        if text.startswith("/"):
            content["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}]
        return self.sends(content)

    def sends(self, content: Content) -> int:
        """Send a message with that content."""
        return self.server.updates.add({"message": self.message(content)})

    def edits(self, text: str, message_id: int = 1) -> int:
        """Edit an earlier message of one's own."""
        edited = {**self.message({"text": text}), "message_id": message_id, "edit_date": 1_760_000_100}
        return self.server.updates.add({"edited_message": edited})

    def presses(self, label: str) -> int:
        """Press the newest visible button with that label, or with that text in it."""
        for exact in (True, False):
            for message in reversed(self.visible):
                for button in buttons(message):
                    if button["text"] == label or (not exact and label in button["text"]):
                        return self._press(message, button)
        raise AssertionError(f"no button {label!r} in chat {self.id}")

    def presses_data(self, message_id: int, data: str) -> int:
        """Press a button by its data, however old its message is."""
        query = str(self.server.next_id())
        self.server.queries[query] = False
        message = {
            "message_id": message_id,
            "date": 0,
            "chat": {"id": self.id, "type": "private", "first_name": self.name},
        }
        press = {"id": query, "from": self.about, "chat_instance": "1", "data": data, "message": message}
        return self.server.updates.add({"callback_query": press})

    def shares_contact(self, phone: str, user_id: int | None = None) -> int:
        """Share a contact: one's own unless another's id is given (0: a card without an id)."""
        card: Content = {"phone_number": phone, "first_name": self.name, "user_id": self.id}
        if user_id is not None:
            card = {**card, "user_id": user_id}
        if user_id == 0:
            del card["user_id"]
        return self.sends({"contact": card})

    def sends_album(self, count: int, caption: str = "") -> list[int]:
        """Send several photos as one album: the caption belongs to the first."""
        group = f"album-{next(_albums)}"
        return [
            self.sends({**self.photo(), "media_group_id": group, **({"caption": caption} if not index else {})})
            for index in range(count)
        ]

    def photo(self, content: bytes = b"jpeg") -> Content:
        """A photo in two sizes, the larger one downloadable."""
        path = f"photos/{self.server.next_id()}"
        self.server.stored_files[path] = content
        sizes = [("small", 90), (f"file-{path}", 1280)]
        return {
            "photo": [
                {"file_id": file_id, "file_unique_id": file_id, "width": side, "height": side, "file_size": side}
                for file_id, side in sizes
            ]
        }

    def blocks(self) -> int:
        """Block the bot."""
        self.server.chats[self.id].state = "bot was blocked by the user"
        return self._member("member", "kicked")

    def unblocks(self) -> int:
        """Let the bot in again."""
        self.server.chats[self.id].state = ""
        return self._member("kicked", "member")

    # ------------------------------------------------------------ what a person sees
    @property
    def visible(self) -> list[Message]:
        """The bot's messages in this chat that are not deleted, oldest first."""
        return [
            message for (chat, _), message in self.server.messages.items() if chat == self.id and not message.deleted
        ]

    def _unread(self) -> list[Message]:
        return [message for message in self.visible if (message.id, message.version) not in self._read]

    async def reads(self, seconds: float = 10.0) -> Message:
        """Wait for the bot's next message or edit and return it."""
        await self.server.until(lambda: bool(self._unread()), seconds)
        message = self._unread()[0]
        self._read.add((message.id, message.version))
        return message

    async def reads_all(self, quiet: float = 0.2) -> list[Message]:
        """Read until the bot has been quiet for so many seconds."""
        messages: list[Message] = []
        try:
            while True:
                messages.append(await self.reads(quiet))
        except TimeoutError:
            return messages

    # ------------------------------------------------------------ how Telegram tells it
    @property
    def about(self) -> Content:
        """The person as `from`."""
        about = {"id": self.id, "is_bot": False, "first_name": self.name, "language_code": self.language}
        return {**about, "username": self.username} if self.username else about

    def message(self, content: Content) -> Content:
        """A message in the private chat."""
        chat = {"id": self.id, "type": "private", "first_name": self.name}
        base = {"message_id": self.server.next_id(), "date": 1_760_000_000, "chat": chat, "from": self.about}
        return {**base, **content}

    def _press(self, message: Message, button: Content) -> int:
        if "callback_data" in button:
            return self.presses_data(message.id, button["callback_data"])
        if button.get("request_contact"):
            return self.shares_contact(f"7916{self.id % 10_000_000:07d}")
        if "url" in button:
            raise AssertionError(f"{button['text']!r} is a link: it tells the bot nothing")
        return self.says(button["text"])

    def _member(self, old: str, new: str) -> int:
        chat = {"id": self.id, "type": "private", "first_name": self.name}
        states = {
            "old_chat_member": {"status": old, "user": self.server.bot},
            "new_chat_member": {"status": new, "user": self.server.bot},
        }
        return self.server.updates.add(
            {"my_chat_member": {"chat": chat, "from": self.about, "date": 1_760_000_000, **states}}
        )


def buttons(message: Message) -> list[Content]:
    """The buttons of a message, inline ones or keys, row by row."""
    rows = (message.markup or {}).get("inline_keyboard") or (message.markup or {}).get("keyboard") or []
    return [{"text": key} if isinstance(key, str) else key for row in rows for key in row]
