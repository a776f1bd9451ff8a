"""Chinese measure words: what stands between a numeral, 几, 哪 or 这 and what is counted (三本书, 哪座桥)."""

from __future__ import annotations

CLASSIFIERS = (
    "个位名种座条家所本部场次届只支款项首张份件样类股段级层套间艘架台枚面篇块团队辆头匹颗株册卷集组批步道"
    "栋幢棵朵门户票片句顿双副幅群盏扇井笔封节章期版站轮趟回关口根粒滴杯瓶碗盘袋包盒箱桶锅串排把"
)
"""Characters that count things of some kind, as the inside of a character class."""
