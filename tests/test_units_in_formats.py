# ruff: noqa: E501 - a table of cases
"""The unit that answers, in every format: pairs, lists, fields and headings are quoted alike wherever they stand.

All files lie in one collection, so that each question has to find its own among the others.
"""

from __future__ import annotations

import asyncio
import csv
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import docx
import openpyxl
import pytest

from retrieval.answering import Answerer
from retrieval.engines.local import LocalEngine
from retrieval.language import Tokenizer
from retrieval.library import Library
from testbed.reading import kept_readers

pytestmark = pytest.mark.slow

Make = Callable[[Path], None]


@dataclass(frozen=True, slots=True)
class Case:
    """A file, what people ask of it, and what is quoted: all of the sentence, or with ``…`` at an end a part of it."""

    path: str
    make: Make
    question: str
    quote: str


# --- How each format is written -------------------------------------------------------------------------------------


def text(content: str) -> Make:
    def make(place: Path) -> None:
        place.write_text(content, encoding="utf-8")

    return make


def page(body: str, title: str = "") -> Make:
    head = f"<title>{title}</title>" if title else ""
    return text(f"<!doctype html><html><head><meta charset=utf-8>{head}</head><body><main>{body}</main></body></html>")


def word(*parts: tuple[str, str] | Sequence[Sequence[str]]) -> Make:
    """Paragraphs as ``(style, text)``, tables as rows."""

    def make(place: Path) -> None:
        document = docx.Document()
        for part in parts:
            if isinstance(part, tuple) and isinstance(part[0], str):
                document.add_paragraph(part[1], style=part[0])
                continue
            table = document.add_table(rows=len(part), cols=len(part[0]))
            for row, cells in enumerate(part):
                for column, cell in enumerate(cells):
                    table.cell(row, column).text = cell
        document.save(str(place))

    return make


def sheet(*rows: Sequence[str | int]) -> Make:
    def make(place: Path) -> None:
        workbook = openpyxl.Workbook()
        assert workbook.active is not None
        for row in rows:
            workbook.active.append(list(row))
        workbook.save(place)

    return make


def table(*rows: Sequence[str], delimiter: str = ",") -> Make:
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter).writerows(rows)
    return text(written.getvalue())


def book(body: str) -> Make:
    def make(place: Path) -> None:
        with zipfile.ZipFile(place, "w") as archive:
            archive.writestr("mimetype", "application/epub+zip")
            archive.writestr(
                "META-INF/container.xml",
                '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
                '<rootfile full-path="b.opf" media-type="application/oebps-package+xml"/></rootfiles></container>',
            )
            archive.writestr(
                "b.opf",
                '<package xmlns="http://www.idpf.org/2007/opf"><metadata/><manifest><item id="a" href="a.xhtml" '
                'media-type="application/xhtml+xml"/></manifest><spine><itemref idref="a"/></spine></package>',
            )
            archive.writestr("a.xhtml", f'<html xmlns="http://www.w3.org/1999/xhtml"><body>{body}</body></html>')

    return make


def zipped(name: str, make: Make) -> Make:
    def pack(place: Path) -> None:
        inner = place.with_name("inner-" + Path(name).name)
        make(inner)
        with zipfile.ZipFile(place, "w") as archive:
            archive.write(inner, name)
        inner.unlink()

    return pack


# --- Questions and answers ------------------------------------------------------------------------------------------

