"""The night runs to its end, and its roster tells no stranger where anybody sleeps."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import icalendar
import pytest


def test_the_night_is_told_and_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = importlib.util.spec_from_file_location("heat_wave_night", Path(__file__).with_name("story.py"))
    assert spec is not None and spec.loader is not None
    story = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = story
    spec.loader.exec_module(story)

    assert story.main(tmp_path)
    printed = capsys.readouterr().out
    for told in (
        "again opens 0 patrols",
        "not yet: still to be met: grown-ups checked in ≥ 2",
        "out, led by li",
        "老王 declined",
        "helped by one first",
        "a rescue case: found, 小陈, of that contact: True",
        "first contact: 3:15:00",
        "'brought_in': 1",
        "handed out: {'leaflet': 1, 'water': 2}",
        "whole: True",
    ):
        assert told in printed
    feed = (tmp_path / "roster.ics").read_bytes()
    (event,) = icalendar.Calendar.from_ical(feed).walk("VEVENT")
    assert "north loop · heat" == str(event["summary"])
    assert "解放路" not in feed.decode()
