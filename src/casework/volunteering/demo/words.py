"""What the made-up season is made of: the figures of the community are its own, the people are not."""

from __future__ import annotations

from casework import Text

COMMUNITY = "changhe"
HOUSEHOLDS, RESIDENTS, VOLUNTEERS = 3_100, 11_000, 300
POOR_FAMILIES, VISITED, CLINICS = 22, 27, 12

ESTATES = {
    f"{COMMUNITY}/estate-1": Text("Changhe Garden", "昌和花园"),
    f"{COMMUNITY}/estate-2": Text("Meiyuan", "梅园小区"),
    f"{COMMUNITY}/estate-3": Text("Jinxiu Court", "锦绣苑"),
    f"{COMMUNITY}/estate-4": Text("Bishui Bay", "碧水湾"),
}
CORRIDORS = 8

# Team: its name, its field, what it does from week to week, and whether that takes a qualification or has risks.
TEAMS = {
    "plum": (Text("Plum Blossom environment team", "梅花环境服务队"), "environment"),
    "care": (Text("care team for the old", "养老照护服务队"), "care"),
    "law": (Text("law team", "法制宣传服务队"), "law"),
    "doctor": (Text("family doctors' team", "家庭医生服务队"), "health"),
    "relief": (Text("relief team", "真情助困服务队"), "relief"),
    "culture": (Text("learning and culture team", "文体学习服务队"), "culture"),
}

SURNAMES = "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁"
GIVEN = {
    "male": ("建国", "志强", "海涛", "德明", "国庆", "伟", "平", "长生", "永福", "家乐"),
    "female": ("桂兰", "秀英", "玉珍", "春梅", "凤英", "霞", "芳", "小红", "兰芝", "晓雪"),
}
EMPLOYERS = ("伊山镇中心小学", "县人民医院", "供电公司", "昌和购物中心", "县自来水公司")
STRENGTHS = ("会开车", "懂方言", "会修水电", "擅长书法", "会做饭", "有护理经验")

HELP = ("陪同就医", "代购生活用品", "打扫居室", "辅导孩子作业", "修理水龙头", "陪伴聊天")
IN_ENGLISH = {
    "伊山镇中心小学": "Yishan central primary school",
    "县人民医院": "county people's hospital",
    "供电公司": "power supply company",
    "昌和购物中心": "Changhe shopping centre",
    "县自来水公司": "county waterworks",
    "清理楼道和绿地": "cleaning corridors and green spaces",
    "上门陪伴和打扫": "company and cleaning at home",
    "接待居民法律咨询": "legal advice for residents",
    "测量血压和健康讲座": "blood pressure and health talks",
    "整理和发放捐赠物资": "sorting and handing out donations",
    "书屋值守和读书活动": "minding the reading room",
    "背街小巷整治": "tidying back streets",
    "家电维修和便民服务": "repairs and services for residents",
    "消费维权咨询和纠纷调解": "consumer advice and mediation",
    "路口劝导和巡查": "advice and patrols at crossings",
    "走访贫困家庭": "visiting poor families",
    "送学习用品和游园": "school things and a day in the park for children",
    "河道和绿地清理": "cleaning the river and green spaces",
    "法律援助和培训": "legal aid and training",
    "慰问困难群众": "visiting people in need",
    "义诊和发放药品": "free clinic and medicine",
}
MATTERS = {
    "environment": ("楼道堆放杂物", "小广告清理", "垃圾桶满溢"),
    "safety": ("电动车飞线充电", "消防通道被占", "井盖破损"),
    "neighbours": ("漏水引起的纠纷", "噪声纠纷", "停车纠纷"),
    "repair": ("路灯不亮", "门禁损坏", "下水道堵塞"),
    "care": ("独居老人需要探望", "留守儿童放学无人照看"),
}
CONTENTS = ("按要求完成，现场整洁", "服务耐心细致", "完成约定内容", "提前到场准备，收尾认真")


def as_entered(value: str) -> Text:
    """What was typed in as data, in Chinese, with what it means for readers of English."""
    return Text(IN_ENGLISH.get(value, ""), value)
