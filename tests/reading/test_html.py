from __future__ import annotations

from collections.abc import Callable

import pytest

from retrieval.errors import UnreadableDocument
from retrieval.records import Document

Read = Callable[..., Document]

BODY = "近期，上海出台了三个行动方案，市政府举行新闻发布会，介绍相关情况，并回答记者提问。"
MORE = "智能网联汽车，将支持传统车企、造车新势力和科技公司紧抓消费趋势，打造爆款品牌。"

NEWS_PAGE = f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>三个行动方案出台_要闻_某某网</title>
<meta property="og:title" content="三个行动方案出台"><meta name="author" content="某某网">
<meta property="article:published_time" content="2022-07-08T10:41:25+08:00">
<link rel="canonical" href="https://example.com/a.html"><script>var a = "代码。";</script>
<style>p {{ color: red }}</style></head><body>
<div class="top-nav"><a href="/">首页</a> <a href="/b">财经</a> <a href="/c">股票</a></div>
<ul><li><a href="/1">栏目一</a></li><li><a href="/2">栏目二</a></li><li><a href="/3">栏目三</a></li></ul>
<div class="breadcrumb">首页 &gt; 财经 &gt; 正文</div>
<h1>三个行动方案出台</h1>
<div class="share-bar">分享到：微信 微博</div>
<div id="article"><p>　　{BODY}</p><p>　　{MORE}</p><!-- 注释 --><iframe src="http://example.com/">框架</iframe>
<div class="related"><h3>相关阅读</h3><ul><li><a href="/x">另一条新闻，也很重要。</a></li></ul></div>
<p class="article-editor">责任编辑：吴剑</p></div>
<div id="comments"><p>网友甲：说得好！这条评论很长很长，比正文还要长，但是它不是正文，不应当被读进来。</p>
<p>网友乙：我不同意。这条评论也很长很长，比正文还要长，但是它也不是正文，不应当被读进来。</p></div>
<div>Copyright © 2022 某某网 版权所有 京ICP备12345678号</div>
<footer>联系我们。关于我们。</footer></body></html>"""


def texts(document: Document) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs]


def test_news_page_is_its_article(read_one: Read) -> None:
    document = read_one(NEWS_PAGE, "a.html")
    assert texts(document) == [BODY, MORE, "责任编辑：吴剑"]
    assert (document.format, document.encoding) == ("html", "utf-8")
    assert {remark.partition(" characters of ")[2] for remark in document.remarks} == {
        "navigation and page furniture",
        "link lists",
        "legal notices",
    }


def test_page_says_what_it_is(read_one: Read) -> None:
    source = read_one(NEWS_PAGE, "a.html").source
    assert (source.title, source.author, source.date) == ("三个行动方案出台", "某某网", "2022-07-08")
    assert source.url == "https://example.com/a.html"


def test_government_page_laid_out_with_tables_keeps_its_text(read_one: Read) -> None:
    page = f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312">
<meta name="ArticleTitle" content="关于印发行动方案的通知"><meta name="PubDate" content="2022-07-08 10:00">
<title>关于印发行动方案的通知_信息公开_某某市人民政府</title></head><body>
<table width="100%"><tr><td><table><tr><td>索 引 号：</td><td>000014349/2022-00001</td><td>主题分类：</td>
<td>工业</td></tr><tr><td>发文机关：</td><td>市政府</td><td>成文日期：</td><td>2022年7月8日</td></tr></table></td></tr>
<tr><td><font size="3">各区人民政府：<br>　　{BODY}<br><br>
　　<b>一、总体要求</b><br>　　{MORE}</font></td></tr></table>
</body></html>"""
    document = read_one(page.encode("gb18030"), "a.htm")
    assert document.encoding == "gb18030"
    assert (document.source.title, document.source.date) == ("关于印发行动方案的通知", "2022-07-08")
    assert [(p.section, p.text) for p in document.paragraphs] == [
        ((), "索 引 号：000014349/2022-00001，主题分类：工业"),
        ((), "发文机关：市政府，成文日期：2022年7月8日"),
        ((), "各区人民政府："),
        ((), BODY),
        (("一、总体要求",), MORE),
    ]


