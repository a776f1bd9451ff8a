# Everything the bot says. Messages are Telegram's HTML; buttons, pop-ups, titles and descriptions are plain text.

## Start and help

start =
    Hello, I am Yuanju.

    Send me a question and I find the sentence in the documents that answers it, word for word, with its source. What the documents do not say, I do not say either.

    How to use me: /help
start-suggestions = You could begin with one of these:
help =
    <b>In private</b>: just send me your question.

    <b>In groups</b>: write @{ $username } and your question, or /ask and your question, or reply to one of my messages. To ask what somebody else wrote, reply to it with @{ $username }.

    <b>In any chat</b>: type @{ $username } and your question, and choose a sentence from the list.

    <b>Follow up</b>: after a question you can go on with “when?”, “and …?” or “more?” (in Chinese: 什么时候？ 那……呢？ 还有吗).

    I only quote sentences from the documents. What answers your question is <b>bold</b>; the line beneath is the source. /forget deletes all that I keep about you.
welcome-terminal = Yuanju: ask a question, get the sentence in the documents that answers it. Type “help” for more, “quit” to leave.
prompt = {"ask › "}
nothing-to-press = There is no “{ $word }” to choose here.
help-terminal =
    Just type a question, one a line.

    { button-more }: further answers
    { button-context }: the text around a sentence
    { button-why }: why this sentence
    a number: choose what is listed
    Help: these lines
    Quit: leave (or Ctrl-D)

    <b>Follow up</b>: after a question you can go on with “when?”, “and …?” or “more?” (in Chinese: 什么时候？ 那……呢？ 还有吗).

    Answers are sentences of the documents, word for word. What answers your question stands out; the line beneath is the source.
help-group = Write @{ $username } and your question, or /ask and your question, or reply to me; for more, write to me in private.
hello =
    Hello, I am Yuanju: I find the sentence in the documents that answers a question, word for word, with its source.
    Write @{ $username } and your question, or /ask and your question. { $sees }
hello-sees-own = I cannot see other messages.
hello-sees-all = I do not answer other messages.
ask-how = What would you like to know? Write the question behind the command: /ask your question
late = Sorry, I was away when this was asked, and that is too long ago for an answer. Please ask again if you still want to know.
apology = Sorry, something went wrong and I could not answer. Please ask again in a while.

## Answers

source-paragraph = paragraph { $number }
source-page = page { $page }
source-recognised = text recognition
source-also = also in { $titles }
partial = Some of the documents cannot be searched at the moment; this answer may not be complete.
source-more =
    { $count ->
        [one] one more item
       *[other] { $count } more items
    }
disputed = Documents disagree.
disputed-newest = Documents disagree; the newest comes first.
button-more = More
button-context = Context
button-back = Less
button-vote-up = 👍 { $count }
button-vote-down = 👎 { $count }
button-why = Why
button-related = You could also ask …
asked = <i>Question: { $question }</i>
no-more = There is no more.
vote-noted = Noted, thank you.
vote-changed = Changed.
vote-withdrawn = Taken back.
out-of-date = This button is out of date. Please ask again.
not-your-button = This button is for the person who asked.
not-for-this-chat = This document cannot be seen here.

## Follow-ups

follow-up = ↳ Following up on your last question, I answered “{ $question }”.
button-drop-follow-up = Not a follow-up
follow-up-dropped = All right, this is a new question.
nothing-to-follow = There is no last question to follow up on. Please write the whole question.

## Not found

corrected = “{ $word }” is not in the documents; I looked for “{ $other }”:
button-literally = Search as typed
maybe = 🟡 Possibly related; please check the source:
not-found = ⚪ I found no answer in the documents.
not-found-question = Looked for: { $question }
not-found-missing = They do not mention { $terms }.
not-found-missing-more = They do not mention { $terms } and more.
not-found-rephrase = Try other words, or be more specific.
not-found-nearest = 🟡 Possibly related:
term = “{ $term }”
term-separator = {", "}
terms = { $first }{ term-separator }{ $others }
no-documents-here = There are no documents to ask in this chat.

## Messages that are no questions

