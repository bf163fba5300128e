"""How cases and their history look to people: titles in their language, names beside them for typing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from casework import Case, CaseType, Field, HistoryEntry, Language
from casework.cli.screen import Column, Screen
from casework.cli.values import form_of, shape
from casework.model.erasure import ErasureStep
from casework.titles import Titles

_KINDS = {
    "open": ("opened", "立案"),
    "amend": ("amended", "修改"),
    "note": ("remark", "备注"),
    "assign": ("assigned", "指派"),
    "correct": ("corrected", "更正"),
    "enclose": ("file enclosed", "存入附件"),
    "withdraw": ("file withdrawn", "撤回附件"),
    "adopt": ("moved to the present definition", "转入现行定义"),
    "migrate": ("moved to the present definition by a migration", "按迁移转入现行定义"),
    "recheck": ("looked at again", "复查"),
    "erase": ("erasure of a person", "清除个人信息"),
    "break": ("glass broken", "紧急查阅"),
    "review": ("broken glass reviewed", "复核紧急查阅"),
    "extend": ("deadline extended", "延长期限"),
}
_STEPS: Mapping[ErasureStep, tuple[str, str]] = {
    "asked": ("asked for", "已提出"),
    "refused": ("refused", "未予受理"),
    "dropped": ("dropped", "已撤销"),
    "erased": ("what was personal was erased", "个人信息已清除"),
    "held": ("legal hold placed", "法律保全"),
    "released": ("released", "已解除"),
}


def moment(instant: datetime) -> str:
    """An instant in the zone of this machine, to the minute, with its offset."""
    return instant.astimezone().isoformat(" ", "minutes")


def size(count: int) -> str:
    """A count of bytes in the unit that people use for so many."""
    for unit, many in (("MB", 1_000_000), ("kB", 1_000)):
        if count >= many:
            return f"{count / many:.1f} {unit}"
    return f"{count} B"


class Looks:
    """Shows cases of one composed case type."""

    def __init__(self, screen: Screen, case_type: CaseType) -> None:
        self.screen, self.case_type, self.titles = screen, case_type, Titles(case_type)
        self._language: Language = screen.language
        self._case_id = ""
        self._colon = screen.told(": ", "：")
        self._choices = {
            (field.name, choice.name)
            for fields in (*_forms(case_type), case_type.data, *(w.fields for w in case_type.chain))
            for field in fields
            for choice in field.choices
        }

    def title(self, kind: str, name: str) -> str:
        """The title of a named thing."""
        return self.titles(kind, name, self._language)

    def state(self, workflow: str, state: str) -> str:
        """A state by its title, with its name where that says something else."""
        title = self.title("state", f"{workflow}.{state}")
        return title if title == state.replace("_", " ") else f"{title} ({state})"

    def value(self, name: str, held: object) -> str:
        """A value in words."""
        match held:
            case None:
                return self.screen.told("not known", "不详")
            case bool():
                return self.screen.told("yes", "是") if held else self.screen.told("no", "否")
            case datetime():
                return moment(held)
            case date():
                return held.isoformat()
            case str() if (name, held) in self._choices:
                return self.title("choice", f"{name}.{held}")
        return str(held)

    def headline(self, case: Case) -> None:
        """A case in one line: what it is, how it stands."""
        states = self.screen.told(", ", "，").join(
            f"{self.title('workflow', workflow)}{self._colon}{self.state(workflow, state)}"
            for workflow, state in case.states.items()
        )
        self.screen.line(f"{self.title('case_type', case.case_type)} {case.id}", "bold")
        self.screen.line(f"  {states}")
        self.screen.line(f"  {self.screen.told('revision', '版本')} {case.revision}")

    def case(self, case: Case, triggers: tuple[str, ...], now: datetime) -> None:
        """A case in full, as its reader may see it, and what that reader can do."""
        self.screen.line(f"{self.title('case_type', case.case_type)} {case.id}", "bold")
        self.screen.pairs(self._about(case), indent=2)
        self.screen.heading(self.screen.told("States", "状态"))
        self.screen.pairs(((self.title("workflow", w), self.state(w, s)) for w, s in case.states.items()), indent=2)
        self._fields(case)
        self._dues(case, now)
        self._triggers(triggers)

    def _about(self, case: Case) -> Iterator[tuple[str, str]]:
        told = self.screen.told
        yield told("unit", "单位"), case.unit or "-"
        yield told("revision", "版本"), str(case.revision)
        yield told("opened", "立案时间"), moment(case.opened_at)
        if case.closed_at is not None:
            yield told("closed", "结案时间"), moment(case.closed_at)
        if case.parent is not None:
            yield told("parent", "上级案件"), case.parent

    def _fields(self, case: Case) -> None:
        told = self.screen.told
        self.screen.heading(told("Fields", "内容"))
        hidden = told("hidden: you may not read it", "隐藏：您无权查看")
        order = [field.name for field in self.case_type.data]
        names = sorted(
            {*case.data, *case.hidden}, key=lambda name: (order.index(name) if name in order else len(order), name)
        )
        rows = [
            (name, self.title("field", name), self.value(name, case.data[name]) if name in case.data else hidden)
            for name in names
        ]
        if not rows:
            self.screen.line(f"  {told('nothing is known yet', '暂无内容')}")
            return
        columns = (Column(told("name", "名称"), whole=True), Column(told("title", "标题")), Column(told("value", "值")))
        self.screen.table(columns, rows, indent=2)

    def _dues(self, case: Case, now: datetime) -> None:
        if case.dues:
            self.screen.heading(self.screen.told("Deadlines", "期限"))
            dues = sorted(case.dues.items(), key=lambda item: item[1])
            self.screen.pairs(((self.title("deadline", name), self.due(due, now)) for name, due in dues), indent=2)

    def due(self, due: datetime, now: datetime) -> str:
        """A due date, and whether it is over."""
        return moment(due) + (self.screen.told("  overdue", "  已逾期") if due <= now else "")

    def _triggers(self, triggers: tuple[str, ...]) -> None:
        if not triggers:
            return
        self.screen.heading(self.screen.told("You can", "您可以办理"))
        columns = (
            Column(self.screen.told("trigger", "操作"), whole=True),
            Column(self.screen.told("title", "标题")),
            Column(self.screen.told("fill in", "填写")),
        )
        rows = [(name, self.title("trigger", name), self._form(name)) for name in triggers]
        self.screen.table(columns, rows, indent=2)

    def _form(self, trigger: str) -> list[str]:
        fields = (form_of(self.case_type, trigger) or {}).values()
        return [
            f"{field.name}={shape(field, self._language)}"
            if field.required
            else f"[{field.name}={shape(field, self._language)}]"
            for field in fields
        ]

    def history(self, case_id: str, entries: tuple[HistoryEntry, ...]) -> None:
        """The log of a case as a table, oldest first."""
        self._case_id = case_id
        told = self.screen.told
        columns = (
            Column("#", whole=True, right=True),
            Column(told("when", "时间"), whole=True),
            Column(told("who", "办理人")),
            Column(told("what", "事项")),
            Column(told("details", "详情")),
        )
        rows = ((str(e.number), moment(e.at), self._who(e), self._what(e), list(self._details(e))) for e in entries)
        self.screen.table(columns, rows)

    def _who(self, entry: HistoryEntry) -> str:
        return entry.actor if entry.actor == entry.person else f"{entry.actor} ({entry.person})"

    def _what(self, entry: HistoryEntry) -> list[str]:
        lines = []
        if entry.kind in _KINDS:
            lines.append(self.screen.told(*_KINDS[entry.kind]))
        if entry.trigger and entry.kind != "assign":
            title = self.title("trigger", entry.trigger)
            lines.append(title if title == entry.trigger.replace("_", " ") else f"{title} ({entry.trigger})")
        if entry.cause is not None and entry.cause.kind == "timer":
            deadline = self.title("deadline", entry.cause.name)
            lines.append(self.screen.told(f"time ran out: {deadline}", f"期限已到：{deadline}"))
        if entry.cause is not None and entry.cause.kind == "import":
            name = " ".join(part for part in (entry.cause.name, entry.cause.case_id) if part)
            lines.append(self.screen.told(f"imported from {name}", f"导入自 {name}"))
        elif entry.cause is not None and entry.cause.case_id:
            lines.append(self.screen.told(f"by case {entry.cause.case_id}", f"因案件 {entry.cause.case_id}"))
        if entry.corrects is not None:
            lines.append(self.screen.told(f"undoes entry {entry.corrects}", f"撤销第{entry.corrects}条"))
        return lines or [entry.kind]

    def _details(self, entry: HistoryEntry) -> Iterator[str]:
        told = self.screen.told
        for step in entry.steps:
            if step.entered:
                by_itself = told(" (by itself)", "（自动）") if step.automatic else ""
                ends = [
                    self.title("state", f"{step.workflow}.{state}") if state else "–"
                    for state in (step.source, step.target)
                ]
                yield f"{self.title('workflow', step.workflow)}{self._colon}{ends[0]} → {ends[1]}{by_itself}"
        yield from self._values(entry.changes)
        yield from self._values({name: held for name, held in entry.form.items() if name not in entry.changes})
        for debit, credit, commodity, amount in entry.postings:
            yield f"{amount} {commodity}{self._colon}{self._account(debit)} → {self._account(credit)}"
        for name, case_id, _ in entry.opened:
            yield told(f"opened {name} {case_id}", f"另立 {name} {case_id}")
        for role, person in entry.assigned:
            who = told("nobody", "无") if person is None else person or told("hidden", "隐藏")
            yield f"{self.title('role', role)}{self._colon}{who}"
        if entry.enclosed is not None:
            yield f"{entry.enclosed.name} ({size(entry.enclosed.size)})"
        if entry.withdraws is not None:
            yield told(f"that of entry {entry.withdraws}", f"第{entry.withdraws}条的附件")
        if entry.breaks is not None:
            yield told(f"until {moment(entry.breaks)}", f"至 {moment(entry.breaks)}")
        if entry.reviews is not None:
            yield told(f"that of entry {entry.reviews}", f"第{entry.reviews}条的紧急查阅")
        if entry.note:
            yield entry.note
        if entry.refused:
            yield told(f"refused: {entry.refused}", f"被拒绝：{entry.refused}")
        if entry.hidden:
            names = ", ".join(self.title("given", name) for name in entry.hidden)
            yield told(f"hidden: {names}", f"隐藏：{names}")
        if entry.erases is not None:
            yield told(*_STEPS[entry.erases.step])
        if entry.withheld:
            yield told("from before you could see this case", "您可查看本案之前的记录")
        if entry.erased:
            yield told("the values were erased", "内容已删除")

    def _account(self, key: str) -> str:
        """An account by its title, with whose it is; that it is this case's own goes without saying."""
        name, *whose = key.split("|")
        told = ", ".join(part for part in whose if part and part != self._case_id)
        return f"{self.title('account', name)} ({told})" if told else self.title("account", name)

    def _values(self, held: Mapping[str, object]) -> Iterator[str]:
        for name, value in held.items():
            yield f"{self.title('given', name)}{self._colon}{self.value(name, value)}"


def _forms(case_type: CaseType) -> Iterator[tuple[Field, ...]]:
    for workflow in case_type.chain:
        for transition in workflow.transitions:
            yield transition.form
