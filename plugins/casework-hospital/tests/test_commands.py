"""``casework hospital``: beds, messages out and in, in both languages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from casework_hospital.fhir import Exchange, from_json
from click.testing import CliRunner, Result

from casework.cli.root import root

FILES = Path(__file__).parent / "fhir_files"
BASE = "https://station.example/fhir"


class Line:
    """Calls of the command line on the store of the town."""

    def __init__(self, url: str) -> None:
        self._start = ["--store", url, "--lang", "en"]

    def __call__(self, *words: str, who: str = "gateway", roles: tuple[str, ...] = ("ward_nurse",)) -> Result:
        held = [word for role in roles for word in ("--role", role)]
        called = [*self._start, "--as", who, *held, *words]
        return CliRunner(env={"LANG": "C.UTF-8"}).invoke(root, called, prog_name="casework")


@pytest.fixture
def line(town: Any) -> Line:
    return Line(town.url)


def test_the_free_beds_of_the_wards_are_shown(town: Any, line: Line) -> None:
    town.accepted()
    shown = line("hospital", "wards", "--json")

    assert 0 == shown.exit_code, shown.output
    assert {"ward_a": 1, "ward_b": 0, "ward_c": 0} == {
        item["ward"]: item["free"] for item in json.loads(shown.stdout)["wards"]
    }
    assert "合作病区甲" in line("--lang", "zh", "hospital", "wards").stdout


def test_without_an_office_the_command_says_what_to_do(empty_town: Any) -> None:
    empty_town.start()

    assert "open a ward_office" in Line(empty_town.url)("hospital", "wards").stderr


def test_a_referral_goes_out_into_a_new_file_only(town: Any, line: Line, tmp_path: Path) -> None:
    case, out = town.requested(), tmp_path / "out.json"
    words = ("hospital", "fhir-export", case.id, "-o", str(out), "--base", BASE, "--alias", "the old man")
    done = line(*words, who="he", roles=("director",))
    told = from_json(out.read_text(encoding="utf-8"), Exchange(base=BASE))

    assert 0 == done.exit_code, done.output
    assert (case.id, "requested", "a stroke", "the old man") == (
        told.case,
        told.state,
        told.diagnosis,
        told.patient.alias,
    )
    assert 2 == line(*words, who="he", roles=("director",)).exit_code


def test_an_answer_comes_in_and_what_is_parked_ends_with_3(town: Any, line: Line, tmp_path: Path) -> None:
    case = town.requested()
    accepted, admitted = tmp_path / "a.json", tmp_path / "b.json"
    for path, name in ((accepted, "02_accepted"), (admitted, "03_admitted")):
        path.write_text((FILES / f"{name}.json").read_text("utf-8").replace("CASE", case.id), encoding="utf-8")
    done = line("hospital", "fhir-import", str(accepted), "--base", BASE)
    parked = line("hospital", "fhir-import", str(admitted), "--base", BASE, "--json")

    assert (0, f"{case.id} accept: done\n") == (done.exit_code, done.stdout)
    assert 3 == parked.exit_code
    [outcome] = json.loads(parked.stdout)["outcomes"]
    assert ("admit", "parked", "unmet") == (outcome["trigger"], outcome["result"], outcome["code"])
    town.fire("li", case, "admit", hospital="First Hospital", diagnosis="a stroke")
    both = ("ward_nurse", "ward_liaison")
    retried = line("hospital", "retry", outcome["parked"], who="liaison", roles=both)
    assert (0, "done\n") == (retried.exit_code, retried.stdout)


def test_a_login_without_a_unit_says_where_to_park_what_it_does_not_see(town: Any, line: Line, tmp_path: Path) -> None:
    answer = tmp_path / "a.json"
    answer.write_text((FILES / "02_accepted.json").read_text("utf-8"), encoding="utf-8")
    parked = line("hospital", "fhir-import", str(answer), "--base", BASE, "--in", "anlu", "--json")
    [outcome] = json.loads(parked.stdout)["outcomes"]

    assert ("not-found", "anlu") == (outcome["code"], town.desk("liaison").get(outcome["parked"]).unit)


def test_a_file_that_is_no_message_is_a_wrong_call(town: Any, line: Line, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_text("<Bundle/>", encoding="utf-8")
    told = line("hospital", "fhir-import", str(wrong), "--base", BASE)

    assert 2 == told.exit_code
    assert "XML is not read" in told.stderr
    assert "Traceback" not in told.output


def test_every_command_explains_itself_in_both_languages(line: Line) -> None:
    for words in (["hospital"], *(["hospital", name] for name in ("wards", "fhir-export", "fhir-import", "retry"))):
        english, chinese = line(*words, "--help").stdout, line("--lang", "zh", *words, "--help").stdout

        assert english.startswith("Usage: ")
        assert english.isascii() or "–" in english
        assert chinese.startswith("用法：")


def test_without_the_library_the_command_says_how_to_install_it(tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "sys.modules['fhir'] = None\n"
        "from casework import SetupError\n"
        "from casework_hospital.fhir import Exchange, meanings\n"
        f"text = open({str(FILES / '01_received.json')!r}, encoding='utf-8').read()\n"
        "try: meanings(text, Exchange(base='https://station.example/fhir'))\n"
        "except SetupError as error: print(error)\n"
    )
    env = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60, env=env, cwd=tmp_path
    )

    assert "install casework-hospital[fhir]" in done.stdout
