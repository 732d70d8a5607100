"""Sidecars read beside takes: found by their name or the movie's, and never by another's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from newtake.adapters.sidecars import read_sidecar


def record(path: Path, **fields: object) -> Path:
    path.write_text(json.dumps({"newtake": 1, **fields}))
    return path


def test_the_name_in_the_timeline_comes_before_the_movie_s(tmp_path: Path) -> None:
    movie = tmp_path / "takes" / "renamed.mov"
    movie.parent.mkdir()
    own = record(movie.with_suffix(".json"), prompt="own")
    named = record(movie.with_name("A_take_001.json"), prompt="named")

    assert read_sidecar(movie, "A_take_001.json") == (named, {"newtake": 1, "prompt": "named"})
    assert read_sidecar(movie, "gone.json") == (own, {"newtake": 1, "prompt": "own"})
    assert read_sidecar(movie, "") == (own, {"newtake": 1, "prompt": "own"})


def test_a_name_does_not_lead_out_of_the_takes_folder(tmp_path: Path) -> None:
    movie = tmp_path / "takes" / "a.mov"
    movie.parent.mkdir()
    record(tmp_path / "other.json", prompt="elsewhere")

    assert read_sidecar(movie, "../other.json") is None
    assert read_sidecar(movie, str(tmp_path / "other.json")) is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"[1]",
        b'{"prompt": "x"}',
        b"[" * 100_000,
        b'{"newtake": 1}' + b" " * 2**23,
    ],
    ids=["empty", "no text", "a list", "another program's", "deep", "huge"],
)
def test_what_is_no_record_is_as_if_it_was_not_there(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.json").write_bytes(data)

    assert read_sidecar(tmp_path / "a.mov", "a.json") is None
    assert read_sidecar(None, "a.json") is None
