"""A person's name as it was typed: after "my name is", in a line of contacts, or as the answer to a question for it."""

import re
from importlib.resources import files

import yaml

from knowledge.understanding.text import Found, Reading, read

LONGEST = 80
"""Characters of a name that are kept; longer answers are cut at a word."""

_KNOWN = frozenset(
    " ".join(
        yaml.safe_load(files("knowledge.understanding").joinpath("names.yaml").read_text("utf-8")).values()
    ).split()
)
_PIECE = r"(?:(?:[^\W\d_]\.){1,3}|[^\W\d_]+(?:['’-][^\W\d_]+)*\.?)"
_LINK = r"(?:van|von|de|der|den|da|di|del|dos|la|le|bin|ibn|al|оглы|кызы|фон|ван|де)"
_TOKENS = re.compile(rf"{_PIECE}(?: {_PIECE}){{0,4}}")
_MARKED = re.compile(
    r"""(?<!\w)(?:
      (?:меня|мене|мя)\ (?:зовут|звать)|(?<!как\ )(?<!вас\ )(?<!тебя\ )зовут(?!\ (?:вас|тебя))|
      (?:мо[её]\ )?имя(?:\ -|:|\ мо[её]|(?=\ [^\W\d_]+$))|ф\.?и\.?о\.?(?:\ -|:)?|контактное\ лицо:?|представлюсь:?|
      обращайтесь(?:\ ко\ мне)?:?|можно\ просто|с\ уважением,?|
      my\ (?:full\ )?name(?:\ is|'s|:)|name(?:\ is|:)|(?:people|they|friends)\ call\ me|you\ can\ call\ me|
      (?:(?:best|kind|warm)\ |^)regards,?|sincerely,?
    )[ ,:\n-]{0,3}""",
    re.VERBOSE,
)
_CAPITALISED = re.compile(r"(?<!\w)(?:это|я|i'm|i am|i’m|im|this is|it's|hi,? i'm|here is)[ -]{1,3}(?=[^\W\d_])")
_NOT_NAMES_WORDS = (
    "я мы вы он она это хочу хотел хотела нужен нужна нужно надо можно подскажите здравствуйте привет добрый "
    "доброе день вечер утро спасибо ок да нет не ищу интересует интересуюсь сколько какой какая какие когда где "
    "как что почему зачем куда жду готов готова из от для по на и или но а ну вот мой моя мои наш наша телефон "
    "номер почта тел email mail звоните пишите позвоните перезвоните напишите ооо ип зао оао пао компания фирма "
    "директор менеджер бюджет цена заказ доставка купить заказать магазин тут здесь сейчас ваш ваша клиент "
    "покупатель новый опять снова тоже уже только просто i we you he she they it the a an my our your this that "
    "is am are was not sure interested looking here there from at in on for with and or but ready just good fine "
    "ok okay yes no hello hi hey dear thanks thank please need want have has can could would will may ceo cto "
    "manager director owner founder phone email mail number call contact company budget price order delivery "
    "buying buy trying calling writing afraid sorry glad happy new back still also very so too really all going "
    "wondering about monday tuesday wednesday thursday friday saturday sunday today tomorrow"
)
_NOT_NAMES = frozenset(_NOT_NAMES_WORDS.split())
_SPLIT = re.compile(r"[,;|\n/]| - |:|\.(?= )|(?<=[^\W\d_]) (?=\+?[\d(@])")
_MOST_WORDS = 4
_REACHED = re.compile(r"\S*[@\d]\S*")
"""Pieces of contacts: what stands between them may be a name."""

_CONTACT_SAID = re.compile(
    r"^(?:(?:здравствуйте|привет|добрый день|hello|hi|это|я|меня зовут|зовут|this is|i'm|it's)[ ,!.:-]{1,3})+"
)
_CUES_WORDS = "зову зват имя фио ф кон конт пред обра мож можн уваж name call rega sinc это я i m im this it he here"
CUES = frozenset(_CUES_WORDS.split())
"""First four letters of words that announce a name."""


def find_name(text: str | Reading, *, contact_at: int | None = None) -> Found[str] | None:
    """Find a name that is announced, or stands in a line of contacts with the phone or e-mail at `contact_at`."""
    reading = read(text)
    for match in _MARKED.finditer(reading.lower):
        found = _name_at(reading, match.end(), announced=True)
        if found:
            return found
    for match in _CAPITALISED.finditer(reading.lower):
        found = _name_at(reading, match.end(), announced=False)
        if found:
            return found
    return _beside_contact(reading) if contact_at is not None else None


