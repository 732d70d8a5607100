"""What a report says, and what it does not: decided without a disk."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from keys import key_of
from newtake.bootstrap.bundle import bundle_texts, shown_uploader
from newtake.domain.events import Failed, Failure, JobCreated, Step, Uploaded
from newtake.domain.files import Asset
from newtake.domain.pseudonyms import Pseudonyms
from newtake.domain.report import EventRow, Report
from orders import order

KEY = key_of("client")
PROMPT = "the heroine's secret wedding, sepia"
PLACE = "/Users/ann/Wedding Film/größe #1.mov"
NEW_LINE = "\n"


def body(event: object) -> str:
    return TypeAdapter(type(event)).dump_json(event).decode()


def report(**changes: Any) -> Report:
    made = order()
    made = replace(
        made,
        clip=replace(made.clip, name="Hochzeit 7"),
        source=replace(made.source, path=Path(PLACE), reel="B042"),
        settings=replace(made.settings, prompt=PROMPT),
    )
    asset = Asset("workbench", '{"namespace": "annmeyer", "path": "p.mp4"}', "ab12", 3, False)
    failure = Failure(Step.EXPORT, "Media", f"{PLACE} cannot be read.", "Hochzeit 7", "", "")
    events = [JobCreated("1a2b3c4d", made), Uploaded(asset), Failed(failure)]
    whole = Report(
        made_at="2026-01-02T03:04:05+00:00",
        versions={"newtake": "0.1.0"},
        settings={
            "home": "/Users/ann/newtake",
            "uploader": "command:/opt/up --token hunter2 -q {file} --region=eu {name} s3://ann",
            "fetch_url": "https://u:p@cdn.ann.example/secret-folder/{name}?sig=hunter2",
        },
        findings=[{"name": "Folder", "state": "ok", "text": "/Users/ann/newtake, 8 GB", "fix": ""}],
        events=[EventRow("1a2b3c4d", 1.5, body(event)) for event in events],
        journal_note="",
        logs={
            "newtake.log": NEW_LINE.join(
                [
                    f"error Media: {PLACE} cannot be read.",
                    "GET https://hub.example/api/repos/annmeyer/playground/file/x: 200",
                    "PUT https://ann.example/a/b?sig=hunter2: 403",
                    f'File "/opt/newtake/adapters/http.py", line 3: {KEY} Bearer abcdef123456',
                    'File "/Users/ann/tools/Wedding player.py", line 4, in play',
                    "annmeyer is known; ann runs it; Hochzeit 7: planning",
                ]
            )
        },
        secrets={KEY},
        programs={"/opt/newtake": "<newtake>", "/Users/ann/newtake/logs": "<NEWTAKE_HOME>/logs"},
        user_names={"ann"},
        service_host="hub.example",
    )
    return replace(whole, **changes)


def test_the_first_file_says_what_is_inside_and_what_is_not() -> None:
    texts = bundle_texts(report(), private=False)

    assert next(iter(texts)) == "README.txt"
    assert set(texts) == {
        "README.txt", "versions.json", "settings.json", "findings.json", "jobs.jsonl",
        "logs/newtake.log",
    }  # fmt: skip
    assert all(name in texts["README.txt"] for name in texts if name != "README.txt")
    assert "sent nowhere" in texts["README.txt"]
    assert "Still in it: prompts" in texts["README.txt"]
    assert "Taken out as well: prompts" in bundle_texts(report(), private=True)["README.txt"]


@pytest.mark.parametrize("private", [False, True])
def test_secrets_are_taken_out_whatever_was_asked_for(private: bool) -> None:
    whole = "".join(bundle_texts(report(), private=private).values())

    assert [each for each in (KEY, "hunter2", "abcdef123456", "u:p@") if each in whole] == []
    assert "secret-folder" not in whole


def test_events_are_lines_with_job_and_time() -> None:
    lines = bundle_texts(report(), private=False)["jobs.jsonl"].splitlines()

    first = json.loads(lines[0])
    assert (first["job"], first["at"]) == ("1a2b3c4d", "1970-01-01T00:00:01.500+00:00")
    assert first["event"]["order"]["settings"]["prompt"] == PROMPT
    assert [json.loads(line)["event"]["kind"] for line in lines] == [
        "job_created", "uploaded", "failed",
    ]  # fmt: skip


def test_private_takes_out_prompts_paths_and_names_and_leaves_the_work() -> None:
    texts = bundle_texts(report(), private=True)
    whole = "".join(texts.values())

    private = ("wedding", "größe", "Users", "annmeyer", "Hochzeit", "B042", "ann.", " ann ")
    assert [each for each in private if each.lower() in whole.lower()] == []
    created = json.loads(texts["jobs.jsonl"].splitlines()[0])["event"]
    assert created["order"]["source"]["codec"] == "prores"
    assert created["order"]["settings"]["resolution"] == "720p"
    assert created["order"]["clip"]["key"] == "V1/1"
    assert "GET https://hub.example/api/repos/<account>/<repository>/file: 200" in whole
    assert '"<newtake>/adapters/http.py", line 3' in whole


def test_a_stand_in_is_the_same_everywhere() -> None:
    texts = bundle_texts(report(), private=True)

    events = [json.loads(line)["event"] for line in texts["jobs.jsonl"].splitlines()]
    path = events[0]["order"]["source"]["path"]
    assert path.startswith("<path ")
    assert events[2]["failure"]["what"] == f"{path} cannot be read."
    assert events[2]["failure"]["why"] == events[0]["order"]["clip"]["name"]
    assert f"error Media: {path} cannot be read." in texts["logs/newtake.log"]


def test_what_cannot_be_read_is_kept_as_it_is_or_left_out() -> None:
    broken = report(events=[EventRow("x", 0, '{"kind": "job_cre')], journal_note="It is damaged.")

    assert "job_cre" in bundle_texts(broken, private=False)["jobs.jsonl"]
    assert "job_cre" not in bundle_texts(broken, private=True)["jobs.jsonl"]
    assert "Note: It is damaged." in bundle_texts(broken, private=True)["README.txt"]


def test_a_later_versions_field_is_private() -> None:
    row = EventRow("x", 0, '{"kind": "noted", "remark": "the wedding", "count": 3}')
    text = bundle_texts(report(events=[row]), private=True)["jobs.jsonl"]

    assert json.loads(text)["event"] == {"kind": "noted", "remark": "<name 1>", "count": 3}


@pytest.mark.parametrize(
    ("word", "shown"),
    [
        ("workbench", "workbench"),
        ("repository:ann/plates", "repository:ann/plates"),
        ("put:https://u:p@h.example/secret/{name}?X-Sig=1", "put:https://h.example/[removed]"),
        (
            "command:/home/ann/bin/up -q --token abc --key=abc -pabc {file} TOKEN=abc",
            "command:up -q --token [removed] --key=[removed] [removed] {file} [removed]",
        ),
        ("command:up 'never closed", "command:[removed]"),
        ("comand:up --token abc", "comand:[removed]"),
    ],
)
def test_an_uploader_is_shown_without_what_may_be_secret(word: str, shown: str) -> None:
    assert shown_uploader(word) == shown


@pytest.mark.parametrize(
    "text",
    [
        "/Users/ann/x.mov",
        "'C:\\Users\\ann\\x.mov'",
        "(~/Movies/ann.mov)",
        "file:///Users/ann/x%20y.mov?",
        "/Users/ann/A Film/day 1/x.mov is unread",
        "\\\\server\\ann\\x.mov",
        "write to ann@example.org",
        "https://ann.example/ann?ann",
    ],
)
def test_whatever_looks_like_a_path_or_an_address_is_private(text: str) -> None:
    assert "ann" not in Pseudonyms({}, (), "hub.example").text(text)
