"""Credentials of stores: from the environment alone, and in nothing that agencyfile writes, prints or starts."""

import os
from pathlib import Path

import pytest
from sampling import thinned
from stores.conftest import PLACES, schemes
from stores.test_moving import NewPlace, workspace, write

from agencyfile.cli.app import run
from agencyfile.ledger_stores import http, object_log
from plan.child_environment import without_secrets

SECRETS = {
    "PGPASSWORD": "sentinel-of-the-database",
    "AWS_SECRET_ACCESS_KEY": "sentinel-of-the-bucket",
    "AWS_SESSION_TOKEN": "sentinel-of-the-session",
    "AZURE_STORAGE_ACCOUNT_KEY": "c2VudGluZWwtb2YtYXp1cmU=",
    "AZURE_CLIENT_SECRET": "sentinel-of-azure",
    "GOOGLE_SERVICE_ACCOUNT_KEY": "sentinel-of-google",
    "TF_HTTP_PASSWORD": "sentinel-of-the-state-server",
}


def test_programs_that_agencyfile_starts_get_no_password_of_a_store() -> None:
    """Git and its hooks have nothing to do with the database."""
    assert without_secrets({**SECRETS, "PGHOST": "db"}, may_authenticate=True) == {"PGHOST": "db"}


@pytest.mark.parametrize(
    ("scheme", "is_broken"), thinned([schemes(each, beside=(broken,)) for each in PLACES for broken in (0, 1)], every=5)
)
def test_no_output_and_no_file_holds_a_password_of_a_store(
    folder: Path,
    new_place: NewPlace,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    scheme: str,
    *,
    is_broken: int,
) -> None:
    """Commands that work, and commands whose server is not there, at their loudest."""
    here = workspace(folder, new_place(scheme))
    for name, value in SECRETS.items():
        if name != "GOOGLE_SERVICE_ACCOUNT_KEY":  # the library wants a whole one, also for an emulator
            monkeypatch.setenv(name, os.environ.get(name, value))
    secrets = [os.environ[name] for name in SECRETS if name in os.environ]
    write(here.ledger(), 1)
    if is_broken:
        for name in ("AWS_ENDPOINT_URL", "STORAGE_EMULATOR_HOST", "TF_HTTP_ADDRESS"):
            monkeypatch.setenv(name, "http://127.0.0.1:9/")
        monkeypatch.setenv("PGHOST", "/nowhere")
        monkeypatch.setattr(http, "READ_AGAIN", (0.0,))
        monkeypatch.setattr(object_log, "READ_RETRIES", object_log.NO_RETRIES)
    path = ["-f", str(here.path)]
    for command in (["show"], ["list"], ["export"], ["verify"], ["backup", str(folder / "backup.jsonl")]):
        run(["ledger", *command, *path])
    run(["ledger", "move", "--to", new_place("postgres"), *path])

    said = "".join(capfd.readouterr())
    kept = [file.read_text("utf-8", "replace") for file in folder.rglob("*") if file.is_file()]
    assert said
    assert not [secret for secret in secrets for text in (said, *kept) if secret in text]


@pytest.mark.parametrize(
    "place",
    [
        "postgres://ci:secret@db.agency.example/ledger",
        "postgres:db.agency.example/ledger",
        "postgres:host=db.agency.example",
        "s3://agency-ledgers/northwind",
        "s3:agency-ledgers",
        "s3:agency-ledgers/../other",
        "s3:agency-ledgers//northwind",
        "http://state.agency.example/northwind",
        "http:../northwind",
        "http:northwind?ID=1",
        "az:container/a?sig=x",
        "gs:bucket/a b",
    ],
)
def test_place_names_no_server(tmp_path: Path, capsys: pytest.CaptureFixture[str], place: str) -> None:
    """Whoever edits the agency file can lead the credentials nowhere."""
    (tmp_path / "agency.yaml").write_text(f'version: 1\nagency: {{name: northwind, ledger: "{place}"}}\n')

    assert run(["validate", "-f", str(tmp_path / "agency.yaml")]) == 1
    assert "ledger-location" in capsys.readouterr().err