def test_wiki_page_keeps_its_sections_and_drops_its_marks(read_one: Read) -> None:
    page = f"""<html><body><div id="mw-navigation"><a href="/">首页</a></div><h1>某某条目</h1>
<p>{BODY}<sup class="reference"><a href="#1">[1]</a></sup></p>
<div id="toc"><ul><li><a href="#a">1 历史</a></li><li><a href="#b">2 文化</a></li></ul></div>
<h2>历史<span class="mw-editsection">[编辑]</span></h2><p>{MORE}</p><h3>近代</h3><p>面积为5 km<sup>2</sup>。</p>
<h2>文化</h2><p>{BODY}</p><div class="navbox"><a href="/1">甲</a><a href="/2">乙</a></div>
<div id="catlinks">分类：<a href="/c">城市</a></div></body></html>"""
    assert [(p.section, p.text) for p in read_one(page, "a.html").paragraphs] == [
        ((), BODY),
        (("历史",), MORE),
        (("历史", "近代"), "面积为5 km²。"),
        (("文化",), BODY),
    ]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>智能<a href='#'>机器人</a>、<b>虚拟</b><i>现实</i></p>", ["智能机器人、虚拟现实"]),
        ("<p>智能\n   终端</p>", ["智能终端"]),
        ("<p>智能\n<a>机器人</a>\n产业</p>", ["智能机器人产业"]),
        ("<p>smart\n<a>robots</a>\nhere</p>", ["smart robots here"]),
        ("<p>作者 <span>张三</span></p>", ["作者 张三"]),
        ("第一行<br>第二行<br/><br>第三行", ["第一行", "第二行", "第三行"]),
        ("<div>甲<p>乙</p>丙</div>", ["甲", "乙", "丙"]),
        ("<p>甲<p>乙<p>丙", ["甲", "乙", "丙"]),
        ("<p>汉<ruby>字<rp>(</rp><rt>zì</rt><rp>)</rp></ruby></p>", ["汉字"]),
        ("<p>一&nbsp;&nbsp;二 &lt;三&gt; &amp; &#x56DB;</p>", ["一 二 <三> & 四"]),
        ("<pre>第一行\n第二行</pre>", ["第一行", "第二行"]),
        ("<pre>cd a\n  ls\n\nls b</pre>", ["cd a\n  ls\nls b"]),
        ("<pre><code>第一行\n第二行</code></pre>", ["第一行\n第二行"]),
        ("<p>10<sup>4</sup>、10<sup>-6</sup>、a<sup>x+1</sup>、注<sup>①</sup></p>", ["10⁴、10⁻⁶、a^(x+1)、注①"]),
        ("<p>H<sub>2</sub>O</p>", ["H₂O"]),
        ("<p>票价<del>80元</del><s>70元</s>60元。</p>", ["票价60元。"]),
        ("<h2>第一行<br>第二行</h2><p>文。</p>", ["文。"]),
        ("<p hidden>藏</p><p style='display: none'>藏</p><p>看得见。</p>", ["看得见。"]),
        ("<p>见</p><template>藏</template><noscript>藏</noscript><textarea>藏</textarea>", ["见"]),
        ("<dl><dt>甲</dt><dd>乙</dd><dd>丙</dd></dl>", ["甲：乙", "丙"]),
        ("<dl><dt>电压<dt>电流<dd>220伏<dd>10安<dt>重量<dd>3千克</dl>", ["电压 / 电流：220伏，10安", "重量：3千克"]),
        ("<p>材料包括：</p><ul><li>身份证</li><li><p>户口本</p></li></ul>", ["材料包括：\n• 身份证\n• 户口本"]),
        ("<p>步骤：</p><ol start=3><li>打开</li><li>关上</li></ol>", ["步骤：\n3. 打开\n4. 关上"]),
        ("<p>见</p><p>a<wbr>b&shy;c\u200bd</p>", ["见", "abcd"]),
    ],
)
def test_markup_becomes_text_as_a_reader_sees_it(read_one: Read, markup: str, expected: list[str]) -> None:
    assert texts(read_one(markup, "a.html")) == expected


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (
            "<tr><th>姓名<th>部门<tr><td>张三<td>研发<tr><td>李四<td>市场",
            ["姓名：张三，部门：研发", "姓名：李四，部门：市场"],
        ),
        (
            "<tr><td>姓名<td>部门<td>电话<tr><td>张三<td>研发<td>1<tr><td>李四<td>市场<td>2",
            ["姓名：张三，部门：研发，电话：1", "姓名：李四，部门：市场，电话：2"],
        ),
        ("<tr><th>地址<td>上海<tr><th>电话<td>123", ["地址：上海", "电话：123"]),
        ("<tr><td>地址：<td>上海<td>电话：<td>123", ["地址：上海，电话：123"]),
        (
            "<tr><th>年份<th>产值<tr><td rowspan=2>2022<td>1亿元<tr><td>2亿元",
            ["年份：2022，产值：1亿元", "年份：2022，产值：2亿元"],
        ),
        ("<tr><th colspan=2>产值<tr><td>1亿元<td>2亿元", ["产值：1亿元，产值：2亿元"]),
        ("<tr><td>只有一列的段落。<tr><td>另一段。", ["只有一列的段落。", "另一段。"]),
    ],
)
def test_table_is_kept_readable(read_one: Read, table: str, expected: list[str]) -> None:
    assert texts(read_one(f"<table>{table}</table>", "a.html")) == expected


