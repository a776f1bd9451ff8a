"""Tables: which rows name the columns, which only stand above, and what a row of data says."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from retrieval.reading.content import Block
from retrieval.reading.tables.cells import Cell, Grid, cell_text
from retrieval.reading.tables.reader import grid_blocks, table_blocks
from retrieval.records import Document

Read = Callable[..., Document]


def blocks(table: str) -> list[Block]:
    """The blocks of a table that is drawn a row a line, its cells parted by bars; an empty line is an empty row."""
    lines = [line.strip() for line in table.strip().split("\n")]
    rows = [[Cell(cell.strip()) for cell in line.split("|")] if line else [] for line in lines]
    return list(table_blocks(rows))


def texts(table: str) -> list[str]:
    return [block.text for block in blocks(table)]


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        pytest.param(
            """货品|产地
               螺丝|甲区
               垫片|乙区""",
            ["货品：螺丝，产地：甲区", "货品：垫片，产地：乙区"],
            id="two columns with names",
        ),
        pytest.param(
            """机构名称|某某图书馆
               馆址|学府路3号
               咨询电话|5550000""",
            ["机构名称：某某图书馆", "馆址：学府路3号", "咨询电话：5550000"],
            id="two columns of keys and values",
        ),
        pytest.param(
            """赵一|后勤处|5550131
               钱二|教务处|5550132
               孙三|保卫处|5550133""",
            ["赵一，后勤处，5550131", "钱二，教务处，5550132", "孙三，保卫处，5550133"],
            id="no names",
        ),
        pytest.param(
            """赵一|后勤|上海
               钱二|后勤|南京""",
            ["赵一，后勤，上海", "钱二，后勤，南京"],
            id="what recurs as data is no name",
        ),
        pytest.param(
            """车站|2月|3月
               东站|8万人次|9万人次
               西站|5万人次|6万人次""",
            ["车站：东站，2月：8万人次，3月：9万人次", "车站：西站，2月：5万人次，3月：6万人次"],
            id="names that begin with a digit",
        ),
        pytest.param(
            """指标|2019|2020
               产量|310|320
               销量|290|305""",
            ["指标：产量，2019：310，2020：320", "指标：销量，2019：290，2020：305"],
            id="names that are years",
        ),
        pytest.param(
            """分馆|上半年||下半年|
               |借出|归还|借出|归还
               城北|120册|110册|90册|95册
               城南|80册|70册|60册|66册""",
            [
                "分馆：城北，上半年 借出：120册，上半年 归还：110册，下半年 借出：90册，下半年 归还：95册",
                "分馆：城南，上半年 借出：80册，上半年 归还：70册，下半年 借出：60册，下半年 归还：66册",
            ],
            id="two rows of names",
        ),
        pytest.param(
            """车号|司机|电话
               A12|李某|5550141
               车号|司机|电话
               B34|王某|5550142""",
            ["车号：A12，司机：李某，电话：5550141", "车号：B34，司机：王某，电话：5550142"],
            id="names repeated in the middle",
        ),
        pytest.param(
            """座位|价格|座位|价格
               一排|80元|二排|60元""",
            ["座位：一排，价格：80元", "座位：二排，价格：60元"],
            id="names that begin anew",
        ),
        pytest.param(
            """货品|单价|库存
               毛笔|12元|30支

               教室|座位数|楼层
               甲室|40座|2层
               乙室|60座|3层""",
            [
                "货品：毛笔，单价：12元，库存：30支",
                "教室：甲室，座位数：40座，楼层：2层",
                "教室：乙室，座位数：60座，楼层：3层",
            ],
            id="a second table below",
        ),
        pytest.param(
            """货品|单价|库存
               毛笔|12元|30支
               教室|座位数|楼层
               甲室|40座|2层
               乙室|60座|3层""",
            [
                "货品：毛笔，单价：12元，库存：30支",
                "教室：甲室，座位数：40座，楼层：2层",
                "教室：乙室，座位数：60座，楼层：3层",
            ],
            id="a second table below without an empty row",
        ),
        pytest.param(
            """货品|单价||教室|座位数
               毛笔|12元||甲室|40座
               砚台|90元||乙室|60座""",
            [
                "货品：毛笔，单价：12元",
                "货品：砚台，单价：90元",
                "教室：甲室，座位数：40座",
                "教室：乙室，座位数：60座",
            ],
            id="a second table beside",
        ),
        pytest.param(
            """姓名|电话
               李某|5550151

               王某|5550152""",
            ["姓名：李某，电话：5550151", "姓名：王某，电话：5550152"],
            id="an empty row within a table",
        ),
        pytest.param(
            """年度：2020年|制表：财务科
               项目|金额|经办人
               绿化|3万元|李某
               照明|2万元|王某""",
            [
                "年度：2020年，制表：财务科",
                "项目：绿化，金额：3万元，经办人：李某",
                "项目：照明，金额：2万元，经办人：王某",
            ],
            id="a row of two cells above",
        ),
        pytest.param(
            """车辆名称|叉车|车辆编号|CC-09
               停放地点|三号库|保管人|李师傅
               检修日期|2020年5月|检修周期|半年""",
            [
                "车辆名称：叉车，车辆编号：CC-09",
                "停放地点：三号库，保管人：李师傅",
                "检修日期：2020年5月，检修周期：半年",
            ],
            id="a form",
        ),
        pytest.param(
            """规格|大号|小号
               容量|500毫升|300毫升
               重量|1.2公斤|0.8公斤
               颜色|蓝|绿""",
            [
                "规格：大号，容量：500毫升，重量：1.2公斤，颜色：蓝",
                "规格：小号，容量：300毫升，重量：0.8公斤，颜色：绿",
            ],
            id="names in the first column",
        ),
    ],
)
def test_rows_are_read_below_their_names(table: str, expected: list[str]) -> None:
    assert texts(table) == expected


def test_caption_is_text_and_the_section_of_its_table_only() -> None:
    found = blocks(
        """门票
           种类|价格
           全价|80元

           餐饮
           菜品|价格
           炒饭|20元"""
    )
    assert [(block.under, block.text) for block in found] == [
        ((), "门票"),
        (("门票",), "种类：全价，价格：80元"),
        ((), "餐饮"),
        (("餐饮",), "菜品：炒饭，价格：20元"),
    ]


def test_merged_row_within_a_table_is_the_section_of_what_stands_below_it() -> None:
    grid = Grid()
    for row in (["名称", "价格", "数量"], ["文具"], ["铅笔", "2元", "50支"], ["体育"], ["跳绳", "15元", "8根"]):
        grid.start_row()
        for cell in row:
            grid.put(Cell(cell), 3 if len(row) == 1 else 1)
    assert [(block.under, block.text) for block in grid_blocks(grid)] == [
        (("文具",), "名称：铅笔，价格：2元，数量：50支"),
        (("体育",), "名称：跳绳，价格：15元，数量：8根"),
    ]


def test_row_of_words_among_figures_is_no_new_header() -> None:
    rows = ["指标|甲线|乙线|丙线", "价格|100元|200元|90元", "颜色|红|蓝|绿", "层数|20层|30层|9层", "层高|3米|4米|3米"]
    marked = [[Cell(text, number == 0) for text in row.split("|")] for number, row in enumerate(rows)]
    assert [block.text for block in table_blocks(marked)][1:3] == [
        "指标：颜色，甲线：红，乙线：蓝，丙线：绿",
        "指标：层数，甲线：20层，乙线：30层，丙线：9层",
    ]


def test_rows_of_a_form_stand_below_the_name_of_what_it_is_about() -> None:
    found = blocks("""车辆名称|叉车|车辆编号|CC-09
                      停放地点|三号库|保管人|李师傅""")
    assert [block.under for block in found] == [(), ("车辆名称：叉车",)]


def test_note_below_a_table_is_a_paragraph() -> None:
    assert texts("车次|时间\nK1|8:00\nK2|9:30\n注：节假日停运。")[-1] == "注：节假日停运。"


def test_cell_merged_over_rows_belongs_to_each() -> None:
    grid = Grid()
    grid.start_row()
    for name in ("部门", "岗位", "名额"):
        grid.put(Cell(name))
    grid.start_row()
    grid.put(Cell("展览部"), down=2)
    grid.put(Cell("讲解员"))
    grid.put(Cell("3名"))
    grid.start_row()
    grid.put(Cell("保管员"))
    grid.put(Cell("1名"))
    assert [block.text for block in grid_blocks(grid)] == [
        "部门：展览部，岗位：讲解员，名额：3名",
        "部门：展览部，岗位：保管员，名额：1名",
    ]


@pytest.mark.parametrize(
    ("names", "row", "questions", "answer", "under"),
    [
        (["问题", "答案"], ["几点开馆？", "九点。"], ("几点开馆？",), "九点。", ()),
        (["Question", "Answer"], ["Where?", "Here."], ("Where?",), "Here.", ()),
        (["标题", "内容"], ["开馆时间", "九点。"], ("开馆时间",), "九点。", ()),
        (
            ["标准问", "相似问", "答案"],
            ["几点开馆？", "何时开门|开放时间", "九点。"],
            ("几点开馆？", "何时开门", "开放时间"),
            "九点。",
            (),
        ),
        (
            ["标准问题", "相似问1", "相似问2", "回复内容"],
            ["几点开馆？", "何时开门", "开放时间", "九点。"],
            ("几点开馆？", "何时开门", "开放时间"),
            "九点。",
            (),
        ),
        (
            ["编号", "分类", "问题（必填）", "*答案", "适用馆区"],
            ["7", "开放", "几点开馆？", "九点。", "北馆"],
            ("几点开馆？",),
            "九点。",
            ("开放", "适用馆区：北馆"),
        ),
        (
            ["问题", "答案"],
            ["几点开馆？\n何时开门？", "周一闭馆。\n其余九点。"],
            ("几点开馆？", "何时开门？"),
            "周一闭馆。 其余九点。",
            (),
        ),
    ],
)
def test_row_of_questions_is_its_answer(
    names: list[str], row: list[str], questions: tuple[str, ...], answer: str, under: tuple[str, ...]
) -> None:
    (block,) = table_blocks([list(map(Cell, names)), list(map(Cell, row))])
    assert (block.questions, block.text, block.under) == (questions, answer, under)


def test_questions_are_told_by_their_marks_where_columns_have_no_names() -> None:
    found = blocks("问：可以退票吗？|答：开场前可以。\n能带水吗？|可以。")
    assert [(block.questions, block.text) for block in found] == [
        (("可以退票吗？",), "开场前可以。"),
        (("能带水吗？",), "可以。"),
    ]


def test_question_without_an_answer_stays_a_row() -> None:
    found = blocks("问题|答案\n几点开馆？|九点。\n能带水吗？|")
    assert [(block.questions, block.text) for block in found][1] == ((), "问题：能带水吗？")


def test_long_answers_do_not_make_a_table_of_questions_a_layout() -> None:
    grid = Grid()
    for row in (["问题", "答案"], ["怎么办理？", "先登记。" * 150]):
        grid.start_row()
        for cell in row:
            grid.put(Cell(cell))
    (block,) = grid_blocks(grid)
    assert (block.questions, len(block.text)) == (("怎么办理？",), 600)


@given(st.lists(st.lists(st.text("甲乙丙1230：. ", max_size=3), min_size=1, max_size=6), max_size=9))
@example([["0", "0"], ["0"], ["0"], ["丙", "丙", "1"], ["0", "0"]])
def test_no_text_of_a_table_is_lost(rows: list[list[str]]) -> None:
    cells = [row for row in ([Cell(cell_text(text)) for text in row] for row in rows) if any(cell.text for cell in row)]
    said = "".join(text for block in table_blocks(cells) for text in (*block.under, *block.questions, block.text))
    for number, row in enumerate(cells):
        # Up to three rows name columns, and are not said of columns that hold nothing, nor when they are repeated.
        if number < 3 or row in cells[:number]:
            continue
        for at, cell in enumerate(row):
            below = [at < len(other) and bool(other[at].text) for other in cells[number + 1 :]]
            assert cell.text.strip("： ") in said or (below and not any(below))  # another table's names may be such


def test_table_of_many_rows_is_read_in_seconds() -> None:
    rows = [["编号", "问题", "答案"], *([str(n), f"第{n}件怎么办？", f"找第{n}组办理。"] for n in range(20_000))]
    cells = [list(map(Cell, row)) for row in rows]
    start = time.process_time()
    assert len(list(table_blocks(cells))) == 20_000
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "种类,说明\n甲,先看，后选，再付\n乙,先付，后取，再看\n",
            ["种类：甲，说明：先看，后选，再付", "种类：乙，说明：先付，后取，再看"],
        ),
        ("种类，说明\n甲，1,200元\n乙，1,300元\n", ["种类：甲，说明：1,200元", "种类：乙，说明：1,300元"]),
        ("种类;单价\n甲;1,5\n乙;2,5\n", ["种类：甲，单价：1,5", "种类：乙，单价：2,5"]),
        ('种类\t说明\n甲\t"一,二\t三"\n乙\t四,五\n', ["种类：甲，说明：一,二 三", "种类：乙，说明：四,五"]),
        ("sep=|\n种类|说明\n甲|一,二\n", ["种类：甲，说明：一,二"]),
        ("种类,说明\n甲,一\u2028二\n乙,三\x0b四\x85五\n", ["种类：甲，说明：一 二", "种类：乙，说明：三 四 五"]),
        ("种类,说明\r甲,一\r乙,二\r", ["种类：甲，说明：一", "种类：乙，说明：二"]),
    ],
    ids=["comma", "full-width comma", "semicolon", "tab", "declared", "line ends within cells", "carriage returns"],
)
def test_csv_is_parted_by_what_parts_its_rows_alike(read_one: Read, text: str, expected: list[str]) -> None:
    assert [paragraph.text for paragraph in read_one(text, "a.csv").paragraphs] == expected


def test_quotation_mark_that_is_never_closed_costs_no_rows(read_one: Read) -> None:
    document = read_one('种类,说明\n甲,"一\n乙,二\n丙,三\n', "a.csv")
    assert [paragraph.text for paragraph in document.paragraphs] == [
        '种类：甲，说明："一',
        "种类：乙，说明：二",
        "种类：丙，说明：三",
    ]
    assert document.remarks == ("holds a quotation mark that is never closed: quotation marks were read as text",)


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        pytest.param(
            """车名|载重|座
               甲车|3吨|2
               船名|排水|舱
               乙船|500吨|18
               丙船|800吨|24""",
            [
                "车名：甲车，载重：3吨，座：2",
                "船名：乙船，排水：500吨，舱：18",
                "船名：丙船，排水：800吨，舱：24",
            ],
            id="another table below with other names",
        ),
        pytest.param(
            """指标|2020年|2021年|2022年
               收入|80|95|110
               利润|12|15|18""",
            ["指标：收入，2020年：80，2021年：95，2022年：110", "指标：利润，2020年：12，2021年：15，2022年：18"],
            id="years are no values of a form",
        ),
        pytest.param(
            """甲|乙||丙|丁
               1|2||3|4
               5|6||7|8
               ||见附页""",
            ["甲：1，乙：2，丙：3，丁：4", "甲：5，乙：6，丙：7，丁：8", "见附页"],
            id="what stands between two tables is not lost",
        ),
    ],
)
def test_tables_in_one_grid(table: str, expected: list[str]) -> None:
    assert texts(table) == expected


def test_form_in_markdown_is_a_form_though_its_first_row_is_marked(read_one: Read) -> None:
    first, *others = (
        "|单位名称|春泥社|负责人|胡一|",
        "|成立日期|2001年|联系电话|5550188|",
        "|注册资本|三万元|经营范围|书画|",
    )
    form = "\n".join([first, "|---|---|---|---|", *others])
    assert [paragraph.text for paragraph in read_one(form, "a.md").paragraphs] == [
        "单位名称：春泥社，负责人：胡一",
        "成立日期：2001年，联系电话：5550188",
        "注册资本：三万元，经营范围：书画",
    ]


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        pytest.param(
            """项目|长度|重量
               单位|厘米|千克
               甲型|120|8
               乙型|150|11""",
            ["项目 单位：甲型，长度 厘米：120，重量 千克：8", "项目 单位：乙型，长度 厘米：150，重量 千克：11"],
            id="units below the names",
        ),
        pytest.param(
            """姓名|秦一|性别|女
               部门|财务处|职务|会计
               电话|5550801|工号|F021""",
            ["姓名：秦一，性别：女", "部门：财务处，职务：会计", "电话：5550801，工号：F021"],
            id="a form about a person",
        ),
    ],
)
def test_rows_of_a_kind(table: str, expected: list[str]) -> None:
    assert texts(table) == expected


def test_form_and_table_below_merged_rows_are_two() -> None:
    rows = [
        [Cell("个人信息")] * 4,
        *([Cell(text) for text in row.split("|")] for row in ("姓名|秦一|电话|5550801",)),
        [Cell("教育经历")] * 4,
        *([Cell(text) for text in row.split("|")] for row in ("时间|学校|专业|学历", "2010-2014|示例大学|土木|本科")),
    ]
    assert [(block.under, block.text) for block in table_blocks(rows)] == [
        ((), "个人信息"),
        (("个人信息",), "姓名：秦一，电话：5550801"),
        ((), "教育经历"),
        (("教育经历",), "时间：2010-2014，学校：示例大学，专业：土木，学历：本科"),
    ]
