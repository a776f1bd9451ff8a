"""Chinese measure words: what stands between a numeral, 几, 哪 or 这 and what is counted (三本书, 哪座桥)."""

from __future__ import annotations

CLASSIFIERS = (
    "个位名种座条家所本部场次届只支款项首张份件样类股段级层套间艘架台枚面篇块团队辆头匹颗株册卷集组批步道"
    "栋幢棵朵门户票片句顿双副幅群盏扇井笔封节章期版站轮趟回关口根粒滴杯瓶碗盘袋包盒箱桶锅串排把"
)
"""Characters that count things of some kind, as the inside of a character class."""

MEASURES = (
    "平方公里|平方千米|平方米|平方公尺|立方米|公里|千米|公尺|英尺|英里|海里|厘米|公分|毫米|公顷|公斤|千克|公克|千瓦时|千瓦"
    "|米|亩|吨|克|升|尺|度|倍|%|个百分点|美元|欧元|英镑|日元|日圆|港元|万元|亿元|元|小时|分钟|秒|天"
)
"""What measures lengths, areas, weights, money and time, as alternatives of a pattern, the longer first."""