greeting = Hello! Send me a question and I find the sentence in the documents that answers it.
noted = All right. Ask me whenever you like.
thanks = You are welcome.
sticker = Nice! But I only understand text: send me a question.
voice = I cannot understand voice messages yet. Please write your question.
picture = I cannot understand pictures. Please write your question.
too-short = “{ $text }” is too short for me to guess the question. Please write all of it.
too-long = This message is too long ({ $length } characters). Please ask in at most { $limit }.

## Inline mode

inline-not-found = Not found
inline-suggestion-description = Tap to ask this
inline-start = Ask more in a private chat
inline-nothing = Type a question to find the sentence that answers it

## Who may ask, and how fast

slow-down =
    { $seconds ->
        [one] That was a bit fast. Please wait a second.
       *[other] That was a bit fast. Please wait { $seconds } seconds.
    }
slow-down-chat =
    { $seconds ->
        [one] This group asks a bit fast. Please wait a second.
       *[other] This group asks a bit fast. Please wait { $seconds } seconds.
    }
not-for-you = This bot answers in certain chats only. If you would like to use it, tell its operator this number: <code>{ $chat_id }</code>
group-migrated = The group <code>{ $old }</code> has become a supergroup and is <code>{ $new }</code> now. I have followed it; please put the new id in place of the old one in the settings (YUANJU_ALLOWED_CHATS, YUANJU_PRIVATE_FOLDERS).
leaving = This bot answers in certain groups only, so I am leaving. If you would like me to stay, tell my operator the number of this group: <code>{ $chat_id }</code>
not-for-you-inline = This bot is for certain people only
in-private-only = Please use this command in our private chat.
operators-only = This command is for operators only.

## Forgetting

forget-confirm = Delete everything that I keep about you? That is your questions, your votes, and the topic of your last question.
button-forget = Delete all
button-cancel = Cancel
forgotten =
    { $count ->
        [one] Deleted one record. I remember nothing about you now.
       *[other] Deleted { $count } records. I remember nothing about you now.
    }
nothing-to-forget = I keep nothing about you.
forget-confirm-chat = Delete everything that was written under this identity? Anybody could press a button, so please send this under the same identity: /forget yes
forget-backups =
    { $days ->
        [one] I cannot change backups that were made before. If one is restored, records older than a day go at once; send /forget again for the others.
       *[other] I cannot change backups that were made before. If one is restored, records older than { $days } days go at once; send /forget again for the others.
    }
cancelled = Cancelled.

## Operators: documents

sources-title =
    { $count ->
        [one] <b>One document</b> (page { $page } of { $pages })
       *[other] <b>{ $count } documents</b> (page { $page } of { $pages })
    }
sources-line = { $number }. { $title } · { $paragraphs } paragraphs
sources-line-unreadable = { $number }. ⚠️ { $path }: { $reason }
sources-none = There are no documents yet. Send me a file to add one.
button-previous = ‹ Previous
button-next = Next ›
upload-title = Title: <b>{ $title }</b>
upload-name = File: { $name }
upload-folder = Folder: { $folder }
upload-folder-own = the documents folder
upload-date = Date: { $date }
upload-size =
    { $paragraphs ->
        [one] { $format }, one paragraph
       *[other] { $format }, { $paragraphs } paragraphs
    }
upload-documents = It holds { $count } documents
upload-control =
    { $count ->
        [one] <b>{ $name }</b> is a control file. It has one line and no mistake.
       *[other] <b>{ $name }</b> is a control file. It has { $count } lines and no mistake.
    }
upload-control-done = { $name } is in effect.
upload-undone = Undone: { $name } is not among the documents any more.
upload-operators-only = I did not keep this file: only operators can add documents. You are welcome to ask me a question.
format-text = Text
format-html = Web page
format-table = Table
format-book = E-book
format-word = Word
format-slides = Slides
format-sheets = Excel
format-archive = Archive
format-picture = Picture
upload-remark = · { $remark }
upload-replaces = ⚠️ It takes the place of the document with this name.
upload-sample = It begins: { $text }
upload-unreadable = I cannot read { $name }: { $reason }
upload-too-big = { $name } is too big ({ $size } MB). Telegram lets bots fetch files of at most { $limit } MB.
upload-read-only = The documents folder cannot be written to, so nothing can be added: { $reason }
button-confirm-upload = Add it
button-discard-upload = Discard
uploading = Adding { $name } …
uploaded =
    { $paragraphs ->
        [one] Added { $name }: one paragraph. You can ask it now.
       *[other] Added { $name }: { $paragraphs } paragraphs. You can ask it now.
    }
