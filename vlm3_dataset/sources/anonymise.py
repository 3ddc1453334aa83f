"""Remove people from a post before its words are used anywhere. Pure.

    scrub("Thanks redwood, call me on 0171 1234567", pseudonyms(["tillie_k", "redwood"]))
    ->  "Thanks Owner 2, call me on [telephone]"

Names become pseudonyms that stay the same within a thread; what leads to a person, a home, an account or one car is
replaced by its kind, such as [telephone]. Numbers of the trade look much like telephones and plates (0 261 200 071 is a
sensor, 240 MM a clutch, +0.25 - 0.35 a tolerance), so where a form alone does not tell, only the words before it do.
"""

import re
from collections.abc import Callable, Iterable, Mapping

from vlm3_dataset.sources.names import is_ordinary, people_in, pseudonym_pattern

Replace = str | Callable[[re.Match[str]], str]

HOSTS = (
    r"facebook|fb|instagram|twitter|x|tiktok|linkedin|t|wa|telegram|paypal|venmo|cash|patreon|photobucket|flickr|imgur"
    r"|youtube|strava|garagejournal|ebay|kleinanzeigen|craigslist|linktr|myspace|vk|snapchat|cardomain|pinterest|reddit"
)
# An address of somebody: a profile on a board, an account elsewhere, a seller's own page.
PROFILE = re.compile(
    rf"(?i)\b(?:https?://|www\.)?(?:[\w-]+\.)*(?:{HOSTS})\.(?:com|me|ee|de|org|net|tv|app|co\.uk)/[^\s\])>\"']+"
    r"|\b(?:https?://|www\.)[^\s\])>\"']*(?:member(?:s|list)?\b|\buser|profile|account|private\.php|[?&]u=\d"
    r"|seller|contact|sendmessage|/u/|/~|/garage/|@)[^\s\])>\"']*"
)
MAIL = re.compile(r"(?i)\b[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+\b")
# jo at gmail dot com, jo (at) gmail . com, jo[AT]web.de: the ending tells. Those that are words ("rough at idle. No
# codes") count only where no blank parts them from their host.
AT = r"(?: ?[\[({<_*]+ ?(?:at?|@|ät) ?[\])}>_*]+ ?| +at +| *@ *)"
DOT = r"(?: ?[\[({<_*]+ ?(?:dot|punkt|\.) ?[\])}>_*]+ ?| +(?:dot|punkt) +|\.)"
SPELLED_MAIL = re.compile(
    r"(?i)\b(?!(?:look(?:ed|ing)?|order(?:ed)?|bought|buy|found|see|check|it|them|available|listed|sold|prices?) at )"
    rf"[\w.+-]{{1,64}}{AT}(?:(?:gmail|googlemail|hotmail|yahoo|gmx|icloud|protonmail|btinternet|t-online)\b(?!{DOT}\w)"
    rf"|[\w-]+(?:{DOT}[\w-]+)*(?:(?:{DOT}| +\. *)(?:com|net|org|de|uk|co|edu|gov|biz|fr|nl|au|nz|eu|pl|pt|dk|fi|io)"
    rf"|{DOT}(?-i:info|it|ch|at|ca|us|es|se|be|no|me|IT|CH|AT|CA|US|ES|SE|BE|NO|ME))\b(?!-))"
)
# 17 characters without I, O, Q, as ISO 3779 has it; at least one digit, so that no long word is taken for one. Or the
# last seven of an M3's.
VIN = re.compile(r"\b(?:(?=[A-HJ-NPR-Z]*\d)[A-HJ-NPR-Z0-9]{17}|(?:AE[0-4]|E[AB]\d|AC7)\d{4})\b", re.IGNORECASE)
TOLD_VIN = re.compile(
    r"\b((?i:vin|chassis|fahrgestellnummer|fgnr|fin|frame)(?i:[ :#.-]|no\b|number|nr|is|was|ends?|ending|in|with|last"
    r"|the|seven|7|digits|of|mine|my|car)*[ :#]\s*)(?=[A-Z]{0,3}\d)(?=(?:[A-Z]*\d){4})[A-Z0-9]{5,17}\b"
    r"|\b((?i:vin|chassis(?: no\.?| number)?)[ :#]+)(?:[A-Z0-9]{2,8} ){1,5}[A-Z]{0,3}\d{5,8}\b"
)
# German number plates, M-AB 1234: a town, one or two letters, two to four digits; French, Dutch
# and Belgian ones, AB-123-CD and 1-ABC-234.
PLATE = re.compile(
    r"\b(?:[A-ZÄÖÜ]{1,3}-[A-ZÄÖÜ]{1,2} ?[1-9]\d{1,3}[EH]?|[A-Z]{2}-\d{2,3}-[A-Z]{2}|[1-9]-[A-Z]{3}-\d{3})\b"
)
# Others have no form of their own, so only the words before them tell. Never a bare "plate": clutches have some.
TOLD_PLATE = re.compile(
    r"\b((?i:licen[cs]e plates?|number ?plates?|registration(?: number| plate)?|kennzeichen|targa|immatriculation"
    r"|kenteken|\breg(?:o|d|istered)?(?: number| no\.?)?|vanity plates?|\btags?|plates? (?:read|say)s?"
    r"|(?<!ure )(?<!tch )(?<!ive )plate(?:'s| number| no\.?)|\b(?:my|his|her|the car'?s) plate)"
    r"(?i: (?:is|was|ist|are|as|on|of|the|no\.?|number|reads?|says?|it|car|mine|my))*[:.#]?\s+[\"'“]?)"
    r"(?!\d+ ?(?:MM|CM)\b)(?=[A-Z0-9 -]{0,8}\d)(?=[A-Z0-9 -]{0,8}[A-Z])[A-Z0-9]{1,4}(?:[ -]?[A-Z0-9]{1,4}){1,2}\b"
)
# +49 89 1234 5678, (555) 867-5309, 089 / 1234567, 0171-1234567, 07700 900123, 06 12 34 56 78. Other groups
# parted by blanks alone are part and tool numbers (0 261 200 071 or 0261200071, 11 2 010), and 09/1987 - 1991 is a
# time: they stay.
TELEPHONE = re.compile(
    r"(?<![\w.])(?:(?:\+|00)[1-9]\d{0,2}[ ()/.-]{0,2}(?:\d[ ()/.-]{0,2}){6,11}\d|\(\d{3}\) ?\d{3}[-. ]?\d{4}"
    r"|\d{3}(?:[-. ]\d{3}[-. ]|/\d{3}-)\d{4}|(?:0\d{3,5} |\(0\d{1,5}\) ?)\d{5,8}"
    r"|\(0\d{1,5}\) ?\d{3,4}[ -]\d{3,4}|0\d{10,11}|01[5-7]\d[ /-]?\d{3,4}[ -]?\d{3,5}"
    r"|0[1-9](?:[ .-]\d\d){4}|\d(?:[ ()/.-]{0,2}\d){6,14}(?= is my (?:cell|number|phone|mobile)\b)"
    r"|(?!0\d ?[/-] ?(?:19|20)\d\d)0\d{1,4} ?[/-] ?\d{3,}(?:[\d -]{2,}\d)?)(?![\w]|\.\d)"
)
# After such a word any seven to fifteen digits are one, unless a part is named between.
TOLD_TELEPHONE = re.compile(
    r"(?i)\b((?:call|phone|ph|tel|tél|telephone|telefon|mobile|mobil|mob|cell|zelle|facetime"
    r"|text me|text|txt|(?:ring|reach) (?:me|us|him)|sms"
    r"|whats ?app|viber|fax|handy(?:nummer)?|my (?:nr|no|number)(?: is)?|dial)\b"
    r"(?:(?!\bparts?\b|p/n|\bpn\b|bosch|sensor|relay|oem|order|number)[^\d\n+]){0,30}?)(?<![\w.])(?<!\bfor )"
    r"\+?\(?\d(?:[ ()/.-]{0,2}\d){6,14}\b(?! ?(?:km|miles|mi|rpm|mm|nm)\b)"
)
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b")
TOLD_ACCOUNT = re.compile(
    r"(?i)\b((?:account|acct?|bsb|konto(?:nummer)?|kto|sort code|routing|blz|bic"
    r"|swift)(?: ?(?:no|nr|number|is)\b\.?)*[ .:#]+)"
    r"(?=[A-Z]*\d)[\dA-Z](?:[\dA-Z]|[ -](?=[A-Z]{0,4}\d)){5,22}\b"
)
CARD = re.compile(r"\b(?:\d{4}[ -]){3}\d{4}\b|\b\d{3}-\d{2}-\d{4}\b")
NETWORK = re.compile(r"(?i)(?<=\bip )(?:(?:address|is|was|addr)[ :]*)*\d{1,3}(?:\.\d{1,3}){3}\b")
TOLD_NUMBER = re.compile(
    r"(?i)\b((?:driv(?:er'?s?|ing) licen[cs]e|licen[cs]e|passport|führerschein|member(?:ship)?"
    r"|mitglied(?:s?nummer)?|policy"
    r"|dl|ssn|social security|national insurance|tracking|invoice|customer|id card|bmw ?cca)"
    r"(?: (?:no|nr|number|id|is|was|card))*(?:[ .:#]+(?:is |was )?)+)(?=[A-Z -]{0,6}\d)(?=(?:[A-Z -]*\d){4})"
    r"[A-Z0-9](?:[A-Z0-9]|[ -](?=[A-Z]{0,2}\d)){3,22}\b"
)
ROADS = (
    r"Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Court|Ct|Boulevard|Blvd|Way|Close|Terrace|Place|Pl"
    r"|Highway|Hwy|Parkway|Pkwy|Circle|Cir|Crescent|Square|Gardens|Grove|Hill|Mews|Row|Trail|Park|Walk|Rise|Drove"
)
STATES = (
    r"A[KLRZ]|C[AOT]|DE|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]"
)
TOWN = r"(?:,? (?!I\b|The\b|It\b)[A-ZÄÖÜ][\w'äöüß.-]+(?: [A-ZÄÖÜ][\w'äöüß-]+){0,2})"
POSTCODE = r"(?:,? (?:[A-Z]{2},? ?)?\d{5}(?:-\d{4})?\b|,? [A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b)"
STREET = re.compile(
    r"\b(?:\d{1,5}[A-Za-z]?,? (?:(?:N|S|E|W|North|South|East|West|Old|New)\.? )?"
    r"(?!(?:Wheel|Rear|Front|All|Right|Left|Hand|Speed|Valve|Cylinder|Pin|Bolt|Hole|Stage|Inch|Door|Point)\b)"
    rf"(?:[A-Z][\w'’-]+ ){{1,3}}(?:{ROADS})\b\.?(?:,? (?:Apt|Unit|Suite|#) ?\w+)?"
    r"|[A-ZÄÖÜ][\wäöüß-]*(?:straße|strasse|str\.|allee|gasse|chaussee) \d{1,3}[a-z]?\b"
    r"|[A-Z][a-zåäöø]*(?:straat|gracht|laan|plein|kade|gatan|vägen|gade|vej) \d{1,4}[A-Za-z]?\b(?:,? \d{4} [A-Z]{2}\b)?"
    r"|[A-ZÄÖÜ][\wäöüß-]*(?:weg|platz|ufer|damm) \d{1,3}[a-z]?(?=, \d{5})"
    r"|\d{1,4},? (?:[Rr]ue|[Aa]venue|[Bb]oulevard|[Cc]hemin|[Aa]llée) (?:(?:de|du|des|la|le"
    r"|l')\s?)*[A-Z][\w'-]+(?: [A-Z][\w'-]+)?"
    r"|(?:Am|An der|Im|In der|Auf der|Zum|Zur) [A-ZÄÖÜ][\wäöüß-]+ \d{1,3}[a-z]?(?=,? \d{5})"
    r"|(?:Via|Viale|Corso|Calle|Piazza) (?:[A-Z][\w']+ ){0,2}[A-Z][\w']+,? \d{1,4}\b"
    r"|P\.? ?O\.? ?Box \d+"
    rf"|(?:\d{{1,5}} (?:[A-Z][\w'’-]+ ){{1,3}}[A-Z][\w'’-]+,? )?[A-Z][a-z]+(?: [A-Z][a-z]+)?, (?:{STATES}) \d{{5}}\b)"
    rf"(?:,? \d{{5}}{TOWN}|{TOWN}?{POSTCODE}|,{TOWN})?"
)
TOLD_PLACE = re.compile(
    r"\b((?i:live|zip(?: code)?|post ?code|plz|wohne|located|pick ?up|collect(?:ion)?|abholung|standort"
    r"|ship(?:ped|ping)?|send|mail"
    r"|post(?:ed)?|address)"
    r"[^\n.;]{0,25}? )(?:(?:D-)?\d{5}(?:-\d{4})?(?: [A-ZÄÖÜ][\wäöüß]+)?"
    r"|[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2})\b(?! ?(?:miles|km))"
)
WHERE = r"-?\d{1,3}\.\d{4,}°? ?[NSEW]?"
COORDINATES = re.compile(
    rf"(?<![\w.])(?:(?:-?[1-9]\d{{1,2}}\.\d{{4,}}|\d{{1,3}}\.\d{{5,}})°? ?[NS]?[, ;/]+{WHERE}"
    r"|(?i:lat(?:itude)?)[ :]*-?\d+\.\d+.{0,8}?(?i:lon\w*)[ :]*-?\d+\.\d+"
    r"|[NS]? ?\d{1,3}° ?\d{1,2}(?:\.\d+)?['′’](?: ?\d{1,2}(?:\.\d+)?(?:\"|″"
    r"|''))? ?[NSEW]?[, /]*[EW]? ?\d{1,3}° ?\d{1,2}(?:\.\d+)?['′’]"
    r"(?: ?\d{1,2}(?:\.\d+)?(?:\"|″|''))? ?[NSEW]?|[NS] ?\d{1,2} \d{1,2}\.\d+,? [EW] ?\d{1,3} \d{1,2}\.\d+)"
)
MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mär|mai|okt|dez)[a-zä]*\.?"
BIRTHDAY = re.compile(
    r"(?i)\b((?:born|birth ?day|birth ?date|date of birth|d\.?o\.?b\.?|geboren|b-?day|geburtstag|turned \d\d"
    r"|turn \d\d)\b[^\n\d.;]{0,20}?)"
    rf"(?:\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}|\d{{4}}-\d\d-\d\d|(?:\d{{1,2}}(?:st|nd|rd|th"
    rf"|\.)?(?: of)? {MONTH}|{MONTH} \d{{1,2}}(?:st|nd|rd|th)?)"
    rf"(?:,? \d{{4}}|,? \d\d)?|{MONTH} \d{{4}}|\d{{4}}|\d{{1,2}}/\d{{1,2}})(?!\w)"
)
SERVICES = (
    r"gmail|hotmail|paypal(?:\.me)?|venmo|zelle|cash ?app|revolut|skype|whats ?app|telegram|discord|instagram|insta|ig"
    r"|facebook|fb|twitter|tiktok|snapchat|snap|e-?bay|icq|aim|msn|yahoo|signal|wechat|imessage|facetime|youtube|patreon|steam|psn"
)
# An account elsewhere: behind a sign, or looking like one, or behind a word that says so.
HANDLE = re.compile(
    rf"(?i)\b((?:{SERVICES})\b(?: (?:is|id|name|handle|user(?:name)?|seller|store|shop|account|screen ?name|under"
    r"|to|as|me|nick|from|by|called|named|address|gift|friends and family|f&f|tag|contact|payment|at)\b)*)"
    r"((?: ?[:=#/@]+ ?@?)[$]?(?=[A-Za-z0-9])[\w.#*-]{3,}(?::[\w.]+)?(?-i: [A-Z][\w-]+){0,2}"
    r"|(?: [-–—])? @?(?![A-Z]\d{1,3}(?:[A-Z]\d\d)?\b)(?=[A-Za-z][\w.#*-]*[\d_])[\w.#*-]{3,}"
    r"|(?:(?<= user)|(?<=name)|(?<=andle)|(?<=ount)|(?<=ller)|(?<= tag)|(?<=nder)|(?<= as)|(?<= is)|(?<=alled)"
    r"|(?<=amed)) (?!(?:only|fine|okay?|preferred|please|accepted|friends|gift|great"
    r"|good|bad|best|cheap|expensive|always|usually|where|there|down|still|your|their|about|full"
    r"|happy|usual|well|before|[A-Z]\d{1,3}(?:[A-Z]\d\d)?)\b)[A-Za-z][\w.-]{4,})"
)
SELLER = re.compile(
    r"(?i)\b((?:seller|user|from|by) ['\"]?)(?![A-Z]\d{1,3}(?:[A-Z]\d\d)?\b)"
    rf"(?=[A-Za-z][\w.*-]*[\d_])[\w.*-]{{3,}}(?=['\"]? on (?:{SERVICES})\b)"
)
MENTION = re.compile(
    r"(?i)(?<![\w@.])@(?!(?:idle|wot|full|max|min|rpm|about|least|home|work|cold|hot|start\w*|speed|redline|part|light"
    r"|stock|the|this|all|any|that|ambient|room|atm|tdc|bdc|cruise|crank\w*|approx\w*|front|rear|wheels?|flywheel|crank"
    r"|low|high|mid)\b)(?=[A-Za-z_])\w{3,}(?:\.\w{2,})?|(?<!\w)[$][A-Za-z]\w{3,}"
)

