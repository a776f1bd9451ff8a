# 机器人说的每一句话。消息用 Telegram 的 HTML；按钮、弹出提示、标题和说明是纯文本。

## 开始与帮助

start =
    你好，我是原句。

    发来一个问题，我在文档里找到回答它的那句话，一字不改，并注明出处。文档里没有的，我会直说没有。

    怎么用：/help
start-suggestions = 可以先试试这些问题：
help =
    <b>私聊</b>：直接把问题发给我。

    <b>群里</b>：写上 @{ $username } 和问题，或者用 /ask 加上问题，或者回复我的消息。想问别人说的那句话，回复它并写上 @{ $username } 就行。

    <b>任何聊天里</b>：输入 @{ $username } 和问题，从列表里选一句发出去。

    <b>接着问</b>：问完一个问题，可以接着问“什么时候？”“那……呢？”“还有吗”。

    我只引用文档里的原句，<b>粗体</b>是与问题对应的地方，下面一行是出处。/forget 删除我记下的关于你的一切。
welcome-terminal = 原句 Yuanju：问一个问题，得到文档里的原句。输入“帮助”看说明，“退出”结束。
prompt = {"问 › "}
nothing-to-press = 这里没有“{ $word }”可用。
help-terminal =
    直接写问题，一行一个。

    { button-more }：后面的答案
    { button-context }：句子前后的原文
    { button-why }：为什么是这句
    数字：选列出来的一项
    帮助：这几行说明
    退出：结束（或 Ctrl-D）

    <b>接着问</b>：问完一个问题，可以接着问“什么时候？”“那……呢？”“还有吗”。

    答案是文档里的原句，一字不改；突出显示的是与问题对应的地方，下面一行是出处。
help-group = 写上 @{ $username } 和问题，或者 /ask 加问题，或者回复我的消息；更多说明请私聊我。
hello =
    你们好，我是原句：在文档里找到回答问题的那句话，一字不改，注明出处。
    写上 @{ $username } 和问题，或者用 /ask 加上问题。{ $sees }
hello-sees-own = 别的消息我看不到。
hello-sees-all = 别的消息我不回答。
ask-how = 想问什么？请把问题写在后面，例如：/ask 你的问题
late = 抱歉，这个问题来的时候我不在，隔得太久，就不再回答了。还想知道的话，请再问一次。
apology = 抱歉，出了点问题，这次没能回答。请过一会儿再问一次。

## 答案

source-paragraph = 第{ $number }段
source-page = 第{ $page }页
source-recognised = 文字识别
source-also = 同见 { $titles }
partial = 有一部分文档暂时查不到，答案可能不全。
source-more =
    { $count ->
       *[other] 另有 { $count } 项
    }
disputed = 各文档说法不一。
disputed-newest = 各文档说法不一，新的在前。
button-more = 更多
button-context = 上下文
button-back = 收起
button-vote-up = 👍 { $count }
button-vote-down = 👎 { $count }
button-why = 为什么
button-related = 还可以问……
asked = <i>问：{ $question }</i>
no-more = 没有更多了。
vote-noted = 记下了，谢谢。
vote-changed = 改好了。
vote-withdrawn = 已收回。
out-of-date = 这个按钮已经过期，请重新提问。
not-your-button = 这个按钮只给提问的人用。
not-for-this-chat = 这里不能看这个文档。

## 接着上一个问题

follow-up = ↳ 接着上一个问题，按“{ $question }”回答。
button-drop-follow-up = 不是接着问
follow-up-dropped = 好，这是一个新的问题。
nothing-to-follow = 没有上一个问题可接。请把问题写完整。

## 没有找到

corrected = 文档里没有“{ $word }”，按“{ $other }”找的：
button-literally = 按原文查找
maybe = 🟡 可能相关，请核对原文：
not-found = ⚪ 文档里没有找到答案。
not-found-question = 找的是：{ $question }
not-found-missing = 没有提到：{ $terms }。
not-found-missing-more = 没有提到：{ $terms }等。
not-found-rephrase = 换个说法，或者问得具体一些，再试一次。
not-found-nearest = 🟡 可能相关：
term = “{ $term }”
term-separator = 、
terms = { $first }{ term-separator }{ $others }
no-documents-here = 这个聊天里没有可以查的文档。

