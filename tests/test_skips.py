"""In CI a skipped test fails the run and is named; elsewhere, and for the shared folder, it does not."""

from typing import Protocol

import pytest

pytest_plugins = ["pytester"]

SKIPS_A_TEST = """
import pytest

def test_of_a_server():
    pytest.skip("redis-server is not installed")

def test_that_runs():
    pass
"""
SKIPS_THE_MODULE = """
import pytest

pytest.skip("no such library", allow_module_level=True)
"""
SKIPS_FOR_SHARED_DATA = """
import pytest

def test_of_a_catalogue():
    pytest.skip("../shared/data/catalogs is not there")

def test_that_runs():
    pass
"""


class Runner(Protocol):
    """Runs pytest over files named by the keywords, with CI set to `ci`, in as many workers as the option says."""

    def __call__(self, ci: str, workers: str, **files: str) -> pytest.RunResult: ...


@pytest.fixture(params=["-n0", "-n1"], ids=["alone", "worker"])
def workers(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Runner:
    def run(ci: str, workers: str, **files: str) -> pytest.RunResult:
        monkeypatch.setenv("CI", ci)
        # Only what is needed: the plugins of this environment take seconds to load.
        monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        pytester.makepyfile(**files)
        return pytester.runpytest_subprocess("-p", "xdist", "-p", "tests.skips", workers)

    return run


def test_skips_in_ci_fail_the_run_and_are_named(run: Runner, workers: str) -> None:
    result = run("true", workers, test_a=SKIPS_A_TEST, test_b=SKIPS_THE_MODULE)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.assert_outcomes(passed=1, skipped=2)
    result.stdout.fnmatch_lines(
        [
            "*a failure in CI*",
            "test_a.py::test_of_a_server: *redis-server is not installed",
            "test_b.py: *no such library",
        ]
    )


def test_a_skip_for_the_shared_folder_is_allowed(run: Runner, workers: str) -> None:
    result = run("true", workers, test_a=SKIPS_FOR_SHARED_DATA)
    assert result.ret == pytest.ExitCode.OK
    result.assert_outcomes(passed=1, skipped=1)


def test_elsewhere_a_skip_is_no_failure(run: Runner) -> None:
    assert run("", "-n0", test_a=SKIPS_A_TEST).ret == pytest.ExitCode.OK
