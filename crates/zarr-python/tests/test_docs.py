"""The examples of the page and of the docstrings run, in this order, each page as one session."""

import doctest
import re
from pathlib import Path

import pytest
import zarr

import zarr_rs
from zarr_rs import _zarr_rs, asynchronous, store

PAGE = Path(__file__).parents[3] / "docs/python.md"


@pytest.mark.filterwarnings("ignore")
def test_page(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert blocks
    session = {}
    try:
        for block in blocks:
            exec(compile(block, str(PAGE), "exec"), session)
    finally:
        zarr.config.reset()


THINGS = {
    "zarr_rs": zarr_rs,
    "asynchronous": asynchronous,
    "AsyncArray": asynchronous.AsyncArray,
    "AsyncGroup": asynchronous.AsyncGroup,
    "store": store,
    **{name: getattr(_zarr_rs, name) for name in dir(_zarr_rs) if name[0] != "_"},
}


@pytest.mark.parametrize("name", THINGS)
def test_docstring(name):
    thing = THINGS[name]
    assert thing.__doc__ or name == "Indexer"
    runner = doctest.DocTestRunner()
    # Of a class, its methods too.
    finder = doctest.DocTestFinder(recurse=isinstance(thing, type))
    for test in finder.find(thing, name, module=False, globs={"zarr_rs": zarr_rs}):
        assert runner.run(test).failed == 0
