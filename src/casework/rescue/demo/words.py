"""What the made-up register is made of: places of Anlu, who brings people, names that nobody in it bears."""

from __future__ import annotations

# Streets and townships of Anlu, Hubei. The places are real; what is said to have happened there is not.
STREETS = ("解放路", "碧涢路", "太白大道", "紫金路", "金秋大道", "涢东路")
STREET_SPOTS = ("公交站台", "菜市场门口", "桥洞下", "银行自助厅", "超市门前", "街心公园长椅", "在建工地旁")
TOWNS = (
    "棠棣镇",
    "雷公镇",
    "巡店镇",
    "烟店镇",
    "赵棚镇",
    "李店镇",
    "洑水镇",
    "王义贞镇",
    "孛畈镇",
    "辛榨乡",
    "木梓乡",
    "接官乡",
)
TOWN_SPOTS = ("集镇路口", "卫生院门口", "集贸市场", "村委会旁", "加油站旁", "公路边")
STATIONS = ("安陆火车站广场", "安陆客运站候车厅", "府城街道社区服务中心", "南城街道派出所门前")

FINDERS = {
    "street_patrol": ("本站街面巡查组", "本站高温巡查组"),
    "police": ("派出所值班民警", "巡特警大队", "交警中队"),
    "city_management": ("城管执法中队", "市容巡查员"),
    "citizen": ("热心群众", "社区志愿者", "环卫工人", "沿街商户"),
    "self": ("本人",),
    "hospital": ("安陆市普爱医院急诊科", "安陆市中医院急诊科"),
    "other_station": ("随州市救助管理站", "武汉市救助管理站", "孝感市救助管理站", "信阳市救助管理站"),
}
NIGHT_PATROL = "本站夜间巡查组"

SURNAMES = "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁"
GIVEN = {
    "male": ("建国", "志强", "小军", "海涛", "德明", "国庆", "伟", "平", "长生", "永福"),
    "female": ("桂兰", "秀英", "玉珍", "春梅", "凤英", "霞", "芳", "腊梅", "小红", "兰芝"),
}

HOMES = (
    "湖北省孝感市安陆市",
    "湖北省孝感市云梦县",
    "湖北省随州市广水市",
    "湖北省荆门市京山市",
    "湖北省黄冈市麻城市",
    "湖北省襄阳市枣阳市",
    "河南省信阳市罗山县",
    "河南省南阳市桐柏县",
    "安徽省阜阳市临泉县",
    "湖南省常德市澧县",
    "四川省达州市渠县",
    "贵州省毕节市织金县",
    "江西省九江市修水县",
    "陕西省安康市旬阳市",
)

# What fills the forms of the story. All of it is of a sealed class: none of it may reach a report.
DIAGNOSES = {
    "well": "中暑待查",
    "ill": "社区获得性肺炎",
    "injured": "左踝软组织挫伤",
    "mental": "精神障碍待诊",
    "intellectual": "智力发育障碍伴营养不良",
    "disabled": "下肢压疮感染",
}
CLUES = (
    "能哼唱一段花鼓戏，口音近鄂北",
    "随身旧布袋上印有某粮油店店名",
    "反复提到村口有两棵皂角树",
    "能写出一个“湾”字",
    "识得去往广水的班车颜色",
)
HOSPITALS = ("安陆市中医院康复科", "安陆市普爱医院")
WRONG_NAMES = ("冯家宝", "蒋来顺")
