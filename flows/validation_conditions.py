"""What can be told of a condition without running it: whether it can hold at all, and what follows when it does."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias, assert_never

from flows.conditions import Among, Both, Compare, Condition, Either, Known, Not, Sign

Test: TypeAlias = Known | Compare | Among
_Part: TypeAlias = tuple[Test, bool]
"""One test, and whether it has to come out true."""
_MANY = 256  # ways to fulfil a condition; past this it is taken to be possible
_OPPOSITE: dict[Sign, Sign] = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}


def tests(condition: Condition) -> Iterator[Test]:
    """Every test of a path in a condition."""
    match condition:
        case Known() | Compare() | Among():
            yield condition
        case Not():
            yield from tests(condition.of)
        case Both() | Either():
            yield from tests(condition.left)
            yield from tests(condition.right)
        case _ as never:
            assert_never(never)


def possible(condition: Condition, before: Sequence[Condition] = ()) -> bool:
    """Whether a condition can hold while those `before` it do not; finds plain contradictions, not deep ones."""
    sets = _sets(condition, truth=True)
    for earlier in before:
        sets = [first + second for first in sets for second in _sets(earlier, truth=False)][: _MANY + 1]
    return len(sets) > _MANY or any(_consistent(parts) for parts in sets)


def implies(condition: Condition, paths: frozenset[str], *, truth: bool) -> bool:
    """Whether one of `paths` is true or known for certain when the condition comes out as `truth`."""
    match condition:
        case Known():
            return truth and condition.path in paths
        case Compare():
            return truth and condition.path in paths and condition.sign == "==" and condition.value is True
        case Among():
            return truth and condition.path in paths and condition.values == (True,)
        case Not():
            return implies(condition.of, paths, truth=not truth)
        case Both() | Either():
            left, right = (implies(side, paths, truth=truth) for side in (condition.left, condition.right))
            return left or right if isinstance(condition, Both) is truth else left and right
        case _ as never:
            assert_never(never)


def _sets(condition: Condition, *, truth: bool) -> list[tuple[_Part, ...]]:
    """The ways to make a condition come out as `truth`: tests that must hold or fail together."""
    match condition:
        case Known() | Compare() | Among():
            return [((condition, truth),)]
        case Not():
            return _sets(condition.of, truth=not truth)
        case Both() | Either():
            left, right = _sets(condition.left, truth=truth), _sets(condition.right, truth=truth)
            if isinstance(condition, Either) is truth:
                return left + right
            return [first + second for first in left for second in right][: _MANY + 1]
        case _ as never:
            assert_never(never)


def _consistent(parts: tuple[_Part, ...]) -> bool:
    """Whether these tests can come out so together."""
    held = {test for test, truth in parts if truth}
    if any(not truth and test in held for test, truth in parts):
        return False
    unknown = {test.path for test, truth in parts if isinstance(test, Known) and not truth}
    looked_at = {test.path for test in held}
    if any(path == gone or path.startswith(f"{gone}.") for path in looked_at for gone in unknown):
        return False
    return all(_fits([part for part in parts if part[0].path == path]) for path in looked_at)


def _fits(parts: list[_Part]) -> bool:
    """Whether one value can pass all tests of a path, of which at least one must hold."""
    if any(isinstance(test, Known) and truth for test, truth in parts) and _false(parts):
        return False
    compares = [test for test, truth in parts if isinstance(test, Compare) and truth]
    lists = [test.values for test, truth in parts if isinstance(test, Among) and truth]
    lists += [(test.value,) for test in compares if test.sign == "=="]
    kinds = {_kind(value) for values in lists for value in values} | {_kind(test.value) for test in compares}
    if lists:
        return any(_passes(value, parts) for value in lists[0])
    return len(kinds) <= 1 and (kinds != {"number"} or _between(compares, parts))


def _false(parts: list[_Part]) -> bool:
    """Whether the path must be false, which is not known."""
    return any(test == Compare(test.path, "==", value=False) and truth for test, truth in parts)


def _kind(value: object) -> str:
    return "truth" if isinstance(value, bool) else "number" if isinstance(value, int | float) else "word"


def _passes(value: object, parts: list[_Part]) -> bool:
    """Whether a value makes every test come out as wanted."""
    return all(_result(test, value) is truth for test, truth in parts)


def _result(test: Test, value: object) -> bool:
    match test:
        case Known():
            return value not in (False, "")
        case Compare():
            return _kind(value) == _kind(test.value) and _ordered(value, test.sign, test.value)
        case Among():
            return any(_kind(value) == _kind(member) and value == member for member in test.values)
        case _ as never:
            assert_never(never)


def _ordered(left: object, sign: Sign, right: object) -> bool:
    first, second = (left, right) if isinstance(left, str) else (float(str(left)), float(str(right)))
    results = {"<": first < second, "==": first == second}  # type: ignore[operator]
    results |= {">": not (results["<"] or results["=="]), "!=": not results["=="]}
    return results[sign] if sign in results else results[sign[0]] or results["=="]


def _between(compares: list[Compare], parts: list[_Part]) -> bool:
    """Whether some number lies within all bounds; where one bound holds, a failed one holds the other way round."""
    bounds = [(test.sign, float(test.value)) for test in compares]
    bounds += [
        (_OPPOSITE[test.sign], float(test.value))
        for test, truth in parts
        if isinstance(test, Compare) and not truth and _kind(test.value) == "number"
    ]
    equal = [value for sign, value in bounds if sign == "=="]
    low = max([value for sign, value in bounds if sign in {">", ">="}], default=float("-inf"))
    high = min([value for sign, value in bounds if sign in {"<", "<="}], default=float("inf"))
    strict = any(value == low and sign == ">" for sign, value in bounds)
    strict |= any(value == high and sign == "<" for sign, value in bounds)
    others = {value for sign, value in bounds if sign == "!="}
    if equal:
        return all(_ordered(equal[0], sign, value) for sign, value in bounds)
    return low < high or (low == high and not strict and low not in others)