def test_caption_is_the_section_of_its_rows(read_one: Read) -> None:
    table = "<table><caption>通讯录</caption><tr><th>姓名<th>部门<tr><td>张三<td>研发</table>"
    (paragraph,) = read_one(table, "a.html").paragraphs
    assert (paragraph.section, paragraph.text) == (("通讯录",), "姓名：张三，部门：研发")


def test_block_that_holds_most_of_the_text_is_kept_whatever_its_name(read_one: Read) -> None:
    markup = f"<div class='share related'><p>{BODY}</p><p>{MORE}</p></div><p>短。</p>"
    assert texts(read_one(markup, "a.html")) == [BODY, MORE, "短。"]


def test_hidden_text_is_left_out_with_a_remark_unless_it_is_the_text(read_one: Read) -> None:
    document = read_one(f"<p>{BODY}</p><div style='display:none'>藏起来的字</div>", "a.html")
    assert (texts(document), document.remarks) == ([BODY], ("left out 5 characters of hidden text",))
    assert texts(read_one(f"<div style='display:none'><p>{BODY}</p></div><p>短</p>", "b.html")) == [BODY, "短"]


PANEL = "退房验收后七个工作日内原路退回。"
PAGE = f"<p>{BODY}</p><p>{MORE}</p>"


@pytest.mark.parametrize(
    "panel",
    [
        '<h3>押金何时退</h3><div style="display: none"><p>{}</p></div>',
        '<div class="tit">押金何时退</div><div style="display:none">{}</div>',
        '<div class="q">押金何时退</div><div class="answer" hidden>{}</div>',
        '<p>押金何时退</p><div class="js-collapse" aria-hidden="true">{}</div>',
        '<p>押金何时退</p><div role="tabpanel" hidden>{}</div>',
        '<h2><button class="accordion-button" data-bs-target="#a">押金何时退</button></h2><div id="a" hidden>{}</div>',
        '<button aria-expanded="false" aria-controls="a">押金何时退</button><div id="a" class="panel" hidden>{}</div>',
    ],
)
def test_what_a_page_folds_away_is_its_text(read_one: Read, panel: str) -> None:
    page = f"<html><head><title>帮助</title></head><body>{PAGE}{panel.format(PANEL)}</body></html>"
    document = read_one(page, "a.html")
    last = document.paragraphs[-1]
    assert last.text == PANEL
    assert "押金何时退" in (*last.section, *last.questions, document.paragraphs[-2].text)
    assert document.remarks == ()


