"""Tell whether a question, an answer and its quotes speak of one part: a claim about the fan switch says nothing of the
thermostat. Pure.
"""

import re
from collections import defaultdict

from vlm3_dataset.filters.confidence.subjects import subject
from vlm3_dataset.schema import QA, Thread

PARTS = subject(
    "sensor, relay, fuse, pump, filter, gasket, bearing, shaft, spring, piston, valve, chain, belt, pulley, hub, "
    "cable, hose, bracket, radiator, manifold, flange, harness, camshaft, crankshaft, injector, alternator, "
    "thermostat, clutch, caliper, strut, coil, battery, disc, booster, servo, starter, amplifier, resistor, sprocket, "
    "tensioner, regulator, strainer, guibo, propshaft, flywheel, damper, lifter, shim, seal, axle"
).words
# Words that begin as a part does: a hose is pulled, and no pulley.
LIKE_PARTS = re.compile(
    r"(?i)\b(?:pulled|start(?:s|ed|ing)?|lifted|regula(?:r|rly|te|ted)|radial\w*|resist(?:s|ed|ance)?|alter(?:s|ed|nat(?:e|ive)\w*)"
    r"|thermal\w*|boosted|strain|straight\w*|inject(?:s|ed|ion)|damped|filtered|tension(?:s|ed)?)\b"
)
# What a part is called at the end of its name, those of one kind as one: whoever asks for a nut may mean its bolt.
NOUNS = """
    bolt bolts nut nuts screw screws stud studs|sensor sensors sender senders|switch switches|relay relays|fuse fuses
    wire wires lead leads cable cables strap straps|terminal terminals connector connectors plug plugs|coil coils
    pump pumps|filter filters|gasket gaskets seal seals|bearing bearings|bush bushes bushing bushings|mount mounts
    shaft shafts|spring springs|piston pistons|valve valves|chain chains|belt belts|pulley pulleys|hub hubs
    hose hoses pipe
    bracket brackets|radiator radiators|manifold manifolds|injector injectors|alternator alternators
    thermostat thermostats
    clutch clutches|caliper calipers|strut struts shock shocks damper dampers|battery batteries cell cells
    disc discs disk rotor
    pad pads|starter starters|regulator regulators|tensioner tensioners|flywheel flywheels|shim shims|axle axles
    tacho tachometer|screen screens|cap caps|arm arms|fan fans|tank tanks|carburettor carburettors carb carbs
    distributor
    turbo turbos turbocharger|silencer silencers muffler mufflers|wheel wheels|tyre tyres tire tires
    lamp lamps bulb bulbs|lock locks|motor motors|gearbox gearboxes|diff differential|joint joints
    accumulator accumulators|cylinder cylinders|guide guides|rocker rockers|cover covers
"""
KINDS = {word: line.split()[0] for line in NOUNS.replace("\n", "|").split("|") for word in line.split()}
# What parts of one kind are told apart by, beside other parts: the speed sensor and the reference sensor.
QUALIFIER_WORDS = """
    speed reference crank cam camshaft crankshaft timing main rod head rocker intake inlet exhaust fuel oil water
    coolant brake wheel trailing subframe drain door window top lower upper front rear control track tie drop
    steering idle throttle air cold warm temperature temp pressure stem spark glow drive prop seat roof ignition aux
    stub return feed plug ground chassis earth engine injector primer
"""
QUALIFIERS = {word: word for word in QUALIFIER_WORDS.split()} | {"temp": "temperature", "camshaft": "cam"}
PRONOUN = re.compile(r"(?i)\b(?:it|they|them|(?:a|the) (?:new|old) ones?)\b")
WORD = re.compile(r"[a-z]+|[.,;:!?]")


def parts(qa: QA, thread: Thread) -> str | None:
    """Refuse an answer that names a part of which nobody in the thread speaks."""
    text = "\n".join([qa.answer, *(claim.statement for claim in qa.claims)])
    named = PARTS & subject(LIKE_PARTS.sub("", text)).words
    if not named:
        return None
    heard = subject("\n".join([qa.question, thread.title, thread.forum, *(post.text for post in thread.posts)])).words
    return "a part is in the answer but not in the thread" if named - heard else None


def is_of_another_part(question: str, told: str, quoted: str) -> bool:
    """Return whether the sentence that a quote stands in names other parts than the question, and the answer neither.

    Of parts of one kind the words before them tell: rocker cover bolts are no manifold bolts.
    """
    asked, given, said = _named(question), _named(quoted), _named(told)
    shared = asked.keys() & given.keys()
    if not shared:
        return bool(asked and given and not said and PRONOUN.search(told))
    words = {QUALIFIERS.get(word, KINDS.get(word)) for word in WORD.findall(told.casefold())}
    return all(
        asked[kind] and given[kind] and not asked[kind] & given[kind] and not words & given[kind] for kind in shared
    )


def _named(text: str) -> dict[str, set[str]]:
    """Return the kinds of part that a text names, each with the words right before one that tell it from others."""
    words = WORD.findall(text.casefold())  # a stop is one of them
    found: defaultdict[str, set[str]] = defaultdict(set)
    for at, word in enumerate(words):
        if word in KINDS:
            before = words[max(0, at - 2) : at]
            found[KINDS[word]] |= {QUALIFIERS.get(one, KINDS.get(one)) for one in before} - {None, KINDS[word]}
            if words[at + 1 : at + 2] == ["of"]:  # the nuts of the front camber plates
                found[KINDS[word]] |= {QUALIFIERS.get(one, KINDS.get(one, one)) for one in words[at + 3 : at + 6]}
    return dict(found)
