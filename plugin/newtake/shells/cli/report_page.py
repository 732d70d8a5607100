"""The report as one HTML file: no script, nothing from elsewhere, everything in it escaped.

Readable on a light and a dark screen and on paper; a policy in its head lets it load nothing.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import PurePath
from typing import Any

from newtake.shells.cli.printable import printable

Pictures = Mapping[tuple[str, str, str], bytes]
"""JPEG of (job, submission, place)."""

_STYLE = """
:root{color-scheme:light dark;--ink:#1b1b1b;--soft:#5d5d5d;--line:#d4d4d4;--back:#fff;--box:#f5f5f3;
--bad:#a11616}
@media (prefers-color-scheme:dark){:root{--ink:#e8e8e6;--soft:#a4a4a0;--line:#3c3c3a;--back:#161615;
--box:#20201f;--bad:#ff8f85}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:72rem;padding:1.5rem;background:var(--back);color:var(--ink);
font:15px/1.45 system-ui,sans-serif}
h1{font-size:1.4rem;margin:0}h2{font-size:1.1rem;margin:0 0 .4rem}
p{margin:.3rem 0}.soft{color:var(--soft)}
.totals{display:flex;flex-wrap:wrap;gap:.4rem 1.8rem;margin:1rem 0;padding:.8rem 1rem;
background:var(--box);border-radius:.4rem}
.totals b{font-size:1.15rem;font-variant-numeric:tabular-nums}
section{border-top:1px solid var(--line);padding:1.1rem 0;break-inside:avoid-page}
.status{font-size:.85rem;font-weight:400;color:var(--soft)}.bad{color:var(--bad)}
blockquote{margin:.3rem 0;padding-left:.8rem;border-left:3px solid var(--line);
white-space:pre-wrap;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:.6rem 0}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
figure{margin:0}figure img{display:block;width:100%;max-width:60rem;border-radius:.2rem}
.stills{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(24rem,100%),1fr));
gap:.7rem;margin:.7rem 0}
figcaption{font-size:.85rem;color:var(--soft);font-variant-numeric:tabular-nums}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:.9rem}
th,td{text-align:left;padding:.25rem .6rem .25rem 0;border-bottom:1px solid var(--line);
vertical-align:top;overflow-wrap:anywhere}
th{font-weight:600;white-space:nowrap}td.n,th.n{text-align:right}
a{color:inherit}
@media print{body{max-width:none;padding:0;font-size:11px}section{padding:.6rem 0}
figure img{max-width:16cm}.totals{border:1px solid var(--line)}}
"""


def report_page(document: Mapping[str, Any], pictures: Pictures) -> str:
    """The whole page.

    Args:
        document: As `report_document` has it.
        pictures: What there is of its stills.
    """
    title = f"New Take: {document['totals']['takes']} takes, {document['made_at']}"
    head = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "img-src data:; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_text(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
    )
    body = [*_opening(document), _overview(document["jobs"])]
    for number, job in enumerate(document["jobs"]):
        body.extend(_shot(number, job, pictures))
    return head + "\n".join(body) + "\n</body>\n</html>\n"


def _text(value: object) -> str:
    return escape(printable(value), quote=True)


def _prose(value: str) -> str:
    """Text of several lines, which stay."""
    return "\n".join(_text(line) for line in value.splitlines())


def _opening(document: Mapping[str, Any]) -> Iterator[str]:
    totals = document["totals"]
    yield f"<h1>New Take report</h1><p class=soft>{_text(document['made_at'])}, newtake "
    yield f"{_text(document['newtake'])}</p>"
    for timeline in document["timelines"]:
        yield f"<p>{_text(timeline)}</p>"
    for written in dict.fromkeys(job["written"] for job in document["jobs"] if _moved(job)):
        yield (
            "<p class=soft># is the clip's number in the plan, written its number in "
            f"{_text(PurePath(written).name)} now, as in newtake takes and newtake compare.</p>"
        )
    figures = [
        (totals["takes"], "takes"),
        (f"{totals['done']} of {totals['jobs']}", "jobs done"),
        (totals["frames_sent"], "frames sent"),
        (totals["frames_of_takes"], "frames in takes"),
        (f"{totals['model_seconds']} s", "of model time"),
        (_money(totals), "of sandbox money, nothing charged" if totals["sandbox"] else "charged"),
        (_duration(totals["seconds"]), "from start to end"),
    ]
    shown = "".join(
        f"<div><b>{_text(value)}</b> <span class=soft>{_text(name)}</span></div>"
        for value, name in figures
    )
    yield f"<div class=totals>{shown}</div>"


def _money(totals: Mapping[str, Any]) -> str:
    if totals["cost_usd"] is None:
        return "not known yet" if totals["costs_unknown"] else "$0.00"
    text = f"${float(totals['cost_usd']):.2f}"
    unknown = totals["costs_unknown"]
    return f"{text}, {unknown} not known yet" if unknown else text


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{seconds:.1f} s"


def _overview(jobs: Sequence[Mapping[str, Any]]) -> str:
    rows = []
    split = any(_moved(job) for job in jobs)
    for number, job in enumerate(jobs):
        keys = ", ".join(each["key"] for each in job["takes"] if each["key"]) or "-"
        bad = "" if job["status"] == "done" else " class=bad"
        record = job["record_range"]
        rows.append(
            f"<tr><td class=n>{_text(job['clip_index'])}</td>"
            + (f"<td class=n>{_text(job['written_index'] or '-')}</td>" if split else "")
            + f'<td><a href="#shot{number}">{_text(job["label"])}</a></td>'
            f"<td>{_text(record['start_timecode'])}</td>"
            f"<td class=n>{_text(job['plate']['clip_frames'])}</td><td>{_text(keys)}</td>"
            f"<td{bad}>{_text(_stand(job))}</td>"
            f"<td>{_text(_duration(sum(job['seconds'].values())))}</td></tr>"
        )
    return (
        "<table><thead><tr><th class=n>#</th>"
        + ("<th class=n>written</th>" if split else "")
        + "<th>clip</th><th>record</th><th class=n>frames</th>"
        f"<th>take</th><th>status</th><th>time</th></tr></thead><tbody>{''.join(rows)}"
        "</tbody></table>"
    )


def _stand(job: Mapping[str, Any]) -> str:
    """One word; what waits is made and only has to be brought into its editor's timeline."""
    return "waits" if job["waits"] else str(job["status"])


