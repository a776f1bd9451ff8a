"""What people say that asks nothing of documents: greetings, thanks, answers to each other, who the bot is."""

from __future__ import annotations

import re
from typing import Literal

Courtesy = Literal["greeting", "thanks", "chatter", "self"]

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
    rf"(?:(?:真的?)?(?:非常|太|十?分?|多)?(?:感谢|谢谢|谢了|多谢|谢|唔该|感恩){_PEOPLE}了?(?:解答|回答|回复|帮忙|帮助|指点|分享|帮了?(?:我|了)?大忙)?{_PARTICLES}|辛苦{_PEOPLE}了{_PARTICLES}|3q|"
    r"thank(?:s|you)(?:somuch|verymuch|alot|bro|man|all)?|thx|tks|ty|cheers|merci|danke|gracias|ありがとう(?:ございます)?)++"
)
_CHATTER = re.compile(
    r"(?>(?:[哈呵嘿嘻嗯哦噢喔啊哇]+|对不起|好[滴哟]?|行|对|是|可以|没问题|收到|明白|知道|懂|了解|没事|没关系|没毛病|有道理|不客气|不用谢|别客气|不谢|原来如此|原来是这样|这样啊?|不(?:好意思|可以|行|是|对|用|要|会)|抱歉|没(?:错|有)|并没有|还[行好]|当然|就?先?这样|真的(?:假的)?|算|等等|等一?下|[打发搞说写点]错|"
    r"(?:已经?|都|全)?(?:搞定|解决|弄好|搞好|修好)|已[阅读]|学到|测试|试试|"
    r"(?:那|这|听起来|看起来)?(?:真的?|太|好|超|很|挺|还)?(?:赞|牛[逼b批]?|厉害|不错|棒|强|香|绝绝子|绝|完美)|那[真太很挺]好|(?:我)?不?(?:同意|认同|赞同)|我没问题|不?就?是(?:这样|那样)(?:子)?|"
    r"(?:我的)?(?:老?天|妈|娘)[哪呐啊呀]+|恭喜|(?:祝(?:你|您|大家))?(?:新年|新春|春节|元旦|中秋节?|端午节?|圣诞节?|生日|节日|周末|假期)(?:快乐|愉快)|"
    r"祝(?:你|您|大家)(?:好运|成功|一切顺利|顺利|幸福)|(?:你|您)?(?:也|要|记得)?早点(?:休息|睡觉?)|同上|支持|加油|再见|拜拜|回见|(?:明天|一会儿?|待会儿?|回头|改天|下次|有空)再?[见聊]|先?不聊|就?先?[说聊](?:这么多|到这里?)|不要停|晕|笑死我?|马克|码住|插眼|"
    r"[62]{2,}3*|h{2,}|ok(?:ay)?|k|l(?:ol|mao)|np|nvm|xswl|88|bye(?:bye)?|(?:ha)+h?|test(?:ing)?|nice|great|cool|amazing|awesome|sounds?good|yes|nope|no|yep|gotit|"
    rf"done|fine|wow|hm+|nb|yyds|mark|123|1{{1,4}}|23{{2,}}|3q)(?:一下)?{_PARTICLES}|{THANKS.pattern})++"
)

_BOT = "(?:你|您|(?:这个|本)?(?:机器人|bot))"
_SELF = re.compile(
    rf"(?:那么?|所以)?{_BOT}(?:到底|究竟|今年|现在|平时|自己)*+(?:"
    r"(?:是|叫)(?:谁|哪位|(?:什么|啥)(?:东西|名字|来头)?|[干做](?:什么|嘛|啥)的?|怎么(?:来|做|工作)的?|哪里人|哪国人?|"
    r"(?:不是)?一?个?(?:机器人|真人|活人|人类?|ai|人工智能|chatgpt|程序员?|男[的生]?|女[的生]?)(?:还是(?:机器人|真人|人类?|男[的生]?|女[的生]?))?)|"
    r"几岁|多大(?:年纪|岁数)?|多少岁|在[干做作](?:什么|啥|嘛)|[在住](?:在)?哪[里儿]?|怎么(?:用|使用|知道的?|运作|工作)|如何(?:使用|运作|工作)|"
    r"(?:能|会|可以)(?:帮我?)?[干做]?(?:些|点)?(?:什么|啥|嘛|哪些事)(?:事情?)?|(?:有|支持)(?:什么|哪些|啥)(?:功能|用处?|本事|能力|技能)|"
    r"(?:还?爱|喜欢|讨厌|恨|认识|记得|想)不?(?:爱|喜欢|认识|记得|想)?我|有(?:没有)?(?:男朋友|女朋友|对象|兄弟|姐妹|家人|感情)|"
    r"会?(?:不会)?(?:觉得|感到)?(?:孤单|寂寞|无聊|难过|伤心|害怕|生气|吃醋|累)"
    r"|在听|听得?懂|懂(?:不懂)?|明白|确定|行(?:不行)?|说(?:什么|啥)|说的?是?真的|"
    r"(?:真|好|太|很|挺|也太|真的?是?|怎么这么|是不是|就是)(?:很|太)?个?(?:可爱|聪明|棒|笨蛋?|傻瓜?|蠢|厉害|没用|慢|烦|讨厌|有意思|有趣|搞笑|逗|无聊|牛|坏|懒)"
    rf")(?:吗|么|不|没)?{_PARTICLES}"
    rf"|(?:谁|什么)是{_BOT}(?:的(?:主人|父亲|母亲|爸爸?|妈妈?))?|{_BOT}的(?:名字|爱好|兴趣|生日|星座|年龄|性别|心情|梦想|主人|家乡|恐惧)(?:是(?:什么|啥|谁|多少))?{_PARTICLES}"
    rf"|(?:可以|能)?(?:告诉我{_BOT}的名字|介绍一?下?{_BOT}(?:自己)?|(?:做个)?自我介绍(?:一下)?|[聊说]{{2}}{_BOT}(?:自己)?)[吧吗]?"
    r"|whoareyou|what(?:areyou|canyoudo|isyourname)|areyou(?:abot|arobot|human|real|anai)"
)


def courtesy(text: str) -> Courtesy | None:
    """Return which courtesy a normalised text is, and nothing else; ``None`` for what may be about something.

    What is asked of the bot itself (``self``) no document tells; what 你们 do, their documents may.

    >>> courtesy("您好,在不在"), courtesy("收到,谢谢"), courtesy("谢谢怎么写")
    ('greeting', 'chatter', None)
    >>> courtesy("你是谁?"), courtesy("你们是谁?"), courtesy("你的电话是多少?")
    ('self', None, None)
    """
    said = letters(text)
    if GREETING.fullmatch(said):
        return "greeting"
    if THANKS.fullmatch(said):
        return "thanks"
    if _CHATTER.fullmatch(said):
        return "chatter"
    return "self" if _SELF.fullmatch(said) else None


def letters(text: str) -> str:
    """Return a normalised text without spaces, punctuation and emoji, also those of other messengers ([旺柴])."""
    return "".join(filter(str.isalnum, _EMOTICON.sub("", text))).casefold()
