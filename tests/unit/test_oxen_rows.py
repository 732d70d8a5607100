"""The service's rows are read under every spelling, and prices come from where they are said."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from newtake.adapters.oxen_delivery import RepositoryPlace, exr_beside, repository_place
from newtake.adapters.oxen_prices import price_of
from newtake.adapters.oxen_results import kind_of
from newtake.adapters.oxen_rows import (
    accepted_ids,
    exr_url,
    listing_of,
    model_card,
    read_row,
    result_url,
    submission_of,
)
from newtake.domain.edit import EditSettings, Price, upstream_list_price
from newtake.domain.errors import UnknownProviderError
from newtake.ports import ModelCard, Submission

MP4 = "https://hub.example/api/repos/ox/playground/file/main/a.mp4?sig=1"
EXR = "https://cdn.example/frames.zip?sig=2"


def submission(payload: Any) -> Submission:
    return submission_of(*read_row(payload))


def test_a_documented_row_becomes_a_submission_with_all_its_fields() -> None:
    row = {
        "generation_id": "g1",
        "model_name": "luma",
        "media_type": "video",
        "status": "succeeded",
        "enqueued_at": 1_700_000_000,
        "started_at": None,
        "result_url": MP4,
        "error_message": None,
        "cost": "0.72",
        "brand_new": {"x": 1},
    }
    expected = Submission("g1", "succeeded", "", MP4, None, 1_700_000_000.0, Decimal("0.72"), row)
    assert expected == submission(row)


def test_a_history_answer_is_unwrapped() -> None:
    found = submission({"status": "success", "generation": {"id": "g1", "status": "queued"}})
    assert (found.id, found.status, found.is_terminal) == ("g1", "queued", False)


def test_an_unknown_status_is_no_end() -> None:
    assert not submission({"generation_id": "g", "status": "dreaming"}).is_terminal


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        ({"error_message": "the machine caught fire"}, "the machine caught fire"),
        ({"error": "the machine caught fire"}, "the machine caught fire"),
        ({"error_message": None, "error": {"message": "fire"}}, "fire"),
        ({}, "It gave no reason."),
    ],
)
def test_a_failure_keeps_the_services_words(failure: dict[str, Any], expected: str) -> None:
    found = submission({"generation_id": "g", "status": "failed", **failure})
    assert expected == found.reason


def test_a_failure_of_a_known_kind_also_says_what_to_do() -> None:
    text = "403 Client Error: Forbidden for url: https://x"
    reason = submission({"generation_id": "g", "status": "failed", "error": text}).reason
    assert text in reason
    assert "--uploader" in reason


@pytest.mark.parametrize(
    "payload",
    [None, [], "x", {}, {"generation_id": "g"}, {"status": "queued"}, {"generation_id": 7}],
)
def test_what_names_no_generation_or_status_is_refused(payload: Any) -> None:
    with pytest.raises(UnknownProviderError):
        read_row(payload)


@pytest.mark.parametrize("payload", [None, {}, {"generations": "none"}, []])
def test_what_is_no_list_is_refused(payload: Any) -> None:
    with pytest.raises(UnknownProviderError):
        listing_of(payload)


def test_a_row_that_cannot_be_read_hides_no_other_and_is_said() -> None:
    good = {"generation_id": "g", "status": "queued"}

    listing = listing_of({"generations": [{"status": "queued"}, good]})

    assert [row.generation_id for row, _ in listing.rows] == ["g"]
    assert listing.unreadable is not None


def test_odd_side_fields_do_not_hide_a_generation() -> None:
    row, _ = read_row(
        {"generation_id": "g", "status": "queued", "enqueued_at": "x", "cost": [], "prompt": 3}
    )
    assert (row.enqueued_at, row.cost, row.prompt) == (None, None, None)


@pytest.mark.parametrize(
    "fields",
    [
        {"result_url": MP4},
        {"url": MP4},
        {"video_url": MP4},
        {"result_url": None, "video": {"url": MP4}},
        {"result": {"url": MP4}},
        {"videos": [{"url": MP4}]},
        {"videos": [MP4]},
        {"result_urls": [EXR, MP4]},
        {"output": {"url": MP4}},
        {"files": [{"url": EXR}, {"url": MP4}]},
    ],
)
def test_the_video_is_found_under_every_name(fields: dict[str, Any]) -> None:
    assert result_url(fields) == MP4


@pytest.mark.parametrize(
    "fields",
    [{}, {"url": "file:///etc/passwd"}, {"url": 7}, {"url": "https://"}, {"result_url": EXR}],
)
def test_what_is_no_video_address_is_none(fields: dict[str, Any]) -> None:
    assert None is result_url(fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"exr_url": EXR},
        {"exr_file": {"url": EXR, "content_type": "application/zip"}},
        {"result_urls": [MP4, EXR]},
        {"videos": [{"url": MP4, "exr": {"url": EXR}}]},
        {"outputs": [{"type": "video", "url": MP4}, {"type": "exr", "url": EXR}]},
        {"exr_export": True, "sidecar": EXR},
    ],
)
def test_the_exr_is_found_under_every_name(fields: dict[str, Any]) -> None:
    assert exr_url(fields) == EXR


def test_what_was_sent_in_is_not_taken_for_an_exr() -> None:
    fields = {"input_video": EXR, "prompt": EXR, "input_image": "https://x/a.exr", "url": MP4}
    assert None is exr_url(fields)


def test_a_row_nested_without_end_is_survived() -> None:
    deep: dict[str, Any] = {"exr_url": EXR}
    for _ in range(50):
        deep = {"more": deep}
    assert None is exr_url(deep)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (
            "/api/repos/ox/playground/file/main/out/a%20b.mp4",
            RepositoryPlace("ox", "playground", "main", "out", "a b.mp4"),
        ),
        (
            "/api/repos/ox/playground/workspaces/ws1/files/out/2/a.mp4",
            RepositoryPlace("ox", "playground", "ws1", "out/2", "a.mp4"),
        ),
        (
            "/api/repos/ox/playground/workspaces/ws1/a.mp4",
            RepositoryPlace("ox", "playground", "ws1", "", "a.mp4"),
        ),
        ("/bucket/a.mp4", None),
        ("/api/repos/ox/playground/dir/main/a.mp4", None),
        ("/api/repos/ox/playground/workspaces/ws1/files", None),
    ],
)
def test_a_results_place_is_read_off_its_address(
    path: str, expected: RepositoryPlace | None
) -> None:
    assert expected == repository_place(path)


def test_only_an_exr_of_the_same_generation_is_taken_from_a_folder() -> None:
    entries = [
        {"filename": "other.zip", "is_dir": False},
        {"filename": "a.txt", "is_dir": False},
        {"filename": "a_exr", "is_dir": True},
        {"filename": "../a.zip", "is_dir": False},
        {"filename": "a_exr.zip", "is_dir": False},
    ]
    assert exr_beside(entries, "g1", "a.mp4") == "a_exr.zip"
    assert exr_beside([{"filename": "x-g1.exr"}], "g1", "a.mp4") == "x-g1.exr"
    assert None is exr_beside(entries[:4], "g1", "a.mp4")
    others = [{"filename": name} for name in ("a-2.mp4", "a-2.zip", "ab.zip")]
    assert None is exr_beside(others, "g1", "a.mp4")
    assert None is exr_beside("entries", "g1", "a.mp4")


@pytest.mark.parametrize(
    ("beginning", "expected"),
    [
        (b"\0\0\0\x20ftypisom", "mp4"),
        (b"\x76\x2f\x31\x01" + bytes(8), "exr"),
        (b"PK\x03\x04" + bytes(8), "zip"),
        (b"<html><body>", "unknown"),
        (b"", "unknown"),
    ],
)
def test_a_file_is_what_its_first_bytes_say(beginning: bytes, expected: str) -> None:
    assert expected == kind_of(beginning)


@pytest.mark.parametrize("name", ["request_schema", "json_request_schema"])
@pytest.mark.parametrize("wrapped", [False, True])
def test_a_model_is_read_in_every_form(name: str, wrapped: bool) -> None:
    schema: dict[str, Any] = {"properties": {"prompt": {}}}
    payload: Any = {"id": "m", "display_name": "M", name: schema, "pricing": {"method": "time"}}
    card = model_card({"data": payload} if wrapped else payload, "m")
    assert ModelCard("m", "M", schema, {"method": "time"}) == card


def test_an_answer_that_is_no_model_is_refused() -> None:
    with pytest.raises(UnknownProviderError):
        model_card([], "m")


def card(**pricing: Any) -> ModelCard:
    return ModelCard("m", "M", {}, pricing)


@pytest.mark.parametrize(
    ("settings", "duration", "pricing", "usd", "basis"),
    [
        (
            EditSettings("x", variations=2),
            "10s",
            {"cost_per_second_by_resolution": {"540p": 0.2}, "cost_per_second": 9},
            "4.0",
            "the service's live price for 540p",
        ),
        (
            EditSettings("x", resolution="1080p"),
            "5s",
            {"cost_per_second": 0.2, "cost_per_second_high_res": "0.4"},
            "2.0",
            "the service's live price for high resolutions",
        ),
        (
            EditSettings("x"),
            "5s",
            {"cost_per_second": 0.2, "cost_per_second_high_res": "0.4"},
            "1.0",
            "the service's live price",
        ),
        (
            EditSettings("x", resolution="720p", hdr=True),
            "5s",
            {"cost_per_second_by_resolution": {"720p": 0.2, "720p_hdr": 0.5}},
            "2.5",
            "the service's live price for HDR",
        ),
    ],
)
def test_the_live_price_counts_seconds_and_variations(
    settings: EditSettings, duration: str, pricing: dict[str, Any], usd: str, basis: str
) -> None:
    assert Price(Decimal(usd), basis) == price_of(settings, duration, card(**pricing))


def test_hdr_without_a_live_price_falls_back_and_says_so() -> None:
    settings = EditSettings("x", resolution="1080p", hdr=True, exr_export=True)
    price = price_of(settings, "5s", card(cost_per_second=0.1))
    assert Decimal("6.48") == price.usd
    assert "upstream list price" in price.basis
    assert "HDR with EXR" in price.basis


@pytest.mark.parametrize("nonsense", ["free", -1, float("nan"), None, True, {"usd": 1}])
def test_nonsense_is_no_price(nonsense: Any) -> None:
    price = price_of(EditSettings("x"), "5s", card(cost_per_second=nonsense))
    assert Decimal("0.72") == price.usd
    assert "upstream" in price.basis


def test_without_a_card_the_upstream_list_is_used() -> None:
    settings = EditSettings("x")
    assert upstream_list_price(settings, "5s") == price_of(settings, "5s", None)


def test_a_stale_card_is_said_to_be_one() -> None:
    old = ModelCard("m", "M", {}, {"cost_per_second": 1}, stale=True)
    assert "earlier" in price_of(EditSettings("x"), "5s", old).basis


def test_a_generation_that_is_named_twice_is_one() -> None:
    row = {"generation_id": "g1"}
    assert accepted_ids({"generations": [row, {"generation_id": "g2"}, row]}) == ("g1", "g2")


@pytest.mark.parametrize(
    ("address", "what"),
    [("https://example.com/ff.png", "first-frame image"), ("https://example.com/a.mp4", "plate")],
)
def test_a_reason_names_the_input_in_whole_sentences(address: str, what: str) -> None:
    text = f"Could not download {address} (ConnectError)"
    reason = submission({"generation_id": "1", "status": "failed", "error_message": text}).reason
    assert reason.startswith(f"The model could not fetch the {what}. {text}. ")
