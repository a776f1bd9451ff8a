"""What is not in the documents is refused, and it is said what was missing."""

from __future__ import annotations

import pytest

from retrieval.language import Tokenizer
from retrieval.ranking.confidence import LEAST_TELLING, Case
from tests.asking import document, rank

NEWS = [
    document(
        "临海市今年新建公园十二座，总面积达到三百公顷。市长林远表示，到2027年，全市绿化率将提高到百分之四十五。\n"
        "全市的公交线路增加到八十条，新能源公交车占七成。乘客每天超过六十万人次。\n"
        "临海市的旅游收入去年为五十亿元，游客主要来自周边省份。",
        title="临海市政府工作报告",
    )
]
THRESHOLD = 0.5


@pytest.mark.parametrize(
    "question",
    [
        "临海市新建了多少座公园？",
        "公交线路有多少条？",
        "临海市市长是谁？",
        "旅游收入去年是多少？",
        "到2027年绿化率是多少？",
    ],
)
def test_answered(tokenizer: Tokenizer, question: str) -> None:
    assert rank(tokenizer, question, NEWS).confidence >= THRESHOLD


@pytest.mark.parametrize(
    "question",
    [
        "你好",
        "哈哈哈",
        "😀😀😀",
        "asdfgh",
        "谢谢你，再见",
        "今天吃什么？",
        "珠穆朗玛峰有多高？",
        "怎么做红烧肉？",
        "量子力学的创始人是谁？",
    ],
)
def test_chat_gibberish_and_the_foreign_are_refused(tokenizer: Tokenizer, question: str) -> None:
    assert rank(tokenizer, question, NEWS).confidence < THRESHOLD


def test_another_year_is_refused(tokenizer: Tokenizer) -> None:
    asked = rank(tokenizer, "到2027年绿化率是多少？", NEWS).confidence
    swapped = rank(tokenizer, "到2035年绿化率是多少？", NEWS)
    assert swapped.confidence < THRESHOLD < asked
    assert swapped.missing == ("2035",)


def test_another_place_is_refused(tokenizer: Tokenizer) -> None:
    swapped = rank(tokenizer, "哈尔滨市的旅游收入去年是多少？", NEWS)
    assert swapped.confidence < THRESHOLD
    assert swapped.missing == ("哈尔滨市",)


def test_missing_is_spelt_as_the_person_did(tokenizer: Tokenizer) -> None:
    assert rank(tokenizer, "深圳ＣＰＩ是多少？", NEWS).missing == ("深圳ＣＰＩ",)


@pytest.mark.parametrize("question", ["深圳的旅游收入咋办", "收入啥时候公布", "最多能收入几块钱", "没人理收入"])
def test_words_that_ask_colloquial_words_and_scraps_are_never_missing(tokenizer: Tokenizer, question: str) -> None:
    lacking = "".join(rank(tokenizer, question, NEWS).missing)
    assert not [part for part in ("咋", "啥", "几", "多", "理") if part in lacking]


def test_a_name_unknown_to_the_dictionary_is_missing_whole(tokenizer: Tokenizer) -> None:
    assert rank(tokenizer, "抖音的旅游收入是多少？", NEWS).missing == ("抖音",)


def test_what_stands_apart_is_missing_together(tokenizer: Tokenizer) -> None:
    texts = [document("临海的渔港今年扩建，共有泊位四十个。\n2027年，平江将建成新的体育馆，座位三万个。")]
    ranking = rank(tokenizer, "2027年临海的渔港有多少泊位？", texts)
    assert "2027" in ranking.missing


def test_more_in_common_is_more_certain(tokenizer: Tokenizer) -> None:
    near = rank(tokenizer, "全市公交线路有多少条？", NEWS).confidence
    far = rank(tokenizer, "全市地铁隧道有多少条？", NEWS).confidence
    assert far < near


def test_a_decade_has_two_names(tokenizer: Tokenizer) -> None:
    texts = [document("20世纪50年代，镇上鼓励种茶，茶园达到三千亩。后来改种果树。", title="茶园镇")]
    told = rank(tokenizer, "1950年代茶园镇鼓励种什么？", texts).confidence
    assert told > rank(tokenizer, "1960年代茶园镇鼓励种什么？", texts).confidence