@pytest.mark.parametrize(
    "trick",
    [
        '<div style="display:none">彩票彩票彩票</div>',
        '<div id="pc_qr_code" style="display:none"><p>微信扫一扫，关注该公众号。</p></div>',
        '<div class="modal-content" hidden><p>登录后继续。</p></div>',
        '<button>提交</button><span style="visibility:hidden">暗藏</span>',
        '<ul class="nav"><li><button aria-expanded="false">菜单</button></li></ul>',
    ],
)
def test_what_nobody_is_to_see_is_left_out(read_one: Read, trick: str) -> None:
    assert texts(read_one(f"<html><body>{PAGE}{trick}</body></html>", "a.html")) == [BODY, MORE]


def test_article_of_a_feed_that_a_script_would_show_is_read_line_by_line(read_one: Read) -> None:
    lines = "".join(f"<section><p><span>{line}</span></p></section>" for line in ("厨余 7:00—9:00", "可回收 18:00"))
    document = read_one(
        '<html><head><title></title><meta property="og:title" content="投放须知"></head><body><h1>投放须知</h1>'
        f'<div class="rich_media_content" id="js_content" style="visibility: hidden; opacity: 0">{lines}</div>'
        '<script>var ct = "1657247520";</script></body></html>',
        "a.html",
    )
    assert (document.source.title, document.source.date) == ("投放须知", "2022-07-08")
    assert texts(document) == ["厨余 7:00—9:00", "可回收 18:00"]


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<title>关于放假的通知-某某学院教务处</title>", "关于放假的通知"),
        ("<title>办事指南 | 某某区政府</title>", "办事指南"),
        ("<title>某某大学-关于停课的通知</title>", "关于停课的通知"),
        ("<title>停水公告 - 通知公告 - 某某市水务局</title>", "停水公告"),
        ("<title>停水公告_要闻_某某网</title>", "停水公告"),
        ('<meta property="og:title" content="停水公告 | 某某门户"><title>x</title>', "停水公告"),
        ("<title>COVID-19防控指南</title>", "COVID-19防控指南"),
        ("<title>华东-华北线路调整</title>", "华东-华北线路调整"),
        ("<title>某某市教育局</title>", "某某市教育局"),
    ],
)
def test_title_is_without_the_name_of_the_site(read_one: Read, head: str, title: str) -> None:
    assert read_one(f"<html><head>{head}</head><body><h2>安排</h2>{PAGE}</body></html>", "a.html").source.title == title


@pytest.mark.parametrize(
    "shown",
    [
        '<div class="info"><span>发布时间：2023-05-06</span></div>',
        '<span class="arti_update">2023-05-06</span>',
        '<em id="publish_time">2023-05-06 10:32</em>',
        '<span class="post-date">2023年5月6日</span>',
        "<p>发布时间：2023-05-06 09:10 来源：办公室 浏览次数：33</p>",
        '<script>var publish_time = "1683338400";</script>',
        "<p>某某市教育局</p><p>2023年5月6日</p>",
    ],
)
def test_date_that_the_page_shows_is_its_date(read_one: Read, shown: str) -> None:
    page = f"<html><head><title>停课</title></head><body>{PAGE}{shown}</body></html>"
    assert read_one(page, "a.html").source.date == "2023-05-06"


def test_word_in_a_sentence_is_kept_whatever_its_name(read_one: Read) -> None:
    assert texts(read_one(f"<p>{BODY}股价为<span class='share price'>5元</span>。</p>", "a.html")) == [
        f"{BODY}股价为5元。"
    ]


def test_page_of_nothing_but_links_is_read_as_such(read_one: Read) -> None:
    links = "".join(f"<li><a href='/{number}'>通知{number}</a></li>" for number in range(3))
    assert texts(read_one(f"<html><body><ul>{links}</ul></body></html>", "a.html")) == ["• 通知0\n• 通知1\n• 通知2"]


