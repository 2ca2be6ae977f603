"""The type stubs say what is there."""

import ast
from pathlib import Path

import pytest

import zarr_rs
from zarr_rs import _zarr_rs


def test_stubs_and_module_have_the_same_names():
    stubs = ast.parse((Path(zarr_rs.__file__).parent / "_zarr_rs.pyi").read_text())
    functions = {node.name for node in stubs.body if isinstance(node, ast.FunctionDef) and node.name[0] != "_"}
    classes = {node.name: node for node in stubs.body if isinstance(node, ast.ClassDef) and node.name[0] != "_"}
    module = {name for name in dir(_zarr_rs) if name[0] != "_"}
    assert functions | set(classes) == module
    for name, node in classes.items():
        said = {item.name for item in node.body if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)}
        said |= {item.targets[0].id for item in node.body if isinstance(item, ast.Assign)}
        said |= {item.target.id for item in node.body if isinstance(item, ast.AnnAssign)}
        there = {member for member in dir(getattr(_zarr_rs, name)) if member[0] != "_"}
        assert {member for member in said if member[0] != "_"} == there, name


def test_keywords_are_those_of_the_stubs():
    stubs = ast.parse((Path(zarr_rs.__file__).parent / "_zarr_rs.pyi").read_text())
    [options] = [node for node in stubs.body if isinstance(node, ast.ClassDef) and node.name == "_ArrayOptions"]
    for item in options.body:
        if "None" in ast.unparse(item.annotation) or "Codecs" in ast.unparse(item.annotation):
            zarr_rs.create_array(None, shape=4, dtype="i4", **{item.target.id: None})
        else:
            zarr_rs.create_array(None, shape=4, dtype="i4", **{item.target.id: False})
    with pytest.raises(TypeError):
        zarr_rs.create_array(None, shape=4, dtype="i4", nothing=None)
