"""The one file that a newcomer runs."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("codes", "code"), [([0, 0], 0), ([0, 1], 1), ([-9, 0], 1), ([2, 0], 1), ([], 0)]
)
def test_a_check_that_was_killed_is_not_a_success(codes: list[int], code: int) -> None:
    spec = spec_from_file_location("start", ROOT / "start.py")
    assert spec is not None
    assert spec.loader is not None
    start = module_from_spec(spec)
    spec.loader.exec_module(start)

    assert start.one_code(codes) == code
