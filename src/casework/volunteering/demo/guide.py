"""What the files beside the page hold: a guide in both languages, written next to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from casework import Text

_FIGURES = {
    "activities": Text("activities by how they ended", "活动，按结果"),
    "cases": Text("cases by case type", "案件，按类型"),
    "entries": Text("entries of the log that were verified", "通过核验的记录条数"),
    "firings": Text("what people did and the engine accepted", "人员办理且被接受的操作次数"),
    "free_clinics": Text("activities that were free clinics", "义诊次数"),
    "grid": Text(
        "for each level of the grid: matters that ended there, and those solved there",
        "网格各级：在本级终结（含上报）的事项与在本级办结的事项",
    ),
    "help": Text("requests for help by how they ended", "求助，按结果"),
    "honoured": Text("volunteers who meet the standard of the season", "达到本季表彰标准的志愿者人数"),
    "median_wait_days": Text(
        "median days from the check of a request to its match, by reason for its place",
        "求助自核实至匹配的天数中位数，按排序依据",
    ),
    "minutes_credited": Text("minutes credited to volunteers", "记入志愿者的分钟"),
    "minutes_given": Text("minutes that volunteers gave away", "捐入公益时间池的分钟"),
    "minutes_paid": Text(
        "minutes of help by who paid: own, donated; free took none",
        "帮扶分钟，按来源：本人、公益时间池；free为不计时间",
    ),
    "missing": Text("matters passed on by what was missing", "上报的事项，按所缺"),
    "people_served": Text("people served at activities", "活动服务人次"),
    "refusals": Text("refused attempts by code", "被拒绝的操作，按代码"),
    "seed": Text("the seed; the same one gives the same season", "种子；相同种子得到相同的一季"),
    "services": Text("sign-ups by how they ended", "报名人次，按结果"),
    "settled": Text("sign-ups by how their minutes were settled", "报名人次，按工时结算方式"),
    "settled_late": Text(
        "services settled more than 14 plain days after they were done; public holidays are not taken out",
        "服务完成满14个自然日后才结清的人次，未扣除法定节假日",
    ),
    "tasks": Text("tasks by how they ended", "任务，按结果"),
    "timers": Text("steps that a deadline took", "由期限触发的步骤"),
    "volunteers": Text("registered volunteers", "注册志愿者人数"),
    "waiting_list": Text("sign-ups that waited, and those that moved up", "进入候补的人次与其中递补的人次"),
    "whole": Text("whether the records verified and every count agreed", "记录是否核验完整且各项计数一致"),
}
TEAM_COLUMNS = {
    "team": Text("the team's name in English", "服务队英文名称"),
    "服务队": Text("the team's name in Chinese", "服务队名称"),
    "services 记入人次": Text("services credited", "记入的人次"),
    "minutes 记入分钟": Text("minutes credited", "记入的分钟"),
    "absences 未到岗": Text("sign-ups of people who did not come", "报名后未到岗的人次"),
}
YEAR_COLUMNS = {
    "volunteer 志愿者编号": Text("the volunteer's number; nobody's name is told", "志愿者编号，不含姓名"),
    "minutes 分钟": Text("minutes credited", "记入的分钟"),
    "services 人次": Text("services credited", "记入的人次"),
    "absences 未到岗": Text("sign-ups where the volunteer did not come", "报名后未到岗的人次"),
    "mean rating 平均评价": Text(
        "mean of the stars given, 1 to 5; empty: never rated", "评价星级（1至5）的平均值，空为未获评价"
    ),
}
_YEARS = Text(
    "One line for each volunteer whose sign-up was closed in the year, whatever came of it; "
    "most minutes first, then by number.",
    "每名本年有报名结案的志愿者一行，无论结果如何；按分钟从多到少，再按编号排列。",
)
_TEAMS = Text("One line for each team.", "每支服务队一行。")
_ALL = Text(
    "Every count of the season. Times are minutes unless the name says days.",
    "本季全部计数。除名称注明天数外，时间单位为分钟。",
)


def guide() -> str:
    """The guide as Markdown."""
    parts = [
        "# 昌和社区志愿服务一季：数据文件说明 · A season of Changhe community: the files of figures",
        "",
        "人物和事件均为虚构。CSV文件为UTF-8编码，首行为列名。",
        "People and events are made up. The CSV files are UTF-8 and begin with a line of headings.",
        *_table("teams.csv", _TEAMS, TEAM_COLUMNS),
        *_table("years.csv", _YEARS, YEAR_COLUMNS),
        *_table("figures.json", _ALL, _FIGURES),
    ]
    return "\n".join(parts) + "\n"


def _table(file: str, what: Text, rows: Mapping[str, Text]) -> Iterator[str]:
    yield from ("", f"## {file}", "", what.zh, what.en, "", "| | 含义 | meaning |", "|---|---|---|")
    for name, meaning in rows.items():
        yield f"| `{name}` | {meaning.zh} | {meaning.en} |"
