"""Recognise how people write that they only heard something, are not sure, speak of their own time, or think that
another is wrong. Pure.
"""

import re

POINTS = re.compile(
    r"(?i)\b(?:this|that|in the) thread\b"  # that of a bolt is another
    r"|\bthe thread(?:'s)? (?:starter|author|title|does|did|says|agrees|disagrees|ends)\b"
    r"|\b(?:this|the|that) (?:topic|discussion|forum|post|poster|author|member|user|op)\b"
    r"|\b(?-i:Owner) \d+\b|\boriginal poster\b|\bOP\b(?-i:)"
)
TAKEN_OUT = re.compile(
    r"\[(?:name|mail|telephone|address|place|handle|profile|account|number|number plate|chassis number|birthday"
    r"|network address)\]"
)
OTHERS = (
    r"(?:someone|somebody|people|they|others|some|few|word is|rumou?r\w*"
    r"|(?:friend|guy|bloke|chap|fella|buddy|mechanic|mate|man|foreman|tester|dealer|colleague|shop|tuner|specialist"
    r"|neighbou?r|brother|dad|father|cousin|uncle)(?:'s (?:dad|father|brother|mate|friend))?)"
)
SAYS = (
    r"(?: (?:at|in|on|from|with|who|of|over)(?: [\w'’-]+){1,5}?)? ?(?:says?|said|told|claims?|claimed|swears?|swore"
    r"|reckons?|reckoned|reports?|reported|has it|mentioned|wrote|posted)"
)
# What an ear hears in a car; who has heard anything else was told it.
SOUND = r"nois\w*|knock\w*|rattl\w*|tick\w*|click\w*|clunk\w*|squeal\w*|whin\w*|hiss\w*|bang\w*|pops?|sounds?"
NO_SOUND = rf"(?!(?:(?:an?|the|some|no|my|it) )?(?:[\w-]+ )?(?:{SOUND})\b)"
HEARSAY = re.compile(
    rf"(?i)(?:^|[.!?;,\n(]\s*)heard {NO_SOUND}(?:(?:the|my|your|these|those|they|it|you|people|on|at|in|about|of)\b"
    r"|(?-i:[A-Z\d]))"
    rf"|\b(?:(?:i|we)(?:'ve| have)? (?:also |once )?(?:heard {NO_SOUND}|read|was told|been told|were told"
    rf"|seen it (?:said|written))|(?:been|was|were) told|{OTHERS}{SAYS}"
    r"|supposedly|apparently|allegedly|rumou?r\w*|hearsay|legend has it|so (?:i'm|i am) told"
    r"|from what i(?:'ve)? (?:heard|read|gather\w*)|heard (?:it )?(?:that|from|somewhere)|read (?:it )?(?:somewhere"
    r"|on (?:the|a|another) \w+|in (?:an?|the) (?:book|magazine|article|thread))|do(?:n'?t| not) quote me|only heard"
    r"|supposed to (?:be|have|take|fit|hold|weigh|give|make)|reportedly|(?:he|she|so) sa(?:id|ys?)|said to be"
    r"|word (?:is|on the street))\b"
)
UNSURE = re.compile(
    r"(?i)\b(?:i (?:think|guess|believe|suspect|assume)|probably|maybe(?! (?:an? )?(?:\d|half))|perhaps|might"
    r"|(?:not|n'?t|never) (?:(?:\d+ ?%|[a-z]+ly|too|so|quite|at all|a hundred percent) )?(?:sure|certain|positive)|iirc"
    r"|(?:if|as far as) i (?:recall|remember)|(?:from|if) memory|could be|no idea|i(?:'d| would) (?:guess|say)"
    r"|(?:never|n'?t|not) (?:actually |yet )?(?:checked|tried|tested|measured|verified|confirmed)"
    r"(?: (?:it|that|this|them|any|myself))*(?= ?(?:[.,;!?)\n]|$))|(?:but|please|better|do)"
    r" (?:double[- ]?)?check (?:it|that|this)"
    r"|can(?:no|')?t prove|(?:no|not an) expert)\b"
)
# How an answer says that somebody only heard it, and that somebody was not sure.
ATTRIBUTED = (
    r"heard|hearsay|said to|reported(?:ly)?|rumou?r\w*|told|according to|claims?|claimed|supposed(?:ly)?|alleged(?:ly)?"
    r"|apparently|second[- ]hand|unconfirmed|not confirmed|opinion|recall\w*|(?:has|have|had) read|wrote|written"
    rf"|(?:{OTHERS}|book|manual|list|label|bag|plate){SAYS}"
    r"|in (?:the|a|an|his|their) (?:\w+ )?(?:book|manual|handbook|magazine|article|head)"
    r"|suspect\w*|guess\w*|believ\w*|thinks?|thought|(?:not|n'?t) (?:\w+ )?(?:sure|certain)|unsure|from memory"
    r"|(?:not|never|n'?t|without) (?:having )?(?:checked|tried|tested|measured|verified)|unverified"
)
HEARD = re.compile(rf"(?i)\b(?:{ATTRIBUTED})\b")
HEDGED = re.compile(rf"(?i)\b(?:{ATTRIBUTED}|may|might|maybe|perhaps|possibly|probably|likely|could)\b")
YEAR = re.compile(r"\b(19[5-9]\d|20[0-4]\d)\b")
TIMED_YEAR = re.compile(
    r"(?i)\b(?:in|since|until|till|as of|back in|early|late|by|around|from|during|of|spring|summer|autumn|fall"
    r"|winter|jan\w*|feb\w*|mar\w*|apr\w*|may|june?|july?|aug\w*|sep\w*|oct\w*|nov\w*|dec\w*) (19[5-9]\d|20[0-4]\d)\b"
)
CURRENCIES = {"pounds": "£|quid|gbp", "euros": "€|eur", "dollars": r"\$|usd|bucks", "marks": "dm"}  # and in short
TIMELY = re.compile(  # in a text whose sums are written out: 92 pounds
    r"(?i)\b(?:quoted|costs?|charged?|paid|wanted|price) (?:me |him |us )?(?:about |around )?\d{2,5}\b(?! ?[\w%°\"'])"
    rf"|\b\d[\d.,]* ?(?:{'|'.join(CURRENCIES)}|euro|kr|sek|chf|zl)\b|\b(?:nla|no longer (?:available|made|sold"
    r"|produced)|discontinued|back ?order\w*|(?:still|now|currently|no longer|only) (?:available|sold|sells?|offers?"
    r"|offered|stocks?|made|makes?|in stock)|in stock|these days|nowadays|right now|at the moment|currently"
    r"|last (?:year|month|week|summer|winter)|this (?:year|month)|as of|recently|just (?:released|announced)"
    r"|today'?s? price|list price)\b"
)
WRONG = re.compile(
    r"(?i)\b(?:(?:that|this|it)(?:'s| is) (?:wrong|incorrect|not (?:true|right|correct|so)|nonsense|bad advice"
    r"|dangerous)|(?:is|are) wrong|no,? (?:it|that|the|they)(?:'s| is| are)?|not true|incorrect|disagree"
    r"|don'?t (?:do|use|listen)|never do (?:that|this)|bad advice|you(?:'re| are) wrong|on the contrary)\b"
)
CORRECTS = re.compile(
    r"(?i)\b(?:correction|oops|i was wrong|scratch that|ignore (?:my|what i)|my (?:mistake|bad)|i (?:misread|mistyped"
    r"|meant|misremembered|mixed (?:\w+ ){1,3}up)|i stand corrected|typo|should have (?:said|written|put|read)"
    r"|mistake (?:from|of|on) m(?:e|ine|y)|wrong(?=:)|forget my|edit to my|(?:i )?(?:wrote|read|got|had|put|said"
    r"|typed) (?:it|that|this|them) (?:wrong|the wrong way|backwards|the other way)|(?:was|is|were) wrong"
    r"|not \d[\d.,]*(?! ?x)|(?:sorry|oops),? .{0,30}\b(?:wrong|not \d)|(?:did|measured|checked) it again"
    r"|sorry (?:chaps|guys|all|folks|lads|everyone)|just (?:re-?checked|looked)\b.{0,40}\bnot)\b"
)
# What another owner tried did nothing.
IN_VAIN = re.compile(
    r"(?i)\b(?:(?:made|makes|no|zero) (?:\w+ )?(?:no |zero )?(?:difference|change|effect|improvement)"
    r"|did(?:n'?t| not) (?:help|fix|work|change|cure|solve|do (?:anything|a thing))|(?:had|has) no effect|to no avail"
    r"|without (?:success|effect|result|any (?:change|difference))"
    r"|(?:no|wasn'?t any) (?:better|different)|(?:just|still) (?:as bad|the same)"
    r"|no [\w ]{1,20}\bhere|same [\w -]{1,30}\b(?:no|without|never)|mine (?:hated|never|wasn'?t|isn'?t|doesn'?t"
    r"|didn'?t))\b"
)
BOTH_SIDES = re.compile(
    r"(?i)\b(?:others?|another|disagree\w*|but|however|while|whereas|disput\w*|although|contradict\w*"
    r"|opinions differ|not everyone|some)\b"
)
