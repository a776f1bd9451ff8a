from __future__ import annotations

from collections.abc import Callable

import pytest

from retrieval.errors import UnreadableDocument
from retrieval.records import Document

Read = Callable[..., Document]


def texts(document: Document) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs]


def test_line_is_a_paragraph_with_or_without_blank_lines_between(read_one: Read) -> None:
    assert texts(read_one("　　第一段有一句话。\n　　第二段也有。\n\n\n第三段没有缩进\n第四段")) == [
        "第一段有一句话。",
        "第二段也有。",
        "第三段没有缩进",
        "第四段",
    ]


WRAPPED_CHINESE = """近期，上海出台了促进绿色低碳产业发展、培育元宇宙新赛道、促进智能终端产业
高质量发展三个行动方案，介绍三个行动方案相关情况，并回答了记者们的提问，突破
7000亿元的目标。
　　市经济信息化委主任吴金城提出，突出品牌塑造，加快智能终端带动经济转型跃升，
这是第二段。
"""


def test_wrapped_chinese_lines_are_joined_without_a_space(read_one: Read) -> None:
    assert texts(read_one(WRAPPED_CHINESE)) == [
        "近期，上海出台了促进绿色低碳产业发展、培育元宇宙新赛道、促进智能终端产业高质量发展三个行动方案，"
        "介绍三个行动方案相关情况，并回答了记者们的提问，突破7000亿元的目标。",
        "市经济信息化委主任吴金城提出，突出品牌塑造，加快智能终端带动经济转型跃升，这是第二段。",
    ]


def test_line_that_stops_short_ends_its_paragraph(read_one: Read) -> None:
    line = "这一行正好写到了折行的宽度并且没有写完它后面的话还要接到下一行里去继续写"
    assert texts(read_one("\n".join([line, line, "短行", line, line, line]))) == [f"{line}{line}短行", line * 3]


def test_wrapped_english_lines_are_joined_with_a_space(read_one: Read) -> None:
    text = (
        "The quick brown fox jumps over the lazy dog while the sun is setting\n"
        "behind the distant hills and the river runs quietly through the old\n"
        "town towards the sea.\n"
        "A new sentence begins.\n"
    )
    assert texts(read_one(text)) == [
        "The quick brown fox jumps over the lazy dog while the sun is setting behind the distant hills and the river "
        "runs quietly through the old town towards the sea.",
        "A new sentence begins.",
    ]


@pytest.mark.parametrize("item", ["- 材料", "1. 材料", "（一）材料；", "① 材料", "• 材料", "2、材料"])
def test_list_item_begins_a_paragraph_in_wrapped_text(read_one: Read, item: str) -> None:
    line = "这一行正好写到了折行的宽度并且没有写完它后面的话还要接到下一行里去继续写"
    assert item in texts(read_one(f"{line}\n{line}\n{item}\n{line}\n{line}"))


def test_chapter_headings_become_sections_and_articles_stay_in_their_text(read_one: Read) -> None:
    document = read_one(
        "某某条例\n\n第一章　总则\n第一条　为了规范管理，制定本条例。\n第二条　本条例适用于本市。\n"
        "市外另有规定的，从其规定。\n第二章　监督\n第三条　市政府负责监督。\n"
    )
    assert document.source.title == "某某条例"
    assert [(p.section, p.text) for p in document.paragraphs] == [
        (("第一章 总则", "第一条"), "第一条 为了规范管理，制定本条例。"),
        (("第一章 总则", "第二条"), "第二条 本条例适用于本市。"),
        (("第一章 总则", "第二条"), "市外另有规定的，从其规定。"),
        (("第二章 监督", "第三条"), "第三条 市政府负责监督。"),
    ]


def test_heading_with_nothing_below_is_a_paragraph(read_one: Read) -> None:
    document = read_one("正文第一句话在这里，比较长。\n一、甲项\n二、乙项\n正文第二句。\n三、丙项")
    assert [(p.section, p.text) for p in document.paragraphs] == [
        ((), "正文第一句话在这里，比较长。"),
        ((), "一、甲项"),
        (("二、乙项",), "正文第二句。"),
        ((), "三、丙项"),
    ]


def test_file_name_is_the_title_of_a_text_without_one(read_one: Read) -> None:
    assert read_one("只有一句话。", "目录/会议纪要.txt").source.title == "会议纪要"


def test_numbers_count_from_one(read_one: Read) -> None:
    assert [p.number for p in read_one("甲。\n乙。\n\n丙。").paragraphs] == [1, 2, 3]


@pytest.mark.parametrize("content", ["", " \n\t\n", "\ufeff", "-----\n=====\n", "---\ntitle: 只有标题\n---\n"])
def test_text_without_text_is_unreadable(read_one: Read, content: str) -> None:
    with pytest.raises(UnreadableDocument, match=r"is empty|no text"):
        read_one(content)


def test_invisible_characters_do_not_part_words(read_one: Read) -> None:
    assert texts(read_one("智\u200b能\ufeff终\u00ad端\x00。")) == ["智能终端。"]


WRAPPED_NOTICE = """关于医疗待遇的说明

　　一、参保人员在定点医疗机构就诊的，应当出示医疗保障
凭证，由医疗机构即时结算，参保人员只需支付个人负担部分。
　　（一）在职职工住院的起付标准为每次八百元，退休人员
为每次五百元，其余费用由统筹基金按比例支付，超出部分自
理。
　　二、长期驻外人员须办理备案手续。
"""