PAIRS = [
    Case(
        "卡.txt",
        text(
            "问：会员卡丢了怎么补办？\n答：带身份证到服务台，交工本费二十元。\n问：会员卡能转让吗？\n答：不能转让，只限本人使用。\n"
        ),
        "会员卡不见了咋补",
        "带身份证到服务台，交工本费二十元。",
    ),
    Case(
        "票.txt",
        text("Q：儿童票怎么卖？\nA：身高一米二以下免票，以上半价。\n\nQ：学生票有优惠吗？\nA：凭学生证打七折。\n"),
        "儿童票多少钱",
        "身高一米二以下免票，以上半价。",
    ),
    Case(
        "泳.txt",
        text(
            "Q1. 泳池的水多久换一次？\nA1. 每周换一次，每天消毒。\nQ2. 泳池能带救生圈吗？\nA2. 可以，但不能带充气床。\n"
        ),
        "泳池的水几天一换",
        "每周换一次，每天消毒。",
    ),
    Case(
        "车.txt",
        text("【问】班车几点发车？\n【答】早上七点二十，在南门。\n【问】班车要买票吗？\n【答】刷工卡免费。\n"),
        "班车早上什么时候开",
        "早上七点二十，在南门。",
    ),
    Case(
        "宠物.md",
        text(
            "# 宠物寄养\n\n## 猫狗能寄养多少天？\n\n最长三十天，过年期间十五天。\n\n## 寄养要打疫苗吗？\n\n必须打过狂犬疫苗。\n"
        ),
        "猫最多寄养几天",
        "最长三十天，过年期间十五天。",
    ),
    Case(
        "洗衣.md",
        text("**羽绒服能水洗吗？**\n\n不能，只能干洗。\n\n**皮鞋清洗要几天？**\n\n三个工作日。\n"),
        "羽绒服可不可以水洗",
        "不能，只能干洗。",
    ),
    Case(
        "快递.md",
        text("- 问：包裹能放多久？\n  答：免费放三天，之后每天一元。\n- 问：包裹能代寄吗？\n  答：能，到柜台填单。\n"),
        "包裹可以存几天",
        "免费放三天，之后每天一元。",
    ),
    Case(
        "电梯.md",
        text("<details><summary>电梯坏了找谁？</summary>\n\n打物业电话5550101，十分钟内到场。\n\n</details>\n"),
        "电梯坏了打什么电话",
        "打物业电话5550101，十分钟内到场。",
    ),
    Case(
        "充值.mdx",
        text(
            'import { Accordion } from "ui";\n\n<Accordion title="充值以后多久到账？">\n  一般五分钟，银行卡两小时。\n</Accordion>\n'
        ),
        "充值几分钟到账",
        "一般五分钟，银行卡两小时。",
    ),
    Case(
        "图书.html",
        page(
            "<h1>图书馆</h1><h3>一次能借几本书？</h3><p>读者证一次借六本。</p><h3>逾期怎么罚？</h3><p>每册每天一角。</p>"
        ),
        "一回可以借多少本书",
        "读者证一次借六本。",
    ),
    Case(
        "体检.html",
        page(
            "<dl><dt>体检前能喝水吗？</dt><dd>抽血前八小时不要喝水。</dd><dt>体检报告几天出？</dt><dd>五个工作日。</dd></dl>"
        ),
        "体检前可以喝水不",
        "抽血前八小时不要喝水。",
    ),
    Case(
        "健身.html",
        page("<details><summary>健身课能退款吗？</summary><p>开课前全额退，开课后不退。</p></details>"),
        "健身课可以退钱吗",
        "开课前全额退，开课后不退。",
    ),
    Case(
        "停车.html",
        page(
            '<div class="faq-item"><div class="question">停车场晚上关门吗？</div><div class="answer">不关，二十四小时开放。</div></div>'
        ),
        "停车场夜里关不关门",
        "不关，二十四小时开放。",
    ),
    Case(
        "签证.docx",
        word(
            ("Heading 2", "签证被拒还能再申请吗？"),
            ("Normal", "可以，半年以后再申请。"),
            ("Heading 2", "签证照片什么尺寸？"),
            ("Normal", "五厘米见方，白底。"),
        ),
        "拒签以后能再申请签证吗",
        "可以，半年以后再申请。",
    ),
    Case(
        "宿舍.docx",
        word(
            ("Normal", "问：宿舍几点熄灯？"),
            ("Normal", "答：夜里十一点，周末十二点。"),
            ("Normal", "问：宿舍能做饭吗？"),
            ("Normal", "答：不能，用公共厨房。"),
        ),
        "寝室什么时候熄灯",
        "夜里十一点，周末十二点。",
    ),
    Case(
        "食堂.docx",
        word([["问题", "答案"], ["食堂能用现金吗？", "不能，只刷饭卡。"], ["饭卡丢了在哪挂失？", "在二楼卡务窗口。"]]),
        "食堂收现金不",
        "不能，只刷饭卡。",
    ),
    Case(
        "网络.xlsx",
        sheet(
            ["编号", "问题", "答案"],
            [1, "校园网连不上怎么办？", "先重启路由器，再打5550102。"],
            [2, "校园网一个月多少钱？", "包月三十元。"],
        ),
        "校园网连不上咋办",
        "先重启路由器，再打5550102。",
    ),
    Case(
        "发票.xlsx",
        sheet(
            ["标准问", "相似问", "答案"],
            ["怎么开发票", "发票在哪开\n能不能开票", "在订单页点申请开票，当天发到邮箱。"],
            ["发票开错了怎么改", "抬头写错了", "作废以后重开。"],
        ),
        "发票去哪里开",
        "在订单页点申请开票，当天发到邮箱。",
    ),
    Case(
        "社保.csv",
        table(
            ["question", "answer"],
            ["社保断缴有什么影响", "医保从次月起停，补缴后恢复。"],
            ["社保卡怎么激活", "带身份证到银行柜台。"],
        ),
        "社保断了会怎么样",
        "医保从次月起停，补缴后恢复。",
    ),
    Case(
        "公积金.tsv",
        table(
            ["标题", "内容"],
            ["公积金提取要几天", "三个工作日到账。"],
            ["公积金贷款额度", "最高八十万元。"],
            delimiter="\t",
        ),
        "提取公积金多久到账",
        "三个工作日到账。",
    ),
    Case(
        "驾校.epub",
        book("<h2>科目二能补考几次？</h2><p>每科最多补考四次。</p><h2>驾照丢了怎么办？</h2><p>到车管所补证。</p>"),
        "科目二补考机会有几次",
        "每科最多补考四次。",
    ),
    Case(
        "装修.zip",
        zipped("装修.md", text("## 周末能装修吗？\n\n周末不能装修，工作日八点到六点。\n")),
        "礼拜天可以装修吗",
        "周末不能装修，工作日八点到六点。",
    ),
    Case(
        "停車.csv",
        text("編號,問題,答案\n1,月租的辦理方式,到地下室收費亭登記。\n2,臨停的收費標準,每半小時二十元。\n"),
        "月租怎麼辦",
        "到地下室收費亭登記。",
    ),
    Case(
        "旅遊.txt",
        text("問：行李可以寄放嗎？\n答：可以寄放在櫃檯，每件五十元。\n"),
        "行李能不能寄放",
        "可以寄放在櫃檯，每件五十元。",
    ),
    Case(
        "wifi.md",
        text(
            "Q: How do I reset the router?\nA: Hold the button for ten seconds.\n\nQ: Where is the password?\nA: On the back of the box.\n"
        ),
        "how to reset the router",
        "Hold the button for ten seconds.",
    ),
]

