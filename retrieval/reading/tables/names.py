"""Names of columns: what they look like, and whether a row holds them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.reading.tables.faq import faq_columns
from retrieval.simplified import in_both_scripts

_LONGEST_NAME = 40
_LOOKED_AT = 30
_NUMBER = re.compile(r"\d[\d,.]*")
_FLAGS = frozenset("是否有无√×✓✗✔✘☑☐□○●-—/YNyn男女")
_SENTENCE = re.compile(r"[。；！!;？?]$|。|：.|\D:\D")
# What the names of columns and fields end in, and what they are as a whole; the text of a cell seldom is.
_NAME = re.compile(
    in_both_scripts(
        r"(?:名|称|名字|地址|住址|地点|位置|场所|电话|手机|传真|邮箱|邮编|网址|微信|账号|账户|时间|日期|年份|月份|年度|季度|期限|时限|周期|有效期|"
        r"保质期|保修期|工期|编号|工号|学号|序号|单号|货号|桌号|编码|号码|代码|条码|型号|牌号|规格|尺寸|单位|班级|组别|岗位|职位|职务|职称|工种|班次|"
        r"(?:负责|责任|联系|经办|审批|审核|申请|监护|法定代表|收件|发件|制表|填表|值班|主讲|主持|保管|维护)人|姓名|作者|人员|人数|数量|总数|次数|"
        r"天数|件数|份数|金额|总额|余额|限额|定额|价格|单价|售价|原价|现价|进价|总价|底价|价|费用|费|经费|成本|额|率|比例|占比|百分比|标准|要求|条件|"
        r"内容|说明|备注|描述|简介|摘要|类型|类别|种类|分类|品类|门类|级别|等级|状态|情况|性别|年龄|学历|专业|民族|籍贯|项目|事项|流程|步骤|环节|"
        r"方式|方法|办法|措施|渠道|原因|现象|结果|结论|目的|范围|对象|来源|地区|区域|楼层|房号|面积|长度|宽度|高度|深度|厚度|直径|重量|净重|毛重|"
        r"容量|体积|温度|湿度|压力|功率|电压|电流|频率|转速|速度|精度|材质|材料|颜色|色号|品牌|产地|厂家|供应商|制造商|参数|指标|数值|值|得分|分数|"
        r"成绩|学分|课时|排名|名次|问题|答案|标题|题目|链接|附件|品名|库存|库位|销量|产量|收入|支出|利润|工资|薪资|时薪|月薪|补贴|津贴|奖金|餐补|"
        r"提成|折扣|税率|车次|上限|下限|权重|优先级|版本|权限|进度|用途|功能|特点|症状|剂量|用法|用量|禁忌|意见|事由|理由|依据|院系|系别|职业|政治面貌|证件|身份证|户名|开户行|批次)"
        r"(?:[（(【\[/][^（(【\[]{0,20})?[：:*]?$"
        r"|^(?:公司|机构|部门|科室|国家|城市|省份|省|市|区县|设备|商品|产品|货品|物品|课程|科目|门店|店铺|会议室|教室|仓库|线路|站点|航班|席别|文件|"
        r"故障|星期|周[一二三四五六日天]|星期[一二三四五六日天]|[一二三四五六七八九十]{1,2}月|上午|下午|晚上|白班|夜班|最大|最小|最低|最高|合计|总计|"
        r"小计|平均|字段|密码|用户|角色|任务|计划|目标|安排|优点|缺点|人员|活动|会议|车型|菜品|套餐|档次|学校|学院|年级|医院|科别|医生|药品|图片)"
        r"(?:[（(【\[/][^（(【\[]{0,20})?[：:*]?$"
        r"|^[*#]?\s*(?:(?:\w+[ _])?(?:name|title|id|no\.?|number|date|time|address|phone|tel|e-?mail|type|category|"
        r"price|amount|qty|quantity|unit|description|remarks?|notes?|status|department|position|city|country|value|key|questions?|answers?|content|"
        r"url|link|age|gender|cost|total|item|model|version|code|size|weight|color|colour|currency|rate|score|level|owner|author|reply))\s*[：:]?$"
    ),
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d\d$")


def is_name(text: str) -> bool:
    """Whether a text ends as the names of columns and fields do.

    >>> is_name("设备编号"), is_name("单价（元）"), is_name("空气压缩机")
    (True, True, False)
    """
    return len(text) <= _LONGEST_NAME and bool(_NAME.search(text))


def is_value(text: str) -> bool:
    """Whether a text is a figure, a date, a code or a flag, which are no names unless they make a series.

    >>> is_value("每月800元"), is_value("KY-07"), is_value("示例路8号院北门")
    (True, True, False)
    """
    digits = sum(map(str.isdigit, text))
    return text in _FLAGS or (digits > 0 and (text[0].isdigit() or text[0] in "¥￥$€£+-−" or digits >= 0.3 * len(text)))


def shape(text: str) -> str:
    """The text with each number in it as ``9``: texts of one column are often of one shape."""
    return _NUMBER.sub("9", text)


def evidence(names: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """How much speaks for ``names`` being the names of the columns of ``rows``; below 0, more speaks against it.

    A name differs in kind from what stands below it, and never stands there itself.
    """
    named = [name for name in names if name]
    if not named or any(len(name) > _LONGEST_NAME or _SENTENCE.search(name) for name in named):
        return -9
    if faq_columns(names):
        return 9
    series = _series(names)
    others = [row for row in rows[:_LOOKED_AT] if list(row) != list(names)]  # the names may be repeated further down
    total, found = 0, False
    for column, name in enumerate(names):
        values = [row[column] for row in others if column < len(row) and row[column]]
        if name and values:
            total += _evidence(name, values, in_series=column in series)
            found = True
        elif name and is_value(name) and column not in series:
            total -= 2
    return total if found else -9


def _evidence(name: str, values: list[str], *, in_series: bool) -> int:
    if is_value(name):
        return _evidence_of_value(name, values, in_series=in_series)
    if name in values:
        return -3
    if sum(map(is_value, values)) >= 0.6 * len(values):
        return 2
    if is_name(name):
        return int(sum(map(is_name, values)) < 0.5 * len(values))
    usual = sum(map(len, values)) / len(values)
    if usual >= 12 and usual >= 3 * len(name):
        return 1
    alike = len(values) > 1 and all(value[-1] == name[-1] for value in values) and not values[0].endswith(name)
    return -int(alike)


def _evidence_of_value(name: str, values: list[str], *, in_series: bool) -> int:
    """The same for a name that could be a figure or a date: it is a name where several count, over other things."""
    alike = sum(shape(value) == shape(name) for value in values) / len(values)
    if in_series and (alike < 0.5 or (_YEAR.match(name) and not all(map(_YEAR.match, values)))):
        return 1
    return -3 if alike >= 0.5 else -1


def _series(names: Sequence[str]) -> set[int]:
    """The columns whose names count: 2021年, 2022年, …; Q1, Q2, …."""
    columns: dict[str, list[int]] = {}
    for column, name in enumerate(names):
        if name and is_value(name) and (_YEAR.match(name) or not name.isdecimal()):
            columns.setdefault(shape(name), []).append(column)
    return {
        column
        for alike in columns.values()
        if len(alike) > 1 and len({names[column] for column in alike}) == len(alike)
        for column in alike
    }


def joined(rows: Sequence[Sequence[str]]) -> list[str]:
    """One name for each column from the rows of names, the outer ones first.

    >>> joined([["门店", "第一季度", "第一季度"], ["门店", "销售额", "退货额"]])
    ['门店', '第一季度 销售额', '第一季度 退货额']
    """
    width = max(map(len, rows), default=0)
    columns = ([row[at] if at < len(row) else "" for row in rows] for at in range(width))
    return [" ".join(dict.fromkeys(filter(None, column))) for column in columns]


def period(names: Sequence[str]) -> int:
    """After how many columns the names begin anew, where several rows stand side by side; otherwise their number.

    >>> period(["姓名", "电话", "姓名", "电话"]), period(["姓名", "电话", "电话"])
    (2, 3)
    """
    width = len(names)
    for length in range(2, width // 2 + 1):
        if width % length == 0 and all(names[at] and names[at] == names[at % length] for at in range(width)):
            return length
    return width
