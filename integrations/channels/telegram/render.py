"""A worded message as calls of the Bot API; pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from flows.errors import Refused
from flows.model import Address, File, Json
from flows.outbound import Outbound
from integrations.channels.telegram import keyboards
from integrations.telegram_html import Formatted, bold, messages

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
SENDERS = {
    "photo": "sendPhoto",
    "document": "sendDocument",
    "voice": "sendVoice",
    "video": "sendVideo",
    "audio": "sendAudio",
    "sticker": "sendSticker",
}
CAPTIONED = frozenset({"photo", "document", "video", "audio", "voice", "other"})


@dataclass(frozen=True, slots=True)
class Place:
    """A message that was sent: `words` is the parameter that carried its words, empty where it had none."""

    id: int
    words: str = ""


def receipt_of(places: Sequence[Place]) -> str:
    """All messages that a message was sent as, as one word: `12`, `11:,12:caption,13`."""
    return ",".join(str(place.id) if place.words == "text" else f"{place.id}:{place.words}" for place in places)


def places_of(receipt: str) -> tuple[Place, ...]:
    """What `receipt_of` wrote down. Raises `Refused` for anything else."""
    try:
        found = [part.partition(":") for part in receipt.split(",")]
        return tuple(Place(int(number), words if colon else "text") for number, colon, words in found)
    except ValueError:
        raise Refused(reason="not a receipt of Telegram", state="gone") from None


@dataclass(frozen=True, slots=True)
class Call:
    """One call: the method's name and its JSON parameters.

    `text` names the parameter that carries formatted text and `plain` is that text without its formatting, to be sent
    again when Telegram cannot parse it; both are empty when nothing is formatted. `words` names the parameter that
    carries words, formatted or not; a `file` is what the message brings.
    """

    name: str
    params: dict[str, Json]
    text: str = ""
    plain: str = ""
    words: str = ""
    file: File | None = None

    def unformatted(self) -> "Call":
        """The same call without formatting."""
        params = {key: value for key, value in self.params.items() if key != "parse_mode"}
        return replace(self, params={**params, self.text: self.plain}, text="", plain="")


def calls(address: Address, message: Outbound, *, drop_keyboard: bool = False) -> tuple[Call, ...]:
    """The calls that send a message, in order: files, then the text in parts; the last one has the keyboard.

    A short text is the caption of a single file. `drop_keyboard` takes away the keys that an earlier message showed,
    with the first part that has no keyboard of its own. Raises `Refused` for what Telegram would never take.
    """
    head = bold(message.name) if message.name else None
    if len(message.files) == 1 and message.files[0].kind in CAPTIONED:
        texts = messages(message.text, CAPTION_LIMIT, head)
        captioned = len(texts) <= 1
    else:
        texts, captioned = (), False
    if captioned:
        made = [_file(message.files[0], texts[0] if texts else None)]
    else:
        made = [_file(file, None) for file in message.files]
        made += [_text("sendMessage", "text", part) for part in messages(message.text, TEXT_LIMIT, head)]
    if not made:
        raise Refused(reason="a message without text and files", state="invalid")
    return tuple(_addressed(address, made, _keyboard(message), drop_keyboard=drop_keyboard))


def edits(address: Address, places: Sequence[Place], message: Outbound) -> tuple[tuple[Call, ...], tuple[Place, ...]]:
    """The calls that give what was sent another text and other buttons, and the messages that are not needed any more.

    Raises `Refused` where the text needs more messages than there are: more would come behind what was said since.
    """
    worded = [place for place in places if place.words]
    if not worded:
        raise Refused(reason="a message without words cannot get any", state="unchangeable")
    limit = CAPTION_LIMIT if worded[0].words == "caption" else TEXT_LIMIT
    parts = messages(message.text, limit, bold(message.name) if message.name else None)
    if not parts:
        raise Refused(reason="a message without text", state="invalid")
    if len(parts) > len(worded):
        raise Refused(reason="the new text is longer than the message that it changes", state="too_large")
    made = [
        _text("editMessageCaption" if place.words == "caption" else "editMessageText", place.words, part)
        for place, part in zip(worded, parts, strict=False)
    ]
    keyboard = keyboards.inline(message.choices) if message.choices else None
    addressed = _addressed(address, made, keyboard, drop_keyboard=False)
    calls = [
        replace(call, params={**call.params, "message_id": place.id})
        for call, place in zip(addressed, worded, strict=False)
    ]
    return tuple(calls), tuple(worded[len(parts) :])


def target(address: Address) -> dict[str, Json]:
    """The parameters that say where. Raises `Refused` for an address that is none of Telegram's."""
    try:
        to: dict[str, Json] = {"chat_id": int(address.chat)}
        if address.thread:
            to["message_thread_id"] = int(address.thread)
    except ValueError:
        raise Refused(reason="not a Telegram chat", state="not_found") from None
    return to


def _addressed(
    address: Address, made: Sequence[Call], keyboard: dict[str, Json] | None, *, drop_keyboard: bool
) -> Iterator[Call]:
    to = target(address)
    for index, call in enumerate(made):
        markup = keyboard if index == len(made) - 1 else None
        if markup is None and drop_keyboard and index == 0:
            markup = keyboards.REMOVE
        params = {**to, **call.params}
        if markup is not None:
            params["reply_markup"] = markup
        yield replace(call, params=params)


def _keyboard(message: Outbound) -> dict[str, Json] | None:
    if message.share_contact:
        return keyboards.contact(message.share_contact, message.choices)
    return keyboards.inline(message.choices) if message.choices else None


def _text(name: str, key: str, text: Formatted) -> Call:
    if not text.tagged:
        return Call(name, {key: text.plain}, words=key)
    return Call(name, {key: text.html, "parse_mode": "HTML"}, key, text.plain, key)


def _file(file: File, caption: Formatted | None) -> Call:
    if file.kind == "location":
        return Call("sendLocation", _coordinates(file.ref))
    parameter = "document" if file.kind == "other" else file.kind
    name = SENDERS[parameter]
    call = Call(name, {}) if caption is None else _text(name, "caption", caption)
    return replace(call, params={parameter: file.ref, **call.params}, file=file)


def _coordinates(ref: str) -> dict[str, Json]:
    latitude, _, longitude = ref.partition(",")
    try:
        return {"latitude": float(latitude), "longitude": float(longitude)}
    except ValueError:
        raise Refused(reason="a location without coordinates", state="invalid") from None
