"""enclose, enclosures, enclosure, withdraw, blobs; and what verify and doctor say of files."""

from __future__ import annotations

import json
from pathlib import Path

import attrs
import pytest
from cli.errand import BOSS, Line
from click.testing import Result
from files import PDF, PNG, SVG

KEEPER = ("--as", "li", "--role", "keeper")
CHINESE = ("--lang", "zh")


@pytest.fixture
def case(cli: Line) -> str:
    Path("binder.yaml").write_text(BINDER, encoding="utf-8")
    cli("--definition", "binder.yaml", "migrate")
    Path("a.png").write_bytes(PNG)
    Path("证明.pdf").write_bytes(PDF)
    return str(keep(cli)("open", "binder").stdout.split()[1])


BINDER = """\
name: binder
chain:
  - name: binder
    initial: open
    states:
      - name: open
      - name: shut
        final: true
    transitions:
      - trigger: shut
        from: open
        to: shut
        roles: keeper
roles: [keeper]
opens: keeper
grants: {view: keeper, edit: keeper, note: keeper}
readers: {personal: keeper}
"""


@attrs.frozen
class Keep:
    """The command line of somebody who keeps binders, with a place for their files."""

    line: Line

    def __call__(self, *words: str, code: int = 0) -> Result:
        return self.line(*KEEPER, "--definition", "binder.yaml", "--blobs", "blobs", *words, code=code)


def keep(cli: Line) -> Keep:
    return Keep(cli)


def test_files_go_in_and_come_out_as_they_were(cli: Line, case: str) -> None:
    told = json.loads(keep(cli)("enclose", case, "a.png", "证明.pdf", "--if-revision", "1", "--json").stdout)
    listed = json.loads(keep(cli)("enclosures", case, "--json").stdout)["enclosures"]
    keep(cli)("enclosure", case, "3", "-o", "out.pdf")

    assert 3 == told["case"]["revision"]
    assert [(2, "a.png", "image/png"), (3, "证明.pdf", "application/pdf")] == [
        (item["number"], item["name"], item["media_type"]) for item in listed
    ]
    assert (PDF, 0o600) == (Path("out.pdf").read_bytes(), Path("out.pdf").stat().st_mode & 0o777)
    table = keep(cli)("enclosures", case, *CHINESE).stdout
    assert "证明.pdf" in table and "67 B" in table and "名称" in table


@pytest.mark.sqlite("doctor rightly finds that the server of the tests waits for no disk")
def test_one_bad_file_keeps_all_of_them_out(cli: Line, case: str) -> None:
    Path("b.png").write_bytes(SVG)
    told = keep(cli)("enclose", case, "a.png", "b.png", *CHINESE, code=3)

    assert "网页或矢量图" in told.stderr
    assert "没有您可查看的附件" in keep(cli)("enclosures", case, *CHINESE).stdout
    assert "1 that no case keeps" in keep(cli)("doctor").stdout.replace("\n", " ")


def test_the_refused_one_of_several_files_is_named(cli: Line, case: str) -> None:
    Path("evil.png").write_bytes(SVG)

    english = keep(cli)("enclose", case, "a.png", "evil.png", "证明.pdf", code=3).stderr
    chinese = keep(cli)("enclose", case, "a.png", "evil.png", "证明.pdf", *CHINESE, code=3).stderr

    assert "evil.png: what was filled in cannot be taken" in english and "- content: " in english
    assert "evil.png：所填内容无法接受" in chinese and "- 文件内容：" in chinese
    assert "a.png" not in english and "证明.pdf" not in english


def test_without_the_place_of_the_files_a_file_is_not_said_to_be_damaged(cli: Line, case: str) -> None:
    keep(cli)("enclose", case, "a.png")

    told = cli(*KEEPER, "--definition", "binder.yaml", "enclosure", case, "2", "-o", "out.png", *CHINESE, code=2)

    assert "--blobs" in told.stderr and "备份" not in told.stderr


