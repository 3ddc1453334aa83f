"""The words that owners and manuals use for one thing: valve cover and cylinder head cover, trans and gearbox. Pure."""

import re

# Words, by the letters that `subjects` compares.
SAME = {
    "screw": "bolt", "lash": "clear", "gap": "clear", "intak": "inlet", "thick": "width", "tyre": "tire",
    "disk": "disc", "rotor": "disc", "water": "coola", "capac": "quant", "conte": "quant", "filli": "quant",
    "capat": "quant", "cam": "camsh", "diff": "diffe", "temp": "tempe", "tran": "gearb", "trans": "gearb",
    "trann": "gearb", "openi": "open", "closi": "close", "play": "clear", "prop": "prope", "line": "pipe",
    "fill": "fille", "petro": "fuel", "fluid": "oil", "atf": "oil", "lube": "oil", "rad": "radia",
    "calli": "calip", "cilin": "cylin", "tempr": "tempe", "presu": "press", "preas": "press", "bushi": "bush",
    "lamp": "light", "centr": "cente", "rim": "wheel", "dynam": "alter", "floor": "body", "chass": "body",
    "indy": "indep", "alu": "alumi", "oll": "oil",
}  # fmt: skip
OTHER_RODS = """
    tie track push gear selector connecting strut shock absorber damper piston shift operating control thrust
"""
NO_CON_ROD = "".join(rf"(?<!{kind} )" for kind in OTHER_RODS.split())
NO_END = r"(?! (?:of|cover|plate|case|casing|shield|play|float|housing|muffler|silencer|link|section))"
# Of words that owners write as one, as waterpump.
FIRST = "oil|water|fuel|spark|drain|filler|clutch|brake|wheel|head|valve|cylinder|radiator|exhaust"
SECOND = "plug|pump|bolt|nut|cover|filter|pan|pressure|clearance|dis[ck]|pad|line|hose|tank|bearing|gasket|head"
FILLED_IN = "oil|coolant|fluid|water|antifreeze|grease|lube|atf|refrigerant|r12"
SOURCES = "sticker|placard|label|book|manual|handbook"
MY = r"(?:(?:the|my|your|all) )?"
# Phrases, each before the ones that it could be a part of.
SYNONYMS = tuple(
    (re.compile(rf"(?i)(?<!\w)(?:{spelling})s?\b"), term)
    for spelling, term in (
        (rf"(?:says|according to|as per|per) (?:the|my|a|this) (?:[a-z]+ ){{0,2}}(?:{SOURCES})", ""),
        (r"ungreased|unlubricated", "dry"),
        (r"([MNS]\d\d) (B) ?(\d\d)", r"\1\2\3"),  # S38 B 35, an engine
        (r"([MNS]\d\d) (?=US\b)", r"\1"),
        (r"(sensor|switch|sender) - (\w+)", r"\2 \1"),
        (r"(?:sump|oil pan)(?: drain)? plug", "oil drain plug"),
        (r"(?:oil )?sump", "oil pan"),
        # One word or two.
        (rf"({FIRST})({SECOND})", r"\1 \2"),
        (r"(drive|prop|half|axle|input|output)shaft", r"\1 shaft"),
        (r"(cam|crank) shaft", r"\1shaft"),
        (r"fly wheel", "flywheel"),
        (r"gear[- ]box", "gearbox"),
        (r"generator", "alternator"),
        (r"starter motor", "starter"),
        (r"intake", "inlet"),
        (r"(?:o2|lambda|oxygen) (?:sensor|probe)", "oxygen sensor"),
        (r"timing[- ]chain(?= tensioner)", "chain"),
        (r"(?<!converter )bell[- ]?housing", "clutch housing"),
        (r"clutch (?=to (?:the )?flywheel)|(?:clutch )?pressure plate(?= (?:bolt|screw)| to\b)", "clutch cover "),
        (r"crankcase", "block"),
        (rf"(?:shim|set|adjust)(?:m?ed|ted)? {MY}valves", "valve clearance"),
        (r"valve (?:adjust(?:ment|ing)|gap|shimming)|shim(?:med)? (?:everything|them(?: all)?)", "valve clearance"),
        (rf"gap(?:ped)? {MY}(?:spark[- ]?)?plugs", "electrode gap"),
        (r"(?:electrode )?gap (?:on|of|at|for) (?:(?:the|my|your|all) )?(?:spark[- ]?)?plugs?", "electrode gap"),
        (r"(?:spark[- ]?)?plug gap|(?:spark[- ]?plug )?electrode gap(?: of the spark[- ]?plugs?)?", "electrode gap"),
        (r"max(?:imum)? rev(?:olution)? count|(?:max(?:imum)? )?rev limit\w*", "rev limiter"),
        (r"top speed|v-?max", "max speed"),
        (r"maximum|at most|(?:no|not) more than", "max"),
        (r"minimum|at least|(?:no|not) less than", "min"),
        (r"(?:below|under|up to) [1-4]?\d ?° ?C", "cold"),
        (r"(?<=\()no|excluding|excl|not including|w/o", "without"),
        (r"including|incl|w/(?!o)", "with"),
        (r"transfer (?:box|case)", "xfer"),  # not to begin as a transmission does
        (r"(?:top(?: and |/)bottom|front(?: and |/)rear|left(?: and |/)right|upper(?: and |/)lower) (?=\w)", ""),
        (r"timing (?:chain )?cover", "timing case cover"),
        (r"(?:valve|cam(?:shaft)?|rocker) cover", "cylinder head cover"),
        (r"(?<!cylinder )head(?= (?:bolt|gasket|cover))", "cylinder head"),
        (r"(?:lug|wheel)[- ](?:bolt|nut)s?|lugs(?! (?:of|on|for)\b)", "wheel bolts"),
        (r"(?:t-?|thermo)stat|stat(?= (?:housing|cover))", "thermostat"),
        (r"(inlet|exhaust) mani", r"\1 manifold"),
        (r"dizzy", "distributor"),
        (r"(?:(?<=caliper )|(?<=brake ))(?:slide|slider|sliding|guide)[- ](?:pin|bolt)", "guide bolt"),
        (r"slid(?:er?|ing)[- ]pin", "guide bolt"),
        (r"track[- ]rod", "tie rod"),
        (r"(?:anti-?roll[- ]bar|sway[- ]?bar|stabilizer)(?: drop)?[- ]link|(?:drop|end)[- ]link", "stabilizer link"),
        (r"shock(?:ie)?(?![- ]absorber)", "shock absorber"),
        (r"(?:upper )?strut (?:top )?(?:mount|bearing)|top mount", "support bearing"),
        (r"tick[- ]?over", "idle"),
        (r"(?<=mm )long", "length"),
        (r"wishbone|A-arm", "control arm"),
        (r"anti-?freeze", "coolant"),
        (r"motor mount", "engine mount"),
        (r"sub[- ]?frame", "axle carrier"),
        (r"visco(?:us)?(?: fan)?(?: clutch| coupling)?|fan coupling", "fan clutch"),
        (r"bleed(?:er)?[- ](?:nipple|valve)", "bleed screw"),
        (r"caliper (?:carrier|anchor)(?: bracket)?", "caliper bracket"),
        (r"throttle (?:body|valve housing)", "throttle housing"),
        (r"(?:gas|throttle) pedal", "accelerator pedal"),
        (r"bonnet", "hood"),
        (r"windscreen", "windshield"),
        (r"sending unit|sender", "sensor"),
        (r"hand[- ]?brake|e-brake|emergency brake", "parking brake"),
        (r"(first|second|third) (?:pass|step|go|round)", r"\1 stage"),
        (r"how (?:thin|thick)", "thickness"),
        (r"(?:safety|seat)[- ]?belt", "seat belt"),
        (r"gear (?:oil|lube)", "oil"),
        (r"dog-?leg(?: (?:gear)?box| trans(?:mission)?)?", "gearbox"),
        (rf"how much(?= (?:[\w-]+ ){{0,2}}(?:{FILLED_IN})\b)", "quantity of"),
        (r"(cam|camshaft) (?=caps?\b)", r"\1 bearing "),
        (r"crank(?:shaft)? (?:main )?bearing", "main bearing"),
        (r"main (?:bearing )?caps?", "main bearing"),
        (r"mains(?! (?:seal|fuse))", "main bearing"),
        (rf"{NO_CON_ROD}(?:con[- ]?rod|big[- ]end|rod)s?(?= (?:bearing|bolt|screw|cap|nut))", "connecting rod"),
        (r"connecting rod (?:bearing )?caps?(?= (?:bolt|screw|nut))", "connecting rod"),
        (r"sway[- ]?bar|anti-?roll[- ]?bar", "stabilizer"),
        (r"slave(?! cylinder)", "slave cylinder"),
        (r"(clutch|brake) master(?! cylinder)", r"\1 master cylinder"),
        (r"limited[- ]slip(?: (?:diff(?:erential)?|rear(?: end)?|axle))?|LSD", "differential"),
        (rf"rear[- ]end{NO_END}|final[- ]drive|rear[- ]diff(?:erential)?", "differential"),
        (r"prop(?:eller)?[- ]?shaft|cardan shaft", "propeller shaft"),
        (r"half[- ]?shaft|axle shaft", "drive shaft"),
        (r"wheel[- ]?base", "axlebase"),  # not to begin as a wheel does
        (r"cooling system", "coolant"),
        (r"cross[- ]member", "crossmember"),
        (r"(?:final|rear|end) (?:muffler|silencer)", "rear muffler"),
        (r"pressione carburante|injection system pressure", "fuel pressure"),
        (r"fuel[- ](?=inject)", ""),
        (r"u-joint", "universal joint"),
        (r"gui?bo|giubo|flex(?:ible)?[- ](?:dis[ck]|coupling|joint)", "flexible disc"),
        (r"cent(?:er|re) (?:support )?bearing", "center mount"),
        (r"(?:exhaust )?headers|exhaust header", "exhaust manifold"),
        (r"(?:crank(?:shaft)?|harmonic|vibration) (?:damper|balancer)", "vibration damper"),
        (r"crank(?:shaft)? hub|(?<!vibration )damper hub", "vibration damper hub"),
        (r"gas(?= (?:tank|pump|filter|line|gauge|cap)\b)", "fuel"),
        (r"back-?up(?= (?:light|lamp))", "reversing"),
        (r"(?:curb|kerb) weight", "weight"),
        (r"(?:a/?c|air[- ]?con(?:ditioning|ditioner)?) charge", "aircon quantity"),
        (r"(?<!\()(R-?12|R-?134a)", r"aircon quantity \1"),
        (r"refrigerant", "aircon quantity"),
        (r"a/?c|air[- ]?con(?:ditioning|ditioner)?", "aircon"),
        (r"(?:bolts|screws|threads)(?= (?:into|onto|(?:in|on|to) the)\b)", "goes"),  # a verb, or says nothing
        (r"(?:stage|step) ?1|1st", "first stage"),
        (r"(?:stage|step) ?2|2nd", "second stage"),
        (r"(?:stage|step) ?3|3rd", "third stage"),
    )
)  # fmt: skip