upload-discarded = { $name } was not added.
remove-how = Which document? Look up its number with /sources, then send /remove and the number or the file name
remove-unknown = There is no document “{ $name }”. See /sources.
removed = Removed { $name }.
button-undo = Undo
restored = { $name } is back.
restore-impossible = I cannot bring { $name } back: { $reason }
restore-taken = there is a document with this name again
folder-read-only = the folder is read-only
reloading = Bringing the index up to date …
reloaded = The index is up to date: { $added } added, { $changed } changed, { $removed } removed, { $unchanged } unchanged, { $unreadable } unreadable.
reloaded-unchanged = The documents have not changed.
reload-busy = I am at it already. Please wait.
reload-failed = That failed, and I go on answering from the index as it was: { $reason }

## Operators: how it goes

stats-title =
    { $days ->
        [one] <b>The last day</b>
       *[other] <b>The last { $days } days</b>
    }
stats-questions = Questions: { $count }, by { $people } people
stats-answered = Answered: { $percent }%, possibly: { $maybe }%
stats-latency = Time to answer: median { $median } ms, 95% within { $p95 } ms
stats-votes = Feedback: 👍 { $up } 👎 { $down }
stats-days = A day: █ sure, ▓ maybe, ░ not found
stats-stale = ⚠️ The documents cannot be kept up with, answers come from the last index: { $reason }
stats-none =
    { $days ->
        [one] Nobody asked anything in the last day.
       *[other] Nobody asked anything in the last { $days } days.
    }
unanswered-title =
    { $count ->
        [one] <b>One question without an answer</b>
       *[other] <b>{ $count } questions without an answer</b>
    }
unanswered-line = { $count } × { $question }
unanswered-line-maybe = { $count } × { $question } (something possible was shown)
unanswered-none = There is no question that I could not answer.
button-export = Export CSV
unanswered-file = The questions without an answer, the most frequent first.
why-how = Please send /why as a reply to an answer
why-verdict-sure = <b>Sure: this is the sentence</b>
why-verdict-maybe = <b>Possibly related: not sure</b>
why-verdict-none = <b>Not answered: not sure enough</b>
why-nothing = · No paragraph mentions the words of the question.
why-in-sentence = · In the sentence: { $terms }
why-around = · In its title, headings or paragraph: { $terms }
why-nowhere = · In neither: { $terms }
why-closeness =
    { $closer ->
        [0] · In meaning, the closest of { $count } sentences compared
        [one] · In meaning, one of { $count } sentences compared is closer
       *[other] · In meaning, { $closer } of { $count } sentences compared are closer
    }
why-cosine = · closeness in meaning (cosine) = { $value }
why-alone = · There was no other sentence to compare with.
why-others =
    { $count ->
        [one] · Compared with one other: { $text }
       *[other] · Compared with { $count } others; the next best: { $text }
    }
why-certainty = · Certainty { $percent }% (sure from { $sure }%, possible from { $threshold }%)
button-details = Details
why-terms = Terms: { $terms }
why-frequency = { $term } (in { $count } paragraphs)
why-synonyms = Also looked for: { $words }
why-score = { $rank }. score { $score }
why-sentence =   { $text }
why-place =   { $title } · { $paragraph }, paragraph scores { $score }
why-feature = · { $name } = { $value }
why-index = Index version: { $version }

## Lists of commands, and the profile

command-ask = ask a question
command-help = how to use me
command-start = start
command-forget = delete what is kept about me
command-sources = list the documents
command-remove = remove a document
command-reload = bring the index up to date
command-stats = see how it goes
command-unanswered = see the questions without an answer
command-why = see how an answer was chosen
bot-description =
    Ask a question, and I find the sentence in the documents that answers it, word for word, with its source. What they do not say, I do not say.

    Just send a question, or add me to a group and mention me.
bot-short-description = Ask documents, get the original sentence with its source.