## 不是问题的消息

greeting = 你好！发来一个问题，我在文档里找到回答它的原句。
noted = 好的，有问题随时问我。
thanks = 不客气。
sticker = 收到！不过我只看得懂文字，发一个问题试试。
voice = 我还听不懂语音，请把问题打成文字。
picture = 我看不懂图片，请把问题打成文字。
too-short = “{ $text }”太短了，猜不出要问什么。请写成一个完整的问题。
too-long = 这条消息太长了（{ $length } 字）。请把问题缩到 { $limit } 字以内。

## 内联模式

inline-not-found = 没有找到
inline-suggestion-description = 点一下就问这个问题
inline-start = 打开私聊，问更多问题
inline-nothing = 输入问题，从文档里找原句

## 谁可以用，用多快

slow-down =
    { $seconds ->
       *[other] 问得有点快，歇 { $seconds } 秒再问吧。
    }
slow-down-chat =
    { $seconds ->
       *[other] 这个群问得有点快，歇 { $seconds } 秒再问吧。
    }
not-for-you = 这个机器人只回答指定的聊天。想用的话，请把这个编号告诉管理员：<code>{ $chat_id }</code>
group-migrated = 群 <code>{ $old }</code> 升级成了超级群，编号现在是 <code>{ $new }</code>。我已经跟着换了；请把设置（YUANJU_ALLOWED_CHATS、YUANJU_PRIVATE_FOLDERS）里的旧编号改成新的。
leaving = 这个机器人只在指定的群里回答，我先退出了。想让我留下，请把群的编号告诉管理员：<code>{ $chat_id }</code>
not-for-you-inline = 这个机器人只给指定的人用
in-private-only = 请在私聊里用这个命令。
operators-only = 这个命令只给管理员用。

## 忘记

forget-confirm = 要删除我记下的关于你的一切吗？包括你的提问记录、评价和接着问的话题。
button-forget = 全部删除
button-cancel = 取消
forgotten =
    { $count ->
       *[other] 已删除 { $count } 条记录。关于你，我什么都不记得了。
    }
nothing-to-forget = 没有记下什么关于你的内容。
forget-confirm-chat = 要删除我记下的、以这个身份写下的一切吗？按钮谁都能按，所以请用同一个身份再发一次：/forget 确认
forget-backups =
    { $days ->
       *[other] 以前做的备份我改不了；要是恢复了备份，超过 { $days } 天的记录会马上删除，其余的请再发一次 /forget。
    }
cancelled = 已取消。

## 管理员：文档

sources-title =
    { $count ->
       *[other] <b>文档 { $count } 个</b>（第 { $page }/{ $pages } 页）
    }
sources-line = { $number }. { $title } · { $paragraphs } 段
sources-line-unreadable = { $number }. ⚠️ { $path }：{ $reason }
sources-none = 还没有文档。把文件发给我就能添加。
button-previous = ‹ 上一页
button-next = 下一页 ›
upload-title = 标题：<b>{ $title }</b>
upload-name = 文件名：{ $name }
upload-folder = 文件夹：{ $folder }
upload-folder-own = 文档文件夹
upload-date = 日期：{ $date }
upload-size = { $format }，{ $paragraphs } 段
upload-documents = 其中有 { $count } 个文档
upload-control =
    { $count ->
       *[other] <b>{ $name }</b> 是设置文件，写法没有错，有 { $count } 行。
    }
upload-control-done = { $name } 已生效。
upload-undone = 已撤销，{ $name } 不在文档里了。
upload-operators-only = 没有收下这个文件：只有管理员能添加文档。有问题请直接问我。
format-text = 文本
format-html = 网页
format-table = 表格
format-book = 电子书
format-word = Word 文档
format-slides = 幻灯片
format-sheets = Excel 表格
format-archive = 压缩包
format-picture = 图片
upload-remark = · { $remark }
upload-replaces = ⚠️ 会替换同名的文档。
upload-sample = 开头：{ $text }
upload-unreadable = 读不了 { $name }：{ $reason }
upload-too-big = { $name } 太大了（{ $size } MB），Telegram 只让机器人取 { $limit } MB 以内的文件。
upload-read-only = 文档文件夹不能写入，加不了文档：{ $reason }
button-confirm-upload = 加进来
button-discard-upload = 不要
uploading = 正在加入 { $name } ……
uploaded =
    { $paragraphs ->
       *[other] 已加入 { $name }：{ $paragraphs } 段，现在就可以问了。
    }