def test_a_file_is_never_written_over_another(cli: Line, case: str) -> None:
    keep(cli)("enclose", case, "a.png")
    keep(cli)("enclosure", case, "2", "-o", "a.png", code=2)

    assert PNG == Path("a.png").read_bytes()
    keep(cli)("enclosure", case, "9", "-o", "new.png", code=3)
    assert not Path("new.png").exists()


def test_damaged_bytes_end_with_six_and_leave_no_file(cli: Line, case: str) -> None:
    keep(cli)("enclose", case, "a.png")
    (path,) = Path("blobs").glob("??/??/*")
    path.chmod(0o600)
    path.write_bytes(PNG[:-1] + b"x")
    told = keep(cli)("enclosure", case, "2", "-o", "out.png", *CHINESE, code=6)

    assert "附件内容缺失或已损坏" in told.stderr
    assert not Path("out.png").exists()
    keep(cli)("verify")
    assert "other bytes" in keep(cli)("verify", "--rehash", code=6).stdout


def test_a_wrong_file_is_withdrawn_with_a_reason(cli: Line, case: str) -> None:
    keep(cli)("enclose", case, "a.png", "--class", "open", "--request-id", "photo")
    keep(cli)("enclose", case, "a.png", "--class", "open", "--request-id", "photo")
    keep(cli)("withdraw", case, "2", "--because", "of somebody else", "--if-revision", "2")
    shown = keep(cli)("history", case).stdout
    (enclosed, withdrawn) = json.loads(keep(cli)("history", case, "--json").stdout)["entries"][1:]

    assert ("a.png", 2) == (enclosed["enclosed"]["name"], withdrawn["withdraws"])
    assert all(words in shown for words in ("file enclosed", "a.png (67 B)", "file withdrawn", "that of entry 2"))
    assert [] == [path for path in Path("blobs").rglob("*") if path.is_file()]


def test_sweeping_leaves_what_is_young_and_what_is_kept(cli: Line, case: str, later: None) -> None:
    keep(cli)("enclose", case, "a.png")
    keep(cli)("enclose", case, "证明.pdf", code=0)
    keep(cli)("withdraw", case, "3", "--because", "x")
    orphan = Path("blobs/ab/cd") / ("abcd" + "0" * 60)
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(b"left behind")

    assert "no case keeps 1" in keep(cli)("blobs").stdout
    assert 0 == json.loads(keep(cli)("blobs", "--sweep", "--hours", "96", "--json").stdout)["removed"]
    told = json.loads(keep(cli)("blobs", "--sweep", "--json").stdout)
    assert {"removed": 1, "kept": 1, "enclosures": 1, "orphans": 0, "lost": 0} == told
    assert "无案件引用 0 个" in keep(cli)("blobs", *CHINESE).stdout


@pytest.mark.sqlite("doctor rightly finds that the server of the tests waits for no disk")
def test_a_store_with_files_asks_where_they_are(cli: Line, case: str) -> None:
    keep(cli)("enclose", case, "a.png")

    assert "--blobs DIR" in cli("doctor", "--definition", "binder.yaml", code=4).stdout.replace("\n", " ")
    assert "no blob store" in cli("verify", "--definition", "binder.yaml", code=6).stdout.replace("\n", " ")
    assert "1 enclosure\n" in keep(cli)("verify").stdout
    assert {"kept": 1, "enclosures": 1, "orphans": 0, "lost": 0} == json.loads(keep(cli)("doctor", "--json").stdout)[
        "blobs"
    ]


def test_calls_that_lack_something_are_told_what(cli: Line, case: str) -> None:
    assert "--blobs DIR" in cli("blobs", code=2).stderr
    assert "附件存放处" in cli("blobs", *CHINESE, code=2).stderr
    told = cli(*KEEPER, "--definition", "binder.yaml", "enclose", case, "a.png", *CHINESE, code=3)
    assert "--blobs" in told.stderr
    assert "no such" in keep(cli)("enclose", case, "nosuch.png", code=2).stderr.lower()
    assert "one file at a time" in keep(cli)("enclose", case, "a.png", "证明.pdf", "--request-id", "x", code=2).stderr
    assert "not-found" in json.loads(cli(*BOSS, "enclosures", "nosuch", "--json", code=3).stdout)["error"]["page"]
