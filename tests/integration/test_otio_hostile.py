"""Timelines that crash OpenTimelineIO's own reader, each in an interpreter of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

_LISTER = """
import sys, threading
from pathlib import Path
from newtake.domain.errors import TimelineError
from otio_newtake.listing import list_clips
from otio_newtake.reading import open_timeline

def work():
    try:
        clips = list_clips(open_timeline(Path(sys.argv[1])))
        print("listed", len(clips))
    except TimelineError as error:
        print("refused", error.what)

# The smallest stack that a thread gets on a supported system by default (macOS).
threading.stack_size(512 * 1024)
thread = threading.Thread(target=work)
thread.start()
thread.join()
"""


def _time(value: str, rate: str = "24") -> str:
    return f'{{"OTIO_SCHEMA":"RationalTime.1","value":{value},"rate":{rate}}}'


def _span(duration: str, rate: str = "24", start: str = "0") -> str:
    return (
        f'{{"OTIO_SCHEMA":"TimeRange.1","start_time":{_time(start, rate)},'
        f'"duration":{_time(duration, rate)}}}'
    )


def _clip(span: str = _span("24"), available: str = _span("240"), extra: str = "") -> str:
    return (
        f'{{"OTIO_SCHEMA":"Clip.2","name":"A","source_range":{span},"media_references":'
        f'{{"DEFAULT_MEDIA":{{"OTIO_SCHEMA":"ExternalReference.1","target_url":"a.mov",'
        f'"available_range":{available}}}}},"active_media_reference_key":"DEFAULT_MEDIA"{extra}}}'
    )


def _timeline(*items: str, extra: str = "") -> str:
    track = f'{{"OTIO_SCHEMA":"Track.1","kind":"Video","children":[{",".join(items)}]}}'
    stack = f'{{"OTIO_SCHEMA":"Stack.1","OTIO_REF_ID":"root","children":[{track}]}}'
    return f'{{"OTIO_SCHEMA":"Timeline.1","tracks":{stack}{extra}}}'


def _deep_metadata(depth: int) -> str:
    return _timeline(_clip(), extra=f',"metadata":{{"x":{"[" * depth}{"]" * depth}}}')


def _nested_stacks(depth: int) -> str:
    opening = '{"OTIO_SCHEMA":"Stack.1","children":['
    return _timeline(opening * depth + _clip() + "]}" * depth)


_CASES: dict[str, tuple[Callable[[], str], str]] = {
    "metadata 50 000 arrays deep": (lambda: _deep_metadata(50_000), "refused"),
    "metadata 5 000 arrays deep": (lambda: _deep_metadata(5_000), "refused"),
    "metadata 190 arrays deep": (lambda: _deep_metadata(190), "listed 1"),
    "20 000 stacks": (lambda: _nested_stacks(20_000), "refused"),
    "60 stacks": (lambda: _nested_stacks(60), "refused"),
    "20 stacks": (lambda: _nested_stacks(20), "listed 1"),
    "reference to an ancestor": (
        lambda: _timeline('{"OTIO_SCHEMA":"SerializableObjectRef.1","id":"root"}'),
        "refused",
    ),
    "references in metadata": (
        lambda: _timeline(
            _clip(), extra=',"metadata":{"a":{"OTIO_SCHEMA":"SerializableObjectRef.1","id":"root"}}'
        ),
        "refused",
    ),
    "tracks null": (lambda: '{"OTIO_SCHEMA":"Timeline.1","tracks":null}', "refused"),
    "tracks missing": (lambda: '{"OTIO_SCHEMA":"Timeline.1"}', "refused"),
    "tracks twice": (
        lambda: _timeline(_clip()).replace('"tracks"', '"tracks":null,"tracks"'),
        "refused",
    ),
    "value nan": (lambda: _timeline(_clip(_span("NaN"))), "refused"),
    "value infinite": (lambda: _timeline(_clip(_span("Infinity"))), "refused"),
    "value 1e400": (lambda: _timeline(_clip(_span("1e400"))), "refused"),
    "value of 2**63": (lambda: _timeline(_clip(_span(str(2**63)))), "refused"),
    "value null": (lambda: _timeline(_clip(_span("null"))), "refused"),
    "value text": (lambda: _timeline(_clip(_span('"24"'))), "refused"),
    "rate zero": (lambda: _timeline(_clip(_span("24", "0"))), "refused"),
    "rate negative": (lambda: _timeline(_clip(_span("24", "-24"))), "refused"),
    "rate nan": (lambda: _timeline(_clip(_span("24", "NaN"))), "refused"),
    "media rate zero": (lambda: _timeline(_clip(available=_span("1", "0"))), "listed 1"),
    "media range nan": (lambda: _timeline(_clip(available=_span("NaN", "NaN"))), "listed 1"),
    "media range infinite": (
        lambda: _timeline(_clip(available=_span("Infinity", "24", "-Infinity"))),
        "listed 1",
    ),
    "media range huge": (lambda: _timeline(_clip(available=_span("1e308", "1e-300"))), "listed 1"),
    "media range text": (lambda: _timeline(_clip(available='"x"')), "refused"),
    "no range at all": (lambda: _timeline(_clip("null", "null"), _clip()), "refused"),
    "gap without range": (
        lambda: _timeline('{"OTIO_SCHEMA":"Gap.1","source_range":null}', _clip()),
        "refused",
    ),
    "child null": (lambda: _timeline("null"), "refused"),
    "child a number": (lambda: _timeline("7"), "refused"),
    "child a timeline": (lambda: _timeline(_timeline(_clip())), "refused"),
    "child of unknown kind": (lambda: _timeline('{"OTIO_SCHEMA":"Weird.1"}'), "refused"),
    "effect null": (lambda: _timeline(_clip(extra=',"effects":[null]')), "refused"),
    "warp of nan": (
        lambda: _timeline(
            _clip(
                extra=',"effects":[{"OTIO_SCHEMA":"LinearTimeWarp.1","name":"","effect_name":"",'
                '"time_scalar":NaN,"metadata":{}}]'
            )
        ),
        "listed 1",
    ),
    "media references null": (
        lambda: _timeline(
            '{"OTIO_SCHEMA":"Clip.2","media_references":null,"active_media_reference_key":"x"}'
        ),
        "refused",
    ),
    "our metadata of wrong kinds": (
        lambda: _timeline(
            _clip(extra=',"metadata":{"newtake":{"clip_id":7,"take_of":[],"first_key":{}}}'),
            _clip(extra=',"metadata":{"newtake":"x"}'),
        ),
        "listed 2",
    ),
    "lone surrogate": (lambda: _timeline(_clip()).replace('"A"', '"\\ud800"'), "refused"),
    "media path with a zero byte": (
        lambda: _timeline(_clip()).replace("a.mov", "a\\u0000.mov"),
        "listed 1",
    ),
    "media path of 10 000 letters": (
        lambda: _timeline(_clip()).replace("a.mov", "a" * 10_000),
        "listed 1",
    ),
    "newer schema": (lambda: _timeline(_clip()).replace("Clip.2", "Clip.9"), "refused"),
    "not a timeline": (lambda: '{"OTIO_SCHEMA":"Adapter.1","name":"x"}', "refused"),
    "a list": (lambda: "[]", "refused"),
    "cut off": (lambda: _timeline(_clip())[:-40], "refused"),
    "empty collection": (
        lambda: '{"OTIO_SCHEMA":"SerializableCollection.1","name":"","metadata":{},"children":[]}',
        "refused",
    ),
}


@pytest.mark.parametrize("case", _CASES)
def test_a_hostile_timeline_is_listed_or_refused_and_never_crashes(
    case: str, tmp_path: Path
) -> None:
    make, expected = _CASES[case]
    path = tmp_path / "hostile.otio"
    path.write_text(make(), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", _LISTER, str(path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(expected)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "hostile.otio"
    path.write_bytes(_timeline(_clip()).replace('"A"', '"M\xe9dia"').encode("latin-1"))
    done = subprocess.run(
        [sys.executable, "-c", _LISTER, str(path)], capture_output=True, text=True, check=False
    )
    assert done.stdout.startswith("refused The timeline is not text in UTF-8")


def test_the_reader_of_the_library_alone_does_crash(tmp_path: Path) -> None:
    """Without this the guard would be tested against nothing."""
    path = tmp_path / "hostile.otio"
    path.write_text('{"OTIO_SCHEMA":"Timeline.1","tracks":null}', encoding="utf-8")
    code = "import sys, opentimelineio as o; o.adapters.read_from_file(sys.argv[1]).find_clips()"
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, check=False)
    assert json.loads(path.read_text())["tracks"] is None
    assert done.returncode != 0
