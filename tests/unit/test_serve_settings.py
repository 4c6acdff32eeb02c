"""Settings from the options, the environment, the file and the defaults; and what is refused, with words that help."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import jsonschema
import msgspec
import pytest

from unclench.interfaces.web.configure import FIELDS, ONLY_IN_FILE, PREFIX, SettingsError, configured
from unclench.interfaces.web.settings import Client, Settings

LOCAL = {"insecure_loopback": True}


def written(folder: Path, text: str) -> Path:
    path = folder / "serve.toml"
    path.write_text(text, encoding="utf-8")
    return path


def fault(file: Path | None = None, environment: dict[str, str] | None = None, **options: object) -> str:
    with pytest.raises(SettingsError) as caught:
        configured(file, LOCAL | options, environment or {})
    return str(caught.value)


def test_without_anything_the_defaults_count() -> None:
    assert configured(None, LOCAL, {}) == Settings(insecure_loopback=True)


def test_an_option_counts_before_the_environment_before_the_file_before_the_default(tmp_path: Path) -> None:
    file = written(tmp_path, 'port = 1111\nworkers = 2\njurisdiction = "uk"\nmax_queue = 3\n')
    environment = {f"{PREFIX}PORT": "2222", f"{PREFIX}WORKERS": "4", "UNCLENCH_SOMETHING_ELSE": "x"}
    found = configured(file, LOCAL | {"port": 3333}, environment)

    assert (found.port, found.workers, found.max_queue, found.jurisdiction) == (3333, 4, 3, "uk")


def test_the_variable_of_all_verbs_counts_after_that_of_the_service() -> None:
    both = {"UNCLENCH_JURISDICTION": "uk", f"{PREFIX}JURISDICTION": "us"}

    assert configured(None, LOCAL, {"UNCLENCH_JURISDICTION": "uk"}).jurisdiction == "uk"
    assert configured(None, LOCAL, both).jurisdiction == "us"


def test_variables_are_read_as_the_kind_of_the_field() -> None:
    found = configured(
        None,
        {},
        {
            f"{PREFIX}INSECURE_LOOPBACK": "true",
            f"{PREFIX}CORS_ORIGINS": "https://one.example.org, https://two.example.org",
            f"{PREFIX}STOP_SECONDS": "2.5",
            f"{PREFIX}REPEAT_FILTER": "0",
        },
    )

    assert found.cors_origins == ("https://one.example.org", "https://two.example.org")
    assert (found.stop_seconds, found.repeat_filter, found.insecure_loopback) == (2.5, False, True)


def test_every_field_but_clients_has_a_variable(tmp_path: Path) -> None:
    other: dict[str, object] = {"state_folder": str(tmp_path), "feedback_file": str(tmp_path / "feedback.jsonl")}
    for name, field in FIELDS.items():
        if name in ONLY_IN_FILE:
            assert "file only" in fault(None, {PREFIX + name.upper(): "x"})
            continue
        value = other.get(name, field.default)
        text = ",".join(value) if isinstance(value, tuple) else str(value)
        environment = {f"{PREFIX}INSECURE_LOOPBACK": "true"} | {PREFIX + name.upper(): text}
        if name == "insecure_loopback":
            environment[PREFIX + name.upper()] = "true"
            value = True
        assert getattr(configured(None, {}, environment), name) == value, name


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("prot = 1", "found no setting 'prot'; near it: port"),
        ("stop_second = 1", "found no setting 'stop_second'; near it: stop_seconds"),
        ("port = 65536", "port: found 65536: need int <= 65535"),
        ("port = '80'", "port: found '80': need int, got str"),
        ("port = 80.5", "port: found 80.5: need int"),
        ("workers = 0", "workers: found 0: need int >= 1"),
        ("queue_seconds = -1", "queue_seconds: found -1: need float > 0"),
        ("queue_seconds = nan", "queue_seconds"),
        ("stop_seconds = inf", "stop_seconds: found inf: need float <= 600"),
        ('jurisdiction = "fr"', "jurisdiction: found 'fr': Invalid enum value"),
        ('jurisdiction = ""', "jurisdiction: found ''"),
        ('allowed_hosts = "x"', "allowed_hosts: found 'x': need array, got str"),
        ("allowed_hosts = [1]", "allowed_hosts"),
        ("[clients]\niss = 'x'", "clients: need array, got object"),
        (
            "[[clients]]\niss = 'x'\njwks_fil = 'y'",
            "clients: found no setting 'jwks_fil'; near it: jwks_file, jwks_url in clients[0]",
        ),
        ("[[clients]]\njwks_file = 'y'", "clients[0]"),
        ("[[clients]]\niss = 'x'\njwks_file = 'not there'", "the jwks_file 'not there' cannot be read"),
        ("[[clients]]\niss = 'x'", "has no keys"),
        ("[[clients]]\niss = 'x'\njwks_url = 'ftp://x'", "jwks_url"),
        ('fhir_servers = ["file:///etc/passwd"]', "fhir_servers"),
        ('public_url = "cds.example.org"', "public_url"),
        ('metrics_from = ["10.0.0.0/33"]', "metrics_from: '10.0.0.0/33' is no address"),
        ('trusted_proxies = ["proxy"]', "trusted_proxies: 'proxy' is no address"),
        ('state_folder = "/not/there"', "state_folder: the folder '/not' is not there"),
        ('feedback_file = "/not/there/feedback.jsonl"', "feedback_file: the folder '/not/there' is not there"),
        ("port = ", "is not TOML"),
        ("port = 1\nport = 2", "is not TOML"),
    ],
)
def test_a_fault_in_the_file_is_told_with_what_to_do(tmp_path: Path, text: str, says: str) -> None:
    said = fault(written(tmp_path, text))

    assert says in said
    assert "\n" not in said


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("PROT", "1", "UNCLENCH_SERVE_PROT: found no setting 'prot'; near it: port"),
        ("PORT", "eighty", "found 'eighty', need a number"),
        ("PORT", "", "found '', need a number"),
        ("BEHIND_TLS", "maybe", "found 'maybe', need true or false"),
        ("JURISDICTION", "fr", "the environment: jurisdiction: found 'fr'"),
        ("port", "1", "found no setting"),
    ],
)
def test_a_fault_in_the_environment_names_the_variable(variable: str, value: str, says: str) -> None:
    assert says in fault(None, {PREFIX + variable: value})


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "bytes.toml").write_bytes(b"port = \xff")

    assert "No such file" in fault(tmp_path / "missing.toml")
    assert "Is a directory" in fault(tmp_path)
    assert "is not TOML" in fault(tmp_path / "bytes.toml")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "cds.example.org"])
def test_without_tokens_only_loopback_is_served(host: str) -> None:
    assert "loopback" in fault(host=host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_loopback_is_served_without_tokens(host: str) -> None:
    assert configured(None, LOCAL | {"host": host, "port": 0}, {}).host == host


def test_the_example_of_the_page_and_the_schema_agree_with_the_class(root: Path) -> None:
    page = (root / "docs" / "configuration.md").read_text(encoding="utf-8")
    example = tomllib.loads(page.partition("```toml\n")[2].partition("```")[0])
    schema = json.loads((root / "docs" / "configuration.schema.json").read_text(encoding="utf-8"))

    jsonschema.Draft202012Validator(schema).validate(example)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate(example | {"prot": 1})
    found = msgspec.convert(example, Settings)
    assert found.clients == (
        Client(iss="https://ehr.example.org", jwks_url="https://ehr.example.org/.well-known/jwks.json"),
    )
    for kind in (Settings, Client):
        described = schema["$defs"][kind.__name__]["properties"]
        assert all(described[field.name]["description"] for field in msgspec.structs.fields(kind))
