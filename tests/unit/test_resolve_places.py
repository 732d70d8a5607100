"""Where Resolve's folders are on each system, letter for letter as its documents print them."""

from __future__ import annotations

from pathlib import Path

import pytest

from newtake.domain.errors import OutputError
from newtake.hosts.resolve.places import places_of

MAC_SUPPORT = "Library/Application Support/Blackmagic Design/DaVinci Resolve"


def windows_text(path: Path) -> str:
    """A path of Windows as it is written there, whatever joins paths here."""
    return str(path).replace("/", "\\")


def test_linux() -> None:
    places = places_of("linux", {"HOME": "/home/zoë"})

    assert str(places.user_scripts) == "/home/zoë/.local/share/DaVinciResolve/Fusion/Scripts"
    assert [str(each) for each in places.system_scripts] == [
        "/opt/resolve/Fusion/Scripts",
        "/home/resolve/Fusion/Scripts",
    ]
    assert str(places.log) == "/home/zoë/.local/share/DaVinciResolve/logs/ResolveDebug.txt"
    assert str(places.scripting_module) == (
        "/opt/resolve/Developer/Scripting/Modules/DaVinciResolveScript.py"
    )


def test_macos() -> None:
    places = places_of("darwin", {"HOME": "/Users/Zoë Q"})

    assert str(places.user_scripts) == f"/Users/Zoë Q/{MAC_SUPPORT}/Fusion/Scripts"
    assert [str(each) for each in places.system_scripts] == [f"/{MAC_SUPPORT}/Fusion/Scripts"]
    assert str(places.log) == f"/Users/Zoë Q/{MAC_SUPPORT}/logs/ResolveDebug.txt"
    assert str(places.built_in_pythons[0]) == (
        "/Applications/DaVinci Resolve/DaVinci Resolve.app/Contents/Applications/ResolvePython"
    )


def test_windows() -> None:
    places = places_of(
        "win32",
        {"APPDATA": "C:\\Users\\Zoë\\AppData\\Roaming", "PROGRAMDATA": "D:\\Data"},
    )

    vendor = "Blackmagic Design\\DaVinci Resolve"
    user = f"C:\\Users\\Zoë\\AppData\\Roaming\\{vendor}\\Support"
    assert windows_text(places.user_scripts) == f"{user}\\Fusion\\Scripts"
    assert windows_text(places.log) == f"{user}\\logs\\ResolveDebug.txt"
    assert windows_text(places.system_scripts[0]) == f"D:\\Data\\{vendor}\\Fusion\\Scripts"
    assert windows_text(places.built_in_pythons[0]) == (
        f"C:\\Program Files\\{vendor}\\ResolvePython\\ResolvePython.exe"
    )
    assert windows_text(places.scripting_module) == (
        f"D:\\Data\\{vendor}\\Support\\Developer\\Scripting\\Modules\\DaVinciResolveScript.py"
    )


def test_windows_without_appdata_takes_the_profile() -> None:
    places = places_of("win32", {"USERPROFILE": "C:\\Users\\Z"})

    assert windows_text(places.user_scripts).startswith("C:\\Users\\Z\\AppData\\Roaming\\Black")


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_an_environment_without_a_home_is_refused_with_the_way_out(platform: str) -> None:
    with pytest.raises(OutputError, match="cannot be told") as refused:
        places_of(platform, {})

    assert "--folder" in refused.value.fix
