"""Towns are found in any Russian case and given as they are written."""

import pytest

from knowledge.understanding.city import find_city, is_city


@pytest.mark.parametrize(
    ("text", "city"),
    [
        ("магазин в Самаре", "Самара"),
        ("Мы из Екатеринбурга", "Екатеринбург"),
        ("живу в Нижнем Новгороде", "Нижний Новгород"),
        ("доставка в Санкт-Петербург", "Санкт-Петербург"),
        ("спб", "Санкт-Петербург"),
        ("в Ростове-на-Дону", "Ростов-на-Дону"),
        ("из казани", "Казань"),
        ("в Орле", "Орел"),
        ("г. Урюпинск", "Урюпинск"),
        ("I live in new york", "New York"),
        ("Acme GmbH, Berlin", "Berlin"),
        ("in Nice", "Nice"),
    ],
)
def test_a_town(text: str, city: str) -> None:
    found = find_city(text)
    assert found is not None
    assert found.value == city


@pytest.mark.parametrize(
    "text", ["меня зовут Владимир", "орёл и решка", "nice", "это кофемашина", "в городе Самарской области", ""]
)
def test_no_town(text: str) -> None:
    assert find_city(text) is None


def test_a_known_town_is_known_in_any_case() -> None:
    assert is_city("Самаре")
    assert not is_city("Вектор")
