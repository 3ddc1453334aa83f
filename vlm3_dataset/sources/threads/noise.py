"""Recognise posts and threads without use for a mechanic, by rules, before anything is paid for. Pure.

Each rule gives its reason. A short post is not noise if it answers ("It was the reference sensor.").
"""

import re
from collections.abc import Iterable

from vlm3_dataset.schema import Post, Thread
from vlm3_dataset.sources.threads.social import is_social

SHORT = 30  # characters
FEWEST_LETTERS = 15  # that must be left of a post once its pleasantries are gone
SHORT_OPENING = 50  # characters
SHORT_LINK = 10  # characters
LINK = re.compile(r"(?i)\b(?:https?://|www\.)\S+|\[(?:profile|mail)\]")
MARKS = re.compile(r"[:;][-']?[()DPpO|/\\]|[^\w\s]")
SOCIAL = re.compile(
    r"(?i)\+ ?1\b|\b(?:(?:many |big |huge )?thanks?(?: (?:you|a lot|a bunch|a ton|so much|very much|again|all|guys|man"
    r"|mate|everyone|everybody|in advance|for (?:the|your|that|all)(?: \w+){1,4}))*|thank you|thx|ty|tia|cheers"
    r"|bump\w*|ttt|btt|subscrib\w+|sub'?d|following(?: this)?|in for (?:\w+ ?){1,3}|lo+l|rofl|lmao|ha(?:ha)+|he(?:he)+"
    r"|congrat\w*|well done|welcome(?: \w+){0,4}|(?:very |really |so |that'?s |what an? )*(?:nice|great|good|awesome"
    r"|cool|sweet|amazing|excellent|beautiful|lovely|gorgeous|fantastic|superb|perfect|brilliant)(?: (?:car|cars|work"
    r"|job|one|thread|write ?up|info|post|stuff|build|ride|looking|find|read|pics?|pictures?|photos?"
    r"|to (?:hear|see|know)|luck|point|idea|question|deal|news|man|mate|guys))*|(?:looks?|looking|sounds?) (?:good"
    r"|great|awesome|nice|cool|amazing)|(?:i )?agreed?|same (?:here|question|problem|issue)|me too|plus one"
    r"|pm(?:'?e?d| sent)|(?:sent you an?|you have|you'?ve got|check your) (?:pm|mail|message)s?"
    r"|happy (?:birthday|new year|holidays|easter)|merry christmas|any (?:updates?|news|luck|progress)|anyone|anybody"
    r"|sorry|enjoy|see you(?: there)?|i'?m in|count me in|yes|yeah|yep|yup|no|nope|ok(?:ay)?|wow|omg|damn|dude|bro|man"
    r"|mate|guys|all|true|exactly|this|interested|sold|still available|price|pics?|please|can'?t wait"
    r"|keep us (?:posted|updated)|good luck|gl|up|back to the top|to the top|glad (?:to hear|you|it|that)(?: \w+){0,5}"
    r"|hope (?:that|this|it) helps?|hth|imho|imo|how (?:this|it|that) turns out)\b"
)
# Somebody says what it was, gives a figure, or names what a hand can be laid on.
SAYS = re.compile(
    r"(?i)\d|\b(?:it (?:was|is) (?:the|a|an|my)|turn(?:ed|s) out|fixed|solved|sorted|cured|replaced?|swapped|culprit"
    r"|cause[ds]?|fault(?:y)?|leak\w*|sensor|relay|fuse|pump|filter|gasket|seal|bearing|valve|shim|chain|belt|clutch"
    r"|gear\w*|spring|bolt|plug|coil|wire|wiring|ground|battery|alternator|starter|injector|throttle|afm|dme|ecu"
    r"|motronic|thermostat|radiator|hose|brake|caliper|rotor|disc|shock|strut|bushing|arm|diff|axle|manifold|exhaust"
    r"|cat|oil|coolant|fluid|grease|loctite|torque|left|right|front|rear|clockwise|ccw|both|neither|distributor|cap"
    r"|pulley|subframe|icv|tps|cps|disa|hub|mount|joint|bleed)\b"
)
FOR_SALE = re.compile(
    r"(?i)(?:^|[\[(:|-]\s*)\W*(?:fs|f/s|wtb|wts|wtt|w2b|ft|ft/fs|fs/ft|iso(?! ?\d)|sold"
    r"|wanted(?! to (?:ask|know|share|see|check))|feeler|gauging interest)\b(?!\s*(?:clearance|value|torque)"
    r"|\W?lbs?\b)|\b(?:for sale|wtb|wts|want(?:ed)? to (?:buy|sell|trade|purchase)|selling (?:my|a|the|all|some)"
    r"|price (?:drop|reduced|lowered)|part(?:ing)? ?out|group ?buy|o\.?b\.?o\.?\b|anyone selling"
    r"|looking to (?:buy|purchase)|zu verkaufen|suche|verkaufe|biete)\b"
)
MARKET = re.compile(
    r"(?i)\b(?:market(?:place)?|classifieds?|for sale|wanted|vendors?|trading|buy (?:and|&) sell|group buys?|ebay)\b"
)
PRICE = re.compile(r"(?i)[$€£] ?\d|\b\d[\d.,]* ?(?:usd|eur|euros?|gbp|dollars|obo|shipped)\b")
TRADE = re.compile(
    r"(?i)\b(?:ship(?:ped|ping|s)|obo|or best offer|pick ?up only|local pick ?up|pay ?pal|firm|asking"
    r"|plus (?:shipping|postage)|pm me|pm (?:for|with)|for sale|selling|buyer|trade for|price is|no trades"
    r"|will not separate|make (?:me )?an? offer|cash only)\b"
)
MEETING = re.compile(
    r"(?i)\b(?:meet(?:s|up|ups|-up|ing)?(?! (?:the |emission|spec|require))|bbq|get[- ]?together"
    r"|cars? (?:and|&|n) coffee|introduc\w+|(?:new (?:member|guy|here|to the (?:forum|board)|e30 owner)"
    r"|newbie)\b(?!.*(?:question|help|problem|issue|\?|won'?t|stall|leak|nois))|hello (?:from|everyone|all)"
    r"|hi (?:from|everyone|all)|say hi|member(?:ship)?s? (?:fees?|renew\w*|list|card|dues)|renewals?|annual dues"
    r"|happy (?:birthday|new year|easter|thanksgiving)|christmas|calendar|car of the month|forum (?:rules|news|update"
    r"|problems?|down)|board (?:rules|news)|roll ?call|t-?shirts?|secret santa|who'?s going|who is going|anyone going"
    r"|oktoberfest|the vintage|vintage at|concours|road ?trip|autocross (?:at|schedule|this)|track ?days? (?:at|on|in"
    r"|schedule|calendar|this|next)|hpde|driving school|stammtisch|treffen|club (?:race|event|night)s?)\b"
)
# Somebody has died; what an engine does (dies at 40) is a question.
MOURNS = re.compile(r"\bRIP (?=[A-Z])|\b(?i:rest in peace|passed away|condolences|in memoriam|obituary)\b")
# A forum for people and cars, where the words of a post are looked at but once.
CLUB = re.compile(
    r"(?i)\b(?:meets?|events?|introductions?|new members?|members only|regional|chapters?|social|site news"
    r"|announcements?)\b"
)
SENTENCE = re.compile(r"[^.!?\n]+\??")
EITHER = re.compile(r"(?i)\bor\b")
CHOSEN = re.compile(r"(?i)(?!the\b|and\b|you\b|think\b|that\b|this\b|what\b|with\b|would\b|have\b|for\b)\b[^\W_]{3,}")
HOW_TO = re.compile(
    r"(?i)\b(?:diy|how[- ]?to|guide|write[- ]?up|tutorial|procedure|step[- ]by[- ]step|instructions"
    r"|walk ?through|anleitung)\b"
)
FIGURES = re.compile(
    r"(?i)\b(?:torques?|specs?|specifications?|figures|values|clearances?|settings|part numbers?|capacit(?:y"
    r"|ies)|faq|read first)\b"
)
STEP = re.compile(r"(?im)^\s*(?:step )?\(?\d{1,2}[.):-]\s+\S|^\s*[-*•]\s+\S|^\s*(?:first|then|next|finally),? ")
FEWEST_STEPS = 3
# What a car does that it should not.
PROBLEM = (
    r"won'?t|doesn'?t|does not|will not|can'?t|cannot|no[- ](?:start|spark|fuel|crank|heat|charge|power)"
    r"|not (?:work|start|charg|idl|run)\w*|stall\w*|dies|died|misfir\w*|hesitat\w*|rattl\w*|knock\w*|nois[ey]\w*"
    r"|leak\w*|overheat\w*|smok(?:e|es|ing)|smell\w*|vibrat\w*|shak(?:es|ing)|clunk\w*|squeal\w*|stuck|broken?"
    r"|fail(?:s|ed|ure|ing)|diagnos\w*|hunt(?:s|ing)|surg(?:e|es|ing)|rough|weak|slips?|drops?|falls|sinks?|jumps?"
    r"|drains?|climbs|flickers?|intermittent\w*|problem|issue|trouble|fault\w*|dead|flat|hot start"
    r"|too (?:hot|cold|rich|lean|low|high)|puddle|worry"
)
TROUBLE = re.compile(rf"(?i)\b(?:{PROBLEM})\b")
QUESTION = re.compile(
    r"(?i)\?|\b(?:how (?:do|to|can|much|many|long|often)|what (?:is|are|do|does|should|would)|which"
    r"|where (?:is|are|can|do)|why (?:is|does|do|did)|help|advice|opinions?|suggestions?|recommend\w*|question"
    r"|any(?:one|body) (?:know|have|had|tried|use|ever|else)|wondering|looking for (?:info|advice|help|a way)"
    rf"|need to know|trying to|confused|vs\.?|versus|better|worth|{PROBLEM})\b"
)


