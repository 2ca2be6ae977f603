"""Counts cases: passed, failed with a reason, skipped with a reason."""

from collections import Counter
from contextlib import contextmanager
from types import SimpleNamespace


class Tally:
    """The result of a run."""

    def __init__(self, only: str | None):
        self._only = only
        self._passed = 0
        self._failed: list[tuple[str, str]] = []
        self._skipped: list[tuple[str, str]] = []

    def wants(self, name: str) -> bool:
        """Whether a case was asked for; without `--only` all are."""
        return self._only is None or self._only in name

    @contextmanager
    def case(self, name: str):
        """One case: it passes unless the body raises or sets `reason`."""
        result = SimpleNamespace(reason=None)
        try:
            yield result
        except Exception as error:  # A peer may raise anything, and one case must not end the run.
            result.reason = str(error) if type(error).__name__ == "Failed" else f"{type(error).__name__}: {error}"
        if result.reason is None:
            self._passed += 1
        else:
            self.failed(name, result.reason)

    def failed(self, name: str, reason: str) -> None:
        """A case that did not give what it must."""
        self._failed.append((name, " ".join(reason.split())))

    def skipped(self, name: str, reason: str) -> None:
        """A case that a peer cannot take part in."""
        self._skipped.append((name, reason))

    def counts(self) -> tuple[int, int, int]:
        """Passed, failed, skipped so far."""
        return self._passed, len(self._failed), len(self._skipped)

    def report(self) -> bool:
        """Prints failures, skips by reason and the counts; whether nothing failed and something passed."""
        for name, reason in self._failed:
            print(f"failed: {name}: {reason}")
        for reason, count in Counter(reason for _, reason in self._skipped).items():
            print(f"skipped: {count} cases: {reason}")
        passed, failed, skipped = self.counts()
        print(f"{passed} passed, {failed} failed, {skipped} skipped")
        return failed == 0 and passed > 0