# --- Lists ----------------------------------------------------------------------------------------------------------

LISTS = [
    Case(
        "红烧鱼.md",
        text(
            "# 红烧鱼\n\n## 用料\n\n- 鲫鱼 一条\n- 白糖 20克\n\n"
            "## 做法\n\n1. 鲫鱼洗净。\n2. 锅里放少许油和白糖，小火炒化。\n3. 放鱼。\n"
        ),
        "红烧鱼白糖放多少",
        "• 白糖 20克",
    ),
    Case(
        "蒸蛋.md",
        text("# 蒸蛋\n\n## 用料\n\n- 鸡蛋 两个\n- 温水 150毫升\n\n## 做法\n\n1. 打散。\n2. 上锅蒸十分钟。\n"),
        "蒸蛋用什么食材",
        "• 鸡蛋 两个\n• 温水 150毫升",
    ),
    Case(
        "退租.txt",
        text("退租手续如下：\n1. 提前三十天通知房东\n2. 结清水电费\n3. 交还钥匙\n"),
        "退租手续有哪些",
        "退租手续如下：\n1. 提前三十天通知房东\n2. 结清水电费\n3. 交还钥匙",
    ),
    Case(
        "报名.txt",
        text("报名参赛应当符合下列条件：\n（一）年满十八岁；\n（二）身体健康；\n（三）没有违规记录。\n"),
        "参赛要符合什么条件",
        "报名参赛应当符合下列条件：\n（一）年满十八岁；\n（二）身体健康；\n（三）没有违规记录。",
    ),
    Case(
        "结婚.md",
        text("# 结婚登记\n\n登记需要带以下材料：\n\n- 户口本\n- 身份证\n- 两寸合影三张\n"),
        "结婚登记要带哪些材料",
        "…户口本…两寸合影三张",
    ),
    Case(
        "咖啡.md",
        text("# 咖啡机\n\n清洗步骤：\n\n1. 关闭电源。\n2. 取出水箱。\n3. 倒入清洗液。\n"),
        "咖啡机怎么清洗",
        "…1. 关闭电源。\n2. 取出水箱。\n3. 倒入清洗液。",
    ),
    Case(
        "帐篷.html",
        page("<h1>搭帐篷</h1><p>搭帐篷的步骤：</p><ol><li>选一块平地</li><li>铺防潮垫</li><li>撑起支架</li></ol>"),
        "帐篷怎么搭",
        "搭帐篷的步骤：…选一块平地…撑起支架",
    ),
    Case(
        "急救.html",
        page("<h1>急救箱</h1><p>急救箱里应当有：</p><ul><li>纱布</li><li>碘伏</li><li>止血带</li></ul>"),
        "急救箱里要放哪些东西",
        "急救箱里应当有：…纱布…止血带",
    ),
    Case(
        "请假.docx",
        word(
            ("Normal", "请年假的流程如下："),
            ("List Number", "在系统里填申请"),
            ("List Number", "主管审批"),
            ("List Number", "人事备案"),
        ),
        "请年假的流程是什么",
        "请年假的流程如下：…在系统里填申请…人事备案",
    ),
    Case(
        "出差.docx",
        word(
            ("Normal", "出差报销要交："),
            ("List Bullet", "车票"),
            ("List Bullet", "住宿发票"),
            ("List Bullet", "审批单"),
        ),
        "出差报销交什么材料",
        "出差报销要交：…车票…审批单",
    ),
    Case(
        "种花.epub",
        book("<p>换盆的步骤：</p><ol><li>停水两天</li><li>脱盆去土</li><li>装入新土</li></ol>"),
        "换盆有哪些步骤",
        "换盆的步骤：…停水两天…装入新土",
    ),
    Case(
        "打印.mdx",
        text(
            '<Steps>\n  <Step title="装纸">\n    放入A4纸。\n  </Step>\n</Steps>\n\n更换墨盒的步骤：\n\n1. 打开前盖\n2. 取下旧墨盒\n3. 推入新墨盒\n'
        ),
        "怎么更换墨盒",
        "更换墨盒的步骤：…1. 打开前盖…3. 推入新墨盒",
    ),
    Case(
        "提速.txt",
        text("提速要做三件事：一是清理磁盘；二是关闭自启动；三是加内存。\n"),
        "提速要做哪几件事",
        "提速要做三件事：一是清理磁盘；二是关闭自启动；三是加内存。",
    ),
    Case(
        "排队.xlsx",
        sheet(["事项", "步骤"], ["窗口取号", "1. 扫码\n2. 选业务\n3. 取纸条"], ["自助缴费", "1. 刷卡\n2. 输金额"]),
        "窗口取号的步骤是什么",
        "…1. 扫码…2. 选业务…3. 取纸条…",
    ),
]

