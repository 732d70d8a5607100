"""`model`, `login`, `doctor` and `sandbox`: what concerns this machine and this account."""

from __future__ import annotations

import getpass
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import anyio

from newtake import bootstrap
from newtake.bootstrap import SandboxPace, account, doctor
from newtake.domain.choices import RESOLUTIONS
from newtake.domain.edit import EditSettings
from newtake.domain.errors import SettingsError
from newtake.ports import ModelCard
from newtake.shells.cli.documents import print_document
from newtake.shells.cli.drawing import console, say
from newtake.shells.cli.errors import at_interrupt
from newtake.shells.cli.interrupts import run
from newtake.shells.cli.prices import price_text
from newtake.shells.cli.printable import printable


def show_model(provider: str | None, as_json: bool) -> None:
    card, prices = run(_model, provider)
    if as_json:
        print_document({**asdict(card), "prices": prices})
        return
    out = console(sys.stdout)
    say(out, f"{card.name} ({card.id})")
    if card.stale:
        say(out, "The service is out of reach; this is an earlier answer.")
    for name, rule in (card.schema.get("properties") or {}).items():
        allowed = rule.get("enum")
        default = f" (default {rule['default']})" if "default" in rule else ""
        kind = ", ".join(map(str, allowed)) if allowed else rule.get("type", "")
        say(out, f"  {name}: {kind}{default}")
    say(out, "Prices of one edit:")
    for line in prices:
        say(out, f"  {line['resolution']} {line['duration']}: {line['text']}")


async def _model(provider: str | None) -> tuple[ModelCard, list[dict[str, Any]]]:
    async with bootstrap.wired(bootstrap.settings_now(), provider=provider) as wiring:
        service = wiring.ports.provider
        card = await service.model()
        prices = []
        for resolution in RESOLUTIONS:
            for duration in service.limits().tiers:
                settings = EditSettings("-", resolution=resolution)
                price = service.price(settings, duration, card)
                prices.append(
                    {
                        "resolution": resolution,
                        "duration": duration,
                        "usd": price.usd,
                        "text": price_text(price),
                    }
                )
        return card, prices


def log_in(forget: bool, as_json: bool) -> None:
    """Keep a key that the service knows, or remove the one that is kept."""
    settings = bootstrap.settings_now()
    if forget:
        removed = account.forget_key(settings)
        print(removed.text, file=sys.stderr)
        if as_json:
            print_document({"removed_from": removed.places})
        return
    if sys.stdin.isatty():
        key = getpass.getpass("Oxen key (from your profile page; it is not shown): ").strip()
    else:
        key = sys.stdin.readline().strip()
    if not key:
        raise SettingsError("No key was given.", fix="Paste it at the question, or pipe it in.")
    who = run(account.check_key, settings, key)
    kept = account.store_key(settings, key)
    print(kept.text, file=sys.stderr)
    print(printable(f"The service knows this key as {who}."), file=sys.stderr)
    if as_json:
        print_document({"account": who, "kept_in": kept.places[0]})


def examine(as_json: bool) -> None:
    """What works here. Exits with 1 when something that a restyle needs is missing."""
    findings = run(doctor.examine, os.environ)
    if as_json:
        print_document([asdict(finding) for finding in findings])
    else:
        draw_findings(findings)
    exit_by(findings)


def draw_findings(findings: Sequence[doctor.Finding]) -> None:
    out = console(sys.stdout)
    for finding in findings:
        mark = {"ok": "ok  ", "note": "note", "missing": "MISS"}[finding.state]
        say(out, f"{mark} {finding.name}: {finding.text}")
        if finding.fix:
            say(out, f"     -> {finding.fix}")


def exit_by(findings: Sequence[doctor.Finding]) -> None:
    if any(finding.state == "missing" for finding in findings):
        sys.exit(1)


def serve_sandbox(
    port: int,
    folder: Path | None,
    faults: tuple[str, ...],
    seed: int,
    look: str | None,
    pace: SandboxPace,
    as_json: bool,
) -> None:
    """Serve until interrupted. With `as_json` the first line on stdout is the document."""
    if look not in (None, "copy"):
        raise SettingsError(f"The sandbox knows no look {look!r}.", fix="Only 'copy' can be asked.")
    at_interrupt("The sandbox has ended.", "")
    run(_serve, port, folder, faults, seed, look, pace, as_json)


async def _serve(
    port: int,
    folder: Path | None,
    faults: tuple[str, ...],
    seed: int,
    look: str | None,
    pace: SandboxPace,
    as_json: bool,
) -> None:
    settings = bootstrap.settings_now()
    async with bootstrap.sandbox(
        settings, port=port, folder=folder, faults=faults, seed=seed, look=look, pace=pace
    ) as it:
        if as_json:
            # One line: whoever reads it cannot wait for the end of the stream.
            print(json.dumps({"url": it.base_url}), flush=True)
        print(
            f"The sandbox listens at {it.base_url}. Any key works. To use it:\n"
            f"  OXEN_BASE_URL={it.base_url} OXEN_API_KEY=anything newtake restyle ...\n"
            "Ctrl-C ends it.",
            file=sys.stderr if as_json else sys.stdout,
            flush=True,
        )
        await anyio.sleep_forever()
