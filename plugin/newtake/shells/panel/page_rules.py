"""What the page's form has to know: the settings' rules, and how takes can be written."""

from __future__ import annotations

from typing import Any

from newtake.domain.edit_rules import rules_document
from newtake.domain.writing_choices import writing_document
from newtake.shells.panel.gate import PICTURE_BYTES_MAX


def page_rules() -> dict[str, Any]:
    return {**rules_document(PICTURE_BYTES_MAX), "writing": writing_document()}