def _moved(job: Mapping[str, Any]) -> bool:
    """Whether its clip has another number in the written timeline than when that was planned."""
    return job["written_index"] not in (None, job["clip_index"])


def _place(written: str, now: int | None, planned: int) -> str:
    """The number that a clip has in the written timeline, and that of the plan where it differs."""
    name = PurePath(written).name
    if now is None:
        return f"{planned} in the plan; no take of it is in {name}"
    return f"{now} in {name}" + (f", {planned} in the plan" if now != planned else "")


def _shot(number: int, job: Mapping[str, Any], pictures: Pictures) -> Iterator[str]:
    bad = "" if job["status"] == "done" else " bad"
    yield (
        f'<section id="shot{number}"><h2>{_text(job["clip_index"])} {_text(job["label"])} '
        f'<span class="status{bad}">{_text(job["record_range"]["start_timecode"])}, '
        f"{_text(job['track'])}, {_text(_stand(job))}, job "
        f"{_text(job['id'])}</span></h2>"
    )
    yield f"<blockquote>{_prose(job['prompt'])}</blockquote>"
    yield from _failure(job)
    for take in job["takes"]:
        yield from _take(job, take, pictures)
    yield _facts(_shot_facts(job))
    yield "</section>"


def _failure(job: Mapping[str, Any]) -> Iterator[str]:
    failure = job["failure"]
    if failure:
        yield f"<p class=bad>Stopped at {_text(failure['step'])}: {_text(failure['what'])}</p>"
        labels = (("Why", "why"), ("Next", "fix"), ("Money", "money"))
        yield _facts((label, failure[name]) for label, name in labels if failure[name])
    if job["missing_variations"]:
        yield (
            f"<p class=bad>{_text(job['missing_variations'])} variations are not found; newtake "
            f"jobs resume {_text(job['id'])} looks for them again.</p>"
        )


