"""What the quickstart example leaves behind, read with the peers and compared with the data it began from."""

from pathlib import Path

import numpy as np
import zarr

import cli
from read_back import READERS, difference
from tally import Tally

#: Array below the quickstart's directory, and the .npy file below the data directory that it came from.
ARRAYS = {
    "jacksboro/elevation": "jacksboro_fault_dem.npy",
    "salish_sea/topography": "salish_sea_topo.npy",
    "salish_sea/latitude": "salish_sea_latitude.npy",
    "salish_sea/longitude": "salish_sea_longitude.npy",
}
#: Nodes that zarr-python must see as groups; the empty name is the quickstart's directory itself.
GROUPS = ["", "jacksboro", "salish_sea"]


def check(tally: Tally, binary: str, data: Path, work: Path) -> None:
    """Runs the example, then reads each array with each peer."""
    home = work / "quickstart"
    try:
        cli.run([binary, str(home)])
    except (cli.Failed, OSError) as error:
        tally.failed("quickstart", str(error))
        return
    for group in GROUPS:
        with tally.case(f"quickstart/group/{group or '.'}") as case:
            found = zarr.open_group(home / group, mode="r").metadata.zarr_format
            case.reason = None if found == 3 else f"zarr format {found}, not 3"
    for name, source in ARRAYS.items():
        for peer, reader in READERS.items():
            with tally.case(f"quickstart/{name} by {peer}") as case:
                case.reason = difference(reader(str(home / name)), np.load(data / source))
