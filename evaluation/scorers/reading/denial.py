"""Find what an answer denies or takes back: "the page does not say 42 Nm", "42 Nm? No.", "Sorry, I meant 42 Nm."

A value that the words around it deny is not claimed, and no metric may give credit for it. A denial reaches to the end
of its clause: in "do not reuse the bolts; tighten to 42 Nm" the value is claimed.
"""

import re
from collections.abc import Sequence
from typing import Protocol

ITEM = "#"  # stands for a found value among the words

_TOKEN = re.compile(r"[^\W_][\w']*(?:[.,/-]\w+)*|[.,;:!?()\[\]\n]|~~|[✗✘❌]|\s[-–—]+\s|—")
_REACH = 32  # words of a sentence before a value
_ABBREVIATED = frozenset(
    {"approx", "ca", "max", "min", "no", "nr", "ft", "lbs", "in", "fig", "pos", "e.g", "i.e", "z.b"}
)
_ENDS = frozenset(".!?;\n")
_STRUCK = re.compile(r"~~.+?~~|<(del|s|strike)>.*?</\1>", re.DOTALL)

_NOT = (
    r"(?:not|never|cannot|nor|neither|\w+n't|cant|dont|doesnt|isnt)(?! (?:to )?(?:forget|fail|omit|neglect"
    r"|hesitate)\b)"
)
_NOBODY = r"(?:nowhere|nothing|nobody|none|no(?: one| \w+){1,2})"
# A denial does not reach past one of these: another thought begins.
_TURN = (
    r"(?:but|then|before|after|until|when|while|whereas|if|unless|because|since|so|although|though|however|yet"
    r"|sondern|mais|ma|sino)"
)
_WORD = rf"(?:{ITEM}|(?!{_TURN}\b)[\w'./%-]+)"
_LIMIT = (  # "never exceed 42 Nm" is a bound, not a denial
    r"(?:exceed\w*|more|less|fewer|lower|higher|greater|larger|smaller|above|below|over|under|beyond|past"
    r"|only|just|merely|surpass\w*"
    r"|mehr|weniger|über\w*|unter\w*|nur|plus|moins|dépass\w*|seulement|più|meno|super\w*|oltre|solo)"
)
_SAY = (
    r"(?:says?|said|stat\w+|mention\w*|gives?|given|print\w*|lists?|listed|specif\w+|shows?|shown|think"
    r"|thought|believe\w*|suppose\w*"
    r"|mean|means|claim\w*|recommend\w*|call\w*|requir\w+|prescrib\w+|indicat\w+|contain\w*|tells?"
    r"|confirm\w*|support\w*|suggest\w*"
    r"|find|found|located|see|reads?|sure|certain|true|correct|right|case|convinced|agree\w*|allow\w*|permit\w*|sagt"
    r"|steht|dit|indique|dice|indica)"
)
_ABOUT = (  # what may stand between "not" and the value it rejects; any other word starts another thought
    r"(?:ever|even|wait|allow|leave|under any circumstances?"
    r"|sono|sind|ist|sont|est|son|must|should|shall|has|have|turn\w*"
    r"|rotat\w*|further|another|additional|possibly|really|simply|definitely|probably|likely|è|an?|the|to|be|been"
    r"|it|is|as|of|at"
    r"|with|by|in|on|for|this|that|these|those|its|their|them|any|use[ds]?|using|set|apply"
    r"|applied|adjust\w*|tighten\w*|torque[ds]?|fill\w*|go|choose|take|pick|try|old|new|usual|previous"
    r"|earlier|other|correct|right|proper"
    r"|actual|real|value|figure|number|specification|spec|setting|pressure|clearance|gap|limit|exactly"
    r"|specified|given|stated"
    r"|wert|drehmoment|valeur|valore|bolts?|nuts?|screws?|studs?|plugs?|circumstances|about|approx|roughly|der"
    r"|die|das|den|dem|ein\w*|mit"
    r"|quite|nearly|precisely|approximately|replac\w+|insert|items?|auf|von|le|la|les|un|une|de|à"
    r"|il|lo|di|con|a|fuses?|pins?|terminals?|tools?|pages?|connectors?|relays?|wires?|no|parts?|types?"
    r"|sections?|splices?)"
)
_DENIES = (
    rf"{_NOT} (?:\w+ ){{0,3}}?{_SAY}(?: {_WORD}){{0,9}}",  # the page does not say that it is 42 Nm
    rf"{_NOBODY}(?: {_WORD}){{0,4}} {_SAY}(?: {_WORD}){{0,6}}",  # no table says 42 Nm
    rf"{_NOT}(?! (?!under any\b){_LIMIT}\b)(?: {_ABOUT}){{0,9}}",  # do not tighten the bolts to 42 Nm
    (
        r"(?:under no circumstances?|in no case|by no means|on no account|in no way|no way|auf keinen fall"
        r"|unter keinen umständen"
        r"|in keinem fall|en aucun cas"
        rf"|in nessun caso)(?!(?: \w+){{0,3}} {_LIMIT}\b)(?: {_WORD}){{0,8}}"
    ),
    (
        r"(?:wrong|incorrect|false|untrue|mistake|error|myth|misconception|fallacy|forbidden|prohibited"
        r"|impossible|dangerous|mad(?:ness)?|crazy|insane|stupid|foolish|folly|reckless|unwise|careless"
        r"|(?<!no )(?<!without )(?<!without a )(?<!without any )doubt\w*"
        r"|unlikely|den(?:y|ies)|fails?"
        r"|refus\w+|reject\w*|rules? out|omits?|lacks?|contradict\w*|disput\w+|disprov\w+|refut\w+|dismiss\w*"
        rf"|disagree\w*)(?: {_WORD}){{0,7}}"
    ),
    (
        r"(?:instead of|rather than"
        r"|(?<!n't be anything )(?<!not be anything )(?<!cannot be anything )(?<!nothing )other than"
        r"|(?<!be )anything but|as opposed to|unlike|except(?: for)?|in place of"
        r"|no longer|avoid\w*|(?<!not )(?<!n't )forget|ignore"
        r"|(?<!nothing )(?:apart|aside) from|with the exception of|contrary to|in contrast (?:to|with)|unequal to"
        r"|außer|entgegen|abgesehen von|im gegensatz zu"
        r"|disregard|refrain from|far from|far cry from|nowhere near|not even close to|nothing like|(?:stay|keep"
        r"|steer)(?: (?:it|them|well)){0,2} (?:away from|clear of)|beware of"
        r"|hardly|statt|anstatt|anstelle von|au lieu de|plutôt que|invece di|anziché)"
        rf"(?: {_ABOUT}){{0,5}}"
    ),
    (
        rf"(?:nicht|kein\w*|nie|niemals|keinesfalls|keineswegs|mitnichten|pas|jamais|aucune?|non|mai"
        rf"|nessun\w*)(?!(?: \w+)? {_LIMIT}\b)(?: {_ABOUT}){{0,5}}"
    ),
    rf"{_NOT} ,(?: [\w']+){{1,6}} ,",  # not, as is often said, 42 Nm
    rf"used to be(?: {_ABOUT}){{0,5}}",
    r"nothing(?: \w+){0,2} (?:about|on|like|of)",
    r"none of (?:them|these|those)(?: \w+){0,3}",
    r"(?<!otherwise is )(?:not|wrong|incorrect|false|untrue) :",
    rf"(?:nobody|no one) (?:should|must|may|would|uses?)(?: {_ABOUT}){{0,6}}",
    r"unlike(?: [\w.]+){1,4} \(",
    (
        r"no (?:evidence|proof|reason|basis|support|sign|trace|hint|source|record|justification)"
        rf"(?! (?:not|to (?:doubt|question|distrust|deviate))\b)(?: {_WORD}){{0,6}}"
    ),
    r"(?:(?:short|shy) of|almost|nearly|fast|beinahe)(?! :)",  # another value
    r"outside(?: of)?(?: (?:the|a|this|that))? (?:range|limits?|band|window|values?)(?: (?:of|from|between))?",
    r"no(?: (?:value|torque|figure|such|mention|of|indication|specification|number)){0,5}",
)
_BEFORE = re.compile(rf"\b(?:{'|'.join(_DENIES)})(?: {ITEM}(?: (?:,|or|nor|and|\(|oder|ou|o))*)*$")
_FALSE = (
    r"(?:wrong|incorrect|false|untrue|mistaken|invalid|outdated|obsolete|superseded|falsch|faux|sbagliat\w+|errat\w+"
    r"|out of the question|forbidden|prohibited|banned|unsafe|withdrawn|rejected|ruled out|to be avoided|nonsense"
    r"|unacceptable|inadmissible|impossible|excluded|(?:off|wide of) the mark|(?:way|far|miles) (?:off|out)|out of date"
    r"|not to be trusted|misleading|off limits"
    r"|(?:an?|ein|une?|un) (?:\w+ )?(?:mistake|typo|misprint|error|myth|rumou?r|guess|lie|irrtum|fehler|erreur|errore"
    r"|assumption)|(?:far "
    r"|much )?(?:too|zu|trop|troppo) (?:much|viel|high|hoch|fest|élevé|serré|alto|low|little|wenig|niedrig"
    r"|tight|loose)"
    r"|not (?:\w+ )?(?:right|correct|true|enough|sufficient|it|valid|applicable|the|what|an?(?! lot)|\w+ed"
    r"|given|shown|in|on|for))"
)
_MAY_NOT = r"(?:(?:do|must|should|may|can|could|will|would) (?:not|never)|cannot|\w+n't)"
_IS_FALSE = (
    (
        rf"(?:(?:which|that|this|it) )?(?:is|are|was|were|would be|seems|looks|must be|ist|sind|wären?|est|sont"
        rf"|è|sono) (?:(?!not\b)\w+ )?{_FALSE}"
    ),
    (
        rf"(?:(?:does|did|is|are|was|were) (?:not|never)|(?:does|did|is|are|was|were)n't|(?<![,)] ){_MAY_NOT})"
        rf"(?! (?:(?:be |to be )?(?:{_LIMIT}|over\w+)|much|too|an? lot)\b)(?! (?:it|that|this|they|you) \?)"
    ),
    (  # behind a comma it is what one must not do with the part: 24 Nm, must not be reused
        rf"{_MAY_NOT} (?:be )?(?:used?|take|taken|apply|applied|right|correct|true)(?: (?:it|that|this|here))?"
        r"(?= (?:for|on|in)\b| [.,;:!?)]|$)"
    ),
    r"(?:would|will) (?:\w+ )?(?:damage|break|strip|ruin|snap|destroy|shear|crush|crack|deform|distort|over\w+)",
    r"(?:must|should|has to|have to|is to|are to) be (?:avoided|ignored|disregarded|rejected)",
    r"(?:has|have|had) been (?:withdrawn|superseded|revoked|deleted|corrected|dropped)",
    r"(?:is|are|was|would be|applies|apply) (?:only |just )?(?:for|to) .*\bnot (?:for|to) (?:this|your)\b",
    r"(?:ne (?!dépass)\w+ pas|n'est pas|no es|no vale|non è|non va)",
    (
        r"(?:ist|sind|wären?|gilt|gelten|stimm\w+|pass\w+|reich\w+|(?<![,)] )(?:darf|dürfen|soll\w*|kann|können))"
        r" (?:man |hier )?nicht\b"
        r"(?! (?:\w+ )?(?:viel|mehr|weniger|nur|(?:über|unter)schr\w+)\b)"
    ),
    r"(?:ist|wird|sei) (?:\w+ )?(?:abzuraten|abgeraten|zu vermeiden)\b",
    r"[✗✘❌]",
    r"(?:is|was) what .*\b(?:not|never|\w+n't|avoid|(?:stay|keep|steer) (?:away|clear))\b",
    r"(?:is|are|was|were) (?:(?:the )?\w+ )?(?:of|for|from) (?:an? |the )?(?:another|other|different)\b",
    r"(?:excluded|excepted|ruled out|ausgeschlossen|ausgenommen)\b",
    (
        r"[(\[,:-] (?:which is )?(?:wrong|incorrect|false|falsch|not (?:correct|right|true|valid|applicable|recommended"
        r"|advisable|permitted|allowed)"
        r"|no longer)\b"
    ),
    r"[(,-] (?:never|do not|don't) (?:ever )?(?:do|try) (?:this|that|it|so)\b",
    r"[(,-] not (?:quite|exactly|really)(?= [.;,!)]|$)",
)
_AFTER = re.compile(
    rf"^(?: [,)])*(?: (?:figure|value|torque|setting|spec|specification|fuse|bolt|screw|oil))?"
    rf" (?:{'|'.join(_IS_FALSE)})"
)
_NO = re.compile(
    r"^ (?:no|nope|not|never|wrong|incorrect|false|nein|non|falsch|hardly|of course not|certainly not"
    r"|definitely not|absolutely not|i doubt"
    rf"|(?:that|this|it)(?:'s| is| was| would be| isn't)? (?:\w+ )?(?:not|wrong|incorrect|false|for|from)"
    rf"|\w+n't)\b(?! {ITEM})"
)
# Whoever says 31 Nm is mistaken.
_WHO = re.compile(
    r"\b(?:who(?:so)?ever|anyone|anybody|everyone|those|people|he|wer|jeder|qui|celui|chi)(?: [\w']+){0,4}$"
)
_SPOKE = re.compile(rf"\b{_SAY}(?: (?:that|it|is|you|me|us|to|use|needs|takes|an?|the|est|è))*$|\b(?:wer|jeder)\b")
_ERRS = re.compile(
    r"^(?: \w+)?(?: ,)?(?: (?!not\b|nicht\b|who\b|wer\b)[\w']+){0,3} (?:lies|lied|liars?|lying|errs?|wrong|mistaken"
    r"|incorrect|false|fools?|irrt|irren|lügt|lügen|falsch|unrecht|täuscht|trompe\w*|ment|sbaglia\w*|mente)\b"
)
_IF = re.compile(r"\b(?:if|when|unless|once|until|in case)(?: (?:the|an?|your|\w+ed))?$")
_RETRACTS = re.compile(  # 31 Nm, I said; that was wrong
    rf"^ (?:but |however |and )?(?:(?:that|this|it) (?:is|was)|that's|it's) (?:\w+ )?{_FALSE}(?= [.,;!]|$)"
)
_YES = re.compile(r"^(?: \W+)? (?:yes|yep|right|correct|exactly|indeed|true|sure|of course|ja|genau|oui|s[iì])\b")
_TAKEN_BACK = re.compile(
    r"\b(?:sorry|correction|corrected|korrektur|i meant?|my mistake|oops|scratch that|strike that"
    r"|on second thought|misread|let me correct"
    r"|make that|pardon|scusa|anzi|i (?:apologi[sz]e|was wrong)|(?:that|this)(?:'s| is| was) (?:wrong"
    r"|not right)|i should have said|no wait"
    r"|typo|misprint|should (?:read|have been|have read)|better said|besser gesagt"
    r"|on (?:an? |second )?(?:closer|second|another|reflection)(?: \w+)?|looking (?:again|closer|more closely)"
    r"|ich meine|je veux dire|volevo dire|replaced by|superseded by)\b"
    r"|\bor rather\b(?! than)|(?:^|[.,;:!?(-]) (?:actually|wait(?= [,.!:-])|no(?= [,:-])|nein(?= ,)"
    r"|non(?= ,)|rather(?! than))"
)
_ELSEWHERE = re.compile(  # whose value it is said to be, where another source then says another
    r"\b(?:(?:old|older|earlier|previous|former|first|other|another|some|many|most"
    r"|different)(?: \w+)? (?:manuals?|people|forums?|editions?|books?"
    r"|sources?|owners?|mechanics|posts?|guides?|pages?|versions?|tables?)"
    r"|(?:later|newer|other|older|earlier) (?:models?|cars?|engines?)"
    r"|(?:some|many|people|others?) (?:say|use|recommend|claim)\w*|forums?|internet|wikipedia"
    r"|rumou?rs?|used to|formerly|previously|originally|haynes|bentley|chilton"
    r"|autodata|wiki|youtube|reddit|(?:a|my|your|the) (?:friend|mechanic|dealer|colleague|forum)"
    r"|(?:usually|often|commonly) (?:said|quoted"
    r"|given|used)|elsewhere|first (?:i )?(?:read|thought|assumed|reading|guess|answer)|i (?:thought|assumed"
    r"|guessed)|(?:might|would|could) (?:expect|think|assume|guess))\b"
)
_AGAINST = re.compile(
    r"(?:(?:^|[,;.]| \w+) (?:but|however|whereas|while|yet|now)\b"
    r"|[,;.] (?:here|th(?:e|is) (?:page|manual|book|table|(?:right|correct|proper|actual|real|true)"
    r" (?:one|value|figure|torque|answer))|(?:on|in|for) (?:this|your) (?:car|model|engine)) )"
    r".*\b(?:says?|is|are|has|gives?|states?|now|page|shows?|prints?|specifies)\b"
)


