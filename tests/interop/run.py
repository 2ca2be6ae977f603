"""Interop with zarr-python, tensorstore, zarrs and zarrita.js, both ways. Started by `cargo xtask interop`.

One case again, by a part of its name as the report prints it:

    cargo xtask interop     # once, for the environment and the builds
    target/interop/venv-*/bin/python tests/interop/run.py --zarr-bin target/release/zarr \\
        --data examples/data --work target/interop/one --only shard/v3,int16
"""

import argparse
import platform
import shutil
import sys
import time
from importlib.metadata import version
from pathlib import Path

import archives
import cases
import cli
import coded
import fields
import grids
import quickstart
import selections
import texts
from processes import Peer
from read_back import READERS, difference
from tally import Tally
from write_peers import WRITERS


def peers_write(tally: Tally, binary: str, work: Path) -> None:
    """A peer writes, our command reads: the whole array and each selection, as one case."""
    output = work / "read.npy"
    for number, case in enumerate(cases.peers_write()):
        for peer in cases.PEERS:
            name = f"{case.name} by {peer}"
            if not tally.wants(name):
                continue
            if reason := ABSENT.get(peer) or cases.refusal(peer, case, writes=True):
                tally.skipped(name, reason)
                continue
            path = str(work / "peers" / f"{number}-{peer}")
            with tally.case(name) as result:
                WRITERS[peer](case, path)
                want = case.expected()
                # The peer itself must read what it wrote: else the fault is in this table, not in us.
                if problem := difference(READERS[peer](path), want):
                    result.reason = f"{peer} reads its own wrongly: {problem}"
                    continue
                for selection in [None, *case.selections()]:
                    part = want if selection is None else want[cases.index(selection)]
                    if problem := difference(cli.read(binary, path, selection, output), part):
                        result.reason = f"selection {selection}: {problem}"
                        break


def we_write(tally: Tally, binary: str, work: Path) -> None:
    """Our command writes, each peer reads."""
    scratch = work / "write.npy"
    for number, case in enumerate(cases.we_write()):
        name = f"write/{case.name}"
        path = str(work / "ours" / str(number))
        if not any(tally.wants(f"{name} by {peer}") for peer in cases.PEERS):
            continue
        with tally.case(name) as result:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            if case.overwrite:
                before = cases.WriteCase("before", case.zarr_format, "float64", (3, 50), (1, 7))
                cli.write(binary, before.in_file(), path, before.arguments(), scratch)
            cli.write(binary, case.in_file(), path, case.arguments(), scratch)
        if result.reason is not None:
            continue
        for peer in cases.PEERS:
            if reason := ABSENT.get(peer) or cases.refusal(peer, case, writes=False):
                tally.skipped(f"{name} by {peer}", reason)
                continue
            with tally.case(f"{name} by {peer}") as read:
                read.reason = difference(READERS[peer](path), case.expected())


#: Peers that are not on this machine, and why.
ABSENT: dict[str, str] = {}


def start(peer: str, command: list[str] | None, missing: str, work: Path) -> None:
    """Adds a peer that is a program of its own, or says why it is not there."""
    if not command:
        ABSENT[peer] = missing
        return
    process = Peer(command, work / f"{peer}.raw")
    READERS[peer], WRITERS[peer] = process.read, process.write


def section(tally: Tally, title: str, body) -> None:
    """Runs one part and prints what it added to the counts."""
    before, start = tally.counts(), time.monotonic()
    body()
    passed, failed, skipped = (now - then for now, then in zip(tally.counts(), before))
    took = time.monotonic() - start
    print(f"{title}: {passed} ok, {failed} wrong, {skipped} left out, in {took:.1f} s", flush=True)


def main() -> int:
    """Parses the arguments, runs the parts, reports."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--zarr-bin", required=True, help="our command")
    parser.add_argument("--quickstart", help="the built quickstart example; left out where not given")
    parser.add_argument("--texts", help="the built program that writes and reads texts; left out where not given")
    parser.add_argument("--zarrs", help="the built peer with zarrs; its cases are left out where not given")
    parser.add_argument("--zarrita", help="the peer with zarrita.js, installed; its cases are left out where not given")
    parser.add_argument("--data", required=True, type=Path, help="the directory of the .npy files")
    parser.add_argument("--work", required=True, type=Path, help="a directory that is emptied and used")
    parser.add_argument("--only", help="run the cases whose name contains this")
    args = parser.parse_args()
    packages = ["zarr", "numcodecs", "tensorstore", "numpy"]
    print(f"python {platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in packages))
    work = args.work.resolve()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    start("zarrs", args.zarrs and [args.zarrs], "zarrs was not built", work)
    node = args.zarrita and ["node", args.zarrita]
    start("zarrita.js", node, "no Node.js of at least 20 with npm, or no package index", work)
    tally = Tally(args.only)
    if tally.wants("fields"):
        section(tally, "fields", lambda: fields.check(tally, args.zarr_bin, work))
    if tally.wants("selections"):
        section(tally, "selections", lambda: selections.check(tally, args.zarr_bin, work))
    if args.quickstart and tally.wants("quickstart"):
        section(tally, "quickstart", lambda: quickstart.check(tally, args.quickstart, args.data, work))
    if args.texts and tally.wants("texts"):
        section(tally, "texts both ways", lambda: texts.check(tally, args.texts, work))
    if tally.wants("archives"):
        section(tally, "archives both ways", lambda: archives.check(tally, args.zarr_bin, work))
    section(tally, "peers write, zarr reads", lambda: peers_write(tally, args.zarr_bin, work))
    section(tally, "rectilinear grids both ways", lambda: grids.check(tally, args.zarr_bin, work))
    section(tally, "codecs both ways", lambda: coded.check(tally, args.zarr_bin, work))
    section(tally, "zarr writes, peers read", lambda: we_write(tally, args.zarr_bin, work))
    return 0 if tally.report() else 1


if __name__ == "__main__":
    sys.exit(main())
