"""docs/first-card.md is done as it is read: its files give a token, a client and a card."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from unclench.interfaces.web.app import create
from unclench.interfaces.web.settings import Client, Settings

pytestmark = pytest.mark.verifies("W2")


def block(page: str, kind: str) -> str:
    """The one block of this kind."""
    (found,) = re.findall(rf"```{kind}\n(.*?)```", page, re.DOTALL)
    return str(found)


def test_the_files_of_the_page_give_a_card(root: Path, tmp_path: Path) -> None:
    page = (root / "docs" / "first-card.md").read_text(encoding="utf-8")
    (tmp_path / "make_token.py").write_text(block(page, "python"), encoding="utf-8")

    def token(url: str) -> str:
        run = subprocess.run(
            [sys.executable, "make_token.py", url], cwd=tmp_path, capture_output=True, check=True, timeout=60
        )
        return run.stdout.decode()

    named = tomllib.loads(block(page, "toml"))
    url = re.search(r"^url=(\S+)$", page, re.MULTILINE)
    assert url is not None
    path = url[1].removeprefix(f"http://127.0.0.1:{named['port']}")
    sent: dict[str, Any] = json.loads(block(page, "json"))
    first = token(url[1])
    (client,) = named["clients"]
    keys = tmp_path / client["jwks_file"]
    assert '"d"' not in keys.read_text(), "the private half stays with the client"
    assert (tmp_path / "client-private.json").stat().st_mode & 0o077 == 0
    known = Client(iss=client["iss"], jwks_file=str(keys))
    settings = Settings(port=named["port"], clients=(known,), state_folder=str(tmp_path), rate_per_minute=0)
    with TestClient(create(settings), base_url=f"http://127.0.0.1:{named['port']}") as service:
        for used, status in ((first, 200), (first, 401), (token(url[1]), 200)):
            answer = service.post(path, json=sent, headers={"Authorization": f"Bearer {used}"})
            assert answer.status_code == status, answer.text
        (card,) = answer.json()["cards"]
    assert f"*{card['summary'].removesuffix('.')}*" in " ".join(page.split())
    assert [action["type"] for one in card["suggestions"] for action in one["actions"]] == ["delete"]