ITEMS = [
    Case(
        "搬家.txt",
        text("搬家注意事项：\n1. 贵重物品自己带\n2. 冰箱提前一天断电\n3. 箱子上写房间名\n"),
        "搬家前冰箱要提前多久断电",
        "2. 冰箱提前一天断电",
    ),
    Case(
        "露营.md",
        text("露营须知：\n\n- 篝火只能在石圈里点\n- 垃圾全部带走\n- 晚上十点以后安静\n"),
        "露营时篝火能在哪里点",
        "…篝火只能在石圈里点",
    ),
]

# --- Fields ---------------------------------------------------------------------------------------------------------

FIELDS = [
    Case(
        "地址.csv",
        table(["公司地址", "示例市北京路8号"], ["客服邮箱", "help@example.org"], ["营业时间", "九点到五点"]),
        "客服的邮箱是什么",
        "…help@example.org…",
    ),
    Case(
        "设备.docx",
        word([["设备名称", "空气压缩机", "设备编号", "KY-07"], ["存放地点", "二号厂房", "责任人", "沈师傅"]]),
        "KY-07的责任人是谁",
        "…沈师傅…",
    ),
    Case(
        "参数.html",
        page(
            "<h1>电饭锅</h1><table><tr><th>额定电压</th><td>220伏</td></tr><tr><th>容量</th><td>4升</td></tr></table>"
        ),
        "电饭锅的容量是多少",
        "…4升…",
    ),
    Case(
        "房间.md",
        text("| 会议室 | 容纳人数 | 楼层 |\n|---|---|---|\n| 兰厅 | 20人 | 3楼 |\n| 竹厅 | 8人 | 5楼 |\n"),
        "竹厅能坐几个人",
        "…竹厅…8人…",
    ),
    Case(
        "工资.xlsx", sheet(["岗位", "时薪"], ["收银员", "25元"], ["保洁员", "22元"]), "保洁员时薪多少", "…保洁员…22元…"
    ),
    Case("联系.txt", text("负责人：周工\n值班电话：5550177\n传真：5550178\n"), "值班电话是多少", "值班电话：5550177"),
    Case(
        "配置.md",
        text("# 缓存服务\n\n```ini\n# 缓存的最大内存\nmaxmemory = 512mb\n# 监听端口\nport = 6380\n```\n"),
        "缓存的最大内存是多少",
        "# 缓存的最大内存\nmaxmemory = 512mb",
    ),
    Case(
        "命令.md",
        text("# 备份\n\n备份数据库用下面的命令：\n\n```sh\npg_dump -Fc shop > shop.dump\n```\n"),
        "备份数据库用什么命令",
        "…pg_dump -Fc shop > shop.dump",
    ),
    Case(
        "课表.csv",
        table(["课程", "教室", "老师"], ["陶艺", "A101", "何老师"], ["书法", "B202", "林老师"]),
        "书法课在哪个教室",
        "…书法…B202…",
    ),
    Case(
        "班次.epub",
        book(
            "<table><tr><th>线路</th><th>末班车</th></tr><tr><td>12路</td><td>22:40</td></tr><tr><td>15路</td><td>21:10</td></tr></table>"
        ),
        "15路末班车几点",
        "…15路…21:10…",
    ),
    Case(
        "药品.docx",
        word([["药品", "用量"], ["布洛芬", "每次一片"], ["蒙脱石散", "每次一袋"]]),
        "蒙脱石散一次吃多少",
        "…蒙脱石散…每次一袋…",
    ),
    Case(
        "年报.xlsx",
        sheet(["项目", "2021年", "2022年"], ["净利润", "100万元", "130万元"], ["研发投入", "20万元", "35万元"]),
        "2022年研发投入是多少",
        "…35万元…",
    ),
]

