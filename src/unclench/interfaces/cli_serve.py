"""The verb `serve`: the page, the JSON and the CDS Hooks service, until it is stopped."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Annotated

import typer

from unclench.interfaces.door import refused
from unclench.values import Jurisdiction


def register(app: typer.Typer) -> None:
    """Add the verb to the program."""
    app.command()(serve)


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on. Default: 127.0.0.1.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 for any free one. Default: 8765.")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes that answer. Default: 1.")] = None,
    insecure_loopback: Annotated[
        bool, typer.Option("--insecure-loopback", help="CDS calls without tokens; on a loopback address only.")
    ] = False,
    config: Annotated[Path | None, typer.Option(help="A TOML file of settings; see docs/configuration.md.")] = None,
    jurisdiction: Annotated[
        Jurisdiction | None, typer.Option(help="Whose label and limits count. Default: us.")
    ] = None,
) -> None:
    """Answer on the web: pages, JSON and CDS Hooks. Stops on Ctrl-C, after what is running."""
    from unclench.interfaces.web.configure import SettingsError, configured
    from unclench.interfaces.web.ops.supervise import run

    given = {
        "host": host,
        "port": port,
        "workers": workers,
        "insecure_loopback": insecure_loopback or None,
        "jurisdiction": jurisdiction.value if jurisdiction else None,
    }
    try:
        settings = configured(config, {name: value for name, value in given.items() if value is not None})
    except SettingsError as error:
        raise refused(str(error)) from None
    gc.enable()  # `main` stops it for short runs; this one is long
    raise typer.Exit(run(settings))