def _take(job: Mapping[str, Any], take: Mapping[str, Any], pictures: Pictures) -> Iterator[str]:
    if take["path"] is None:
        reason = f": {take['reason']}" if take["reason"] else ""
        yield f"<p>Submission {_text(take['submission'])} {_text(take['outcome'])}{_text(reason)}"
        yield "</p>"
        return
    key = take["key"] or "not in the timeline yet"
    yield "<div class=stills>"
    for still in take["stills"]:
        picture = pictures.get((job["id"], take["submission"], still["place"]))
        caption = (
            f"{key}: {still['place']} frame of the clip, media frame {still['media_frame']}, "
            f"{still['timecode']}; source left, take right"
        )
        if picture is None:
            yield f"<p class=soft>{_text(caption)}: no picture. {_text(still['why_not'] or '')}</p>"
            continue
        data = b64encode(picture).decode("ascii")
        yield (
            f'<figure><img alt="{_text(caption)}" src="data:image/jpeg;base64,{data}">'
            f"<figcaption>{_text(caption)}</figcaption></figure>"
        )
    yield "</div>"
    available = take["available_range"]
    method = "rewrapped, no pixel touched" if take["method"] == "rewrap" else take["method"]
    yield _facts(
        [
            (key, take["path"]),
            ("frames", f"{available['duration']} from {take['start_timecode']}, {method}"),
            *((("cost", f"${take['cost_usd']}"),) if take["cost_usd"] is not None else ()),
            *(("note", note) for note in take["notes"]),
        ]
    )


def _shot_facts(job: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    plate, record, source = job["plate"], job["record_range"], job["source_range"]
    if job["written"]:
        yield "clip", _place(job["written"], job["written_index"], job["clip_index"])
    if job["asked_by"]:
        yield "asked for by", job["asked_by"]
    yield "record", f"{record['start_timecode']} - {record['end_timecode']}"
    yield "media", job["media"]
    yield "source", f"{source['start_timecode']} - {source['end_timecode']}"
    yield (
        "plate",
        f"{plate['frames']} frames ({plate['duration']}): {plate['head_handle']} head, "
        f"{plate['clip_frames']} of the clip, {plate['tail_handle']} tail, {plate['held']} held"
        + (f"; {plate['dropped']} dropped" if plate["dropped"] else "")
        + (f"; {plate['doubled']} doubled" if plate["doubled"] else ""),
    )
    if job["speed"] != "1":
        yield "speed", job["speed"]
    if job["used_by"]:
        for each in job["used_by"]:
            yield "used by", _use(job, each)
    if job["style"]:
        style = job["style"]
        yield "style", f"{style['name']}, revision {style['revision']}, {style['sha256'][:12]}"
    settings = ", ".join(f"{name} {value}" for name, value in job["settings"].items())
    yield "settings", settings
    yield "model", f"{job['model']} by {job['provider']}"
    yield "price", job["charge"]
    yield (
        "time",
        ", ".join(f"{step} {seconds:.1f} s" for step, seconds in job["seconds"].items()) or "-",
    )


def _use(job: Mapping[str, Any], use: Mapping[str, Any]) -> str:
    told = f"clip {use['index']}"
    if job["written"]:
        told = f"clip {_place(job['written'], use['written_index'], use['index'])}"
    key = f" as {use['key']}" if use["key"] else ""
    by = f"; asked for by {use['asked_by']}" if use["asked_by"] else ""
    return f"{use['clip']}{key}, {told}{by}"


def _facts(pairs: Any) -> str:
    rows = "".join(f"<dt>{_text(name)}</dt><dd>{_text(value)}</dd>" for name, value in pairs)
    return f"<dl>{rows}</dl>" if rows else ""
