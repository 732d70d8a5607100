"""Any bytes in any pieces: the stream's reader ends in ids or in its one error, and never grows."""

from __future__ import annotations

import json
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newtake.adapters.oxen_events import EventDecoder, ended_id
from newtake.domain.errors import UnknownProviderError

_ENDS = (b"\n", b"\r", b"\r\n")
_WORDS = (
    b"event: media_generation_completed",
    b"event:media_generation_completed",
    b"event: deployment_ready",
    b'data: {"generation_id":"g-1"}',
    b'data: {"generation_id":',
    b'data: "g-2"}',
    b"data",
    b": keep-alive",
    b"id: 1\0",
    b"retry: 99999999999999999999",
    b"retry: x",
    b"\xef\xbb\xbf",
    b"\xe2\x82",
    b"\xff",
    b"",
)
_fragments = st.sampled_from(_WORDS) | st.sampled_from(_ENDS) | st.binary(max_size=8)
streams = st.lists(_fragments, max_size=40).map(b"".join)


def ids_of(pieces: list[bytes]) -> list[str]:
    decoder = EventDecoder()
    return [found for piece in pieces for found in decoder.feed(piece)]


def in_pieces(stream: bytes, cuts: list[int]) -> list[bytes]:
    ends = sorted({cut % (len(stream) + 1) for cut in cuts} | {len(stream)})
    return [stream[a:b] for a, b in zip([0, *ends], ends, strict=False)]


def read_plainly(stream: bytes) -> list[str]:
    """The standard's own words, for a stream that is there whole (HTML, "Server-sent events")."""
    text = stream.decode(errors="replace").removeprefix("\ufeff")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:-1]
    found, kind, data = [], "", list[str]()
    for line in lines:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            named = ended_id("\n".join(data)) if kind == "media_generation_completed" else None
            found += [named] if named is not None else []
            kind, data = "", []
        elif name == "event":
            kind = value
        elif name == "data":
            data.append(value)
    return found


@settings(deadline=None, max_examples=300)
@given(streams, st.lists(st.integers(0, 1000), max_size=12))
def test_any_bytes_in_any_pieces_mean_what_the_standard_says(
    stream: bytes, cuts: list[int]
) -> None:
    wanted = read_plainly(stream)
    assert ids_of([stream]) == wanted
    assert ids_of(in_pieces(stream, cuts)) == wanted
    assert ids_of([bytes([each]) for each in stream]) == wanted


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(_json | st.fixed_dictionaries({"generation_id": _json}))
def test_data_of_any_kind_names_a_text_or_nothing(data: object) -> None:
    named = ended_id(json.dumps(data))
    assert named is None or (isinstance(data, dict) and data["generation_id"] == named)


@settings(deadline=None)
@given(st.lists(streams, max_size=5), st.sampled_from(_ENDS), st.integers(1, 64))
def test_events_between_garbage_are_still_told(garbage: list[bytes], end: bytes, size: int) -> None:
    """Garbage that ends, as every broken event does, with a blank line."""
    event = end.join([_WORDS[0], b'data: {"generation_id":"mine"}', b"", b""])
    stream = b"".join(each + b"\n\n" + event for each in garbage)
    found = ids_of([stream[at : at + size] for at in range(0, len(stream), size)])
    assert found.count("mine") == len(garbage)


LIMIT = 1 << 20


@pytest.mark.parametrize("size", [100, 4096, 65_536, 4 * LIMIT])
@pytest.mark.parametrize("line", [b"data: x\n", b"data: " + b"x" * 5000 + b"\n", b"\xe2\x82\xac"])
def test_an_event_may_be_so_long_and_no_longer_however_it_is_cut(line: bytes, size: int) -> None:
    characters = len(line.decode())
    for times, refused in ((LIMIT // characters - 2, False), (LIMIT // characters + 2, True)):
        stream = line * times + b"\n\n"
        pieces = [stream[at : at + size] for at in range(0, len(stream), size)]
        if refused:
            with pytest.raises(UnknownProviderError, match="without an end"):
                ids_of(pieces)
        else:
            assert ids_of(pieces) == []


@pytest.mark.parametrize("piece", [b"x" * 65_536, b"data: x\n" * 8192, b"\xe2\x82\xac" * 20_000])
def test_an_endless_event_costs_little_memory(piece: bytes) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(UnknownProviderError):
            ids_of([piece] * 1000)
        assert tracemalloc.get_traced_memory()[1] < 32 << 20
    finally:
        tracemalloc.stop()