# --- Headings -------------------------------------------------------------------------------------------------------

HEADINGS = [
    Case(
        "绿植.md",
        text("# 办公室绿植\n\n## 浇水\n\n每周两次，夏天三次。\n\n## 施肥\n\n春秋各一次。\n"),
        "办公室绿植多久浇一次水",
        "每周两次，夏天三次。",
    ),
    Case(
        "门禁.docx",
        word(
            ("Heading 1", "门禁管理"),
            ("Heading 2", "访客"),
            ("Normal", "在前台登记后由员工陪同。"),
            ("Heading 2", "夜间"),
            ("Normal", "十点后刷脸进入。"),
        ),
        "访客怎么过门禁",
        "在前台登记后由员工陪同。",
    ),
    Case("只有标题.md", text("# 二〇二四年趣味运动会定于十月十二日举行\n"), "趣味运动会哪天举行", "…十月十二日…"),
    Case("只有一行.txt", text("南区停水时间为周三上午九点到十一点\n"), "南区什么时候停水", "…周三上午九点到十一点"),
    Case(
        "空调.html",
        page("<h1>空调保养</h1><h2>滤网</h2><p>每月清洗一次。</p><h2>氟利昂</h2><p>两年检查一次。</p>"),
        "空调滤网多长时间洗一次",
        "每月清洗一次。",
    ),
    Case(
        "车间.epub",
        book("<h1>车间安全</h1><h2>安全帽</h2><p>进车间必须戴，三年更换。</p><h2>手套</h2><p>按工种发放。</p>"),
        "安全帽几年换一次",
        "进车间必须戴，三年更换。",
    ),
    Case(
        "押金.docx",
        word(("Heading 1", "租车须知"), ("Normal", "一、租车押金 三百元"), ("Normal", "二、超时费用 每小时二十元")),
        "租车押金多少",
        "…押金 三百元",
    ),
    Case(
        "2019年第3号/通知.md",
        text("# 关于调整食堂开放时间的通知\n\n晚餐延长到八点。\n"),
        "食堂晚餐到几点",
        "…晚餐延长到八点。",
    ),
    Case(
        "概述/index.md",
        text("# 概述\n\n本系统每晚十一点自动归档。\n"),
        "系统什么时候自动归档",
        "本系统每晚十一点自动归档。",
    ),
    Case(
        "说明.mdx",
        text('import X from "x";\n\n# 导出报表\n\n<Note>\n  报表最多导出五万行。\n</Note>\n'),
        "报表最多能导出多少行",
        "报表最多导出五万行。",
    ),
]

