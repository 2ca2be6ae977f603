"""A plugin of pytest for zarr-python's own tests: tells in the end how many chunks the engine did, and why not the others."""

from zarr_rs.pipeline import counts


def pytest_terminal_summary(terminalreporter):
    terminalreporter.section("chunks")
    terminalreporter.line(f"{counts.engine} by the engine, {counts.python} by zarr-python")
    for reason, chunks in counts.reasons.most_common():
        terminalreporter.line(f"{chunks:>7}  {reason}")
