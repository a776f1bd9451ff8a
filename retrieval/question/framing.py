"""What people put around a question and is no part of it: greetings, requests, sighs, thanks, mentions, particles.

Only the beginning and the end are looked at, and only for what a question cannot be about where it stands: 请问 is
polite at the beginning, but not in 请问候新人; 谢谢 at the end, but not in 泰语怎么说谢谢. In doubt the words stay.
"""

from __future__ import annotations

import re

from retrieval.question.courtesy import courtesy

_PEOPLE = (
    "(?:各位|诸位|大家|你们?|您)?(?:大佬|大神|老师|同学|朋友|兄弟|姐妹|小伙伴|家人|前辈|哥|友友|亲|楼主|群主|管理员|客服|小助手|助手|机器人)"
    "们?|各位|诸位|大家|你们?|您"
)
_A_BIT = "(?:一下子?|一哈|一声|一句|下)?"
_GREETING = (
    f"(?:{_PEOPLE})?好(?=[啊呀哦,!。~、 ])|你们?好|您好|大家好|各位好|哈[喽啰罗]"
    "|早上好|上午好|中午好|下午好|晚上好|早安|晚安|hi|hello|hey"
)
_REQUEST = (
    # 请问候车室在哪 asks where the waiting room is, 请问候新人 asks for a greeting.
    f"请问(?!候(?![车选诊补鸟])|世(?!界)|[卷题答]){_A_BIT}(?:{_PEOPLE})?|请教(?![练师育材授学程室堂皇父会])(?:(?:{_PEOPLE}){_A_BIT}|{_A_BIT}(?:{_PEOPLE})?)"
    f"|(?:我们?)?(?:就|很|只|也|还|特别)?想要?(?:请?问|请教|咨询|打听|确认)(?![题卷答世候]){_A_BIT}"
    f"|我们?(?:就|很|只|也|还|特别)?想要?(?:知道|了解|弄清楚|搞清楚|弄明白){_A_BIT}|想(?:知道|了解){_A_BIT}"
    f"|(?:弱弱|冒昧|顺便|偷偷|小声)地?(?:请?问|请教)(?![题卷答]){_A_BIT}"
    f"|(?:麻烦|劳驾|烦请|拜托|请|可以|能不能|可不可以|能否|可否|能)?(?:{_PEOPLE})?(?:帮忙|帮个忙|帮我们?|帮帮我|替我|给我)"
    f"(?:查[查询看找]?|搜[搜索]?|找找?|看看?|问问?|解释|讲讲?|说说?|介绍|科普){_A_BIT}"
    f"|(?:麻烦|劳驾|烦请|拜托)(?:{_PEOPLE})?(?:请?问|说|查|讲){_A_BIT}"
    f"|(?:麻烦|请|可以|能不能|可不可以|能否|可否|能|麻烦)?(?:{_PEOPLE})?(?:告诉|跟|和|给)(?:我们?|大家)(?:说说|讲讲|说|讲|介绍|解释|科普){_A_BIT}"
    f"|(?:麻烦|请|可以|能不能|可不可以|能否|可否|能)?(?:{_PEOPLE})?告诉我们?{_A_BIT}"
    "|(?:请问)?(?:有没有|有)(?:人|谁|哪位|大佬|大神|同学|朋友|小伙伴|老师)们?(?:能|可以)?(?:知道|晓得|清楚|了解|懂得?|告诉我|说说|讲讲)(?![的自])"
    "|(?:谁|哪位)(?:能|可以)?(?:知道|晓得|告诉我)(?![的自])|(?:你们?|您|大家)(?:知不知道|知道|晓得|清楚)(?![的自])"
    f"|请?(?:查询?|搜索?|问|说|讲|介绍|解释|科普)(?:一下|下|一哈)|(?:查查|搜搜|问问|说说|讲讲)(?!而已)"
)
_ENGLISH_REQUEST = (
    "(?:(?:could|can|would) you )?(?:please |kindly )?(?:tell|show|help) (?:me|us)(?: know)?(?: about)?(?= )"
    "|(?:do you know|does anyone know|does anybody know|any idea|i (?:just )?(?:want|need|would like) to know"
    "|i'd like to know|i wonder|i was wondering|excuse me|please"
    "|may i ask|can i ask|quick question|hi there|hello there)(?=[ ,:!])"
)
_SIGH = (
    "好(?:的|吧|呀|呢|哒|嘞)*|[嗯呃额哦噢喔诶欸啊唉]+|哎呀?|行吧?|可以|ok(?:ay)?|收到|明白了?|知道了|懂了|了解了?|(?:谢谢|多谢|感谢)(?:你们?|您|大家)?了?|"
    "谢了|辛苦了?|不好意思|打扰(?:了|一下|下)?|抱歉|对了|话说(?:回来)?|那个|那么|那|然后|所以|在吗|在么|在不在|有人吗|有人在吗|急+|求助|求问|求教|"
    f"救命|提问|问题|问|小白(?:提问|求问)?|萌新(?:提问|求问)?|{_PEOPLE}"
)
# It may run on into the question; a sigh may not: 好的包包怎么挑 is about what is good.
_OPENINGS = (
    re.compile(_REQUEST),
    re.compile(_ENGLISH_REQUEST),
    re.compile(rf"(?>{_SIGH}){{1,4}}[,!?。;:、~…\n]"),
    # Who is called @somebody is spoken to; what is called @override is spoken of.
    re.compile(
        r"@[a-z]\w{4,31}(?![\w.@-])(?!\s*(?:注解|注释|装饰器|标签|指令|符号|命令|规则|变量|[的是有会能用]|什么|怎么|可以|$))",
        re.ASCII,
    ),
)
_GREETED = re.compile(_GREETING)
_CALLED = re.compile(f"{_PEOPLE}|那么?|话说|对了|不好意思|打扰一?下了?")
_OPEN, _CLOSED = "@《「『“‘\"'([【<", "》」』”’\"')]】>"
"""Marks that belong to the question: of a mention, and of what is quoted in it (《请问》是谁唱的)."""