def name_answer(text: str | Reading) -> str | None:
    """Read the answer to "what is your name?": as typed, trimmed; only an answer without a letter is refused."""
    reading = read(text)
    marked = find_name(reading)
    if marked:
        return marked.value
    name = " ".join(reading.text.split()).strip(" .,!;:-—–\"'«»")
    if not any(char.isalpha() for char in name):
        return None
    return name if len(name) <= LONGEST else name[:LONGEST].rsplit(" ", 1)[0]


def _name_at(reading: Reading, start: int, *, announced: bool) -> Found[str] | None:
    """Take the name that begins at a place: capitalised words and links, small letters only where nothing else fits."""
    match = _TOKENS.match(reading.text, start)
    if match is None:
        return None
    words = match.group().split(" ")
    kept: list[str] = []
    for place, word in enumerate(words[:_MOST_WORDS]):
        bare = word.strip(".").lower().replace("ё", "е")
        if bare in _NOT_NAMES and not (kept and re.fullmatch(_LINK, bare)):
            break
        linked = bool(kept) and re.fullmatch(_LINK, bare) is not None and place + 1 < len(words)
        capital = word[0].isupper()
        small = announced and not capital and (place == 0 or (bare in _KNOWN) or _closes(reading, words, place, start))
        if not (capital or linked or small):
            break
        kept.append(word)
        if word.endswith(".") and len(word) > 2:  # noqa: PLR2004 - not an initial: the sentence ends
            break
    if not kept or (not announced and not _surely(kept)):
        return None
    name = " ".join(kept)
    end = start + len(name.rstrip("."))
    name = name if re.search(r"(?:^|[ .])[^\W\d_]\.$", name) else name.rstrip(".")
    return reading.found(_shown(name), start, max(end, start + 1))


def _closes(reading: Reading, words: list[str], place: int, start: int) -> bool:
    """Tell whether a second small-letter word ends the clause, as a surname does: «меня зовут лю вэй»."""
    if place != 1 or len(words) > 2 or words[0][0].isupper():  # noqa: PLR2004 - a name and a surname
        return False
    after = start + len(" ".join(words))
    return reading.text[after : after + 1] in {"", ",", ".", "!", ";", "\n"}


def _surely(words: list[str]) -> bool:
    """Tell a name from any capitalised word after "I'm" or «это»: a known given name, or two words like names."""
    first = words[0].strip(".").lower().replace("ё", "е").split("-")[0]
    known = any(word.strip(".").lower().replace("ё", "е") in _KNOWN for word in words)
    return (
        known or first in _KNOWN or (len(words) > 1 and all(word[0].isupper() and not word.isupper() for word in words))
    )


def _beside_contact(reading: Reading) -> Found[str] | None:
    """Find a name among the pieces of a line such as «анна, 89031234567» or "John Smith, Acme, john@acme.com"."""
    bare = _REACHED.sub(lambda contact: "\n" * len(contact.group()), reading.text)
    position = 0
    for piece in _SPLIT.split(bare):
        start = bare.find(piece, position)
        position = start + len(piece)
        greeting = _CONTACT_SAID.match(piece.strip().lower())
        trimmed = piece.strip()[greeting.end() if greeting else 0 :].strip(" .!()«»\"'")
        words = trimmed.split()
        if not 1 <= len(words) <= _MOST_WORDS or not _TOKENS.fullmatch(" ".join(words)):
            continue
        low = [word.strip(".").lower().replace("ё", "е") for word in words]
        if any(word in _NOT_NAMES for word in low):
            continue
        known = any(word in _KNOWN for word in low)
        if known and (
            len(words) == 1 or all(word[0].isupper() for word in words) or all(word in _KNOWN for word in low)
        ):
            start = reading.text.find(trimmed, start)
            return reading.found(_shown(" ".join(words)), start, start + len(trimmed))
    return None


def _shown(name: str) -> str:
    """Give small letters their capitals («анна» is Анна); any capital that was typed means the rest was meant."""
    return (
        name
        if name.lower() != name
        else "-".join(part[:1].upper() + part[1:] for part in name.split("-"))
        if " " not in name
        else name.title()
    )