def test_link_list_between_sentences_is_text(read_one: Read) -> None:
    links = "".join(f"<li><a href='/{number}'>作品{number}</a></li>" for number in range(4))
    markup = f"<p>{BODY}</p><ul>{links}</ul><p>{MORE}</p>"
    assert texts(read_one(markup, "a.html")) == [BODY, "• 作品0\n• 作品1\n• 作品2\n• 作品3", MORE]


def test_text_that_speaks_of_html_is_plain_text(read_one: Read) -> None:
    document = read_one("用 <p> 标签表示段落，用 <br> 表示换行。")
    assert (document.format, texts(document)) == ("text", ["用 <p> 标签表示段落，用 <br> 表示换行。"])


@pytest.mark.parametrize("depth", [300, 900])
def test_deep_page_is_read(read_one: Read, depth: int) -> None:
    assert texts(read_one("<div>" * depth + "深" + "</div>" * depth, "a.html")) == ["深"]


def test_page_deeper_than_the_limit_says_so_at_once(read_one: Read) -> None:
    with pytest.raises(UnreadableDocument, match=r"nested more than 1,000 deep .*html_depth"):
        read_one("<div>" * 100_000 + "深", "a.html")


def test_markdown_is_read_with_its_headings_tables_and_lists(read_one: Read) -> None:
    text = f"""# 行动方案

## 总体要求

{BODY[:20]}
{BODY[20:]}参见[链接](https://example.com)和`代码`。

- [甲](a)
- [乙](b)

## 名单

| 姓名 | 部门 |
|------|------|
| 张三 | 研发 |

步骤如下：

1. 打开
2. 关上

![图](a.png)

```
第一行
第二行
```
"""
    document = read_one(text, "a.md")
    assert (document.source.title, document.format) == ("行动方案", "markdown")
    assert [(p.section, p.text) for p in document.paragraphs] == [
        (("总体要求",), f"{BODY}参见链接和代码。"),
        (("总体要求",), "• 甲\n• 乙"),
        (("名单",), "姓名：张三，部门：研发"),
        (("名单",), "步骤如下：\n1. 打开\n2. 关上"),
        (("名单",), "第一行\n第二行"),
    ]


TABS = """<h1>票务</h1><ul class="{row}"><li><a href="#a">成人</a></li><li><a href="#b">儿童</a></li></ul>
<div class="{panels}"><div id="a" class="{panel}"><p>六十元一张。</p></div>
<div id="b" class="{panel}" style="display:none"><p>三十元一张。</p></div></div>"""


@pytest.mark.parametrize(
    ("row", "panels", "panel"),
    [("nav nav-tabs", "tab-content", "tab-pane"), ("layui-tab-title", "layui-tab-content", "layui-tab-item")],
)
def test_panels_stand_below_the_labels_that_open_them(read_one: Read, row: str, panels: str, panel: str) -> None:
    page = TABS.format(row=row, panels=panels, panel=panel)
    for written in (page, page.replace(' href="#a"', "").replace(' href="#b"', "")):
        document = read_one(written, "a.html")
        assert [(p.section, p.text) for p in document.paragraphs] == [
            (("成人",), "六十元一张。"),
            (("儿童",), "三十元一张。"),
        ]


def test_contents_of_a_page_are_left_out(read_one: Read) -> None:
    contents = "<ul><li><a href='#x'>安装</a></li><li><a href='#y'>拆卸</a></li></ul>"
    page = f"<h1>手册</h1>{contents}<h2 id=x>安装</h2><p>先装支架。</p><h2 id=y>拆卸</h2><p>先断电。</p>"
    assert texts(read_one(page, "a.html")) == ["先装支架。", "先断电。"]


def test_text_beyond_the_edge_is_hidden(read_one: Read) -> None:
    page = "<h1>农庄</h1><p>门票四十元。</p><div style='position:absolute; left:-9999px'>刷排名的词</div>"
    document = read_one(page, "a.html")
    assert (texts(document), document.remarks) == (["门票四十元。"], ("left out 5 characters of hidden text",))