class Stated(Protocol):
    """A thing stated in an answer, with its sort: a quantity with its dimension, an identifier with its kind."""

    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...

    @property
    def dimension(self) -> str: ...


def are_denied(answer: str, stated: Sequence[Stated]) -> list[bool]:
    """Return for each thing that an answer states, in reading order, whether it denies it or takes it back."""
    struck = [match.span() for match in _STRUCK.finditer(answer)]
    no = [any(low <= one.start < high for low, high in struck) for one in stated]
    words, places = _words(answer, stated)
    for at, place in enumerate(places):
        before, after, following = _sentence_around(words, place)
        asked = after.endswith("?") and _NO.match(following)
        wrong = (_AFTER.match(after) and not _IF.search(before)) or (
            ITEM not in before + after and _RETRACTS.match(following)
        )
        wrong = wrong or (_ERRS.match(after) and _WHO.search(before) and _SPOKE.search(before))
        no[at] = no[at] or bool(_BEFORE.search(before) or wrong or asked)
    _take_back(words, places, stated, no)
    return no


def _words(answer: str, stated: Sequence[Stated]) -> tuple[list[str], list[int]]:
    """Return the answer as words and stops, each stated value being one of them, and the places of the values."""
    text = answer.replace("’", "'").lower()
    words, places, at = [], [], 0
    for one in stated:
        words += _tokens(text[at : one.start])
        places.append(len(words))
        words.append(ITEM)
        at = max(at, one.end)
    return words + _tokens(text[at:]), places


