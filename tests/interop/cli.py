"""Our `zarr` command, as a user starts it."""

import subprocess
from pathlib import Path

import numpy as np

#: Seconds after which a command counts as hung. Each takes milliseconds.
PATIENCE = 60


class Failed(Exception):
    """A command ended badly; the text is what it printed."""


def run(command: list[str], cwd: Path | None = None) -> str:
    """Runs to the end and returns stdout."""
    try:
        done = subprocess.run(
            command, cwd=cwd, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired:
        raise Failed(f"`{Path(command[0]).name}` hung for {PATIENCE} s") from None
    if done.returncode:
        said = " / ".join(line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip())
        words = " ".join([Path(command[0]).name, *command[1:]])
        raise Failed(f"`{words}` exited with {done.returncode}: {said[:500] or 'nothing printed'}")
    return done.stdout


def read(binary: str, path: str, selection: str | None, output: Path) -> np.ndarray:
    """`zarr read`, by way of a .npy file."""
    output.unlink(missing_ok=True)
    chosen = ["--selection", selection] if selection is not None else []
    run([binary, "read", path, *chosen, "--output", str(output)])
    return np.load(output)


def write(binary: str, source: np.ndarray, path: str, arguments: list[str], scratch: Path) -> None:
    """`zarr write`, by way of a .npy file."""
    np.save(scratch, source)
    run([binary, "write", str(scratch), path, *arguments])