SHORT = re.compile(r"[_\d.\- ]")
SHORTEST = 5  # letters of a member's name that are enough to call him by

PATTERNS: tuple[tuple[str, re.Pattern[str], Replace], ...] = (
    # what must stand in a text, in small letters, for the pattern to be worth a look; "" where nothing is that short
    ("/", PROFILE, "[profile]"),
    ("@", MAIL, "[mail]"),
    ("", SPELLED_MAIL, "[mail]"),
    ("", IBAN, "[account]"),
    ("", TOLD_ACCOUNT, r"\1[account]"),
    ("", CARD, "[account]"),
    ("ip ", NETWORK, "[network address]"),
    ("", VIN, "[chassis number]"),
    ("", TOLD_VIN, r"\1\2[chassis number]"),
    ("", TOLD_NUMBER, r"\1[number]"),
    ("", TOLD_PLATE, r"\1[number plate]"),
    ("-", PLATE, "[number plate]"),
    ("", BIRTHDAY, r"\1[birthday]"),
    (".", COORDINATES, "[place]"),
    ("°", COORDINATES, "[place]"),
    ("", STREET, "[address]"),
    ("", TOLD_PLACE, r"\1[place]"),
    ("", TELEPHONE, "[telephone]"),
    ("", TOLD_TELEPHONE, r"\1[telephone]"),
    (" on ", SELLER, r"\1[handle]"),
    ("", HANDLE, r"\1 [handle]"),
)  # fmt: skip


def pseudonyms(authors: Iterable[str | None]) -> dict[str, str]:
    """Return the stand-in of each author of a thread by the name in small letters: Owner 1 is who wrote first."""
    names = dict.fromkeys(" ".join(name.casefold().split()) for name in authors if name and name.strip())
    known = {name: f"Owner {number}" for number, name in enumerate(names, 1)}
    # tillie_k is called Tillie
    short = {SHORT.split(name)[0]: owner for name, owner in reversed(known.items())}
    return {name: owner for name, owner in short.items() if len(name) >= SHORTEST and not is_ordinary(name)} | known


def scrub(text: str, stand_ins: Mapping[str, str]) -> str:
    """Return a text of a thread without what could lead to a person, a home or a car.

    `stand_ins` are the thread's `pseudonyms`; other people's names become "[name]".
    """
    lower = text.casefold()
    for needed, pattern, instead in PATTERNS:
        if needed in lower:
            text = pattern.sub(instead, text)
    if stand_ins:
        known = pseudonym_pattern(frozenset(stand_ins))
        text = known.sub(lambda found: found["mark"] or stand_ins[" ".join(found["name"].casefold().split())], text)
    if "@" in text or "$" in text:
        text = MENTION.sub("[handle]", text)
    return people_in(text)
