"""A plain yes, no or "I am not sure", Russian and English; only a message that is nothing else counts."""

import re
from typing import Literal

from knowledge.understanding.text import Reading, plain, read

YesNo = Literal["yes", "no", "unsure"]

_MOST_WORDS = 8

_YES = (
    "да|ага|угу|ок|окей|оке|ладно|хорошо|конечно|разумеется|естественно|согласен|согласна|согласны|"
    "подтверждаю|верно|точно|"
    "именно|так и есть|давайте|давай|подходит|устраивает|годится|пойдет|идет|можно|хочу|хотим|готов|готова|готовы|"
    "не против|не возражаю|без проблем|почему бы и нет|почему бы нет|с удовольствием|обязательно|непременно|безусловно|"
    "правильно|нет проблем|да да|yes yes|все верно|все правильно|принимаю|разрешаю|даю согласие|"
    "так точно|еще бы|само собой|а то|ну да|"
    "yes|yep|yeah|yup|ya|yea|aye|sure|ok|okay|okey|k|kk|of course|certainly|absolutely|definitely|"
    "correct|right|exactly|"
    "agreed|agree|i agree|i do|i accept|accept|confirm|confirmed|fine|sounds good|go ahead|why not|"
    "no problem|my pleasure|"
    "lets do it|let s do it|lets go|let s go|lets do that|let s do that|please do|works for me|"
    "i am in|im in|gladly|affirmative|true|"
    "that s right|thats right|that is right|all good|its ok|it s ok|it is ok"
)
_NO = (
    "нет|конечно нет|конечно же нет|точно нет|разумеется нет|да нет конечно|неа|не|нее|нет нет|"
    "нетушки|ни за что|никогда|не надо|не нужно|не хочу|не хотим|не согласен|не согласна|не согласны|"
    "не буду|не будем|не подходит|не устраивает|не стоит|не интересует|не интересно|отказываюсь|"
    "против|отмена|ни в коем случае|"
    "неверно|не верно|неправильно|не так|нельзя|не сейчас|пока нет|спасибо нет|нет уж|воздержусь|"
    "запрещаю|не даю согласия|"
    "no|nope|nah|nay|never|not|no way|not now|not yet|no thanks|no thank you|i dont|i don t|i do not|dont|don t|do not|"
    "disagree|i disagree|not interested|negative|wrong|incorrect|not right|not correct|not ok|"
    "not okay|decline|i decline|refuse|"
    "i refuse|false|no need|not needed|not really|certainly not|of course not|definitely not|"
    "absolutely not|i would rather not"
)
_UNSURE = (
    "не знаю|не уверен|не уверена|не уверены|может быть|может|возможно|наверное|наверно|вроде|"
    "вроде да|да нет|и да и нет|"
    "посмотрим|подумаю|надо подумать|нужно подумать|затрудняюсь|сложно сказать|хз|пока не знаю|"
    "как получится|не решил|не решила|"
    "не решили|без разницы|все равно|не важно|неважно|"
    "maybe|perhaps|not sure|i am not sure|im not sure|i m not sure|dont know|don t know|i dont know|"
    "i don t know|i do not know|"
    "no idea|idk|dunno|possibly|probably|hard to say|we ll see|well see|depends|it depends|kind of|yes and no|unsure|"
    "let me think|i guess|whatever|not decided|undecided"
)
_FILLERS = (
    "спасибо|пожалуйста|ну|вот|все|очень|большое|благодарю|так|вполне|я|мы|меня|на|обработку|"
    "персональных|данных|это|мне|нам|пока|уже|же|пусть|всего|"
    "thanks|thank|you|please|well|so|much|very|i|we|me|it|that|this|is|s|the|a|just|with|instead|do|oh|hey|man|sir|to"
)


def _phrases(listed: str) -> re.Pattern[str]:
    longest_first = sorted(listed.split("|"), key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(longest_first) + r")(?!\w)")


_KINDS: tuple[tuple[YesNo, re.Pattern[str]], ...] = (
    ("unsure", _phrases(_UNSURE)),
    ("no", _phrases(_NO)),
    ("yes", _phrases(_YES)),
)
_LISTS: tuple[tuple[YesNo, str], ...] = (("yes", _YES), ("no", _NO), ("unsure", _UNSURE))
_EXACT: dict[str, YesNo] = {phrase: kind for kind, listed in _LISTS for phrase in listed.split("|")}
_FILLER = frozenset(_FILLERS.split("|"))
_SIGNS: dict[str, YesNo] = {"+": "yes", "++": "yes", "-": "no"}
_HANDS = re.compile("(?P<yes>[👍👌✅✔🆗🤝💯☑])|(?P<no>[👎❌🚫✖⛔🙅])|(?P<unsure>[🤔🤷])")
_SHRUGGED = re.compile(r"\b(?:но|однако|but|however|if|если|only|только)\b")


def yes_no(text: str | Reading) -> YesNo | None:
    """Read a short answer; None for a question, for anything longer, and for words that are neither."""
    reading = read(text)
    if not reading.words:
        return _hand(reading.text) or _SIGNS.get(reading.text.strip())
    if len(reading.words) > _MOST_WORDS or "?" in reading.text:
        return None
    said = plain(reading)
    if said in _EXACT:
        return _EXACT[said]
    if _SHRUGGED.search(said):
        return None
    kinds: list[YesNo] = []
    for kind, pattern in _KINDS:
        said, times = pattern.subn(" ", said)
        if times:
            kinds.append(kind)
    if not kinds or any(word not in _FILLER for word in said.split()):
        return None
    return kinds[0] if len(kinds) == 1 else "unsure"


def _hand(text: str) -> YesNo | None:
    signs = {match.lastgroup for match in _HANDS.finditer(text)}
    for kind in ("yes", "no", "unsure"):
        if signs == {kind}:
            return kind
    return None
