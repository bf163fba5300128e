"""What patrols are sent out for, and how serious a warning is."""

from __future__ import annotations

from casework import Choice, Text

OCCASIONS = (
    Choice("heat", Text("heat", "高温")),
    Choice("cold", Text("cold", "寒潮低温")),
    Choice("storm", Text("storm, rain or snow", "暴雨、暴雪、大风")),
    Choice("weekend", Text("weekend", "双休日")),
    Choice("holiday", Text("holiday", "节假日")),
    Choice("event", Text("large event", "重大活动")),
    Choice("other", Text("other", "其他")),
)
OCCASION_TITLES = {choice.name: choice.title for choice in OCCASIONS}

LEVELS = (
    Choice("blue", Text("blue", "蓝色")),
    Choice("yellow", Text("yellow", "黄色")),
    Choice("orange", Text("orange", "橙色")),
    Choice("red", Text("red", "红色")),
)
LEVEL_TITLES = {choice.name: choice.title for choice in LEVELS}
