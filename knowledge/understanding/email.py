"""E-mail addresses in free text, checked by the rules of mail and never by the network."""

import re

from email_validator import EmailNotValidError, validate_email

from knowledge.understanding.text import Found, Reading, read

_TRIES = 16  # addresses that one message may have checked
_LONGEST = 254  # RFC 5321: a path with its brackets is at most 256

_ADDRESS = re.compile(
    r"""
    (?:(?<=mailto:)|(?<![^\s<>(),:;«»"'\[\]/|]))
    (?P<local> "(?:[^"\\\s]|\\.){1,64}" | [^\s<>(),:;«»"\[\]\\@]{1,64} )
    @
    (?P<domain> [^\s<>(),:;«»"'\[\]\\@/?!|]{1,253}+ )
    (?!@)
    """,
    re.VERBOSE,
)
_SPELLED = re.compile(
    r"(?<![\w.@])([a-z0-9][a-z0-9._+-]{0,63})\s?(?:\bсобака\b|\(собака\)|[(\[]at[)\]]|\bat\b(?=.{1,60}\bdot\b)|\s@\s)\s?"
    r"([a-z0-9][a-z0-9-]{0,62}(?:\s?(?:точка|\bdot\b|[(\[](?:dot|точка)[)\]]|\.)\s?[a-z0-9-]{2,62}){1,3})(?!\w)",
)
_DOT = re.compile(r"\s?(?:точка|\bdot\b|[(\[](?:dot|точка)[)\]]|\.)\s?")
_TAIL = ".,!?…'*_~"
_GLUED = re.compile(r"^((?:[a-z0-9-]+\.)+[a-z]{2,})\.[а-я]", re.IGNORECASE)
AT_SIGNS = ("@", "собака", "(at)", "[at]", " at ")
"""What stands in an address; a text without any of them holds none."""


def find_emails(text: str | Reading) -> list[Found[str]]:
    """Find every address, in order: the name as typed, the domain in small letters of its own script (рф, not xn--)."""
    reading = read(text)
    if not any(sign in reading.lower for sign in AT_SIGNS):
        return []
    found: list[Found[str]] = []
    for tried, match in enumerate(_ADDRESS.finditer(reading.text)):
        if tried == _TRIES:
            break
        address = _checked(match["local"], match["domain"])
        if address:
            end = match.start("domain") + len(_domain(match["domain"]))
            found.append(reading.found(address, match.start("local"), end))
    return found or _spelled(reading)


def _spelled(reading: Reading) -> list[Found[str]]:
    """Read «ivan собака mail точка ru» and "ivan (at) mail.ru"."""
    for match in _SPELLED.finditer(reading.lower):
        address = _checked(match[1], _DOT.sub(".", match[2]))
        if address:
            return [reading.found(address, match.start(), match.end())]
    return []


def _domain(typed: str) -> str:
    """Drop what belongs to the sentence: a full stop, a next word that was glued on («ivan@mail.ru.Жду»)."""
    glued = _GLUED.match(typed)
    return glued[1] if glued else typed.rstrip(_TAIL)


def _checked(local: str, domain: str) -> str | None:
    domain = _domain(domain)
    if "." not in domain or len(local) + len(domain) >= _LONGEST:
        return None
    try:
        checked = validate_email(f"{local}@{domain}", check_deliverability=False, allow_quoted_local=True)
    except EmailNotValidError:
        return None
    return checked.normalized