upload-discarded = 没有加入 { $name }。
remove-how = 要移除哪个文档？用 /sources 看编号，再发 /remove 编号 或 /remove 文件名
remove-unknown = 没有“{ $name }”这个文档。用 /sources 看看有哪些。
removed = 已移除 { $name }。
button-undo = 撤销
restored = 已恢复 { $name }。
restore-impossible = 恢复不了 { $name }：{ $reason }
restore-taken = 已经有同名的文档
folder-read-only = 文件夹是只读的
reloading = 正在更新索引……
reloaded = 索引已更新：新增 { $added }，改变 { $changed }，移除 { $removed }，不变 { $unchanged }，读不了 { $unreadable }。
reloaded-unchanged = 文档没有变化。
reload-busy = 正在更新，请稍候。
reload-failed = 更新失败，仍按原来的索引回答：{ $reason }

## 管理员：情况

stats-title =
    { $days ->
       *[other] <b>最近 { $days } 天</b>
    }
stats-questions = 提问：{ $count } 次，{ $people } 人
stats-answered = 有答案：{ $percent }%，可能相关：{ $maybe }%
stats-latency = 用时：中位数 { $median } 毫秒，95% 在 { $p95 } 毫秒以内
stats-votes = 评价：👍 { $up } 👎 { $down }
stats-days = 每天：█ 确定，▓ 可能相关，░ 没有找到
stats-stale = ⚠️ 文档跟不上了，仍按原来的索引回答：{ $reason }
stats-none =
    { $days ->
       *[other] 最近 { $days } 天没有人提问。
    }
unanswered-title =
    { $count ->
       *[other] <b>没有答案的问题（{ $count } 个）</b>
    }
unanswered-line = { $count } 次 · { $question }
unanswered-line-maybe = { $count } 次 · { $question }（给出了可能相关的）
unanswered-none = 没有答不上来的问题。
button-export = 导出 CSV
unanswered-file = 没有答案的问题，按次数排列。
why-how = 请回复一个答案，再发 /why
why-verdict-sure = <b>确定：就是这句</b>
why-verdict-maybe = <b>可能相关：没有把握</b>
why-verdict-none = <b>没有回答：把握不够</b>
why-nothing = · 文档里没有一段提到问题里的词。
why-in-sentence = · 在这句里：{ $terms }
why-around = · 在标题、小标题或同一段里：{ $terms }
why-nowhere = · 都没有：{ $terms }
why-closeness =
    { $closer ->
        [0] · 意思与问题最近（比较了 { $count } 句）
       *[other] · 意思与问题较近（比较了 { $count } 句，更近的有 { $closer } 句）
    }
why-cosine = · 意思的接近程度（余弦）= { $value }
why-alone = · 没有别的句子可比。
why-others =
    { $count ->
       *[other] · 另外比较了 { $count } 句，其次是：{ $text }
    }
why-certainty = · 把握 { $percent }%（{ $sure }% 起算确定，{ $threshold }% 起给出可能的）
button-details = 详情
why-terms = 查的词：{ $terms }
why-frequency = { $term }（{ $count } 段）
why-synonyms = 也查了：{ $words }
why-score = { $rank }. 得分 { $score }
why-sentence =   { $text }
why-place =   { $title } · { $paragraph }，段落得分 { $score }
why-feature = · { $name } = { $value }
why-index = 索引版本：{ $version }

## 命令列表与资料页

command-ask = 问一个问题
command-help = 怎么用
command-start = 开始
command-forget = 删除关于我的记录
command-sources = 看有哪些文档
command-remove = 移除一个文档
command-reload = 更新索引
command-stats = 看使用情况
command-unanswered = 看没有答案的问题
command-why = 看一个答案是怎么选出来的
bot-description =
    问一个问题，我从文档里找出回答它的原句，一字不改，注明出处；文档里没有的，就直说没有。

    直接发问题，或者把我拉进群里，@我再问。
bot-short-description = 向文档提问，得到原句和出处。