_PARTICLES = "吗呢啊呀吧嘛么哈哦噢喔哟呦捏咧哒嘞啦喽咯"
_THANKS = (
    "(?:谢谢|多谢|感谢|蟹蟹)(?:你们?|您|大家|各位|啦|了)*|谢了|谢啦|感激不尽|thx|please|"
    "thanks a lot|many thanks|thanks in advance|thanks(?: you)?|thank you|"
    "辛苦(?:了|您|你)*|麻烦(?:了|您|你)+|拜托(?:了|啦)?|"
    "跪求|求(?:解答?|助|答案?|告知|指教|科普|指点|大[佬神](?:们)?(?:解答|告知|指教)?)|在线等(?:挺?急的?)?|[很挺]?急+|盼复|(?:有人|谁)知道吗?|有知道的吗?"
)
_ASKED_FOR = (
    "(?:麻烦|请|可以|能不能|能)?(?:帮忙|帮我们?|给我)(?:查|看|找|问|搜|说|讲|解释|介绍)(?:[查看说讲]|一下|下)?|请?告诉我(?:一下|下)?"
    "|请?(?:查|搜|问|说|讲|介绍|解释)(?:一下|下)"
)
_CLOSINGS = (
    # Thanks stand apart: a question may end with the word that it asks about.
    re.compile(rf"(?<=[吗呢啊呀吧嘛\W])(?:{_THANKS})[{_PARTICLES}]*$"),
    re.compile(rf"(?<=\w\w)(?:{_ASKED_FOR})[{_PARTICLES}]*$"),
    re.compile(r"(?<=[\s,?!。])@[a-z]\w{4,31}$", re.ASCII),
)
_CLOSING_REACH = 40
"""Characters at the end of a question that are looked at for what closes it."""


def framed(text: str) -> tuple[int, int]:
    """Return where in a normalised text the question itself stands, marks at its end included; nowhere in a courtesy.

    >>> text = "好的,请问有没有人知道食堂几点开门呀??谢谢!"
    >>> start, end = framed(text)
    >>> text[start:end]
    '食堂几点开门呀??'
    """
    if courtesy(text):
        return len(text), len(text)
    start = _after_marks(text, 0)
    while (opened := _opened(text, start)) > start:
        start = _after_marks(text, opened)
    end = _before_marks(text, len(text))
    while end > start and (
        match := next(
            filter(None, (one.search(text, max(start, end - _CLOSING_REACH), end) for one in _CLOSINGS)), None
        )
    ):
        end = _before_marks(text, match.start())
    return start, max(start, _after_marks(text, end))


def without_particles(text: str) -> int:
    """Return where a question ends that trailing particles (吗, 呀呀呀, 了) are not counted to."""
    last = end = _before_marks(text, len(text))
    while end and text[end - 1] in _PARTICLES:
        end -= 1
    return end - 1 if end == last and end and text[end - 1] in "了的" else end


def _opened(text: str, start: int) -> int:
    """Return where what opens a question at ``start`` ends; ``start`` where nothing does."""
    ends = [match.end() for one in _OPENINGS if (match := one.match(text, start))]
    if greeting := _GREETED.match(text, start):
        end = greeting.end()
        called = _CALLED.match(text, end)
        if (
            not text[end : end + 1].isalnum()
            or _asks(text, end)
            or (called and not text[called.end() : called.end() + 1].isalnum())
        ):
            ends.append(end)
    if (called := _CALLED.match(text, start)) and _asks(text, _after_marks(text, called.end())):
        ends.append(called.end())
    return max(ends, default=start)


def _asks(text: str, start: int) -> bool:
    return bool(_OPENINGS[0].match(text, start))


def _after_marks(text: str, start: int) -> int:
    while start < len(text) and not text[start].isalnum() and text[start] not in _OPEN:
        start += 1
    return start


def _before_marks(text: str, end: int) -> int:
    while end and not text[end - 1].isalnum() and text[end - 1] not in _CLOSED:
        end -= 1
    return end
