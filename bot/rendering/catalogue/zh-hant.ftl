# 由 docs/traditional.py 從 zh.ftl 轉換而成，改正寫在 docs/zh-hant.ftl：make traditional

start =
    你好，我是原句。

    發來一個問題，我在文件裡找到回答它的那句話，一字不改，並註明出處。文件裡沒有的，我會直說沒有。

    怎麼用：/help
start-suggestions = 可以先試試這些問題：
help =
    <b>私訊</b>：直接把問題傳給我。

    <b>群組裡</b>：寫上 @{ $username } 和問題，或者用 /ask 加上問題，或者回覆我的訊息。想問別人說的那句話，回覆它並寫上 @{ $username } 就行。

    <b>任何聊天裡</b>：輸入 @{ $username } 和問題，從清單裡選一句送出去。

    <b>接著問</b>：問完一個問題，可以接著問「什麼時候？」「那……呢？」「還有嗎」。

    我只引用文件裡的原句，<b>粗體</b>是與問題對應的地方，下面一行是出處。/forget 刪除我記下的關於你的一切。
welcome-terminal = 原句 Yuanju：問一個問題，得到文件裡的原句。輸入「幫助」看說明，「退出」結束。
prompt = {"問 › "}
nothing-to-press = 這裡沒有「{ $word }」可用。
help-terminal =
    直接寫問題，一行一個。

    { button-more }：後面的答案
    { button-context }：句子前後的原文
    { button-why }：為什麼是這句
    數字：選列出來的一項
    幫助：這幾行說明
    退出：結束（或 Ctrl-D）

    <b>接著問</b>：問完一個問題，可以接著問「什麼時候？」「那……呢？」「還有嗎」。

    答案是文件裡的原句，一字不改；突出顯示的是與問題對應的地方，下面一行是出處。
help-group = 寫上 @{ $username } 和問題，或者 /ask 加問題，或者回覆我的訊息；更多說明請私訊我。
hello =
    你們好，我是原句：在文件裡找到回答問題的那句話，一字不改，註明出處。
    寫上 @{ $username } 和問題，或者用 /ask 加上問題。{ $sees }
hello-sees-own = 別的訊息我看不到。
hello-sees-all = 別的訊息我不回答。
ask-how = 想問什麼？請把問題寫在後面，例如：/ask 你的問題
late = 抱歉，這個問題來的時候我不在，隔得太久，就不再回答了。還想知道的話，請再問一次。
apology = 抱歉，出了點問題，這次沒能回答。請過一會兒再問一次。
source-paragraph = 第{ $number }段
source-page = 第{ $page }頁
source-recognised = 文字識別
source-also = 同見 { $titles }
partial = 有一部分文件暫時查不到，答案可能不全。
source-more =
    { $count ->
       *[other] 另有 { $count } 項
    }
disputed = 各文件說法不一。
disputed-newest = 各文件說法不一，新的在前。
button-more = 更多
button-context = 上下文
button-back = 收起
button-vote-up = 👍 { $count }
button-vote-down = 👎 { $count }
button-why = 為什麼
button-related = 還可以問……
asked = <i>問：{ $question }</i>
no-more = 沒有更多了。
vote-noted = 記下了，謝謝。
vote-changed = 改好了。
vote-withdrawn = 已收回。
out-of-date = 這個按鈕已經過期，請重新提問。
not-your-button = 這個按鈕只給提問的人用。
not-for-this-chat = 這裡不能看這個文件。
follow-up = ↳ 接著上一個問題，按「{ $question }」回答。
button-drop-follow-up = 不是接著問
follow-up-dropped = 好，這是一個新的問題。
nothing-to-follow = 沒有上一個問題可接。請把問題寫完整。
corrected = 文件裡沒有「{ $word }」，按「{ $other }」找的：
button-literally = 按原文查詢
maybe = 🟡 可能相關，請核對原文：
not-found = ⚪ 文件裡沒有找到答案。
not-found-question = 找的是：{ $question }
not-found-missing = 沒有提到：{ $terms }。
not-found-missing-more = 沒有提到：{ $terms }等。
not-found-rephrase = 換個說法，或者問得具體一些，再試一次。
not-found-nearest = 🟡 可能相關：
term = 「{ $term }」
term-separator = 、
terms = { $first }{ term-separator }{ $others }
no-documents-here = 這個聊天裡沒有可以查的文件。
greeting = 你好！發來一個問題，我在文件裡找到回答它的原句。
noted = 好的，有問題隨時問我。
thanks = 不客氣。
sticker = 收到！不過我只看得懂文字，發一個問題試試。
voice = 我還聽不懂語音，請把問題打成文字。
picture = 我看不懂圖片，請把問題打成文字。
too-short = 「{ $text }」太短了，猜不出要問什麼。請寫成一個完整的問題。
too-long = 這條訊息太長了（{ $length } 字）。請把問題縮到 { $limit } 字以內。
inline-not-found = 沒有找到
inline-suggestion-description = 點一下就問這個問題
inline-start = 開啟私聊，問更多問題
inline-nothing = 輸入問題，從文件裡找原句
slow-down =
    { $seconds ->
       *[other] 問得有點快，歇 { $seconds } 秒再問吧。
    }
