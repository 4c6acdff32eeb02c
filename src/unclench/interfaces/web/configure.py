"""From a file, the environment and options to one checked value. An option counts before the environment, the
environment before the file, the file before the default.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import msgspec

from unclench.interfaces.web.guard.caller import is_network
from unclench.interfaces.web.guard.refusal import refusal
from unclench.interfaces.web.settings import Client, Settings
from unclench.values import shortened

PREFIX = "UNCLENCH_SERVE_"
LAW_VARIABLE = "UNCLENCH_JURISDICTION"  # of every verb; its own variable counts before it
LARGEST_FILE = 1_000_000
ONLY_IN_FILE = ("clients",)
FIELDS = {field.name: field for field in msgspec.structs.fields(Settings)}
CLIENT_FIELDS = tuple(field.name for field in msgspec.structs.fields(Client))
UNKNOWN = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)
TRUTH = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


class SettingsError(Exception):
    """Where a setting comes from, what was found, what was needed. A usage error."""


def configured(
    file: Path | None, options: Mapping[str, object], environment: Mapping[str, str] | None = None
) -> Settings:
    """The settings of this start.

    Raises
    ------
    SettingsError
        for a setting that is unknown, of the wrong kind, out of bounds, or at odds with another one.
    """
    said: dict[str, Any] = {}
    places: dict[str, str] = {}
    sources = (
        (str(file), from_file(file) if file is not None else {}),
        ("the environment", from_environment(os.environ if environment is None else environment)),
        ("the options", dict(options)),
    )
    for place, values in sources:
        said |= values
        places |= dict.fromkeys(values, place)
    return _converted(said, places)


def from_file(path: Path) -> dict[str, Any]:
    """What a TOML file says. Its keys are the names of the fields of `Settings`."""
    try:
        with path.open("rb") as opened:
            content = opened.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        raise SettingsError(f"cannot read {shortened(str(path))}: {getattr(error, 'strerror', error)}.") from None
    if len(content) > LARGEST_FILE:
        raise SettingsError(f"{shortened(str(path))} is larger than {LARGEST_FILE:,} bytes.")
    try:
        said = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{shortened(str(path))} is not TOML: {error}.") from None
    for name in said:
        if name not in FIELDS:
            raise SettingsError(f"{shortened(str(path))}: found no setting {shortened(name)!r}{_near(name)}.")
    return said


def from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    """What variables say, as UNCLENCH_SERVE_PORT=8080. Several values are parted by commas."""
    said: dict[str, Any] = {}
    if environment.get(LAW_VARIABLE):
        said["jurisdiction"] = environment[LAW_VARIABLE]
    for variable in sorted(name for name in environment if name.startswith(PREFIX)):
        name = variable.removeprefix(PREFIX).lower()
        if name in ONLY_IN_FILE:
            raise SettingsError(f"{variable}: {name} can be set in the file only; see docs/configuration.md.")
        if name not in FIELDS or variable != PREFIX + name.upper():
            raise SettingsError(f"{variable}: found no setting {shortened(name)!r}{_near(name)}.")
        said[name] = _typed(variable, environment[variable], FIELDS[name].default)
    return said


def _typed(variable: str, text: str, default: object) -> object:
    """The text as the kind of value that the default is."""
    if isinstance(default, tuple):
        return [part.strip() for part in text.split(",") if part.strip()]
    if isinstance(default, bool):
        if text.strip().lower() not in TRUTH:
            raise SettingsError(f"{variable}: found {shortened(text)!r}, need true or false.")
        return TRUTH[text.strip().lower()]
    read: Callable[[str], object] = {int: int, float: float}.get(type(default), str)
    try:
        return read(text)
    except ValueError:
        raise SettingsError(f"{variable}: found {shortened(text)!r}, need a number.") from None


def _converted(said: dict[str, Any], places: Mapping[str, str]) -> Settings:
    """Field by field, so that a fault is told with the place it comes from."""
    for name, value in said.items():
        try:
            msgspec.convert({name: value}, Settings)
        except msgspec.ValidationError as error:
            found = "" if isinstance(value, list | dict) else f"found {shortened(repr(value))}: "
            raise SettingsError(f"{places[name]}: {name}: {found}{_plain(error)}.") from None
    settings = msgspec.convert(said, Settings)
    faults = [
        *_places(settings),
        *([together] if (together := refusal(msgspec.structs.replace(settings, port=settings.port or 80))) else []),
    ]
    if faults:
        raise SettingsError(" ".join(faults))
    return settings


def _places(settings: Settings) -> Iterator[str]:
    """Addresses, files and folders that are named and cannot be what they should be."""
    for name in ("trusted_proxies", "metrics_from"):
        for entry in getattr(settings, name):
            if not is_network(entry):
                yield f"{name}: {shortened(repr(entry))} is no address and no network such as 10.0.0.0/8."
    for client in settings.clients:
        if client.jwks_file and not (Path(client.jwks_file).is_file() and os.access(client.jwks_file, os.R_OK)):
            yield f"clients: the jwks_file {shortened(repr(client.jwks_file))} cannot be read."
    for name in ("state_folder", "feedback_file"):
        path = Path(getattr(settings, name) or ".")
        folder = path if name == "state_folder" and path.exists() else path.parent
        if not (folder.is_dir() and os.access(folder, os.W_OK)):
            yield f"{name}: the folder {shortened(repr(str(folder)))} is not there, or cannot be written to."


def _plain(error: msgspec.ValidationError) -> str:
    said, _, at = str(error).partition(" - at ")
    unknown = UNKNOWN.fullmatch(said)
    if unknown:
        said = f"found no setting {shortened(repr(unknown[1]))}{_near(unknown[1], CLIENT_FIELDS)}"
    place = at.strip("`").removeprefix("$").removeprefix(".")
    return said.replace("`", "").replace("Expected", "need", 1) + (f" in {place}" if "[" in place else "")


def _near(name: str, known: Iterable[str] = FIELDS) -> str:
    near = get_close_matches(name.lower(), known, n=2)
    return f"; near it: {', '.join(near)}" if near else ""
