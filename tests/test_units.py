"""What is quoted as one: answers to a document's questions, lists with their lead-in, single items."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.language import Tokenizer
from retrieval.language.enumeration import enumerations
from retrieval.ranking.cells import answering
from retrieval.records import Document, Paragraph, Source
from tests.asking import document, highlighted, rank

PROCEDURE = "注销手机号要走以下流程：\n1. 带身份证到营业厅\n2. 结清话费\n3. 填写注销申请表\n4. 等待短信通知"


def paired(answer: str, *questions: str, title: str = "帮助") -> Document:
    return Document(Source("faq.md", title), (Paragraph(1, answer, questions=questions),))


def first(tokenizer: Tokenizer, question: str, *documents: Document) -> str:
    return rank(tokenizer, question, documents).candidates[0].sentence.text


def test_a_question_of_the_document_is_answered_with_its_answer(tokenizer: Tokenizer) -> None:
    answer = "请拨打客服热线，核对身份以后重置。一般当天办好。"
    faq = paired(answer, "忘记密码怎么办？", "密码丢了怎么找回？")
    other = document("修改密码以后要重新登录。", path="b.txt")
    assert first(tokenizer, "密码忘记了怎么办", faq, other) == answer
    assert first(tokenizer, "密码丢了咋找回", faq, other) == answer


def test_a_long_answer_is_quoted_by_its_best_sentence(tokenizer: Tokenizer) -> None:
    answer = "先看说明书。" * 40 + "电池可以用八年。"
    assert first(tokenizer, "电池能用几年", paired(answer, "电池的寿命有多长？")) == "电池可以用八年。"


def test_highlights_lie_in_the_answer_not_in_the_question(tokenizer: Tokenizer) -> None:
    faq = paired("可以退，七天之内都行。", "买了3天还能退货吗？")
    ranking = rank(tokenizer, "退货期限是几天", [faq])
    best = ranking.candidates[0]
    assert all(0 <= start < end <= len(best.sentence.text) for start, end in ranking.highlights(best))
    assert highlighted(ranking) == ["七天"]


@pytest.mark.parametrize("question", ["注销手机号的流程是什么", "怎么注销手机号", "注销手机号有哪些步骤"])
def test_a_list_that_is_asked_for_is_quoted_whole(tokenizer: Tokenizer, question: str) -> None:
    ranking = rank(tokenizer, question, [document_of(PROCEDURE)])
    assert ranking.candidates[0].sentence.text == PROCEDURE
    assert highlighted(ranking)[0] == "带身份证到营业厅"


def document_of(*paragraphs: str) -> Document:
    return Document(Source("a.txt", "手册"), tuple(Paragraph(n, text) for n, text in enumerate(paragraphs, 1)))


def test_who_asks_for_one_item_gets_that_item_below_its_lead(tokenizer: Tokenizer) -> None:
    best = rank(tokenizer, "申请表在第几步填写", [document_of(PROCEDURE)]).candidates[0]
    assert best.sentence.text == "3. 填写注销申请表"
    assert best.unit.lead == "注销手机号要走以下流程"


def test_the_number_of_an_item_never_stands_alone(tokenizer: Tokenizer) -> None:
    text = "重启服务。 停掉服务器； 2. 更换硬盘； 3. 接上电源。"
    sentences = [c.sentence.text for c in rank(tokenizer, "更换硬盘", [document_of(text)]).candidates]
    assert not [sentence for sentence in sentences if sentence.rstrip().endswith(("2.", "3."))]


def test_of_a_very_long_list_the_first_items_are_quoted(tokenizer: Tokenizer) -> None:
    items = [f"{number}. 第{number}种材料的原件" for number in range(1, 31)]
    best = rank(tokenizer, "入学要交哪些材料", [document_of("\n".join(("入学要交下列材料：", *items)))]).candidates[0]
    assert best.sentence.text.endswith("12. 第12种材料的原件")
    assert best.unit.more == 18


def test_a_lead_in_is_never_quoted_alone(tokenizer: Tokenizer) -> None:
    text = "备份数据库用下面的命令：\npg_dump -Fc shop > shop.dump"
    assert first(tokenizer, "备份数据库用什么命令", document_of(text)) == text


def test_a_comment_is_quoted_with_the_line_that_it_explains(tokenizer: Tokenizer) -> None:
    text = "# 最大连接数\nmax_connections = 200\n# 超时秒数\ntimeout = 30"
    assert first(tokenizer, "最大连接数是多少", document_of(text)) == "# 最大连接数\nmax_connections = 200"


MARKS = st.sampled_from(["{n}. ", "（{n}）", "{n}、", "- ", "第{n}步："])
ITEM = st.text("甲乙丙丁戊己庚辛", min_size=1, max_size=8)


@given(mark=MARKS, items=st.lists(ITEM, min_size=2, max_size=9), lead=ITEM)
def test_the_items_of_an_enumeration_are_found_as_they_stand(mark: str, items: list[str], lead: str) -> None:
    lines = [mark.format(n=number) + item for number, item in enumerate(items, 1)]
    text = "\n".join((f"{lead}：", *lines))
    (found,) = enumerations(text)
    assert text[slice(*found.lead)] == f"{lead}："
    assert [text[start:end] for start, end in found.items] == lines


CONFIGURATION = "server:\n  # 监听端口\n  port: 9090\n  # 上传上限，单位 MB\n  max_upload: 64\nsession:\n  timeout: 15"


@pytest.mark.parametrize(
    ("question", "expected"),
    [("监听端口是多少", "# 监听端口\n  port: 9090"), ("max_upload是多少", "# 上传上限，单位 MB\n  max_upload: 64")],
)
def test_a_value_stands_with_its_comment(tokenizer: Tokenizer, question: str, expected: str) -> None:
    assert first(tokenizer, question, document_of(CONFIGURATION)).strip() == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [("注销手机号第二步做什么", "2. 结清话费"), ("注销手机号最后一步是什么", "4. 等待短信通知")],
)
def test_a_step_that_is_named_is_quoted(tokenizer: Tokenizer, question: str, expected: str) -> None:
    materials = "注销手机号的材料：\n- 身份证\n- 手机卡\n- 申请表"
    assert first(tokenizer, question, document_of(materials, PROCEDURE)) == expected


def test_of_a_wide_row_the_cells_that_answer_come_first(tokenizer: Tokenizer) -> None:
    cells = "姓名：王芳，部门：市场二部，职位：高级经理，入职：2018年7月15日，分机：8002，办公地点：乙座三楼，"
    row = f"{cells}职级：七级，余假：12天，邮箱：wangfang@example.com，宿舍：东区九栋"
    ranking = rank(tokenizer, "王芳的分机是多少", [document_of(row, cells.replace("王芳", "李强") + "备注：无")])
    best = ranking.candidates[0]
    assert best.sentence.text == row
    shown = answering(row, ranking.question, ranking.highlights(best))
    assert [row[start:end] for start, end in shown] == ["姓名：王芳", "分机：8002"]


def test_a_sentence_is_no_row(tokenizer: Tokenizer) -> None:
    text = "本店规定：顾客请注意：退货须凭小票：七天之内：过期不予办理，" * 4
    assert answering(text, rank(tokenizer, "退货凭什么", [document_of(text)]).question, ()) == ()


@pytest.mark.parametrize(
    ("question", "better", "worse"),
    [
        ("地铁票多少钱", "地铁票价为起步2元。", "地铁票可以在自助机上买，不找零。"),
        ("图书馆什么时候闭馆", "图书馆晚上9点闭馆。", "图书馆闭馆以前会放音乐，请读者有序离开。"),
        ("图书可以借多久", "图书可以借 30 天。", "图书可以借，也可以在网上预约，还书的时候请注意。"),
    ],
)
def test_what_is_asked_for_by_its_form_comes_first(
    tokenizer: Tokenizer, question: str, better: str, worse: str
) -> None:
    assert first(tokenizer, question, document_of(worse, better)) == better
