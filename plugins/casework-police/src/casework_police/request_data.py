"""What one request to the police says, and what came of it: the notice, the sample, the answer."""

from __future__ import annotations

from casework import Choice, Field, Text
from casework_police.bases import sharing
from casework_police.kinds import KIND

CHANNELS = (
    Choice("police_bulletin", Text("police bulletin", "公安协查通报")),
    Choice("national_site", Text("national tracing site", "全国救助寻亲网")),
    Choice("newspaper", Text("newspaper", "报纸")),
    Choice("broadcast", Text("radio or television", "广播电视")),
    Choice("new_media", Text("news apps and social media", "新媒体平台")),
)
SAMPLES = (
    Choice("blood", Text("blood", "血样")),
    Choice("saliva", Text("saliva", "唾液")),
    Choice("hair", Text("hair", "毛发")),
)
RESULTS = (
    Choice("hit", Text("hit", "比中")),
    Choice("no_hit", Text("no hit", "未比中")),
)


# A laboratory knows a sample by its seal, and not whose it is.
_CUSTODY = ("tracer", "director", "police_officer", "laboratory")


def _text(name: str, title: Text, *, limit: int = 100, readers: tuple[str, ...] = ()) -> Field:
    return Field(name, managed=True, field_class="personal", readers=readers, title=title, max_length=limit)


def _sealed(name: str, title: Text, *, limit: int = 2000) -> Field:
    return Field(name, managed=True, field_class="identity", title=title, max_length=limit)


# What was sent stands as it was sent: only a request in preparation grants editing.
_ASKED = (KIND, *sharing())

_ANSWERED = (
    _text("police_reference", Text("number with the police", "公安受理编号"), limit=60),
    _sealed("answer", Text("answer", "答复内容")),
    Field("result", "choice", managed=True, choices=RESULTS, title=Text("result", "比对结果")),
    _text("ended_because", Text("why it ended without an answer", "未获答复原因"), limit=500),
)

_NOTICE = (
    Field("channel", "choice", managed=True, choices=CHANNELS, title=Text("published on", "发布渠道")),
    _sealed("notice_text", Text("text of the notice", "公告内容")),
    Field("published_at", "instant", managed=True, title=Text("published", "发布时间")),
    Field("taken_down_at", "instant", managed=True, title=Text("taken down", "撤下时间")),
)

_SAMPLE = (
    Field("sample", "choice", managed=True, choices=SAMPLES, field_class="identity", title=Text("sample", "样本类型")),
    _text("taken_at", Text("taken at", "采样地点")),
    _text("taken_by", Text("taken by", "采样人")),
    _text("witness", Text("witness of the sampling", "采样见证人")),
    _text("seal_number", Text("number of the seal", "封签编号"), limit=60, readers=_CUSTODY),
    _text("custodian", Text("in the hands of", "样本保管人"), limit=128, readers=_CUSTODY),
    _text("offered_to", Text("to be received by", "拟交接收人"), readers=_CUSTODY),
    _text("report_number", Text("number of the report", "检验报告编号"), limit=60, readers=_CUSTODY),
)

REQUEST = (*_ASKED, *_ANSWERED, *_NOTICE, *_SAMPLE)