CASES = [*PAIRS, *LISTS, *ITEMS, *FIELDS, *HEADINGS]


@pytest.fixture(scope="module")
def answerer(tmp_path_factory: pytest.TempPathFactory, tokenizer: Tokenizer) -> Iterator[Answerer]:
    """What answers from all the files together."""
    folder = tmp_path_factory.mktemp("documents")
    for case in CASES:
        place = folder / case.path
        place.parent.mkdir(parents=True, exist_ok=True)
        case.make(place)
    engine = LocalEngine(tmp_path_factory.mktemp("index"), tokenizer)
    report = asyncio.run(Library(folder, engine, tokenizer, readers=kept_readers).refresh())
    assert not report.failures
    yield Answerer(engine, tokenizer, threshold=0)
    engine.close()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.path)
def test_what_answers_is_quoted_from_its_source(answerer: Answerer, case: Case) -> None:
    quote = asyncio.run(answerer.answer(case.question, limit=1)).quotes[0]
    sentence = quote.sentence
    assert quote.source.path.startswith(case.path)
    assert sentence.text == quote.paragraph.text[sentence.start : sentence.end]
    first, *middle, last = case.quote.split("…") if "…" in case.quote else (case.quote, case.quote)
    assert sentence.text.startswith(first)
    assert sentence.text.rstrip().endswith(last)
    place = 0
    for part in middle:
        place = sentence.text.index(part, place)


def test_there_are_cases_for_every_unit_and_format() -> None:
    assert len({case.path for case in CASES}) == len(CASES) >= 60
    assert {Path(case.path).suffix for case in PAIRS} >= {
        ".txt",
        ".md",
        ".mdx",
        ".html",
        ".docx",
        ".xlsx",
        ".csv",
        ".epub",
    }