def refuse_post(post: Post, before: str = "") -> str:
    """Return why a post says nothing, or "". Its quoted words are gone already.

    `before` are the texts of the posts that it may answer: a word of their question ("Koni or Bilstein?") is an answer.
    """
    if post.kind in {"deleted", "ignored"}:
        return "deleted"
    words = LINK.sub("", post.text)
    if not re.search(r"\w", words):
        if LINK.search(post.text):
            return "links alone"
        return "pictures alone" if post.shows else "a quote without a word" if post.quotes else "no words"
    rest = MARKS.sub(" ", SOCIAL.sub("", words))
    letters = sum(sign.isalnum() for sign in rest)
    if SAYS.search(rest):
        return ""
    if letters >= FEWEST_LETTERS and len(words) >= SHORT:
        return "social" if is_social(words) else ""
    choices = [one for one in SENTENCE.findall(before) if one.endswith("?") and EITHER.search(one)]
    offered = {word.casefold() for choice in choices for word in CHOSEN.findall(choice)}
    if not offered.isdisjoint(map(str.casefold, CHOSEN.findall(rest))):
        return ""
    if len(post.text) - len(words) > SHORT_LINK:
        return "links alone"
    return "social" if letters < FEWEST_LETTERS and len(rest.strip()) < len(words) * 0.6 else "short"


