"""Mistakes that people make around volunteering, and what each of them wanted."""

from __future__ import annotations

from casework import Text

NO_RISKS = Text("announcing an activity without its risks", "公布活动未说明风险")
UNINSURED = Text("placing somebody without insurance or qualification", "录用未投保或无资格人员")
ELSEWHERE = Text("checking somebody in who is still checked in elsewhere", "为仍在其他服务签到的人员签到")
ONE_PERSON_TWICE = Text("naming one person as certifier and as person served", "同一人既为认证员又为服务对象")
CERTIFIED_ALONE = Text("certifying one's own hours", "志愿者自行认证工时")
TIMES_DO_NOT_FIT = Text("certifying more minutes than lie between beginning and end", "认证工时超出起止时间")
TWICE = Text("certifying twice", "重复认证")
LOOKED_INTO = Text("a neighbour attesting what is none of theirs", "无关人员代为确认")
MORE_THAN_CONTESTED = Text("granting more than is contested", "认定超出争议部分")
CONCLUDED_TOO_SOON = Text("closing a task before everybody is settled", "尚有未结清人次即结束认证")
CALLED_OFF_TOO_SOON = Text("calling a task off before everybody is told", "未通知全部人员即取消任务")
OLD_SCREEN = Text("acting on a screen that was loaded before somebody else acted", "依据他人办理之前的页面操作")
REUSED = Text("a program using one request id for two things", "程序将同一请求编号用于两件事")
TOO_LITTLE = Text("paying for help with minutes that nobody has saved", "以余额不足的时间兑换帮扶")
HELPER_ACCEPTS = Text("a helper accepting in the name of who was helped", "帮扶人代求助人确认")
OTHER_ESTATE = Text("looking into a matter of another estate", "查看其他小区的事项")
ABOVE_THE_TOP = Text("passing a matter upward from the community", "社区向网格以上上报")
UNDO_PASSING = Text("undoing after the unit above has the matter", "上级已接收后撤销上报")