slow-down-chat =
    { $seconds ->
       *[other] 這個群問得有點快，歇 { $seconds } 秒再問吧。
    }
not-for-you = 這個機器人只回答指定的聊天。想用的話，請把這個編號告訴管理員：<code>{ $chat_id }</code>
group-migrated = 群 <code>{ $old }</code> 升級成了超級群，編號現在是 <code>{ $new }</code>。我已經跟著換了；請把設定（YUANJU_ALLOWED_CHATS、YUANJU_PRIVATE_FOLDERS）裡的舊編號改成新的。
leaving = 這個機器人只在指定的群裡回答，我先退出了。想讓我留下，請把群的編號告訴管理員：<code>{ $chat_id }</code>
not-for-you-inline = 這個機器人只給指定的人用
in-private-only = 請在私聊裡用這個命令。
operators-only = 這個命令只給管理員用。
forget-confirm = 要刪除我記下的關於你的一切嗎？包括你的提問記錄、評價和接著問的話題。
button-forget = 全部刪除
button-cancel = 取消
forgotten =
    { $count ->
       *[other] 已刪除 { $count } 條記錄。關於你，我什麼都不記得了。
    }
nothing-to-forget = 沒有記下什麼關於你的內容。
forget-confirm-chat = 要刪除我記下的、以這個身份寫下的一切嗎？按鈕誰都能按，所以請用同一個身份再發一次：/forget 確認
forget-backups =
    { $days ->
       *[other] 以前做的備份我改不了；要是恢復了備份，超過 { $days } 天的記錄會馬上刪除，其餘的請再發一次 /forget。
    }
cancelled = 已取消。
sources-title =
    { $count ->
       *[other] <b>文件 { $count } 個</b>（第 { $page }/{ $pages } 頁）
    }
sources-line = { $number }. { $title } · { $paragraphs } 段
sources-line-unreadable = { $number }. ⚠️ { $path }：{ $reason }
sources-none = 還沒有文件。把檔案發給我就能新增。
button-previous = ‹ 上一頁
button-next = 下一頁 ›
upload-title = 標題：<b>{ $title }</b>
upload-name = 檔名：{ $name }
upload-folder = 資料夾：{ $folder }
upload-folder-own = 文件資料夾
upload-date = 日期：{ $date }
upload-size = { $format }，{ $paragraphs } 段
upload-documents = 其中有 { $count } 個文件
upload-control =
    { $count ->
       *[other] <b>{ $name }</b> 是設定檔案，寫法沒有錯，有 { $count } 行。
    }
upload-control-done = { $name } 已生效。
upload-undone = 已撤銷，{ $name } 不在文件裡了。
upload-operators-only = 沒有收下這個檔案：只有管理員能新增文件。有問題請直接問我。
format-text = 純文字
format-html = 網頁
format-table = 表格
format-book = 電子書
format-word = Word 文件
format-slides = 簡報
format-sheets = Excel 表格
format-archive = 壓縮檔
format-picture = 圖片
upload-remark = · { $remark }
upload-replaces = ⚠️ 會替換同名的文件。
upload-sample = 開頭：{ $text }
upload-unreadable = 讀不了 { $name }：{ $reason }
upload-too-big = { $name } 太大了（{ $size } MB），Telegram 只讓機器人取 { $limit } MB 以內的檔案。
upload-read-only = 文件資料夾不能寫入，加不了文件：{ $reason }
button-confirm-upload = 加進來
button-discard-upload = 不要
uploading = 正在加入 { $name } ……
uploaded =
    { $paragraphs ->
       *[other] 已加入 { $name }：{ $paragraphs } 段，現在就可以問了。
    }