def refuse_thread(thread: Thread, left: Iterable[Post]) -> str:
    """Return why a thread is not worth a question, or ""; `left` are its posts that are no noise."""
    left = list(left)
    opening = thread.posts[0] if thread.posts else None
    if opening is None:
        return "no post is left"
    offers = len({found.casefold() for found in TRADE.findall(opening.text)}) >= 2 and PRICE.search(opening.text)
    if offers or FOR_SALE.search(thread.title) or MARKET.search(thread.forum):
        return "for sale or wanted"
    mourns = MOURNS.search(thread.title) or (MOURNS.search(opening.text) and len(opening.text) < 2 * SHORT_OPENING)
    if mourns or MEETING.search(thread.title) or CLUB.search(thread.forum):
        return "memberships and meets"
    if not left:
        return "no post is left"
    if is_how_to(thread.title, opening.text):
        return ""
    asked = QUESTION.search(thread.title) or QUESTION.search(opening.text)
    told = FIGURES.search(thread.title)
    if not (asked or told) or (
        len(opening.text) < SHORT_OPENING and "?" not in thread.title + opening.text and not told
    ):
        return "no real question"
    if not any(post.author != opening.author for post in left) and not told:
        return "no reply"
    return ""


def is_how_to(title: str, opening: str) -> bool:
    """Return True for a thread that tells how something is done, in steps."""
    steps = len(STEP.findall(opening))
    return steps >= FEWEST_STEPS and (HOW_TO.search(title) is not None or steps >= 2 * FEWEST_STEPS)
