"""A pytest plugin: in CI (CI=true) a skipped test is a failure, unless its reason names `../shared`.

A skip in CI means that nobody runs the test at all. Data in a folder beside the checkout is not a part of the project,
so its absence is no defect.
"""

import os

import pytest

_ALLOWED = "../shared"
_FORBIDDEN = pytest.StashKey[dict[str, str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_FORBIDDEN] = {}
    if os.environ.get("CI", "").lower() in {"1", "true"}:
        config.pluginmanager.register(_Tally(config.stash[_FORBIDDEN]), "skips-are-failures")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    skipped = session.config.stash[_FORBIDDEN]
    if skipped and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    skipped = config.stash[_FORBIDDEN]
    if skipped:
        terminalreporter.section("skipped, which is a failure in CI", red=True)
        for where, reason in sorted(skipped.items()):
            terminalreporter.line(f"{where}: {reason}")


class _Tally:
    """Collects the skips of one process: where it happened, and why."""

    def __init__(self, skipped: dict[str, str]) -> None:
        self._skipped = skipped

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._add(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._add(report)

    def _add(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if not report.skipped:
            return
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if _ALLOWED not in reason:
            self._skipped[report.nodeid] = reason
