"""List the forms of an English word in a workshop manual: plurals, verb forms, British and American spelling.

This is no stemmer: Porter and Snowball join words that a workshop keeps apart (bearing and bear, bushing and bush).
"""

import re
from functools import cache

_IRREGULAR_NOUNS = {
    "vertices": "vertex", "indices": "index", "matrices": "matrix", "appendices": "appendix",
    "radii": "radius", "foci": "focus", "criteria": "criterion", "data": "datum", "shelves": "shelf",
    "leaves": "leaf", "halves": "half", "knives": "knife", "feet": "foot", "teeth": "tooth", "men": "man",
    "women": "woman", "mice": "mouse", "dice": "die", "analyses": "analysis", "bases": "basis",
}  # fmt: skip
_FOREIGN_ENDINGS = (("i", "us"), ("ses", "sis"))  # nuclei, crises
_VERBS = """
wear wore worn|bleed bled|drive drove driven|bend bent|break broke broken|bring brought|build built|
burn burnt|catch caught|choose chose chosen|come came|cut|do did done|draw drew drawn|fall fell fallen|
feel felt|find found|freeze froze frozen|get got gotten|give gave given|go went gone|grind ground|
grow grew grown|hang hung|hold held|keep kept|know knew known|lay laid|lead led|leave left|let|
lie lay lain|light lit|lose lost|make made|mean meant|meet met|put|read|rise rose risen|run ran|
saw sawn|say said|see saw seen|send sent|set|shake shook shaken|shrink shrank shrunk|shut|
sink sank sunk|slide slid|spin spun|split|spread|spring sprang sprung|stand stood|stick stuck|
strike struck|swell swelled swollen|swing swung|take took taken|tear tore torn|tell told|
throw threw thrown|undo undid undone|wet|wind wound|withdraw withdrew withdrawn|write wrote written|
blow blew blown|begin began begun|become became|bind bound|burst|deal dealt|feed fed|hit|
rebuild rebuilt|redo redid redone|reset|rewind rewound|overrun overran|unwind unwound|lean leant|
learn learnt|seek sought|speak spoke spoken|sew sewn|show showed shown|bite bit bitten|creep crept|
forget forgot forgotten|hide hid hidden|hear heard|pay paid|ride rode ridden|ring rang rung|sell sold|
shine shone|sit sat|smell smelt|sweep swept|think thought|weave wove woven|wring wrung
"""
_IRREGULAR_VERBS = [[*re.findall(r"[a-z]+", forms)] for forms in re.split(r"[|]\s*", _VERBS.strip())]
_AGAIN = frozenset({  # "retighten" is a form of "tighten"; "reuse" and "replace" are words of their own
    "tighten", "check", "install", "fit", "assemble", "attach", "connect", "adjust", "apply", "fill", "torque",
    "mount", "insert", "bleed", "oil", "grease", "lubricate", "measure", "inspect", "test", "align", "clean", "seal",
    "position", "engage", "fasten",
})  # fmt: skip
_BRITISH = (
    (re.compile(r"(col|od|vap|harb|fav|neighb|rig|arm|lab|behavi|hon|hum|flav)our"), r"\1or"),
    (re.compile(r"(cent|lit|met|fib|calib|theat|lust|meag|tit|sab)re(?=$|[ds]$)"), r"\1er"),
    (re.compile(r"(cent|fib)ring$"), r"\1ering"),
    (re.compile(r"([a-z]{3})is(e[drs]?|ing|ations?)$"), r"\1iz\2"),
    (re.compile(r"lys(e[drs]?|ing)$"), r"lyz\1"),
    (re.compile(r"((?:lab|trav|chann|fu|lev|mod|canc|pan|swiv|bev)el|signal|dial|total|pedal)l(ed|ing|er)"), r"\1\2"),
    (re.compile("aluminium"), "aluminum"),
    (re.compile("grey"), "gray"),
    (re.compile(r"dis[ck](?=s?$|brakes?|pads?|rotor)"), "disc"),
    (re.compile("tyre"), "tire"),
    (re.compile("mould"), "mold"),
    (re.compile("gauge"), "gage"),
    (re.compile("sulph"), "sulf"),
    (re.compile("programme"), "program"),
    (re.compile(r"(cata|ana)logue"), r"\1log"),
    (re.compile(r"(def|lic|off|pret)ence"), r"\1ense"),
    (re.compile("kerb"), "curb"),
    (re.compile("draught"), "draft"),
    (re.compile("carburet(?:t?or|ter)"), "carburetor"),
    (re.compile("plough"), "plow"),
    (re.compile("manoeuv(?:re|er)"), "maneuver"),
    (re.compile("jewell"), "jewel"),
    (re.compile("ageing"), "aging"),
    (re.compile("storey"), "story"),
)  # fmt: skip


@cache
def american_spelling(word: str) -> str:
    """Return a word in the American spelling."""
    for british, spelling in _BRITISH:
        word = british.sub(spelling, word)
    return word


def singular_and_plurals(word: str) -> set[str]:
    """Return a noun's singular and plurals."""
    if not word or word[-1].isdigit():
        return {word}
    forms = {word, f"{word}s", f"{word}es"}
    if word.endswith("y"):
        forms.add(f"{word[:-1]}ies")
    if word.endswith("ies"):
        forms.add(f"{word[:-3]}y")
    if word.endswith("es"):
        forms.add(word[:-2])
    if word.endswith("s") and not word.endswith("ss"):
        forms.add(word[:-1])
    endings = (*_IRREGULAR_NOUNS.items(), *(_FOREIGN_ENDINGS if len(word) > 4 else ()))
    return forms | {
        word.removesuffix(own) + other for pair in endings for own, other in (pair, pair[::-1]) if word.endswith(own)
    }


def verb_forms(verb: str) -> set[str]:
    """Return a verb's forms; the verb may be given in any irregular form."""
    irregular = next((forms for forms in _IRREGULAR_VERBS if verb in forms), [verb])
    base = irregular[0]
    stems = {base}
    if base.endswith("e"):
        stems.add(base[:-1])
    elif re.search(r"[^aeiou][aeiou][^aeiouwxy]$", base):  # fit, fitted
        stems.add(base + base[-1])
    forms = {base, f"{base}s", *irregular, *(stem + ending for stem in stems for ending in ("ed", "ing", "able"))}
    if base.endswith("y"):
        forms.add(f"{base[:-1]}ied")
    return forms | ({f"re{form}" for form in forms} if base in _AGAIN else set())
