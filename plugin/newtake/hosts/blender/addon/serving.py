"""Stands for `hosts/bridging/serving.py`, which has this file's place in the packaged add-on."""

import importlib.util
from pathlib import Path

_PATH = Path(__file__).resolve().parents[2] / "bridging" / "serving.py"


def _loaded():
    spec = importlib.util.spec_from_file_location("newtake_serving", _PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_module = _loaded()
BridgeError, as_error = _module.BridgeError, _module.as_error
reply_to, serve = _module.reply_to, _module.serve
