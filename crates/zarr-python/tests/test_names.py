"""What zarr-python's arrays, groups and functions are called and take, is there under the same names here."""

import ast
import inspect
from pathlib import Path

import pytest
import zarr
import zarr.api.asynchronous
import zarr.api.synchronous

import zarr_rs
from zarr_rs import asynchronous

PAIRS = {
    "Array": (zarr_rs.Array, zarr.Array),
    "AsyncArray": (asynchronous.AsyncArray, zarr.AsyncArray),
    "Group": (zarr_rs.Group, zarr.Group),
    "AsyncGroup": (asynchronous.AsyncGroup, zarr.AsyncGroup),
    "synchronous": (zarr_rs, zarr.api.synchronous),
    "asynchronous": (asynchronous, zarr.api.asynchronous),
}

OWN_CLASS = "an object of zarr-python's own; what it says, the properties here say"
OWN_STORE = "a store of zarr-python's: `zarr_rs.store.EngineStore(node)` is one of the same place"
CONSTRUCTOR = "a constructor of a store or a document of zarr-python's: `open_array`, `open_group`, `create_group` here"
NOT_THERE = "zarr-python has no more than the name: it raises NotImplementedError"
DEPRECATED = "deprecated in zarr-python: `compressors`"

#: Names that are left out, and why.
LEFT_OUT = {
    **{(pair, "compressor"): DEPRECATED for pair in ("Array", "AsyncArray")},
    **{(pair, "metadata"): OWN_CLASS for pair in ("Array", "AsyncArray", "Group", "AsyncGroup")},
    **{(pair, "store"): OWN_STORE for pair in ("Array", "AsyncArray", "Group", "AsyncGroup")},
    **{(pair, "store_path"): OWN_STORE for pair in ("Array", "AsyncArray", "Group", "AsyncGroup")},
    **{(pair, "open"): CONSTRUCTOR for pair in ("Array", "AsyncArray", "Group", "AsyncGroup")},
    **{(pair, "from_dict"): CONSTRUCTOR for pair in ("Array", "AsyncArray", "AsyncGroup")},
    **{(pair, "from_store"): CONSTRUCTOR for pair in ("Group", "AsyncGroup")},
    **{(pair, "synchronizer"): "always None in zarr-python" for pair in ("Group", "AsyncGroup")},
    ("AsyncArray", "codec_pipeline"): OWN_CLASS,
    **{(pair, name): NOT_THERE for pair in ("synchronous", "asynchronous") for name in ("copy", "copy_all", "copy_store")},
}

IGNORED = "zarr-python ignores it, with a warning"
#: Parameters that are left out wherever zarr-python has them, and why.
LEFT_OUT_PARAMETERS = {
    "prototype": "chooses classes of zarr-python's for memory; here it is NumPy's, or `out`",
    "cache_attrs": IGNORED,
    "cache_metadata": IGNORED,
    "chunk_store": IGNORED,
    "meta_array": IGNORED,
    "synchronizer": IGNORED,
}

#: Parameters that are left out of one function, and why.
LEFT_OUT_OF = {
    ("synchronous", "create", "mode"): "`overwrite` says it",
    ("asynchronous", "create", "mode"): "`overwrite` says it",
    ("synchronous", "open_consolidated", "use_consolidated"): "may only be True in zarr-python",
    ("asynchronous", "open_consolidated", "use_consolidated"): "may only be True in zarr-python",
}


def options():
    """The keyword arguments of functions that make arrays."""
    stubs = ast.parse((Path(zarr_rs.__file__).parent / "_zarr_rs.pyi").read_text())
    [options] = [node for node in stubs.body if isinstance(node, ast.ClassDef) and node.name == "_ArrayOptions"]
    return {item.target.id for item in options.body} | set(inspect.signature(zarr_rs.create_array).parameters)


def names(thing):
    """The public names of a class or of a module's interface."""
    found = set(getattr(thing, "__all__", ())) or set(dir(thing)) | set(getattr(thing, "__annotations__", ()))
    return {name for name in found if name[0] != "_"}


def missing_names():
    for pair, (ours, theirs) in PAIRS.items():
        yield from ((pair, name) for name in names(theirs) - names(ours))


def calls():
    """The functions and methods that both have, with their parameters."""
    for pair, (ours, theirs) in PAIRS.items():
        for name in sorted(names(ours) & names(theirs)):
            own, other = getattr(ours, name, None), getattr(theirs, name, None)
            if callable(other) and not inspect.isclass(other):
                assert callable(own), (pair, name)
                yield pair, name, inspect.signature(own).parameters, inspect.signature(other).parameters


def missing_parameters():
    for pair, name, own, other in calls():
        takes_more = any(parameter.kind == parameter.VAR_KEYWORD for parameter in own.values())
        known = set(own) | (options() if takes_more else set())
        for parameter in other.values():
            is_variadic = parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL)
            if parameter.name != "self" and not is_variadic and parameter.name not in known:
                yield pair, name, parameter.name


def test_names():
    assert set(missing_names()) == set(LEFT_OUT)


def test_parameters():
    missing = set(missing_parameters())
    assert {parameter for *_, parameter in missing} >= set(LEFT_OUT_PARAMETERS)
    assert {call for call in missing if call[2] not in LEFT_OUT_PARAMETERS} == set(LEFT_OUT_OF)


def test_what_is_given_by_position():
    for pair, name, own, other in calls():
        others = [parameter for parameter in other.values() if parameter.kind == parameter.POSITIONAL_OR_KEYWORD]
        own = [parameter.name for parameter in own.values() if parameter.kind <= parameter.POSITIONAL_OR_KEYWORD]
        # The object of a method has a name of its own in some.
        wanted = [parameter.name for parameter in others if parameter.name not in LEFT_OUT_PARAMETERS]
        skip = int(bool(wanted) and wanted[0] == "self")
        assert own[skip : len(wanted)] == wanted[skip:], (pair, name)


@pytest.mark.parametrize("pair", ["Array", "AsyncArray", "Group", "AsyncGroup"])
def test_properties_and_coroutines(pair):
    ours, theirs = PAIRS[pair]

    def kind(owner, name):
        member = inspect.getattr_static(owner, name, None)
        if inspect.iscoroutinefunction(member) or inspect.isasyncgenfunction(member):
            return "coroutine" if inspect.iscoroutinefunction(member) else "generator of coroutines"
        return "method" if callable(member) else "property"

    for name in sorted(names(ours) & names(theirs)):
        assert kind(ours, name) == kind(theirs, name), name


def test_asynchronous_functions_take_what_the_others_take():
    for name in asynchronous.__all__:
        if name[0].islower():
            call, blocking = getattr(asynchronous, name), getattr(zarr_rs, name)
            assert inspect.isasyncgenfunction(call) or (
                inspect.iscoroutinefunction(call) and call.__doc__ == blocking.__doc__
            )
            assert list(inspect.signature(call).parameters) == list(inspect.signature(blocking).parameters)
