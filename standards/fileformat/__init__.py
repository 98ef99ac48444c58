"""A standard as a file: YAML in, every mistake with its line; data and YAML out."""

from standards.fileformat.reading import parse
from standards.fileformat.spec import AreaSpec, CheckSpec, CriterionSpec, GateSpec, LevelSpec, StandardSpec
from standards.fileformat.tree import InvalidStandardFile, Mistake
from standards.fileformat.writing import as_data, as_yaml

__all__ = [
    "AreaSpec",
    "CheckSpec",
    "CriterionSpec",
    "GateSpec",
    "InvalidStandardFile",
    "LevelSpec",
    "Mistake",
    "StandardSpec",
    "as_data",
    "as_yaml",
    "parse",
]