def _tokens(text: str) -> list[str]:
    return [found.strip(" \t").replace("–", "-").replace("—", "-")[:24] or "-" for found in _TOKEN.findall(text)]


def _sentence_around(words: Sequence[str], place: int) -> tuple[str, str, str]:
    """Return the sentence's words before a place, those behind it, and the sentence that follows."""
    start, end = place, place
    while start > place - _REACH and start and not _is_end(words, start - 1):
        start -= 1
    while end < len(words) - 1 and not _is_end(words, end):
        end += 1
    after = end + 1
    while after < len(words) - 1 and not _is_end(words, after):
        after += 1
    return " ".join(words[start:place]), _spaced(words[place + 1 : end + 1]), _spaced(words[end + 1 : after + 1])


def _spaced(words: Sequence[str]) -> str:
    return "".join(f" {word}" for word in words)


def _is_end(words: Sequence[str], at: int) -> bool:
    return words[at] in _ENDS and not (words[at] == "." and at and words[at - 1] in _ABBREVIATED)


def _take_back(words: Sequence[str], places: Sequence[int], stated: Sequence[Stated], no: list[bool]) -> None:
    """Mark as denied what a later value of the same sort corrects or replaces, its conversion included."""
    taken = [False] * len(stated)
    for at in reversed(range(len(stated))):
        later = next((n for n in range(at + 1, len(stated)) if stated[n].dimension == stated[at].dimension), None)
        if later is None:
            continue
        between = words[places[at] + 1 : places[later]]
        before, after, following = _sentence_around(words, places[at])
        gap = _spaced(between)
        replaced = (
            _TAKEN_BACK.search(gap)
            or (_AGAINST.search(gap) and _ELSEWHERE.search(f"{before} {gap}"))
            or (after.endswith("?") and "?" in between and ITEM in following and not _YES.match(following))
        )
        taken[at] = bool(replaced) or (taken[later] and between in (["("], ["/"], ["["]))
    no[:] = [one or other for one, other in zip(no, taken, strict=True)]
