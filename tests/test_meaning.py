"""Meanings are compared by an encoder in a folder: the same vectors always, and words alone where it cannot be had."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import onnx
import pytest
from prometheus_client import REGISTRY
from tokenizers import Tokenizer as Tokenizers

from bot.conversation import why
from bot.operations import metrics
from bot.reply import Lines, say
from retrieval.answering import Answerer
from retrieval.engines.local import LocalEngine
from retrieval.errors import MeaningError, MeaningTimeoutError
from retrieval.language import Tokenizer
from retrieval.meaning import Encoder, Meaning, Vectors
from retrieval.meaning.encoder import Vector
from retrieval.ranking import Ranking
from retrieval.ranking.closeness import ENCODED
from retrieval.records import Document, Paragraph, Source
from testbed import model
from testbed.commands import yuanju
from tests import tiny_encoder

TEXTS = ("员工因医疗可以休假三十天。", "员工因搬家可以休假三天。", "食堂每天中午十二点开放。")
QUESTION = "员工生病可以休假几天"
CHARACTERS = "".join(dict.fromkeys("".join(TEXTS) + QUESTION + "abcdef"))
ALIKE = ("病医", "生疗")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tiny_encoder.make(tmp_path / "model", CHARACTERS, alike=ALIKE)


@pytest.fixture
def encoder(folder: Path) -> Encoder:
    return Encoder.of(folder)


@pytest.fixture
def meaning(encoder: Encoder, tmp_path: Path) -> Iterator[Meaning]:
    with closing(Meaning(encoder, Vectors(tmp_path / "vectors", fingerprint=encoder.fingerprint))) as found:
        yield found


class Faulty(Encoder):
    """An encoder whose model fails."""

    def text(self, text: str) -> Vector:
        if text in TEXTS:
            raise RuntimeError("no memory")
        return super().text(text)


# --- The encoder -----------------------------------------------------------------------------------------------------


def test_a_vector_has_length_one(encoder: Encoder) -> None:
    assert np.linalg.norm(encoder.text(TEXTS[0]).astype(float)) == pytest.approx(1, abs=1e-3)


def test_what_means_the_same_has_the_same_vector(encoder: Encoder) -> None:
    assert np.array_equal(encoder.text("病"), encoder.text("医"))
    assert not np.array_equal(encoder.text("病"), encoder.text("搬"))


def test_only_the_first_tokens_of_a_long_text_count(encoder: Encoder) -> None:
    assert np.array_equal(encoder.text("病" * 500 + "搬"), encoder.text("病" * 500))


def test_a_tokenizer_that_pads_gives_the_same_vector(folder: Path) -> None:
    expected = Encoder.of(folder).text("病搬")
    padding = Tokenizers.from_file(str(folder / "tokenizer.json"))
    padding.enable_padding(length=64, pad_id=0)
    padding.save(str(folder / "tokenizer.json"))
    assert np.array_equal(Encoder.of(folder).text("病搬"), expected)


def test_a_prefix_is_put_before_the_question_alone(folder: Path) -> None:
    use = {"pooling": "mean", "question_prefix": "搬家"}
    (folder / "encoder.json").write_text(json.dumps(use), "utf-8")
    encoder = Encoder.of(folder)
    assert np.array_equal(encoder.question("休假"), encoder.text("搬家休假"))
    assert not np.array_equal(encoder.question("休假"), encoder.text("休假"))


def test_the_first_position_or_the_mean_of_all_is_the_vector(folder: Path) -> None:
    mean = Encoder.of(folder).text("病搬")
    (folder / "encoder.json").write_text(json.dumps({"pooling": "first"}), "utf-8")
    first = Encoder.of(folder)
    assert np.array_equal(first.text("病搬"), first.text("病"))
    assert not np.array_equal(first.text("病搬"), mean)


def test_a_model_with_all_inputs_of_the_kind_can_be_used(folder: Path) -> None:
    table = onnx.numpy_helper.to_array(onnx.load(str(folder / "model.onnx")).graph.initializer[0])
    expected = Encoder.of(folder).text(TEXTS[0])
    inputs = ("input_ids", "attention_mask", "token_type_ids")
    tiny_encoder.write_model(folder / "model.onnx", table, inputs=inputs)
    assert np.array_equal(Encoder.of(folder).text(TEXTS[0]), expected)


def test_other_files_have_another_fingerprint(encoder: Encoder, tmp_path: Path) -> None:
    other = Encoder.of(tiny_encoder.make(tmp_path / "other", CHARACTERS, seed=2))
    assert encoder.fingerprint != other.fingerprint


def _missing(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()


def _damaged(folder: Path) -> None:
    whole = (folder / "model.onnx").read_bytes()
    (folder / "model.onnx").write_bytes(whole[: len(whole) // 2])


def _no_model(folder: Path) -> None:
    (folder / "model.onnx").write_text("<html>not found</html>", "utf-8")


def _no_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").write_text("{", "utf-8")


def _larger_tokenizer(folder: Path) -> None:
    other = tiny_encoder.make(folder.parent / "larger", CHARACTERS + "另一个模型的词表更大")
    (other / "tokenizer.json").replace(folder / "tokenizer.json")


def _other_tokenizer(folder: Path) -> None:
    expected = {"tokenizer.json": "0" * 64}
    (folder / "encoder.json").write_text(json.dumps({"pooling": "mean", "sha256": expected}), "utf-8")


def _no_use(folder: Path) -> None:
    (folder / "encoder.json").write_text("pooling: mean", "utf-8")


def _no_pooling(folder: Path) -> None:
    (folder / "encoder.json").write_text("{}", "utf-8")


def _no_digests(folder: Path) -> None:
    (folder / "encoder.json").write_text('{"pooling": "mean", "sha256": "0123"}', "utf-8")


def _other_kind(folder: Path) -> None:
    tiny_encoder.write_model(folder / "model.onnx", np.ones((9, 4), np.float32), inputs=("input_ids", "pixels"))


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (_missing, "has no file tokenizer.json"),
        (_damaged, "its file model.onnx cannot be loaded: "),
        (_no_model, "its file model.onnx cannot be loaded: "),
        (_no_tokenizer, "its file tokenizer.json cannot be loaded: "),
        (_larger_tokenizer, "its model and its tokenizer do not go together: "),
        (_other_tokenizer, "its file tokenizer.json is not the one that encoder.json names by its SHA-256"),
        (_no_use, "its file encoder.json cannot be read: "),
        (_no_pooling, 'its file encoder.json must say "pooling": "first" or "mean"'),
        (_no_digests, 'its file encoder.json must name files by "sha256"'),
        (_other_kind, "its file model.onnx is no encoder of the BERT kind: it wants pixels"),
    ],
)
def test_what_is_wrong_with_a_folder_is_said_in_one_line(
    folder: Path, spoil: Callable[[Path], None], reason: str
) -> None:
    spoil(folder)
    with pytest.raises(MeaningError) as raised:
        Encoder.of(folder)
    assert raised.value.reason.startswith(reason)
    assert "\n" not in str(raised.value)


def test_without_the_extra_it_is_said_how_to_install_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tokenizers", None)  # which is how Python says that there is none
    with pytest.raises(MeaningError, match=r"pip install '.*\[meaning\]'"):
        Encoder.of(folder)


# --- Vectors that are remembered -------------------------------------------------------------------------------------


def test_vectors_are_kept(tmp_path: Path) -> None:
    vector = np.arange(4, dtype=np.float16)
    with closing(Vectors(tmp_path, fingerprint="a")) as vectors:
        vectors.put({"甲": vector})
    with closing(Vectors(tmp_path, fingerprint="a")) as vectors:
        found = vectors.get(["甲", "乙"])
    assert list(found) == ["甲"]
    assert np.array_equal(found["甲"], vector)


def test_those_of_another_model_are_dropped(tmp_path: Path) -> None:
    with closing(Vectors(tmp_path, fingerprint="a")) as vectors:
        vectors.put({"甲": np.ones(4, np.float16)})
    with closing(Vectors(tmp_path, fingerprint="b")) as vectors:
        assert vectors.get(["甲"]) == {}
    assert {file.name for file in tmp_path.iterdir()} == {"b.sqlite"}


def test_the_oldest_go_first(tmp_path: Path) -> None:
    with closing(Vectors(tmp_path, fingerprint="a", most=10)) as vectors:
        for number in range(101):
            vectors.put({str(number): np.ones(4, np.float16)})
        assert sorted(vectors.get(map(str, range(101))), key=int) == [str(number) for number in range(91, 101)]


def test_a_damaged_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "a.sqlite").write_bytes(b"no database" * 1000)
    with closing(Vectors(tmp_path, fingerprint="a")) as vectors:
        vectors.put({"甲": np.ones(4, np.float16)})
        assert list(vectors.get(["甲"])) == ["甲"]


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").touch()
    with closing(Vectors(tmp_path / "file", fingerprint="a")) as vectors:
        vectors.put({"甲": np.ones(4, np.float16)})
        assert vectors.get(["甲"]) == {}
    assert "are not kept" in caplog.text


# --- Meanings compared -----------------------------------------------------------------------------------------------


def test_cosines_are_the_same_to_the_bit_whatever_was_remembered(meaning: Meaning, encoder: Encoder) -> None:
    first = meaning.cosines(QUESTION, TEXTS)
    assert np.array_equal(meaning.cosines(QUESTION, TEXTS), first)
    meaning.cosines(QUESTION, (*TEXTS[1:], "别的"))
    assert np.array_equal(meaning.cosines(QUESTION, TEXTS), first)
    with closing(Meaning(encoder, Vectors(Path("/dev/null/nowhere"), fingerprint="x"))) as forgetful:
        assert np.array_equal(forgetful.cosines(QUESTION, TEXTS), first)


def test_the_same_text_twice_has_the_same_cosine(meaning: Meaning) -> None:
    one, other = meaning.cosines(QUESTION, (TEXTS[0], TEXTS[0]))
    assert one == other


def test_what_is_late_is_given_up(meaning: Meaning) -> None:
    with pytest.raises(MeaningTimeoutError):
        meaning.cosines(QUESTION, [f"{TEXTS[0]}{number}" for number in range(200)], until=time.monotonic())


def test_a_model_that_fails_is_an_error_of_ours(folder: Path, tmp_path: Path) -> None:
    with (
        closing(Meaning(Faulty.of(folder), Vectors(tmp_path / "v", fingerprint="x"))) as meaning,
        pytest.raises(MeaningError, match="its model fails: no memory"),
    ):
        meaning.cosines(QUESTION, TEXTS)


# --- Answers ---------------------------------------------------------------------------------------------------------


@pytest.fixture
async def engine(tokenizer: Tokenizer, tmp_path: Path) -> AsyncIterator[LocalEngine]:
    engine = LocalEngine(tmp_path / "index", tokenizer)
    async with engine.update(afresh=True) as update:
        for number, text in enumerate(TEXTS):
            await update.put(Document(Source(f"{number}.txt", ""), (Paragraph(1, text),)))
        await update.commit()
    yield engine
    engine.close()


def said(ranking: Ranking) -> list[str]:
    return [candidate.sentence.text for candidate in ranking.candidates]


async def test_a_sentence_that_means_the_same_comes_first(
    engine: LocalEngine, tokenizer: Tokenizer, meaning: Meaning
) -> None:
    ranking = await Answerer(engine, tokenizer, threshold=0, meaning=meaning).rank(QUESTION)
    assert said(ranking)[0] == TEXTS[0]
    assert ranking.candidates[0].closeness == max(one.closeness or 0 for one in ranking.candidates)


@pytest.mark.parametrize("sentence", ["员工休假第{}天。", "员工休假。"])
async def test_the_best_by_words_are_compared_and_the_others_stay_behind(
    tokenizer: Tokenizer, meaning: Meaning, tmp_path: Path, sentence: str
) -> None:
    with closing(LocalEngine(tmp_path / "many", tokenizer)) as engine:
        async with engine.update(afresh=True) as update:
            for number in range(40):
                await update.put(Document(Source(f"{number}.txt", ""), (Paragraph(1, sentence.format(number)),)))
            await update.commit()
        ranking = await Answerer(engine, tokenizer, threshold=0, meaning=meaning).rank(QUESTION)
        by_words = await Answerer(engine, tokenizer, threshold=0).rank(QUESTION)
    compared = [one.closeness is not None for one in ranking.candidates]
    assert compared == [True] * ENCODED + [False] * (40 - ENCODED)
    assert [one.hit for one in ranking.candidates[ENCODED:]] == [one.hit for one in by_words.candidates[ENCODED:]]


async def test_the_answer_is_the_same_whatever_was_remembered(
    engine: LocalEngine, tokenizer: Tokenizer, meaning: Meaning
) -> None:
    answerer = Answerer(engine, tokenizer, threshold=0, meaning=meaning)
    assert await answerer.answer(QUESTION) == await answerer.answer(QUESTION)


async def test_why_says_how_close_the_best_sentence_is(
    engine: LocalEngine, tokenizer: Tokenizer, meaning: Meaning
) -> None:
    ranking = await Answerer(engine, tokenizer, threshold=0, meaning=meaning).rank(QUESTION)
    _, reasons = why.explanation(ranking, threshold=0.25, sure_threshold=0.5)
    assert isinstance(reasons, Lines)
    assert say("why-closeness", count=len(ranking.candidates), closer=0) in reasons.lines
    by_words = await Answerer(engine, tokenizer, threshold=0).rank(QUESTION)
    assert "closeness" not in str(why.explanation(by_words, threshold=0.25, sure_threshold=0.5))


async def test_what_is_late_is_answered_by_words_alone_and_counted(
    engine: LocalEngine, tokenizer: Tokenizer, meaning: Meaning
) -> None:
    late = {"reason": "late"}
    before = REGISTRY.get_sample_value("yuanju_meaning_failures_total", late) or 0
    hurried = Answerer(engine, tokenizer, threshold=0, meaning=meaning, meaning_seconds=1e-9, timed=metrics.timed)
    assert await hurried.answer(QUESTION) == await Answerer(engine, tokenizer, threshold=0).answer(QUESTION)
    assert REGISTRY.get_sample_value("yuanju_meaning_failures_total", late) == before + 1


async def test_where_the_model_fails_words_alone_decide(
    engine: LocalEngine, tokenizer: Tokenizer, folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(Meaning(Faulty.of(folder), Vectors(tmp_path / "v", fingerprint="x"))) as faulty:
        answer = await Answerer(engine, tokenizer, threshold=0, meaning=faulty).answer(QUESTION)
    assert answer == await Answerer(engine, tokenizer, threshold=0).answer(QUESTION)
    assert "its model fails: no memory. Words alone decide" in caplog.text


async def test_the_event_loop_goes_on_meanwhile(
    engine: LocalEngine, tokenizer: Tokenizer, folder: Path, tmp_path: Path
) -> None:
    released = asyncio.Event()
    loop = asyncio.get_running_loop()

    class Waiting(Encoder):
        def question(self, text: str) -> Vector:
            asyncio.run_coroutine_threadsafe(released.wait(), loop).result(10)  # only the loop can release it
            return super().question(text)

    with closing(Meaning(Waiting.of(folder), Vectors(tmp_path / "v", fingerprint="x"))) as meaning:
        answering = asyncio.create_task(Answerer(engine, tokenizer, threshold=0, meaning=meaning).answer(QUESTION))
        await asyncio.sleep(0)
        released.set()
        assert (await answering).quotes


# --- Commands --------------------------------------------------------------------------------------------------------


@pytest.fixture
def environment(prepared: Callable[[Path], Path], tmp_path: Path) -> dict[str, str]:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "手册.txt").write_text("\n\n".join(TEXTS), "utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("YUANJU_")}
    places = {"YUANJU_DOCUMENTS": tmp_path / "documents", "YUANJU_INDEX": prepared(tmp_path / "index")}
    return kept | {name: str(place) for name, place in places.items()}


def test_a_question_is_answered_by_meaning_and_vectors_lie_beside_the_index(
    environment: dict[str, str], folder: Path, tmp_path: Path
) -> None:
    done = yuanju("ask", QUESTION, environment=environment | {"YUANJU_MEANING": str(folder)})
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(TEXTS[0])
    assert len(list((tmp_path / "index" / "meaning").glob("*.sqlite"))) == 1


def test_without_the_model_there_is_one_line_and_an_answer(environment: dict[str, str], tmp_path: Path) -> None:
    environment["YUANJU_MEANING"] = str(tmp_path / "nowhere")
    done = yuanju("ask", "食堂什么时候开放", environment=environment)
    assert done.stdout.startswith(TEXTS[2])
    assert done.stderr.endswith(f"意思模型 {tmp_path}/nowhere：没有 model.onnx 这个文件。只按字词回答\n")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("whole", [True, False])
def test_check_tries_the_model(environment: dict[str, str], folder: Path, whole: bool) -> None:
    if not whole:
        _damaged(folder)
    done = yuanju("check", environment=environment | {"YUANJU_MEANING": str(folder)})
    (line,) = [line for line in done.stdout.splitlines() if f"{folder} 里的模型" in line or f"{folder}：" in line]
    assert line.startswith("好" if whole else "不行")
    assert ("只按字词回答。" in line) is not whole
    assert done.returncode == (0 if whole else 1)


# --- The documented model --------------------------------------------------------------------------------------------

COLLOQUIAL = (
    ("生病了能歇多久", "职工的医疗期根据工作年限确定。"),
    ("工资啥时候发", "薪酬于每月十日支付。"),
    ("东西坏了能退吗", "商品存在质量问题的，自签收之日起七日内可以退换。"),
    ("怎么把账号注销掉", "在设置页面删除用户账户。"),
    ("孩子多大能上小学", "年满六周岁的儿童应当入学接受义务教育。"),
    ("电脑死机了咋办", "计算机无响应时，请长按电源键强制关机后重新启动。"),
)


@pytest.fixture(scope="module")
def documented() -> Encoder:
    if not (model.FOLDER / "encoder.json").exists():
        pytest.skip("the documented encoder is not here: make meaning fetches it")
    return Encoder.of(model.FOLDER)


def test_the_documented_model_knows_what_people_mean(documented: Encoder) -> None:
    questions = np.array([documented.question(question) for question, _ in COLLOQUIAL], dtype=float)
    sentences = np.array([documented.text(sentence) for _, sentence in COLLOQUIAL], dtype=float)
    assert (questions @ sentences.T).argmax(axis=1).tolist() == list(range(len(COLLOQUIAL)))


def test_its_vectors_do_not_depend_on_what_is_encoded_beside(documented: Encoder, tmp_path: Path) -> None:
    sentences = [sentence for _, sentence in COLLOQUIAL]
    with closing(Meaning(documented, Vectors(tmp_path, fingerprint="x"))) as meaning:
        together = meaning.cosines(COLLOQUIAL[0][0], sentences)
    alone = []
    for number, sentence in enumerate(sentences):
        with closing(Meaning(documented, Vectors(tmp_path / str(number), fingerprint="x"))) as meaning:
            alone += meaning.cosines(COLLOQUIAL[0][0], [sentence]).tolist()
    assert together == pytest.approx(alone, abs=1e-12)
