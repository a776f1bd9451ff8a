"""Words that say nothing about a topic: particles, pronouns, copulas, the vaguest verbs and nouns."""

from __future__ import annotations

_FUNCTION_WORDS = (
    "是 在 于 有 为 的 地 得 了 呢 吗 啊 呀 吧 嘛 么 那 那么 这 这个 那个 它 他 她 "
    "它们 他们 其 此 又 还 也 都 就 才 会 要 能 到 从 由 被 做 办 搞 说 来 去 看 "
    "个 年 月 日 号 天 人 些 钱 元 块 家 名 位 次 具体 大概 大约 到底 究竟 总共 一共 "
    "共 总 以及 并且 而且 所以 因此 然后 但是 可是 不过 或者 还是 已经 将 将要 达到 只 "
    "仅 约"
)
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
"""With only these beside the words that ask, a message goes on from the last question."""

_COPULAS = (
    "是 为 有 在 于 由 达 达到 叫 叫做 叫作 称为 位于 包括 指 指的 属于 等于 超过 将 "
    "会 要 能 能够 可以 需要 应 应该 的 了 都 共 总共"
)
COPULAS = frozenset(_COPULAS.split())
"""What stands between what a question is about and what it asks for."""

FUNCTION_CHARACTERS = frozenset(
    "的是在和与了有为于之者个会被从到由以及或也就都不所将曾其中向对这那第上下年月日时后前位人因何至皆等要该此每各其并又曾最很更一"
    "里着过吗呢吧啊没把给让跟比还再能可想去来做用说看多少几怎咋啥谁哪你我他她它们"
)
"""Characters that are no part of a name which the dictionary does not know, where they stand as words of their own."""

_VAGUE_NOUNS = (
    "时候 时间 时长 时期 东西 事情 事儿 事 情况 情形 问题 办法 方法 方式 地方 地儿 原因 意思 样子 方面 感觉 内容 信息 "
    "结果 毛病 玩意 回事 心情 会儿 一会儿 半天 有人 别人 大家 自己 人家 个人 人们 钱 块 毛 天 点 号 "
    "早上 上午 中午 下午 晚上 白天 大半夜 今天 明天 昨天 现在 当时 最近 以后 以前 之后 之前"
)
VAGUE_NOUNS = frozenset(_VAGUE_NOUNS.split())
"""Nouns that nobody would miss in a document."""
