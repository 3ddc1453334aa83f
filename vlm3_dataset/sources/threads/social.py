"""Recognise posts of any length that are polite and nothing else: praise, thanks, wishes, a promise to report. Pure.

    is_social("Wow what a great looking car, love the wheels and stance!!")  ->  True

Each clause has to begin as such a one does, and none may tell or ask anything of a car: a doubt keeps the post.
"""

import re

CLAUSE = re.compile(
    r"[.!?;:,\n…]+|\s[-–—]+\s|\b(?:but|so that|because|since|as (?:it|the|they|you|I)|when|if|though|unless|until"
    r"|once|after|before)\b"
)
MARKS = re.compile(r"@\w+|[^\w\s'’]")
GOOD = (
    r"(?:nice|great|good|awesome|cool|sweet|amazing|excellent|beautiful|lovely|gorgeous|fantastic|superb|perfect"
    r"|brilliant|stunning|clean|fabulous|incredible|sick|sharp|wonderful|impressive|outstanding|magnificent|epic|neat"
    r"|helpful|useful)"
)
VERY = r"(?:(?:very|so|really|super|absolutely|pretty|just|too|quite|damn|bloody|also|truly) )*"
PRAISED = (
    r"(?:cars?|work|jobs?|one|threads?|write[- ]?ups?|info|information|posts?|stuff|builds?|rides?|finds?|reads?|pics?"
    r"|pictures?|photos?|shots?|stance|colou?rs?|looks?|looking|thing|luck|points?|ideas?|news|man|mate|guys|machine"
    r"|example|project|tip|tips|story|share|article|resource|tool|again|to (?:hear|see|know|read|meet)|you|all|m3|e30"
    r"|beast|ones?)"
)
# Who likes a part answers which one is to be had; a car's looks are no part.
LOOKS = (
    r"(?:it|this|that|your \w+(?: \w+)?|(?:the|those|these|all the) (?:looks?|stance|colou?rs?|wheels|rims|pics?"
    r"|pictures?|photos?|cars?|build|paint|sound|interior|style|idea|story|thread|detail|shots?|plate)(?:,? (?:and"
    r"|with) (?:the |that )?\w+)?(?: (?:of|on) it)?|how (?:it|this|that|she) (?:looks|turned out|sits|came out))"
)
BEGINS = (
    (
        r"(?:(?:many|big|huge|warm|and|again) )*(?:(?:thanks?|thx|thank you|cheers|kudos"
        r"|props)\b(?! (?:to|in part) (?:the|an?|my)\b)|hats off|much appreciated|(?:I )?(?:really |much "
        r"|do )?appreciate (?:it|the|your|that|this|all|you)|ta$|ty$|tia$|danke\w*$|merci$)"
    ),
    r"(?:hi|hey|hello|welcome|good (?:morning|evening|day)|greetings|howdy)(?: (?!comp|flow|res|test)\w+){0,3}$",
    rf"(?:(?:wow|omg|man|dude|damn|oh|holy \w+|haha\w*|lol|yes|yeah|yep|indeed) )*what an? {VERY}{GOOD}\b",
    (
        r"(?:(?:and|man|wow|that|this|it|she|your \w+|the (?:car|pics?|photos?))(?:['’]s)? )*(?:looks?|looking"
        rf"|sounds?) (?:like )?(?:an? )?{VERY}{GOOD}(?: {PRAISED}| (?:there|here|as always|mate|man))*$"
    ),
    (
        r"(?:(?:wow|man|that|this|these|those|it|your \w+)(?:['’]s| is| are| was"
        rf"| were)? )?(?:an? )?{VERY}{GOOD}(?: {GOOD})*(?: {PRAISED}| (?:there|you have|you got|here|as always|by|from"
        r"|mate|man))+$"
    ),
    rf"(?:I )?(?:really |just |absolutely |so )*(?:love|like|dig|loving|digging|admire|envy) {LOOKS}$",
    (
        r"(?:the |all the )?(?:best of luck|good luck|gl|best wishes|congrat\w*|well done|bravo|happy \w+day|merry"
        r"|enjoy|have fun|get well|happy (?:new|holidays|easter|motoring|driving))\b"
    ),
    r"(?:I (?:really )?)?(?:hope|hoping) (?:you|it|that|this|all|everything|everyone|he|she|to see you)\b",
    (
        r"(?:I am |I'm |so |very |really )*(?:sorry|sad|glad|happy|pleased|delighted) (?:to (?:hear|read|see)|about"
        r"|for (?:your|you)|it|you|that)\b"
    ),
    (
        r"(?:I am |I'm |I have |I've |just |been )*(?:(?:following|follow|watching)(?: (?:this|along|with|closely|your"
        r"|here|one|interest|thread|from|the start|it))*$|subscrib\w*|sub'?d|in for|stay(?:ing)? tuned)\b"
    ),
    (
        r"(?:I am |I'm )?(?:really )?(?:looking forward|can(?:'|’)?t wait|cannot wait|keep (?:us|me|it up|them coming"
        r"|up)|let us know how|please keep|more (?:pics?|photos?|pictures))\b"
    ),
    (
        r"(?:I(?:'d| would)? )?(?:really )?(?:want|wish|would love|love|like) (?:to see|to have|I had|to own) (?:how"
        r"|one|it|this|that|more|some)\b"
    ),
    r"lucky (?:you|man|guy|bastard|bugger)|you lucky|(?:I am |I'm |so |very |too )*(?:jealous|envious|true)$",
    (
        r"(?:(?:I(?:'ve| have)? )?(?:just )?(?:sent|dropped) you an?|you(?:'ve| have)(?: got)?(?: an?)?|check your"
        r"|please check your) (?:\w+ )?(?:pm|mail|e-?mail|message|inbox|dm)\b|pm(?:'?e?d| sent| me| you)\b"
        r"|please (?:check|see|read)(?: it| your \w+)?$"
    ),
    (
        r"(?:I(?:'ll| will|'m going to| am going to)|will|gonna) (?:\w+ )?(?:give (?:it|that|this) a (?:try|go|shot)"
        r"|try (?:it|that|this)|report|let you|let everyone|keep you|update|post|look into"
        r"|check (?:it|that|this) out)\b"
    ),
    (
        r"(?:the )?search (?:is|button|function)|(?:please )?use the search|there (?:are|is) (?:lots|many|plenty|tons"
        r"|a lot) of (?:threads|posts|info)|(?:any(?:one|body)? )?(?:\w+ ){0,3}(?:updates?|news)(?: on"
        r"| about)? (?:this|it|here)\b|bump\w*|ttt\b|(?:I am |I'm |we are )?(?:in )?the same boat"
        r"|still (?:for sale|available)"
    ),
    (
        r"(?:(?:lol|haha\w*|hehe\w*|lmao|rofl|wow|omg|awesome|cool|nice|sweet|agreed|yes|yeah|yep|nope|no|ok|okay"
        r"|exactly|indeed|true|man|mate|guys|all|everyone|again|dude|buddy|regards|best|so|much|a lot|a tonne?|that"
        r"|this|in advance|please|bro|folks) ?)+$"
    ),
    (
        r"(?:you )?(?:get|have) (?:the |a )?(?:time|chance|minute|moment)$"
        r"|for (?:the|your|all|sharing|posting|taking|everything)\b"
    ),
)
POLITE = re.compile(rf"(?i)\s*(?:{'|'.join(BEGINS)})")
# What somebody did or found, or wants done; also in the words of a question.
TELLS = re.compile(
    r"(?i)\b(?:work(?:s|ed|ing)?(?= (?:fine|for|now|again|on|with|great|well|ok))|it work\w*|runs?|ran|starts?|started"
    r"|idles?|gone|help(?:ed|s) (?:me|mine|a lot|with)|bought|order(?:ed|ing)|went|tried|check(?:ed)? (?:the|that the"
    r"|for)|install\w*|fitted|did (?:it|the|mine|that)|used|mine|measured|instead|should(?: have)?|must|don'?t|do not"
    r"|never|make sure|careful|problems?|issues?|same as|better than|worse|turned|pulled|removed|clean(?:ed|ing)"
    r"|adjust\w*|tighten\w*|loosen\w*|set (?:the|it|to)|found (?:the|it was|that|out)|because|caused?|without"
    r"|need(?:s|ed)?|have to|had to)\b"
)
OWN_QUESTION = re.compile(
    r"(?i)\b(?:who|what|when|where|which|why|how|do you|did you|is it|are they|can you|could you|curious)\b"
)


def is_social(text: str) -> bool:
    """Return whether all of a post is polite, and nothing of it tells or asks what a mechanic would want to know."""
    clauses = [plain for one in CLAUSE.split(text) if (plain := " ".join(MARKS.sub(" ", one).split()))]
    if not clauses or TELLS.search(text):
        return False
    return all(map(POLITE.match, clauses)) and not any(map(OWN_QUESTION.search, _asked(text)))


def _asked(text: str) -> list[str]:
    return re.findall(r"[^.!?\n]+(?=\?)", text)
