"""What PyPI's fusionscript-stubs say of Resolve's methods: a source beside the vendor's documents.

The stubs describe Resolve 21.0 and are read as text; nothing imports them.
"""

from __future__ import annotations

import ast
import importlib.metadata
from pathlib import Path


def stub_classes() -> dict[str, dict[str, set[tuple[int, int]]]]:
    """Class -> method -> the least and the most arguments of each form, as the stubs have it."""
    files = importlib.metadata.files("fusionscript-stubs") or []
    path = next(Path(str(file.locate())) for file in files if file.name == "fusionscript.pyi")
    found: dict[str, dict[str, set[tuple[int, int]]]] = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            methods = found.setdefault(node.name, {})
            for one in node.body:
                if isinstance(one, ast.FunctionDef) and not _is_deprecated(one):
                    methods.setdefault(one.name, set()).add(_arguments(one))
    return found


def _is_deprecated(node: ast.FunctionDef) -> bool:
    return any("deprecated" in ast.unparse(one) for one in node.decorator_list)


def _arguments(node: ast.FunctionDef) -> tuple[int, int]:
    given = node.args.args[1:]
    # The stubs write an argument that may be left out as Optional, mostly without a default.
    optional = len(node.args.defaults) or sum(
        "Optional" in ast.unparse(one.annotation or ast.Constant(None)) for one in given
    )
    most = 99 if node.args.vararg else len(given)
    return len(given) - optional, most
