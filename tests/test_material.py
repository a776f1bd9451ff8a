"""What is learned from: sets and real collections, in each layout with their right sentences in the right place."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest

from retrieval.language.splitting import sentences
from retrieval.records import Document, Hit
from training.material import Collection, Layout, Material, laid_out, load

PEOPLE = ("周平", "李岚", "王立", "陈默", "赵青", "孙河", "吴桐", "郑和平", "冯远", "蒋山")


@pytest.fixture
def towns(tmp_path: Path) -> Material:
    """Ten towns, each with a mayor who is asked for."""
    articles = []
    for number, name in enumerate(PEOPLE):
        context = f"第{number}镇有三千人。镇长是{name}。"
        answers = [{"text": name, "answer_start": context.index(name)}]
        asked = {"question": f"第{number}镇的镇长是谁？", "answers": answers}
        articles.append({"title": f"第{number}镇", "paragraphs": [{"context": context, "qas": [asked]}]})
    path = tmp_path / "drcd_towns.json"
    path.write_text(json.dumps({"data": articles}), "utf-8")
    (material,) = load([path])
    return material


def answered(collection: Collection, document: Document) -> list[str]:
    """The sentences of a document that answer a question."""
    return [
        sentence.text
        for paragraph in document.paragraphs
        for sentence in sentences(paragraph.text)
        for asked in collection.asked
        if collection.answers(asked, Hit(paragraph, document.source, 0, 1.0), sentence)
    ]


def test_a_set_is_of_the_kind_that_its_name_begins_with(towns: Material) -> None:
    assert (towns.name, towns.family, towns.kind) == ("drcd_towns", "drcd", "encyclopedia")


@pytest.mark.parametrize("layout", [Layout("a", titled=True), Layout("b", titled=False, per_file=5)])
def test_every_layout_has_every_answer_in_its_place(towns: Material, layout: Layout) -> None:
    collection = laid_out(towns, layout, Random(1))
    assert [len(document.paragraphs) for document in collection.documents] == [layout.per_file] * (
        10 // layout.per_file
    )
    found = [text for document in collection.documents for text in answered(collection, document)]
    assert found == [f"镇长是{name}。" for name in PEOPLE]


def test_titles_stay_or_give_way_to_numbers(towns: Material) -> None:
    def titles(*, titled: bool) -> list[str]:
        return [one.source.title for one in laid_out(towns, Layout("", titled=titled), Random(1)).documents[:2]]

    assert titles(titled=True) == ["第0镇", "第1镇"]
    assert titles(titled=False) == ["00000", "00001"]


def test_a_small_collection_holds_what_its_questions_need_and_other_paragraphs(towns: Material) -> None:
    collection = laid_out(towns, Layout("", titled=True, size=6), Random(1))
    assert len(collection.documents) == 6
    assert len(collection.asked) >= 4
    assert all(any(one in collection.places.values() for one in asked.right) for asked in collection.asked)


def test_a_real_collection_is_asked_what_its_table_lists(tmp_path: Path) -> None:
    (tmp_path / "town").mkdir()
    (tmp_path / "town" / "a.md").write_text("# 青石镇\n\n镇上有三千人。镇长是周平。\n", "utf-8")
    rows = ["collection\tquestion\tkind\tgold", "town\t镇长谁啊\tfact\t周平", "town\t有地铁吗\tnf\tnot found"]
    (tmp_path / "questions.tsv").write_text("\n".join(rows), "utf-8")
    (material,) = load([tmp_path])
    collection = laid_out(material, Layout("", titled=True), Random(1))
    assert (material.kind, material.refused) == ("real", ("有地铁吗",))
    assert [text for document in collection.documents for text in answered(collection, document)] == ["镇长是周平。"]
