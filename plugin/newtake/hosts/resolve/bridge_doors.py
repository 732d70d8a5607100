"""The ways by which the bridge and Resolve come together: from Resolve's menu, or from outside.

    menu      The entry in Resolve's menu loads this file by its path and calls `menu_main`, which
              starts newtake as a child and serves it over the child's pipes.
    outside   `bridge_doors.py --connect` is a child of newtake's, imports Blackmagic's module and
              serves over its own pipes.

Like `bridge.py` it knows the standard library of Python 3.8 alone and nothing of New Take.
"""

import importlib.util
import os
import signal
import subprocess
import sys
from pathlib import Path


# As in `bridge.py`: what loads the files beside it cannot be loaded from beside it.
def beside(name):
    """The module in a file beside this one, by its path: nothing of ours comes on `sys.path`."""
    path = Path(__file__).with_name(name + ".py")
    spec = importlib.util.spec_from_file_location("newtake_" + name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


bridge = beside("bridge")

MENU = "NEWTAKE_RESOLVE_MENU"
"""Tells the child that its standard input and output lead to us."""
NOT_FOR_THE_CHILD = ("PYTHONHOME", "PYTHONPATH", "PYTHONEXECUTABLE", "__PYVENV_LAUNCHER__")
"""Set by Resolve, by a launcher or by another environment: our own Python starts without them."""
SECONDS_TO_END = 1


def menu_main(resolve, command):
    """Serve a child that is started with `command`; returns its exit code, None if it goes on.

    Called by the launcher inside Resolve, on the script's main thread.
    """
    environment = {k: v for k, v in os.environ.items() if k not in NOT_FOR_THE_CHILD}
    environment[MENU] = "1"
    child = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        encoding="utf-8",
        errors="replace",
        # No console window on Windows.
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    server = bridge.Bridge(resolve, bridge.read_table(), "menu")

    def write_line(line):
        child.stdin.write(line)
        child.stdin.flush()

    try:
        bridge.serve(server.answer, child.stdout.readline, write_line)
    finally:
        for pipe in (child.stdin, child.stdout):
            try:
                pipe.close()
            except OSError:
                # What could not be delivered is lost with the one it was for.
                continue
    try:
        return child.wait(SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        # What it still has to do, it does without Resolve.
        return None


def script_api():
    """Where Blackmagic's README says that its module and its library are."""
    if sys.platform == "darwin":
        support = "/Library/Application Support/Blackmagic Design/DaVinci Resolve"
        library = "/Applications/DaVinci Resolve/DaVinci Resolve.app/Contents/Libraries/Fusion"
        return support + "/Developer/Scripting", library + "/fusionscript.so"
    if sys.platform == "win32":
        data = os.environ.get("PROGRAMDATA", r"C:\ProgramData")
        programs = os.environ.get("PROGRAMFILES", r"C:\Program Files")
        support = data + r"\Blackmagic Design\DaVinci Resolve\Support\Developer\Scripting"
        return support, programs + r"\Blackmagic Design\DaVinci Resolve\fusionscript.dll"
    return "/opt/resolve/Developer/Scripting", "/opt/resolve/libs/Fusion/fusionscript.so"


class Outside:
    """Reaches Resolve from another process, at the first request that needs it."""

    def __init__(self):
        self.server = None

    def answer(self, request):
        if request.get("do") == "bye":
            return {"ok": None}
        if self.server is None or request.get("do") == "hello":
            resolve = self.connect()
            if resolve is None:
                self.server = None
                text = "Resolve is not running, or does not let scripts in from outside."
                raise bridge.BridgeError("gone", text, "scriptapp")
            table = bridge.read_table()
            self.server = bridge.Bridge(resolve, table, "outside", self.connect)
        return self.server.answer(request)

    @staticmethod
    def connect():
        api, library = script_api()
        modules = str(Path(os.environ.get("RESOLVE_SCRIPT_API") or api, "Modules"))
        os.environ.setdefault("RESOLVE_SCRIPT_LIB", library)
        if modules not in sys.path:
            sys.path.append(modules)
        try:
            import DaVinciResolveScript

            return DaVinciResolveScript.scriptapp("Resolve")
        except Exception as error:
            # Its import fails in many ways: no file, no library, a Python it cannot live in.
            text = f"Resolve's scripting module cannot be used: {error}."
            call = "import DaVinciResolveScript"
            raise bridge.BridgeError("no_module", text, call, modules) from error


def connect_main():
    # Ctrl-C and a closed terminal reach this process as well: what was begun is still carried out,
    # and the end of the lines ends it.
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    # Resolve's library prints; what is printed must not come between the answers.
    protocol = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    os.dup2(2, 1)

    def write_line(line):
        protocol.write(line)
        protocol.flush()

    with open(0, encoding="utf-8", errors="replace") as lines:
        bridge.serve(Outside().answer, lines.readline, write_line)
    try:
        protocol.close()
    except OSError:
        # Nobody reads it any more.
        return


if __name__ == "__main__" and sys.argv[1:] == ["--connect"]:
    # Python puts the folder of its script first; what lies there is for no import of Resolve's.
    here = str(Path(__file__).resolve().parent)
    sys.path[:] = [each for each in sys.path if os.path.realpath(each) != here]
    connect_main()