def test_numbered_line_that_goes_on_in_the_next_is_a_paragraph(read_one: Read) -> None:
    assert [(p.section, p.text) for p in read_one(WRAPPED_NOTICE).paragraphs] == [
        (
            (),
            "一、参保人员在定点医疗机构就诊的，应当出示医疗保障凭证，由医疗机构即时结算，参保人员只需支付个人负担部分。",
        ),
        (
            (),
            "（一）在职职工住院的起付标准为每次八百元，退休人员为每次五百元，其余费用由统筹基金按比例支付，超出部分自理。",
        ),
        ((), "二、长期驻外人员须办理备案手续。"),
    ]


def test_numbered_paragraph_ends_the_sections_of_its_rank(read_one: Read) -> None:
    text = "通知\n\n一、总体要求\n（一）基本原则\n坚持自愿。\n二、各单位应当在月底以前报送名单。\n名单另发。\n"
    assert [(p.section, p.text) for p in read_one(text).paragraphs] == [
        (("一、总体要求", "（一）基本原则"), "坚持自愿。"),
        ((), "二、各单位应当在月底以前报送名单。"),
        ((), "名单另发。"),
    ]


def test_numbered_line_that_states_an_amount_is_text_and_section(read_one: Read) -> None:
    text = "门店须知说明\n\n一、会员押金 三百元\n退会时原路退回。\n二、每天9点到18点\n三、其他\n另行通知。\n"
    assert [(p.section, p.text) for p in read_one(text).paragraphs][-4:] == [
        (("一、会员押金",), "一、会员押金 三百元"),
        (("一、会员押金",), "退会时原路退回。"),
        (("二、每天9点到18点",), "二、每天9点到18点"),
        (("三、其他",), "另行通知。"),
    ]


@pytest.mark.parametrize(
    ("name", "content"), [("a.md", "# 只有标题"), ("a.txt", "一、只有标题"), ("a.html", "<h1>只有标题</h1>")]
)
def test_document_of_nothing_but_a_heading_has_one_paragraph(read_one: Read, name: str, content: str) -> None:
    (text,) = texts(read_one(content, name))
    assert text.endswith("只有标题")


def test_aligned_columns_are_a_table(read_one: Read) -> None:
    rows = ["姓名      部门            电话", "张三      研发中心        5550101", "李四      市场部          5550102"]
    document = read_one("说明\n\n请勿外传，仅供内部使用。\n\n通讯录\n" + "\n".join(rows))
    assert [(p.section, p.text) for p in document.paragraphs] == [
        ((), "请勿外传，仅供内部使用。"),
        ((), "通讯录"),
        (("通讯录",), "姓名：张三，部门：研发中心，电话：5550101"),
        (("通讯录",), "姓名：李四，部门：市场部，电话：5550102"),
    ]


@pytest.mark.parametrize(
    "text",
    ["他说。  她听。\n他走。  她停。\n他坐。  她站。", "甲  乙\n丙  丁", "甲  乙\n丙\n丁  戊\n己"],
    ids=["spaces between sentences", "two lines", "lines between"],
)
def test_few_gaps_make_no_table(read_one: Read, text: str) -> None:
    assert texts(read_one(text)) == [" ".join(line.split()) for line in text.split("\n")]


def test_place_in_a_book_before_the_name_of_a_chapter_is_no_part_of_it(read_one: Read) -> None:
    document = read_one("《河边》\n作者：某人\n\n正文 第一章 清晨\n\n　　天刚亮，他就出了门。\n")
    assert (document.source.title, document.source.author) == ("《河边》", "某人")
    assert [(p.section, p.text) for p in document.paragraphs][-1] == (("第一章 清晨",), "天刚亮，他就出了门。")


def test_word_that_a_line_end_parts_behind_a_hyphen_is_one(read_one: Read) -> None:
    text = "Fit a filter of type QZ-\n7 and the self-\nadhesive label that the maker sup-\nplies with it."
    assert texts(read_one(text)) == [
        "Fit a filter of type QZ-7 and the self-adhesive label that the maker supplies with it."
    ]


def test_full_line_goes_on_in_one_that_is_not_indented_also_behind_a_mark(read_one: Read) -> None:
    wrapped = (
        "　　各单位要在本月底以前把检查的结果报送安全科，联系人：\n何老师，五号楼二层。\n"
        "　　检查的内容包括食堂留样的时间、消防器材的有效期和校车\n司机的资质等等，缺一不可。\n"
        "　　逾期不报的予以通报，并且扣除相应的分数，直到补报为止。\n情节严重的另行处理。\n"
    )
    assert [text[-14:] for text in texts(read_one(wrapped))] == [
        "，联系人：何老师，五号楼二层。"[-14:],
        "校车司机的资质等等，缺一不可。"[-14:],
        "直到补报为止。情节严重的另行处理。"[-14:],
    ]


def test_official_document_has_its_title_and_the_date_of_its_signature(read_one: Read) -> None:
    source = read_one("某局关于停水的通知\n某发〔2021〕3号\n各户：\n周五停水一天，请储水。\n某局\n2021年5月6日").source
    assert (source.title, source.date) == ("某局关于停水的通知", "2021-05-06")
