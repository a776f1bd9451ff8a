from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.reading import find, read
from retrieval.records import Document

SEEDS = Path(__file__).parents[2] / "seeds"


@pytest.fixture(scope="module")
def seed() -> Document:
    (file,) = find(SEEDS).files
    (document,) = read(SEEDS, file.path).documents
    return document


def test_paragraphs_are_the_articles_and_the_editors_line(seed: Document) -> None:
    openings = [paragraph.text[:8] for paragraph in seed.paragraphs]
    assert openings == [
        "近期，上海出台了",
        "市经济信息化委主",
        "围绕打造家喻户晓",
        "智能网联汽车，将",
        "智能机器人，将推",
        "虚拟现实交互，将",
        "智能家居，将支持",
        "智能穿戴，将瞄准",
        "着力夯实智能终端",
        "为保障以上新赛道",
        "上海将按照国家和",
        "责任编辑：吴剑 ",
    ]
    assert seed.paragraphs[-1].text == "责任编辑：吴剑 SF031"


def test_link_inside_a_sentence_leaves_it_whole(seed: Document) -> None:
    assert "智能网联汽车、智能机器人、虚拟现实交互" in seed.paragraphs[2].text
    assert "为保障以上新赛道、新产业高质量发展" in seed.paragraphs[9].text


def test_no_markup_is_left(seed: Document) -> None:
    text = "".join(paragraph.text for paragraph in seed.paragraphs)
    assert not set("<>{}&") & set(text)


def test_metadata_is_the_front_matters(seed: Document) -> None:
    source = seed.source
    assert (source.title, source.author, source.date) == (
        "上海：到2025年，智能终端产业规模突破7000亿元",
        "新浪财经",
        "2022-07-08",
    )
    assert source.categories == ("金融", "新浪财经", "新浪财经－国內")


def test_what_was_left_out_is_remarked(seed: Document) -> None:
    assert (seed.format, seed.encoding) == ("html", "utf-8")
    assert seed.remarks == ("left out 19 characters of navigation and page furniture",)