upload-discarded = 沒有加入 { $name }。
remove-how = 要移除哪個文件？用 /sources 看編號，再發 /remove 編號 或 /remove 檔名
remove-unknown = 沒有「{ $name }」這個文件。用 /sources 看看有哪些。
removed = 已移除 { $name }。
button-undo = 撤銷
restored = 已恢復 { $name }。
restore-impossible = 恢復不了 { $name }：{ $reason }
restore-taken = 已經有同名的文件
folder-read-only = 資料夾是唯讀的
reloading = 正在更新索引……
reloaded = 索引已更新：新增 { $added }，改變 { $changed }，移除 { $removed }，不變 { $unchanged }，讀不了 { $unreadable }。
reloaded-unchanged = 文件沒有變化。
reload-busy = 正在更新，請稍候。
reload-failed = 更新失敗，仍按原來的索引回答：{ $reason }
stats-title =
    { $days ->
       *[other] <b>最近 { $days } 天</b>
    }
stats-questions = 提問：{ $count } 次，{ $people } 人
stats-answered = 有答案：{ $percent }%，可能相關：{ $maybe }%
stats-latency = 用時：中位數 { $median } 毫秒，95% 在 { $p95 } 毫秒以內
stats-votes = 評價：👍 { $up } 👎 { $down }
stats-days = 每天：█ 確定，▓ 可能相關，░ 沒有找到
stats-stale = ⚠️ 文件跟不上了，仍按原來的索引回答：{ $reason }
stats-none =
    { $days ->
       *[other] 最近 { $days } 天沒有人提問。
    }
unanswered-title =
    { $count ->
       *[other] <b>沒有答案的問題（{ $count } 個）</b>
    }
unanswered-line = { $count } 次 · { $question }
unanswered-line-maybe = { $count } 次 · { $question }（給出了可能相關的）
unanswered-none = 沒有答不上來的問題。
button-export = 匯出 CSV
unanswered-file = 沒有答案的問題，按次數排列。
why-how = 請回覆一個答案，再送出 /why
why-verdict-sure = <b>確定：就是這句</b>
why-verdict-maybe = <b>可能相關：沒有把握</b>
why-verdict-none = <b>沒有回答：把握不夠</b>
why-nothing = · 文件裡沒有一段提到問題裡的詞。
why-in-sentence = · 在這句裡：{ $terms }
why-around = · 在標題、小標題或同一段裡：{ $terms }
why-nowhere = · 都沒有：{ $terms }
why-closeness =
    { $closer ->
        [0] · 意思與問題最近（比較了 { $count } 句）
       *[other] · 意思與問題較近（比較了 { $count } 句，更近的有 { $closer } 句）
    }
why-cosine = · 意思的接近程度（餘弦）= { $value }
why-alone = · 沒有別的句子可比。
why-others =
    { $count ->
       *[other] · 另外比較了 { $count } 句，其次是：{ $text }
    }
why-certainty = · 把握 { $percent }%（{ $sure }% 起算確定，{ $threshold }% 起給出可能的）
button-details = 詳情
why-terms = 查的詞：{ $terms }
why-frequency = { $term }（{ $count } 段）
why-synonyms = 也查了：{ $words }
why-score = { $rank }. 得分 { $score }
why-sentence =   { $text }
why-place =   { $title } · { $paragraph }，段落得分 { $score }
why-feature = · { $name } = { $value }
why-index = 索引版本：{ $version }
command-ask = 問一個問題
command-help = 怎麼用
command-start = 開始
command-forget = 刪除關於我的記錄
command-sources = 看有哪些文件
command-remove = 移除一個文件
command-reload = 更新索引
command-stats = 看使用情況
command-unanswered = 看沒有答案的問題
command-why = 看一個答案是怎麼選出來的
bot-description =
    問一個問題，我從文件裡找出回答它的原句，一字不改，註明出處；文件裡沒有的，就直說沒有。

    直接發問題，或者把我拉進群裡，@我再問。
bot-short-description = 向文件提問，得到原句和出處。
