"""What people say that asks nothing: greetings, thanks, and what they answer each other."""

from __future__ import annotations

import re
from typing import Literal

Courtesy = Literal["greeting", "thanks", "chatter"]

# All are looked for in the letters of a text. Repetition is possessive: what has been read as one of the alternatives
# is not tried as another, or a long row would take for ever.
_EMOTICON = re.compile(r"\[[^\[\]\s]{1,6}\]")  # as other messengers write them: [旺柴]
_PARTICLES = "[啦了啊呀哈哦噢喔吧嘛呢的哒嘞喇咯囉啰晒嗮哟喲呐哩滴]*"
_PEOPLE = "(?:你|您|大家|各位|大佬|大神|老师|楼主|哥|姐)*"
GREETING = re.compile(
    r"(?:(?:你|您|大家|各位)?好(?=[啊呀吗]?$)|(?:你|您|大家|各位)[好早]|早上好|早安|上午好|中午好|午安|下午好|晚上好|晚安|早|嗨+|哈[喽啰罗]|"
    r"在吗|在么|在不在|有人吗|有人在吗|h(?:i+|ello|ey+)(?:there|bot|all|everyone|guys)?|good(?:morning|afternoon|evening|night))++[啊呀吗啰囉喽咯啦哦喔]*"
)
THANKS = re.compile(
    rf"(?:(?:非常|太|十?分?|多)?(?:感谢|谢谢|谢了|多谢|谢|唔该|感恩){_PEOPLE}(?:解答|回答|回复|帮忙|帮助|指点|分享)?{_PARTICLES}|辛苦{_PEOPLE}了{_PARTICLES}|3q|"
    r"thank(?:s|you)(?:somuch|verymuch|alot|bro|man|all)?|thx|tks|ty|cheers|merci|danke|gracias|ありがとう(?:ございます)?)++"
)
_CHATTER = re.compile(
    r"(?>(?:[哈呵嘿嘻嗯哦噢喔啊哇]+|对不起|好[滴哟]?|行|对|是|可以|没问题|收到|明白|知道|懂|了解|没事|没关系|没毛病|有道理|不客气|不用谢|别客气|不谢|原来如此|原来是这样|这样啊?|不(?:好意思|可以|行|是|对|用|要|会)|抱歉|没(?:错|有)|并没有|还[行好]|当然|就?先?这样|真的(?:假的)?|算|等等|等一?下|[打发搞说写点]错|"
    r"(?:已经?|都|全)?(?:搞定|解决|弄好|搞好|修好)|已[阅读]|学到|测试|试试|"
    r"[真太好超很]?(?:赞|牛[逼b批]?|厉害|不错|棒|强|香|绝绝子|绝)|同意|同上|支持|加油|再见|拜拜|回见|明天见|晕|笑死我?|马克|码住|插眼|"
    r"[62]{2,}3*|h{2,}|ok(?:ay)?|k|l(?:ol|mao)|np|nvm|xswl|88|bye(?:bye)?|(?:ha)+h?|test(?:ing)?|nice|great|cool|amazing|awesome|sounds?good|yes|nope|no|yep|gotit|"
    rf"done|fine|wow|hm+|nb|yyds|mark|123|1{{1,4}}|23{{2,}}|3q)(?:一下)?{_PARTICLES}|{THANKS.pattern})++"
)


def courtesy(text: str) -> Courtesy | None:
    """Return which courtesy a normalised text is, and nothing else; ``None`` for what may be about something.

    >>> courtesy("您好,在不在"), courtesy("收到,谢谢"), courtesy("谢谢怎么写")
    ('greeting', 'chatter', None)
    """
    said = letters(text)
    if GREETING.fullmatch(said):
        return "greeting"
    if THANKS.fullmatch(said):
        return "thanks"
    return "chatter" if _CHATTER.fullmatch(said) else None


def letters(text: str) -> str:
    """Return a normalised text without spaces, punctuation and emoji, also those of other messengers ([旺柴])."""
    return "".join(filter(str.isalnum, _EMOTICON.sub("", text))).casefold()
