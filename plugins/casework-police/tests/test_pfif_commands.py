"""``casework police pfif-…``: one file in, one file out, and an exit code that can be relied on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import casework_police
import pytest
from casework_police.pfif import Person, Tombstone, read
from click.testing import CliRunner, Result

from casework import SystemClock
from casework.cli.root import root

FILES = Path(__file__).parent / "pfif_files"
Call = Callable[..., Result]


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """The command line of somebody who may do everything with reports, on a store of its own."""
    monkeypatch.chdir(tmp_path)
    env = {
        "CASEWORK_STORE": "sqlite:///reports.db",
        "CASEWORK_ACTOR": "li",
        "CASEWORK_ROLES": "caseworker,tracer,director",
        "CASEWORK_UNIT": "anlu",
        "CASEWORK_PFIF_DOMAIN": "anlu.example",
        "CASEWORK_PFIF_NAME": "安陆市救助管理站",
        "LANG": "C.UTF-8",
        "LC_ALL": None,
    }

    def call(*words: str | Path) -> Result:
        told = ["--no-installed", "--plugin", casework_police.__name__, *map(str, words)]
        return CliRunner().invoke(root, told, env=env)

    assert 0 == call("migrate").exit_code
    return call


def test_check_tells_every_mistake_with_its_line_and_ends_with_6(cli: Call) -> None:
    done = cli("police", "pfif-check", FILES / "violations.xml")

    assert 6 == done.exit_code
    assert "line 11: NoDomain.Example/2 person_record_id: no record identifier" in done.stderr
    assert "[plugins/casework-police/docs/pfif.md#bad-record-id]" in done.stderr


def test_check_of_a_good_file_ends_with_0_and_needs_no_store(cli: Call) -> None:
    Path("reports.db").unlink()

    done = cli("police", "pfif-check", FILES / "family_report.xml", "--json")

    told = json.loads(done.stdout)
    assert (0, 6, 2, 4, 0) == (done.exit_code, told["read"], told["persons"], told["notes"], told["errors"])


def test_check_finds_a_record_that_stands_twice(cli: Call, tmp_path: Path) -> None:
    text = (FILES / "expired.xml").read_text(encoding="utf-8")
    (tmp_path / "twice.xml").write_text(text.replace("person.2<", "person.3<"), encoding="utf-8")

    done = cli("police", "pfif-check", "twice.xml", "--json")

    found = [
        finding["record"] for finding in json.loads(done.stdout)["findings"] if finding["code"] == "repeated-record"
    ]
    assert (0, ["anlu.example/person.3"]) == (done.exit_code, found)


def test_check_speaks_chinese(cli: Call) -> None:
    assert "第 11 行" in cli("--lang", "zh", "police", "pfif-check", FILES / "violations.xml").stderr


@pytest.mark.parametrize("command", ["pfif-check", "pfif-import"])
def test_a_file_that_is_not_there_is_a_wrong_call(cli: Call, command: str) -> None:
    assert 2 == cli("police", command, "nowhere.xml").exit_code


def test_import_does_once_what_the_dry_run_told(cli: Call) -> None:
    words = ("police", "pfif-import", FILES / "version_1_3.xml", "--json")

    planned = json.loads(cli(*words, "--dry-run").stdout)
    done = cli(*words)
    again = json.loads(cli(*words).stdout)

    told = json.loads(done.stdout)
    assert 0 == done.exit_code
    assert {"dry_run": True} | {k: v for k, v in told.items() if k != "dry_run"} == planned
    assert (1, 1) == (told["opened"], told["noted"])
    assert (0, 1) == (again["opened"], again["unchanged"])


def test_import_of_a_file_with_mistakes_takes_the_good_records_and_ends_with_6(cli: Call) -> None:
    done = cli("police", "pfif-import", FILES / "violations.xml")

    assert 6 == done.exit_code
    assert "reports opened" in done.stdout
    assert "line 26: good.example/3 source_date: a field is missing" in done.stderr


def test_what_is_exported_can_be_checked_and_read(cli: Call, tmp_path: Path) -> None:
    cli("police", "pfif-import", FILES / "version_1_3.xml")
    case = json.loads(cli("worklist", "reports_to_take_on", "--json").stdout)["cases"][0]["id"]
    assert 0 == cli("fire", case, "record_consent", "consent=public", "consent_paper=7").exit_code

    done = cli("police", "pfif-export", "-o", "out.xml", "--recipient", "public", "--audience", "public", "--json")

    (person, _) = read(tmp_path / "out.xml", now=SystemClock().now())
    assert 0 == done.exit_code and 1 == json.loads(done.stdout)["persons"]
    assert isinstance(person, Person) and "haiti.example/person.4" == person.person_record_id
    assert 0 == cli("police", "pfif-check", "out.xml").exit_code
    assert [] == list(tmp_path.glob("*.part"))


def test_an_export_on_a_basis_that_does_not_allow_it_is_a_wrong_call_and_writes_no_file(cli: Call) -> None:
    words = ("--recipient", "x", "--audience", "public", "--basis", "statutory_duty")

    done = cli("police", "pfif-export", "-o", "out.xml", *words)

    assert done.exit_code != 0
    assert not Path("out.xml").exists()


@pytest.mark.parametrize("domain", ["ANLU", "ANLU!"])
@pytest.mark.parametrize(
    "words", [("pfif-import", FILES / "expired.xml"), ("pfif-export", "-o", "out.xml", "--recipient", "x")]
)
def test_a_domain_that_is_none_is_refused_by_its_name_and_writes_no_file(
    cli: Call, words: tuple[str, ...], domain: str
) -> None:
    done = cli("police", *words, "--domain", domain)

    assert 0 != done.exit_code
    assert "domain: takes a lower-case domain" in done.stderr
    assert [] == list(Path().glob("out.xml*"))


def test_f66_what_expired_is_cleared_by_one_command(cli: Call, tmp_path: Path) -> None:
    text = (FILES / "expired.xml").read_text(encoding="utf-8").replace("2026-06-01", "2999-01-01")
    (tmp_path / "held.xml").write_text(text.replace("anlu.example", "other.example"), encoding="utf-8")
    cli("police", "pfif-import", "held.xml")
    case = json.loads(cli("worklist", "reports_to_take_on", "--json").stdout)["cases"][0]["id"]
    assert 0 == cli("fire", case, "record_consent", "consent=agencies", "consent_paper=7").exit_code
    assert 0 == cli("amend", case, "expires_on=2020-01-01").exit_code

    planned = json.loads(cli("police", "pfif-expire", "--dry-run", "--json").stdout)
    done = cli("police", "pfif-expire")
    cli("police", "pfif-export", "-o", "out.xml", "--recipient", "孝感")

    assert [{"case": case, "result": "cleared"}] == planned["reports"]
    assert 0 == done.exit_code
    (stone,) = read(tmp_path / "out.xml", now=SystemClock().now())
    assert isinstance(stone, Tombstone) and "other.example/person.3" == stone.person_record_id
    assert "仍在保存期内" not in cli("show", case).stdout