def test_what_only_common_words_are_found_of_is_doubted(tokenizer: Tokenizer) -> None:
    texts = [document("\n".join(["你们在找的那把叉车钥匙挂在门边。", *(f"{n}号库房放的是纸箱。" for n in range(50))]))]
    evidence = rank(tokenizer, "你在做什么，叉车呢", texts).evidence
    assert evidence is not None
    told, small = Case(evidence, 0), Case(rank(tokenizer, "你在找什么", texts).evidence or evidence, 0)
    assert told.telling > LEAST_TELLING > small.telling


@pytest.mark.parametrize("said", ["你在做什么", "在吗", "知道了", "你确定吗", "什么意思", "再说一遍"])
def test_small_talk_is_not_surely_answered(tokenizer: Tokenizer, said: str) -> None:
    texts = [*NEWS, document("他们没说什么时候去吃，也不知道人在不在，做完再来。")]
    assert rank(tokenizer, said, texts).confidence < THRESHOLD


@pytest.mark.parametrize("said", ["你会唱歌吗", "我饿了", "公交好挤啊", "i am hungry"])
def test_what_is_said_of_oneself_or_to_the_reader_is_personal(tokenizer: Tokenizer, said: str) -> None:
    assert _case(tokenizer, said).personal


@pytest.mark.parametrize(
    "asked",
    [
        "公交线路有多少条",
        "你们的公交几点发车",
        "你知道公交几点发车吗",
        "我想知道公交线路有多少条",
        "公交线路",
        "我能坐公交吗",
    ],
)
def test_what_asks_of_something_is_not_personal(tokenizer: Tokenizer, asked: str) -> None:
    assert not _case(tokenizer, asked).personal


@pytest.mark.parametrize(
    ("said", "everyday"),
    [
        ("什么是爱", True),
        ("怎么才能来", True),
        ("人什么时候要来", False),  # a time is asked for
        ("爱发什么快递", False),  # a rare word
        ("活着的人为什么要去爱来这里的人", False),  # at length
    ],
)
def test_what_anybody_says_is_personal(tokenizer: Tokenizer, said: str, everyday: bool) -> None:
    texts = [document("\n".join(["爱这里的人要来。", *(f"{n}号库房放的是纸箱。" for n in range(50))]))]
    evidence = rank(tokenizer, said, texts).evidence
    assert evidence is not None
    assert bool(Case(evidence, 0).personal) == everyday


def test_a_long_paragraph_has_words_by_chance(tokenizer: Tokenizer) -> None:
    line, rest = "临海的渔港今年扩建，共有泊位四十个。", "岸边的树是去年种的，天气好的时候有人在树下钓鱼。" * 20
    alone = rank(tokenizer, "渔港有多少泊位？", [document(line)]).confidence
    assert alone > rank(tokenizer, "渔港有多少泊位？", [document(line + rest)]).confidence


def test_whom_a_question_is_about_must_be_told_of(tokenizer: Tokenizer) -> None:
    told = rank(tokenizer, "临海市去年有多少游客？", NEWS).confidence
    assert told > rank(tokenizer, "平江县去年有多少游客？", NEWS).confidence


def test_another_number_is_another_question(tokenizer: Tokenizer) -> None:
    texts = [document("第12届展览在江边的旧厂房举行，参展的有四十家。", title="展览")]
    told = rank(tokenizer, "第12届展览在哪里举行？", texts).confidence
    assert told > rank(tokenizer, "第15届展览在哪里举行？", texts).confidence


def test_a_word_that_stands_nowhere_is_less_of_a_doubt_than_a_name(tokenizer: Tokenizer) -> None:
    colloquial = rank(tokenizer, "临海市新建了多少座公园啊亲？", NEWS).confidence
    assert colloquial > rank(tokenizer, "哈尔滨新建了多少座公园？", NEWS).confidence


def test_documents_do_not_know_about_now(tokenizer: Tokenizer) -> None:
    told = rank(tokenizer, "公交线路有多少条？", NEWS).confidence
    assert told > rank(tokenizer, "现在公交线路有多少条？", NEWS).confidence


def _case(tokenizer: Tokenizer, question: str) -> Case:
    texts = [*NEWS, document("他会唱歌，饿了就唱，公交再挤也唱，不管多大年纪。Hungry or not.")]
    evidence = rank(tokenizer, question, texts).evidence
    assert evidence is not None
    return Case(evidence, 0)
