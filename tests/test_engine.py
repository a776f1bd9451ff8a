"""The contract of ``Engine``, which every implementation has to pass, and what is the local engine's own."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from itertools import count
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.engines.local import LocalEngine
from retrieval.engines.protocol import Engine
from retrieval.errors import IndexFolderError
from retrieval.index import Recipe, builder, segmenting
from retrieval.index.builder import Builder
from retrieval.language import Tokenizer
from retrieval.records import Document, Paragraph, Source


def document(path: str, *texts: str, title: str = "题", section: tuple[str, ...] = ()) -> Document:
    paragraphs = tuple(Paragraph(number, text, section) for number, text in enumerate(texts, 1))
    return Document(Source(path, title, "作者", "2022-07-08", "https://example.org/", ("类",)), paragraphs)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture(params=["local", pytest.param("opensearch", marks=pytest.mark.cluster)])
async def engines(
    request: pytest.FixtureRequest, tmp_path: Path, tokenizer: Tokenizer
) -> AsyncIterator[Callable[[], Engine]]:
    """Makes engines of one kind, each with a collection of its own."""
    if request.param == "opensearch":
        async with request.getfixturevalue("collections")(tokenizer) as new:
            yield new
        return
    made = count()
    yield lambda: LocalEngine(tmp_path / f"index-{next(made)}", tokenizer)


@pytest.fixture
def engine(engines: Callable[[], Engine]) -> Engine:
    return engines()


async def put(engine: Engine, *documents: Document, manifest: str = "") -> None:
    async with engine.update() as update:
        for item in documents:
            await update.put(item)
        await update.commit({"何时": manifest})


async def texts(engine: Engine, *terms: str, limit: int = 10) -> list[str]:
    return [hit.paragraph.text for hit in (await engine.search(terms, limit=limit)).hits]


class TestContract:
    async def test_an_engine_without_documents_finds_nothing(self, engine: Engine) -> None:
        found = await engine.search(["机器人"], limit=3)
        assert (found.hits, found.paragraph_count, found.frequencies) == ((), 0, {"机器人": 0})
        assert await engine.manifest() is None

    async def test_a_hit_is_the_paragraph_as_it_was_put_with_its_source(self, engine: Engine) -> None:
        given = document("子/a.txt", "智能机器人。", section=("第二章", "第五条"))
        await put(engine, given)
        (hit,) = (await engine.search(["机器人"], limit=3)).hits
        assert (hit.paragraph, hit.source) == (given.paragraphs[0], given.source)

    async def test_the_best_come_first_and_ties_in_the_order_of_documents(self, engine: Engine) -> None:
        await put(engine, document("b.txt", "甲乙丙", "甲乙丙 机器人 机器人"), document("a.txt", "甲乙丙"))
        found = await engine.search(["甲乙", "机器人"], limit=2)
        assert [(hit.source.path, hit.paragraph.number) for hit in found.hits] == [("b.txt", 2), ("a.txt", 1)]
        assert [hit.score for hit in found.hits] == sorted((hit.score for hit in found.hits), reverse=True)

    async def test_frequencies_are_those_of_the_whole_collection(self, engine: Engine) -> None:
        await put(engine, document("a.txt", "机器人", "机器人与家居", "家居"))
        found = await engine.search(["机器人", "没有"], limit=1)
        assert (found.paragraph_count, found.frequencies) == (3, {"机器人": 2, "没有": 0})

    async def test_frequencies_without_a_search_are_those_of_one(self, engine: Engine) -> None:
        assert not any((await engine.frequencies(["飞机"])).values())
        await put(engine, document("a.txt", "飞机和火车。", "飞机。"), document("b/c.txt", "轮船。"))
        terms = ["飞机", "火车", "轮船", "没有"]
        for hidden in (frozenset[str](), frozenset({"b"})):
            found = await engine.search(terms, limit=1, hidden=hidden)
            assert await engine.frequencies(terms, hidden=hidden) == found.frequencies

    async def test_a_paragraph_is_found_by_its_title_and_headings(self, engine: Engine) -> None:
        await put(engine, document("a.txt", "不得饮酒。", title="航空规定", section=("飞行员",)))
        assert await texts(engine, "航空") == await texts(engine, "飞行员") == ["不得饮酒。"]

    async def test_traditional_and_full_width_text_is_found_by_its_plain_terms(self, engine: Engine) -> None:
        await put(engine, document("a.txt", "ＣＰＵ與機器人"))
        assert await texts(engine, "cpu") == await texts(engine, "机器人") == ["ＣＰＵ與機器人"]

    async def test_a_document_put_again_takes_the_place_of_the_earlier_one(self, engine: Engine) -> None:
        await put(engine, document("a.txt", "机器人"), document("b.txt", "家居"))
        await put(engine, document("a.txt", "穿戴", "手环"))
        assert await texts(engine, "机器人") == []
        assert await texts(engine, "穿戴") == ["穿戴"]
        assert await texts(engine, "家居") == ["家居"]

    async def test_a_removed_document_is_found_no_more(self, engine: Engine) -> None:
        await put(engine, document("a.txt", "机器人"), document("b.txt", "机器人甲"))
        async with engine.update() as update:
            await update.remove("a.txt")
            await update.commit()
        assert await texts(engine, "机器人") == ["机器人甲"]

    async def test_an_update_afresh_forgets_what_was_there(self, engine: Engine) -> None:
        await put(engine, document("a.txt", "机器人"))
        async with engine.update(afresh=True) as update:
            await update.put(document("b.txt", "家居"))
            await update.commit()
        assert (await texts(engine, "机器人"), await texts(engine, "家居")) == ([], ["家居"])

    async def test_nothing_is_visible_before_the_commit_and_nothing_without_one(self, engine: Engine) -> None:
        await put(engine, document("a.txt", "机器人"), manifest="1")
        async with engine.update() as update:
            await update.put(document("b.txt", "机器人甲"))
            assert await texts(engine, "机器人") == ["机器人"]
        assert await texts(engine, "机器人") == ["机器人"]
        assert dict(await engine.manifest() or {}) == {"何时": "1"}

    async def test_the_manifest_is_what_the_commits_noted(self, engine: Engine) -> None:
        steps: tuple[dict[str, str], ...] = ({"甲": "一", "乙": "二"}, {}, {"甲": "三", "乙": "", "丙": "四\n五"})
        for number, notes in enumerate(steps):
            async with engine.update() as update:
                await update.put(document(f"{number}.txt", "甲"))
                await update.commit(notes)
        assert dict(await engine.manifest() or {}) == {"甲": "三", "丙": "四\n五"}

    @pytest.mark.attack
    async def test_hidden_documents_are_as_if_they_were_not_there(self, engine: Engine) -> None:
        await put(
            engine,
            document("公开/a.txt", "机器人", "机器人与家居"),
            document("内部/b.txt", "机器人机器人", "手环", "机器人"),
            document("内部事务/c.txt", "手表与机器人"),
        )
        found = await engine.search(["机器人", "手环", "手表"], limit=10, hidden=frozenset({"内部"}))
        assert {hit.source.path for hit in found.hits} == {"公开/a.txt", "内部事务/c.txt"}
        assert (found.paragraph_count, found.frequencies) == (6, {"机器人": 5, "手环": 0, "手表": 1})

    async def test_the_documents_in_which_a_word_stands_are_told(self, engine: Engine) -> None:
        await put(
            engine,
            document("a.txt", "機器人在工厂"),
            document("b.txt", "无", title="机器人"),
            document("c.txt", "器人"),
        )
        assert await engine.holding(["机器人", "没有"]) == ["a.txt", "b.txt"]
        assert await engine.holding([]) == []

    async def test_an_update_in_steps_gives_the_same_collection_as_one_in_one_go(
        self, engine: Engine, engines: Callable[[], Engine]
    ) -> None:
        first, second, third = (document(f"{name}.txt", f"机器人{name}", f"{name}家居机器人") for name in "甲乙丙")
        await put(engine, third, second)
        await put(engine, first)
        whole = engines()
        await put(whole, first, second, third)
        assert await engine.search(["机器人", "乙"], limit=9) == await whole.search(["机器人", "乙"], limit=9)


def alter(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


Reopen = Callable[[], LocalEngine]


class TestLocalEngine:
    @pytest.fixture
    async def built(self, folder: Path, tokenizer: Tokenizer) -> AsyncIterator[Reopen]:
        """Two generations on disk, with 机器人 in the first and 家居 beside it in the second."""
        engine = LocalEngine(folder, tokenizer)
        await put(engine, document("a.txt", "机器人"))
        await put(engine, document("b.txt", "家居"))
        engine.close()
        opened: list[LocalEngine] = []

        def reopen() -> LocalEngine:
            opened.append(LocalEngine(folder, tokenizer))
            return opened[-1]

        yield reopen
        for one in opened:
            one.close()

    async def test_an_index_on_disk_is_opened_again(self, built: Reopen) -> None:
        assert await texts(built(), "家居") == ["家居"]

    @pytest.mark.attack
    @pytest.mark.parametrize("harm", ["cut short", "altered", "missing", "no description", "foreign format"])
    async def test_a_damaged_generation_is_passed_over_for_the_one_before(
        self, built: Reopen, folder: Path, harm: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        newest = max(folder.glob("generation-*"))
        description = newest / "generation.json"
        match harm:
            case "cut short":
                (newest / "0.paragraph_texts").write_bytes((newest / "0.paragraph_texts").read_bytes()[:-1])
            case "altered":
                alter(newest / "0.paragraph_texts")
            case "missing":
                (newest / "0.document_texts").unlink()
            case "no description":
                description.unlink()
            case "foreign format":
                description.write_text(json.dumps(json.loads(description.read_text()) | {"format": -1}))
        with caplog.at_level(logging.INFO):
            engine = built()
        assert await texts(engine, "机器人") == ["机器人"]
        assert await texts(engine, "家居") == []
        assert newest.name in caplog.text

    async def test_the_weight_of_a_topic_counts_it_as_often(self, tmp_path: Path, tokenizer: Tokenizer) -> None:
        titled, said = document("a.txt", "甲乙丙丁", title="机器人"), document("b.txt", "机器人", title="甲乙丙丁")
        for weight, first in ((0, "b.txt"), (3, "a.txt")):
            engine = LocalEngine(tmp_path / str(weight), tokenizer, topic_weight=weight)
            await put(engine, titled, said)
            assert (await engine.search(["机器人"], limit=2)).hits[0].source.path == first

    async def test_an_index_of_other_parameters_is_not_used(
        self, built: Reopen, folder: Path, tokenizer: Tokenizer
    ) -> None:
        assert await LocalEngine(folder, tokenizer, k1=2.0).manifest() is None

    async def test_bytes_that_change_after_it_was_opened_are_named(self, built: Reopen, folder: Path) -> None:
        engine = built()
        alter(max(folder.glob("generation-*")) / "0.keys")
        assert engine.damage() == ["0.keys"]

    @pytest.mark.slow
    async def test_nothing_is_built_on_damage_that_opening_does_not_see(
        self, folder: Path, tokenizer: Tokenizer, caplog: pytest.LogCaptureFixture
    ) -> None:
        long = "家居" + "." * 4_500_000
        engine = LocalEngine(folder, tokenizer)
        await put(engine, document("a.txt", "机器人"), manifest="一")
        await put(engine, document("b.txt", long), manifest="二")
        texts_file = max(folder.glob("generation-*")) / "0.paragraph_texts"
        with texts_file.open("r+b") as file:
            file.seek(3_000_000)
            file.write(b",")
        opened = LocalEngine(folder, tokenizer)
        assert len((await opened.search(["家居"], limit=1)).hits) == 1
        assert dict(await opened.manifest() or {}) == {"何时": "一"}
        assert (await opened.search(["家居"], limit=1)).hits == ()
        assert "paragraph_texts" in caplog.text

    async def test_only_the_last_generations_stay_and_no_leftovers(self, built: Reopen, folder: Path) -> None:
        engine = built()
        for name in "甲乙丙":
            await put(engine, document("c.txt", name))
        assert len(list(folder.iterdir())) == 2

    async def test_two_processes_that_build_at_once_both_succeed(
        self, built: Reopen, folder: Path, tokenizer: Tokenizer
    ) -> None:
        one, other = built(), built()
        async with one.update() as first, other.update() as second:
            await first.put(document("c.txt", "穿戴"))
            await second.put(document("d.txt", "手环"))
            await first.commit()
            await second.commit()
        assert await texts(other, "手环") == ["手环"]
        assert await texts(one, "穿戴") == ["穿戴"]

    async def test_a_folder_that_cannot_be_made_is_a_clear_error(self, tmp_path: Path, tokenizer: Tokenizer) -> None:
        (tmp_path / "file").write_text("in the way")
        with pytest.raises(IndexFolderError, match="YUANJU_INDEX"):
            await put(LocalEngine(tmp_path / "file" / "index", tokenizer), document("a.txt", "甲"))


texts_of_documents = st.dictionaries(
    st.sampled_from([f"{name}.txt" for name in "abcdefgh"]),
    st.lists(st.text("智能终端机器人家居甲乙丙", min_size=1, max_size=30), min_size=1, max_size=4),
    min_size=1,
)


@pytest.mark.slow
@settings(max_examples=settings.default.max_examples // 4)  # type: ignore[union-attr]
@given(
    histories=st.lists(texts_of_documents, min_size=1, max_size=4),
    order=st.randoms(use_true_random=False),
)
def test_the_same_documents_make_the_same_index_byte_for_byte_whatever_the_history(
    tokenizer: Tokenizer, histories: list[dict[str, list[str]]], order: Random
) -> None:
    async def build(folder: Path) -> None:
        engine, before = LocalEngine(folder / "one", tokenizer), set[str]()
        for number, collection in enumerate(histories):
            paths = sorted(collection)
            order.shuffle(paths)
            async with engine.update() as update:
                for path in before - set(paths):
                    await update.remove(path)
                for path in paths:
                    # What is the same as in the last step is sometimes kept, sometimes put again.
                    if number and histories[number - 1].get(path) == collection[path] and order.random() < 0.5:
                        continue
                    await update.put(document(path, *collection[path]))
                await update.commit()
            before = set(paths)
        await put(
            LocalEngine(folder / "other", tokenizer), *(document(path, *texts) for path, texts in histories[-1].items())
        )

    with TemporaryDirectory() as folder:
        asyncio.run(build(Path(folder)))
        one, other = ({path.name: path.read_bytes() for path in max(Path(folder, name).glob("generation-*")).iterdir()}
                      for name in ("one", "other"))  # fmt: skip
        assert one == other


@pytest.mark.slow
async def test_runs_from_disk_and_other_processes_make_the_same_index(tmp_path: Path, tokenizer: Tokenizer) -> None:
    words = ["智能", "终端", "机器人", "家居", "规模", "产业", "甲", "乙"]
    random = Random(3)
    documents = [
        document(
            f"{number:03}.txt", *("".join(random.choices(words, k=60)) for _ in range(20)), title=f"题{number % 7}"
        )
        for number in range(40)
    ]
    recipe = Recipe(1, 0.9, 0.5, 1)
    contents = []
    for name, run_terms, alone in (("plain", builder.RUN_TERMS, segmenting.ALONE), ("runs", 20_000, 0)):
        built = Builder(tmp_path / name, recipe, tokenizer, None, run_terms=run_terms, alone=alone, processes=2)
        for one in documents:
            built.put(one)
        folder = built.publish({})
        built.discard()
        contents.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert contents[0] == contents[1]


async def test_small_changes_to_a_large_collection_and_a_merge_make_the_index_that_is_made_anew(
    tmp_path: Path, tokenizer: Tokenizer
) -> None:
    random = Random(4)
    collection = {
        f"{number:03}.txt": ["".join(random.choices("智能终端机器人家居规模产业甲乙", k=60)) for _ in range(20)]
        for number in range(40)
    }
    engine = LocalEngine(tmp_path / "changed", tokenizer)
    await put(engine, *(document(path, *texts) for path, texts in collection.items()))
    for path, texts in (
        ("020.txt", ["乙丙"]),
        ("000.txt", ["丁家居", "戊"]),
        ("039a.txt", ["机器人"]),
        ("020.txt", ["丙"]),
    ):
        collection[path] = texts
        await put(engine, document(path, *texts))
    async with engine.update() as update:
        await update.remove("000.txt")
        await update.commit()
    del collection["000.txt"]
    fresh = LocalEngine(tmp_path / "fresh", tokenizer)
    await put(fresh, *(document(path, *texts) for path, texts in collection.items()))
    for terms in (["机器人", "丙"], ["智能", "乙丙"]):
        assert await engine.search(terms, limit=50) == await fresh.search(terms, limit=50)
    await engine.compact()
    one, other = ({path.name: path.read_bytes() for path in max((tmp_path / name).glob("generation-*")).iterdir()}
                  for name in ("changed", "fresh"))  # fmt: skip
    assert one == other


@given(st.integers(0, 1 << 20))
def test_lengths_in_a_cluster_are_rounded_down_by_an_eighth_at_most(length: int) -> None:
    from retrieval.engines.opensearch.scoring import rounded_length

    assert 0 <= length - rounded_length(length) <= length / 8
    assert length >= 40 or rounded_length(length) == length
