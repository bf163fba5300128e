"""The style sheet of the report: one column, two languages, readable on a phone and on paper."""

from __future__ import annotations

CSS = """
:root{--ink:#1d2531;--soft:#5a6675;--line:#dde3ea;--back:#f5f7f9;--card:#fff;--blue:#2563a8;--good:#17734a;
--bad:#b3261e;--amber:#c2620a}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--back);color:var(--ink);
font:16px/1.55 "Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei","Helvetica Neue",Arial,
sans-serif}
main{max-width:1040px;margin:0 auto;padding:0 20px 48px}
#to-zh:checked~main .en,#to-en:checked~main .zh{display:none}
.pick{position:absolute;opacity:0;pointer-events:none}
.switch{display:inline-flex;border:1px solid var(--line);border-radius:8px;overflow:hidden;background:#fff}
.switch label{padding:6px 14px;cursor:pointer;font-size:14px}
#to-zh:checked~main .switch label[for=to-zh],
#to-en:checked~main .switch label[for=to-en]{background:var(--blue);color:#fff}
#to-zh:focus-visible~main .switch,#to-en:focus-visible~main .switch{outline:3px solid #9cc3ee;outline-offset:2px}
header{padding:28px 0 8px;display:flex;flex-wrap:wrap;gap:12px 24px;align-items:flex-start;
justify-content:space-between}
h1{font-size:28px;line-height:1.25;margin:0 0 6px}
h2{font-size:20px;margin:0 0 4px;line-height:1.3}
h3{font-size:16px;margin:18px 0 6px}
p{margin:6px 0 12px}
.soft,.note{color:var(--soft)}
.note{font-size:14px}
section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:20px 22px;margin:16px 0}
.tiles{display:grid;grid-template-columns:repeat(4,minmax(0,1fr));gap:12px;margin:16px 0}
.tile{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:14px 16px}
.tile b{display:block;font-size:27px;line-height:1.2;font-variant-numeric:tabular-nums}
.tile small{color:var(--soft);font-size:14px;line-height:1.4;display:block}
.verdict{display:flex;gap:14px;align-items:flex-start;border-left:6px solid var(--good)}
.verdict.bad{border-left-color:var(--bad)}
.verdict strong{color:var(--good);font-size:18px}
.verdict.bad strong{color:var(--bad)}
.pair{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:8px 32px;align-items:start}
.plot svg{width:100%;height:auto;max-width:520px;display:block}
.scroll{overflow-x:auto}
.scroll:focus-visible{outline:2px solid #9cc3ee}
table{border-collapse:collapse;width:100%;font-size:14px}
th{text-align:left;font-weight:600;color:var(--soft);border-bottom:2px solid var(--line);padding:6px 12px 6px 0;
vertical-align:bottom}
td{border-bottom:1px solid var(--line);padding:7px 12px 7px 0;vertical-align:top}
tr:last-child td{border-bottom:0}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td:last-child,th:last-child{padding-right:0}
.wide table{min-width:760px}
.b{width:42%;vertical-align:middle}
.bar{display:block;height:10px;border-radius:3px;background:var(--blue);min-width:2px}
.rail{display:block;background:#e7ebf0;border-radius:3px;min-width:80px}.keep .b{width:26%}
.rail .bar{background:var(--good)}
code,.hash{font-family:ui-monospace,"Cascadia Mono",Menlo,Consolas,monospace;font-size:12.5px}
.code{display:inline-block;background:#eef2f7;border-radius:5px;padding:1px 7px;white-space:nowrap}
.hash{color:var(--soft);overflow-wrap:anywhere;font-size:11px;line-height:1.35;display:block}
.no{border-top:1px solid var(--line);padding:12px 0}
.no:first-of-type{border-top:0}
.no p{margin:4px 0 0}
.no .why{font-weight:600}
.no p{border-left:3px solid var(--line);padding-left:10px}
.hops{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:22px 32px;margin-top:14px}
.hop:nth-child(3){grid-column:1/-1}.hop:nth-child(3) ol{columns:2;column-gap:32px;border:0;padding:0}
.hop:nth-child(3) li{margin-left:20px}
.hop>h3{margin:0 0 8px;display:flex;flex-wrap:wrap;gap:4px 12px;align-items:baseline}
.hop>h3 small{font-weight:400;color:var(--soft);font-size:13px}
ol.line{list-style:none;margin:0;padding:0 0 0 20px;border-left:3px solid var(--line)}
ol.line li{position:relative;padding:0 0 12px;break-inside:avoid}
ol.line li:before{content:"";position:absolute;left:-27px;top:7px;width:11px;height:11px;border-radius:50%;
background:#fff;border:3px solid var(--soft)}
ol.line li.sign:before{border-color:var(--amber)}
ol.line li.move:before{border-color:var(--blue);background:var(--blue)}
ol.line time{color:var(--soft);font-size:13px;font-variant-numeric:tabular-nums;margin-right:8px}
ol.line .by{color:var(--soft);font-size:13px}
ol.line .to{display:inline-block;font-size:13px;background:#e8f0fa;color:#1c4d85;border-radius:5px;
padding:0 7px;margin:2px 4px 0 0}
.diagram{overflow-x:auto;border:1px solid var(--line);border-radius:8px;margin:8px 0 14px;background:#fff}
.diagram svg{display:block;max-width:100%;height:auto;min-width:720px;margin:0 auto}
.small .diagram svg{min-width:0;max-width:340px}
footer{color:var(--soft);font-size:13.5px;padding:8px 2px}
@media (max-width:760px){
main{padding:0 12px 32px}section{padding:16px 14px;border-radius:10px}
.pair,.hops{grid-template-columns:minmax(0,1fr)}
.hop:nth-child(3) ol{columns:1}.keep .b{display:none}
h1{font-size:23px}.tiles{grid-template-columns:1fr 1fr;gap:8px}
.tile{padding:10px 12px}.tile b{font-size:22px}
.stack thead{display:none}.stack tr{display:block;border-bottom:1px solid var(--line);padding:8px 0}
.stack td{display:block;border:0;padding:1px 0 1px 40px;text-align:left;white-space:normal}
.stack td:first-child{float:left;padding-left:0;color:var(--soft)}.stack td:nth-child(2){font-weight:600}
.stack td:last-child{color:var(--soft)}}
@media print{
body{background:#fff;font-size:11pt}.switch,.pick{display:none}main{max-width:none;padding:0}
section,.tile{border-color:#bbb;border-radius:0}section{padding:10pt;margin:8pt 0}
.tile,.no,ol.line li,tr,.plot{break-inside:avoid}h2,h3{break-after:avoid}
.scroll,.diagram{overflow:visible;border:0}.wide table{min-width:0;font-size:9pt}.diagram svg{min-width:0;width:100%}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
"""
