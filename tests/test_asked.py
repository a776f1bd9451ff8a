"""What a question asks for is recognised in a sentence, for one reason at a time."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from retrieval.language import Tokenizer
from retrieval.question import Question
from retrieval.ranking import asked
from retrieval.ranking.evidence import Evidence
from retrieval.ranking.measures import Array
from retrieval.records import Document, Paragraph, Source
from tests.asking import document, rank


def measured(tokenizer: Tokenizer, formula: Callable[[Evidence], Array], question: str, text: str) -> list[float]:
    """The feature of each sentence, in the order of the text."""
    evidence = rank(tokenizer, question, [document(text)]).evidence
    assert evidence is not None
    return [round(float(value), 3) for value in formula(evidence)]


@pytest.mark.parametrize(
    ("question", "noun"),
    [
        ("本岛居民说哪种语言？", "语言"),
        ("林先生的职业是什么？", "职业"),
        ("会上签署了什么国际条约？", "条约"),
        ("谁写了这首诗？", ""),
        ("我们研究什么困难问题？", "问题"),
    ],
)
def test_the_noun_asked_for(tokenizer: Tokenizer, question: str, noun: str) -> None:
    assert Question.of(question, tokenizer).noun == noun


def test_a_language_looks_like_one(tokenizer: Tokenizer) -> None:
    text = "岛上的居民以捕鱼为生。他们说葡萄牙语。"
    assert measured(tokenizer, asked.looks, "岛上的居民说哪种语言？", text) == [0, 1]


@pytest.mark.parametrize(
    ("question", "line", "other"),
    [
        ("咨询电话是多少？", "咨询：0531-82765432，李老师。", "咨询时间：9:00-17:30，共8小时。"),
        ("报名打什么电话？", "报名找王老师，13800138000。", "报名费2000元，2026年10月1日截止。"),
        ("服务热线是多少？", "有事请拨12345。", "服务大厅1998年建成，面积12400平方米。"),
        ("投稿的邮箱是什么？", "投稿请发至news@example.com。", "投稿@各部门通讯员。"),
        ("报名的网址是什么？", "报名：www.example.cn/apply", "报名在3.5号楼。"),
        ("学校的邮编是多少？", "学校地址：青石路9号，250100。", "学校有1250人。"),
    ],
)
def test_how_to_reach_somebody_has_a_form(tokenizer: Tokenizer, question: str, line: str, other: str) -> None:
    assert measured(tokenizer, asked.looks, question, other + line) == [0, 1]


def test_what_the_question_says_itself_is_not_what_it_asks_for(tokenizer: Tokenizer) -> None:
    text = "岛上通行德语。岛上也教法语。"
    assert measured(tokenizer, asked.looks, "除了德语岛上还教哪种语言？", text) == [0, 1]


def test_a_name_that_ends_as_its_noun(tokenizer: Tokenizer) -> None:
    text = "船队第二天出发。船队停靠青石港。"
    assert measured(tokenizer, asked.called, "船队停靠哪个渔港？", text) == [0, 1]


def test_the_share_of_the_numbers(tokenizer: Tokenizer) -> None:
    text = "1990年3月学校成立。1990年学校招生。学校很大。"
    assert measured(tokenizer, asked.numbers, "1990年3月成立了什么学校？", text) == [1, 0.5, 0]


def test_an_answer_close_to_the_words_of_the_question(tokenizer: Tokenizer) -> None:
    text = "大桥通车于1998年。1950年的旧照片里，江边只有几条渡船和一座茶馆，还看不到后来的大桥，更没有人想到通车。"
    near, far = measured(tokenizer, asked.pull, "大桥哪一年通车？", text)
    assert near > far > 0


def test_no_form_no_pull(tokenizer: Tokenizer) -> None:
    assert measured(tokenizer, asked.pull, "大桥哪一年通车？", "大桥已经通车。") == [0]


def test_a_sentence_about_it_leaves_the_subject_to_the_one_before(tokenizer: Tokenizer) -> None:
    question, text = "哪座塔是全国最高的石塔？", "远山塔始建于宋朝。它是全国最高的石塔。"
    before, after = measured(tokenizer, asked.subject_here, question, text)
    assert before > after == 0
    assert measured(tokenizer, asked.subject_here, question, text.replace("它", "青云塔"))[0] == 0


def test_a_sentence_that_asks_back(tokenizer: Tokenizer) -> None:
    text = "为什么石塔会倾斜？石塔因地基下沉而倾斜。"
    assert measured(tokenizer, asked.asks_back, "石塔为什么倾斜？", text) == [1, 0]


def test_the_share_of_the_verbs(tokenizer: Tokenizer) -> None:
    text = "工厂生产玻璃。工厂建在江边。"
    assert measured(tokenizer, asked.verbs, "工厂生产什么？", text)[0] == 1


def test_a_sentence_that_points_at_another(tokenizer: Tokenizer) -> None:
    text = "玻璃在宋朝传入本岛。这一时期工匠很多。"
    assert measured(tokenizer, asked.pointing, "玻璃在哪个时期传入本岛？", text) == [0, 1]


def test_a_text_that_is_cut_otherwise_is_searched_anew(tokenizer: Tokenizer) -> None:
    text, question = "校舍建于1990年。校舍在2003年扩建。", "校舍哪一年扩建？"
    source, counts = Source("a.txt", "校舍"), []
    for questions in ((), ("校舍什么样？",), ()):  # an answer to a question of the document is one sentence
        paragraph = Paragraph(1, text, questions=questions)
        evidence = rank(tokenizer, question, [Document(source, (paragraph,))]).evidence
        assert evidence is not None
        counts.append(evidence.forms.count.tolist())
    assert counts == [[1, 1], [2], [1, 1]]
