"""Stands for `hosts/bridging/serving.py`, which lies in this file's place in the packaged add-on."""

import importlib.util
from pathlib import Path

_PATH = Path(__file__).resolve().parents[2] / "bridging" / "serving.py"
_SPEC = importlib.util.spec_from_file_location("newtake_serving", _PATH)
_MODULE = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_MODULE)
BridgeError, as_error = _MODULE.BridgeError, _MODULE.as_error
reply_to, serve = _MODULE.reply_to, _MODULE.serve
