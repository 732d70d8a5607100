"""The event stream means the same however it is cut, and survives what it should not contain."""

from __future__ import annotations

import gzip
import random

import httpx
import pytest

from newtake.adapters.oxen_events import EventDecoder, ended_generations, ended_id
from newtake.domain.errors import UnknownProviderError

DONE = (
    b"event: media_generation_completed\n"
    b'data: {"generation_id":"g-1","status":"succeeded","media_type":"video",'
    b'"model":"luma","url":"https://x/\xc3\xbc.mp4"}\n\n'
)
FAILED = (
    b"event:media_generation_completed\r\n"
    b'data: {"generation_id":"g-2",\r\n'
    b'data: "status":"failed","error":"\xe2\x82\xac"}\r\n\r\n'
)
STREAM = (
    b"\xef\xbb\xbf: keep-alive\n\n"
    + DONE
    + b'event: deployment_ready\ndata: {"generation_id":"not-ours"}\n\n'
    + b": keep-alive\r\n\r\n"
    + b"event: media_generation_completed\ndata: {not json\n\n"
    + b"event: media_generation_completed\ndata: [1]\n\n"
    + b'event: media_generation_completed\ndata: {"generation_id": 7}\n\n'
    + b"id: 9\nretry: 100\nnonsense\n\n"
    + FAILED
    + b'event: media_generation_completed\rdata: {"generation_id":"g-3"}\r\r'
    + b"\xff\xfe\n\n"
    + b'event: media_generation_completed\ndata: {"generation_id":"cut off"}\n'
)
IDS = ["g-1", "g-2", "g-3"]


def ids_of(pieces: list[bytes]) -> list[str]:
    decoder = EventDecoder()
    return [found for piece in pieces for found in decoder.feed(piece)]


def test_a_whole_stream_names_the_generations_that_ended() -> None:
    assert ids_of([STREAM]) == IDS


@pytest.mark.parametrize("cut", range(1, len(STREAM)))
def test_a_cut_at_any_byte_changes_nothing(cut: int) -> None:
    assert ids_of([STREAM[:cut], STREAM[cut:]]) == IDS


def test_byte_by_byte_is_the_same_stream() -> None:
    assert ids_of([STREAM[at : at + 1] for at in range(len(STREAM))]) == IDS


@pytest.mark.parametrize("seed", range(20))
def test_pieces_of_any_size_are_the_same_stream(seed: int) -> None:
    dice = random.Random(seed)
    pieces, at = [], 0
    while at < len(STREAM):
        size = dice.randint(1, 40)
        pieces.append(STREAM[at : at + size])
        at += size
    assert ids_of(pieces) == IDS


def test_an_event_is_complete_with_its_blank_line_and_not_before() -> None:
    decoder = EventDecoder()
    assert decoder.feed(DONE[:-1]) == []
    assert decoder.feed(DONE[-1:]) == ["g-1"]


def test_an_event_without_an_end_is_not_kept_in_memory() -> None:
    endless = [b"data: " + b"x" * 65_536 + b"\n"] * 40
    with pytest.raises(UnknownProviderError):
        ids_of(endless)


def test_heartbeats_for_days_are_no_endless_event() -> None:
    decoder = EventDecoder()
    found = [decoder.feed(b": keep-alive\n\n") for _ in range(100_000)]
    assert not any(found)


@pytest.mark.parametrize("data", ["", "null", "7", "[" * 100_000, '{"generation_id": ""}', "{}"])
def test_data_that_names_nothing_is_nothing(data: str) -> None:
    assert None is ended_id(data)


@pytest.mark.anyio
async def test_a_stream_that_comes_compressed_is_refused() -> None:
    """Sixty kilobytes of one could be sixty megabytes of line ends."""
    packed = gzip.compress(b"\n" * 1_000_000)
    response = httpx.Response(200, headers={"content-encoding": "gzip"}, content=packed)
    with pytest.raises(UnknownProviderError, match="coding"):
        await anext(ended_generations(response))
