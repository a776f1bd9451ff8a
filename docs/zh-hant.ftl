# 繁體字的句子由 zh.ftl 經 OpenCC 轉換而成，引號換作「」；轉換得不好的，在這裡改正。

help =
    <b>私訊</b>：直接把問題傳給我。

    <b>群組裡</b>：寫上 @{ $username } 和問題，或者用 /ask 加上問題，或者回覆我的訊息。想問別人說的那句話，回覆它並寫上 @{ $username } 就行。

    <b>任何聊天裡</b>：輸入 @{ $username } 和問題，從清單裡選一句送出去。

    <b>接著問</b>：問完一個問題，可以接著問「什麼時候？」「那……呢？」「還有嗎」。

    我只引用文件裡的原句，<b>粗體</b>是與問題對應的地方，下面一行是出處。/forget 刪除我記下的關於你的一切。
help-group = 寫上 @{ $username } 和問題，或者 /ask 加問題，或者回覆我的訊息；更多說明請私訊我。
folder-read-only = 資料夾是唯讀的
format-text = 純文字
format-slides = 簡報
format-archive = 壓縮檔
why-how = 請回覆一個答案，再送出 /why
