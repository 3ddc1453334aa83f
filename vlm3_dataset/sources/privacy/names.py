"""Find the names of people in a post. Pure.

People who are no members of the thread are known by their first name, or by the words around them.
"""

import re

from vlm3_dataset.sources.privacy.choices import one_of
from vlm3_dataset.sources.privacy.first_names import (
    FIRST_NAMES,
    MEN_AND_WORDS,
    WORKSHOP_NAMES,
    common_words,
    first_names,
)

PARTS_AND_WORDS = """
    a able about all and any anyone are auto axle back bad battery bear bearing belt best big black block blue body
    boost boot bolt box brake brakes bushing cable cam camshaft can cap car carbon chain chassis chip clean
    clearance clutch coil cold cool coolant crank cylinder damper dash diff disc driver dog door drive dry ecu
    engine evo exhaust fan fast filter fire first flywheel four fox front fuel full fuse gas gasket gauge gear
    gearbox german good green grey ground guest guy guys half head heat help high home hot idle ignition inlet
    intake iron it jack key lamp lash light lock low m magic manifold manual map max me member metal mod mods motor
    motronic new noise oil old one open owner paint part parts pedal pin piston plug power pressure pump race racer
    rack rear red relay ring road rod rotor seal seat sensor shaft shift shim shop short silver slow solo spark
    speed sport spring start starter stock street strut sump switch tach tank tappet team temp test the thermostat
    throttle timing tire torque track trans turbo tyre user vacuum valve van water wheel white will window wing wire
    wiper wolf work wrench yellow zero hammer carb rust solid true tuning so no is in on at to of or an as be by do
    go he hi i if mm my nm ok up us we ft lb oz ml cc kg km ah hp ps cv rpm wot alpina bosch bmw mahle getrag
    table limit load advance dwell duty voltage afr maf tps lambda
    porsche ferrari mercedes audi ford sachs bilstein koni pierburg siemens dinan hartge haynes bentley elring glasurit
    mann curil monza btdc atdc npt caliper subframe leakdown pinout gapped evolution
    volvo saab vw opel alfa fiat lancia renault peugeot honda toyota nissan mazda subaru jaguar rover schrick schnitzer
    recaro brembo girling weber dellorto zenith solex lucas varta castrol motul redline mobil gates febi lemforder
"""
ORDINARY = frozenset(PARTS_AND_WORDS.split())
CAR_CODE = re.compile(
    r"(?:[emszfgn]\d{1,3}(?:b\d\d\w?)?(?:[ -]?m\d)?|m[1-8]|\d{3,4}(?:[a-z]{1,3})?|[\W\d]+)", re.IGNORECASE
)
CAPITAL, SMALL = "A-ZÀ-ÖØ-ÞČŁŚŠŻŽ", "a-zß-öø-ÿā-ž"
NAME = rf"[{CAPITAL}][{SMALL}'’]+(?:-[{CAPITAL}{SMALL}][{SMALL}]+)?"
PARTICLES = r"(?:(?:van|von|de|der|den|da|di|la|le) ?)*"
NO_NAMES = (
    r"(?!(?:All|Big|Guys?|Everyone|Everybody|There|Folks|Again|For|So|And|But|The|This|That|You|Your|Then|Just|Some"
    r"|Any|It|If|Is|In|On|At|To|My|We|He|She|They|What|When|Why|How|Who|Yes|No|Not|Now|One|Dealer|Dealers|Seller|Owner"
    r"|Owners|Shop|Parts|Part|Bosch|Mahle|Getrag|Sachs|Pierburg|Motronic|Germany|German|Munich|Monday|Tuesday"
    r"|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|April|May|June|July|August|September|October"
    r"|November|December|Mobil|Castrol|Red|Evo|Please|Thanks|Thank|Also|After|Before|Because|Both|Check|Only|Use"
    r"|Will(?!\.?$)|Could|Should|Would|Did|Does|Do|Here|Hope|Good|Great|Car|Engine|Oil|Euro|Europe|America|American"
    r"|British|Japan|Let|Was|Were|Has|Have|Had|With|From|By|As|Try|Customer|Support|Sales|Service|Turner|Dinan|Alpina"
    r"|Hartge|Schnitzer|Loctite|Permatex|Motul|Brembo|Eibach|Elring|Goetze|Viton|Bilstein|Koni|Schrick|Megasquirt"
    r"|Autometer|Redline|Bimmerworld|Korman|Metric|Pelican|Reinz|Racing|Motorsports?|Bentley|Haynes|Points|Cleaner"
    r"|Said|Presto|Google|Youtube|Ebay|Amazon|Forum|Mod|Mods|Admin|Help|Anyone|Someone|Got)\b)"
)
LISTED = one_of(sorted(FIRST_NAMES.split(), key=len, reverse=True))
SPOKEN = frozenset(map(str.lower, FIRST_NAMES.split())) - {"per", "don", "sue", "lance", "wade", "dale", "rick"}
# Called after somebody.
THINGS = (
    r"Robert Bosch|Allen (?:bolts?|keys?|screws?|heads?|sockets?)|Austin (?:Rover|Healey)|Morse taper|Brad Penn"
    r"|Lucas (?:injectors?|pumps?|distributors?|alternators?|Girling)|Rudolf Diesel|Rob (?:the|an?|one|some|it"
    r"|parts?)\b|Matt (?:black|finish|paint|gr[ae]y|white|silver)|Carl Zeiss|Felix Wankel|Paul Rosche"
    r"|Otto (?:cycle|engine|motor)|Tommy[- ]bar|Jerry[- ]?can|Terry (?:clip|spring)|Bob[- ]weight|Russell (?:fitting"
    r"|hose|line)|Ross piston|Nick(?:s|ed)? (?:in|on)\b|Jimmy (?:the|it)\b|Victor Reinz|Jan[.-]? ?['’]?\d"
    r"|Per(?! [A-Z])|Dries (?:in|out|up|hard|to)\b|Don (?:not|the|your|a)\b"
)
FAMILY = (
    rf"(?: {NO_NAMES}{PARTICLES}(?:Mc|Mac|O'|D')?"
    rf"[{CAPITAL}](?:[{SMALL}]+(?:-[{CAPITAL}][{SMALL}]+)?(?![A-Za-z0-9])|\.(?!\w)))*"
)
# The look at the first letter spares most places of a text the long list.
KNOWN = re.compile(
    rf"\b(?<!\[)(?=[{CAPITAL}])(?!{THINGS})(?:(?<!\bS[aã]o )(?<!\bSan )(?<!\bSt )(?<!\bSaint )(?:{LISTED})(?!['’]t\b)"
    rf"|(?:{WORKSHOP_NAMES})(?=['’]s\b)|(?<=\b[Cc]all )(?:{WORKSHOP_NAMES}))\b(?!-\d){FAMILY}"
)
# In the middle of a sentence a capital tells a name of a long list from a word (with Rowena next to me), and an article
# a word from a name: a Reuben is a sandwich.
NO_ARTICLE = r"(?<!\b[Aa] )(?<!\b[Aa]n )(?<!\b[Tt]he )(?<!\b[Mm]y )(?<!\b[Yy]our )(?<!\b[Oo]ur )(?<!\bd[aeiu][ermns] )"
IN_SENTENCE = re.compile(
    rf"(?:(?<=[{SMALL},] )|(?<=[{SMALL}] \())(?<!\bSan )(?<!\bSt ){NO_ARTICLE}(?!{THINGS})"
    rf"{NO_NAMES}(?P<name>{NAME})\b(?!-?\d|['’]t\b){FAMILY}"
)
NO_COUNTRY = r"(?!(?:Canada|Italy|Spain|France|Ireland|England|Scotland|Australia|Austria|Switzerland|Sweden|Mexico)\b)"
# What stands before a name: a label, what somebody was given or thanked with, and what somebody is to the author.
LABELS = (
    "my name(?:'s| is)~name(?:'s| is| was)~call me~ask for~ask(?:ed)? to~contact~speak (?:to|with)~spoke (?:to|with)"
    "~attn:?~c/o~courtesy of~talk(?:ed|ing)? (?:to|with)~chat(?:ted|ting)? with~advice from~help from~tips? from"
    "~seller(?: is| was|,|:)?~credit where(?: it is|'s|'s it)? due:?~mein name ist~ich heiße~je m'appelle~mi chiamo"
    r"~me llamo~signed(?: by)?:?~stamped(?: by)?:?~dated(?: by)?:?~pm(?: sent)? to~t\.n\.v\.~account holder"
    "~kontoinhaber~my boss(?:,| named| called)?"
)
GIVEN, THANKED = "sold sent gave lent passed shipped", "thanks~credit~kudos~shout ?out"
PEOPLE = """
    friend girlfriend boyfriend colleague co-?worker buddy mate pal brother wife husband son daughter neighbou?r
    mechanic father mother dad uncle spezl kumpel freund(?:in)? nachbar kollege bruder schwager vater onkel schrauber
    cousin machinist guy guru specialist expert wizard tuner engineer
"""
INTRODUCES = one_of(
    [
        *LABELS.split("~"),
        *(rf"{word}(?: \w+(?:[.-]\d+)?){{1,4}} to" for word in GIVEN.split()),
        *(f"{word}(?: again)?(?: goes)? to(?: big| old| young| uncle)?" for word in THANKED.split("~")),
        *(f"{word}(?:,| named| called)?" for word in PEOPLE.split()),
    ],
    any_case=True,
)
REACHES = one_of(["call", "ring", "text", "phone", "email", "e-mail", "mail", "reach", "try"], any_case=True)
INTRODUCED = re.compile(
    rf"\b((?:{INTRODUCES}) ){NO_NAMES}{NO_COUNTRY}(?:[A-Z]\. )?{NAME}"
    rf"(?: {PARTICLES}(?!Is\b)[{CAPITAL}][{SMALL}]+)?(?![\w])"
    rf"|\b((?:{REACHES}) ){NO_NAMES}{NAME}"
    r"(?=,? (?:on |at |under |via )?\[(?:tele|mail))"
    rf"|((?i:\b(?:sent|sold|ported|built|rebuilt|machined|signed|bought|written) (?:by|from) ))[A-Z]\. {NAME}\b"
    rf"|((?i:\btook (?:it|mine|her|the \w+) to )){NO_NAMES}{NAME}(?=[^.\n]{{0,40}} and he\b)"
)
# What stands before or behind a name tells it, where that begins with a capital: only there the pattern looks.
AROUND = re.compile(
    rf"\b(?=[{CAPITAL}])(?:"
    rf"(?<![.!?] )(?<!^)\b{NO_NAMES}{NAME} {NO_NAMES}{NAME}"
    r"(?=,? (?:[Ss]he|[Hh]e) (?:knows|will|can|has|is|does|did|was)\b| used to\b)"
    rf"|\b{NO_NAMES}{NAME} {NO_NAMES}{NAME}(?=, (?:\[(?:account|address)\]|born\b))"
    rf"|\b(?!(?:Today|Yesterday|Tomorrow|Dad|Mum|Mom|Everyone|Nobody|Somebody|Last|World)\b){NO_NAMES}"
    rf"[{CAPITAL}][{SMALL}]+(?=['’]s (?:[a-z]+ )?(?:drive(?:way)?|garage|house|place"
    r"|barn|yard|workshop|car|[ME]3\d?|wife|husband|dad|father|mum|mom|son|daughter|brother|sister|kids?|seat|birthday|funeral"
    r"|wedding|thread|post|advice|build|\d{3}i[sx]?)\b)"
    rf"|(?<=\b[Aa]sk ){NO_NAMES}{NAME}(?= (?:if|whether|about|how|what|when|where)\b)"
    rf"|\b(?:{WORKSHOP_NAMES}|Will|Rob|Grant) {NO_NAMES}{NAME}(?= (?:has|is|was|did|had|will|can|who)\b)"
    rf"|(?<=\b[Gg]et )(?:(?:Big|Old|Young|Little) )?{NO_NAMES}{NAME}(?= to\b)"
    rf"|(?:(?<=\bRIP )|(?<=\b[Ww]ell done )|(?<=\b[Ss]pot on )){NO_NAMES}{NAME}(?=[,.!;]|$)"
    r"|(?<=\bTHANKS )(?!(?:ALL|GUYS|AGAIN|FOR|EVERY\w*|FOLKS|MATE|MAN)\b)[A-Z]{3,12}(?=[!.,]|$)"
    rf"|(?<=\bwas ){NO_NAMES}{NAME}(?: {NO_NAMES}{NAME}){{1,2}}(?=, (?:you|he|she)\b)"
    rf"|(?<=\b[Tt]he ){NO_NAMES}{NAME}(?= (?:brothers|twins|sisters|family)\b)"
    rf"|(?<=\b[Mm]et ){NO_NAMES}{NAME} (?!(?:Motors?|Motorsports?|Racing|Performance|Engineering|Parts|Auto)\b){NAME}\b"
    r")"
)
# Someone does something to a person, is where he is, or bears a name of a people.
DOES = (
    r"(?:(?: over| up| down| out| back)(?: there)? (?:in|at|from) [A-Z]| at [A-Z]\w+(?: [A-Z]\w+)? (?:rebuilt|built"
    r"|did|machined|welded|honed|ported|reground)\b"
    r"| (?:drove|took|sold|built|rebuilt|parked|painted|swapped|broke|blew|bought|raced|crashed) (?:his|her)\b"
    r"|,? (?:told|lent|helped|sold|sent|showed|taught|advised|warned|reminded) (?:me|us)\b| and (?:I|his|her)\b"
    r"| who\b|,? if you (?:read|see)\b)"
)
SURNAME = (
    rf"(?:(?:Mc|Mac|O['’])[A-Z][{SMALL}]+|{NAME}(?:(?<=qvist)|(?<=quist)|(?<=sson)|(?<=wski)|(?<=wska)|(?<=wicz)"
    rf"|(?<=czyk)|(?<=escu)|(?<=oulos)|(?<=enko)|(?<=ovic)|(?<=ović)))"
)
NO_SOURCES = (
    r"(?!(?:Nobody|People|Others?|Mechanics?|Google|Experience|Bentley|Haynes|Pelican|Bilstein|Father|Dad|Mom|Mum|Wife"
    r"|Friends?|Local|Somebody|Those|Members|Drivers|Folks|Hello|Hi|Hey|Sorry|Question|Wow|Well|Ok|Okay|Man|Dude|Mate"
    r"|Cool|Nice|Interesting|Wait|First|Next|He|She|Who|Which|Later|Finally|Eventually|Another|Two|Three|Ebay|Guy)\b)"
)
DOING = re.compile(
    rf"(?=[{CAPITAL}])\b{NO_NAMES}{NO_SOURCES}(?:(?:Old|Young|Big|Little) )?(?P<name>{NAME})"
    rf"(?:(?: {NAME}| {SURNAME})?(?={DOES})"
    rf"| {SURNAME}\b"
    rf"| {NAME}(?= (?:did|rebuilt|reground|ported|built|machined|welded|honed) (?:the|my|mine|it|a|both|all)\b))"
)
# A name in small letters counts where he speaks, or stands behind a counter.
DID = (
    r"(?:did|drove|sent|turned|made|took|gave|lent|sold|wrote|fixed|helped|machined|welded|ported|rebuilt|built|swapped"
    r"|measured|showed|ground)"
)
SMALL_NAME = re.compile(
    rf"\b[a-zà-ÿ]{{3,14}}(?= {DID} (?:the|my|mine|me|us|a|it|his|her)\b)"
    r"|(?<=\bcredit to )[a-z]{3,14}(?: [a-z]{4,})?(?= for\b)"
    r"|\b[a-zà-ÿ]{3,14}(?= (?:said|says|reckons|told me|at the (?:shop|dealer|garage|workshop|parts|counter|machine"
    r"|tuning))\b)"
)
# At the start of a sentence any word has a capital, so what it does tells: Mark did the cams, Jack and I.
STARTS = re.compile(
    rf"(?m)(?:^|(?<=[.!?,] ))(?P<name>{NAME})(?= (?:and (?:I|me|myself)\b|(?:still|already) (?:has|had)\b"
    rf"|{DID} (?:the|my|mine|me|us|a|it|his|her)\b"
    r"|(?:came|went|drove|stopped|popped|called|rang|turned|dropped) (?:over|by|round|around|along|up|in|back)\b))"
)
FROM_SOMEWHERE = re.compile(
    rf"((?i:\bthis is|\bi'?m|\bi am|\bit'?s) ){NO_NAMES}{NAME}(?= (?:from|here|by the way|in [A-Z])\b)"
    rf"|(\b(?:[Aa]s|[Ll]ike|[Ww]hat) (?:\w+(?: \d)? and )?){NO_NAMES}{NO_SOURCES}{NAME}"
    r"(?=,? (?:says|said|mentioned|pointed|suggested|noted|explained)\b)"
    r"|(\b(?:[Gg]ood|[Gg]reat|[Nn]ice|[Ee]xcellent) (?:call|catch|work|one|job|post|write-? ?up|find|info"
    r"|stuff|thread) )"
    rf"(?!BMW|DIY|OEM){NO_NAMES}{NO_SOURCES}(?:{NAME}|[A-Z]{{2,5}})(?=[,.!;]|$)"
)
TITLED = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|Herr|Frau|Monsieur|Mme|Madame|Signora?|Señora?|Fräulein|Mevrouw|Meneer|Sra?(?=\.))"
    r"\.? (?!Vanos|Gas|Colou?r|Schrick)"
    rf"[{CAPITAL}][\w'’-]+(?: [{CAPITAL}][\w'’-]+)?"
)
FAREWELL = (
    r"cheers|regards|best regards|kind regards|best|best wishes|thanks|many thanks|thanks again|thank you|thx|ta|later"
    r"|rgds|yours|sincerely|grüße|viele grüße|gruß|gruss|mfg|vg|ciao|take care|good luck|drive safe|greetings"
    r"|atb|all the best|stay (?:healthy|safe|well|tuned)|have fun|enjoy|bye|br|tia|cheerio|kr|peace|bis bald|tschüss"
    r"|groeten|groetjes|salut|saluti|saludos|cordialement|lg|mvh|hilsen|hälsningar|hth|hope (?:this|that|it) helps?"
)
SIGNED = re.compile(
    rf"(?im)^((?:.*[.!?] |[-–—~ ]+)?(?:{FAREWELL})[,.!]*(?: (?:in advance|again|all|guys|(?:from|aus) [^\n,]{{2,25}})"
    rf"[,.!]*)?(?:\s*\n\s*|\s+)?[-–—~]*\s*)"
    rf"(?:(?:{LISTED})|(?-i:{NO_NAMES}(?:{NAME}|[A-Z]\.)(?: {PARTICLES}(?:[{CAPITAL}][\w'’-]+|[A-Z]\.?)){{0,2}}))[.!]?$"
    # a line of its own, and no item of a list
    rf"|(^(?![-–—~\d(])[^\n]+(?<!:)\n\s*[-–—~]+ ?)(?-i:{NO_NAMES}{NAME}(?: [{CAPITAL}][\w'’-]+)?)\.?$(?!\s*[-–—~])"
)
# A word or two alone on the last line, behind a whole sentence, in small letters where the long list has it.
LAST_LINE = re.compile(
    rf"(?<=[.!?)…\n])(\s*\n[-–—~ ]*)(?P<name>[{CAPITAL}{SMALL}][{SMALL}'’-]{{2,13}}(?: {NAME}| [{CAPITAL}]\.?)?"
    r"|(?<=\n\n)(?!AC|FS|IT|NO|NP|OK|OP|PS|TY|UK|US)[A-Z]{2})[.,~]?\s*\Z"
)
LAST = 60  # characters of a text's end, as blank lines may be many
CLOSING = frozenset(
    """
    agreed amen another anyway anyone bingo brilliant bump bumped cheers comments correct damn discuss ditto done edit
    enjoy exactly finished fixed great hmm ideas indeed lol maybe nope nothing opinions ouch peace perfect period photos
    pics pictures question questions resolved result seriously sold solved sorted success suggestions thanks thoughts
    true update updated weird wow wrong yep yes later bye deal discussion pictured attached below
    """.split()  # noqa: SIM905
)
GREETED = re.compile(
    rf"(?m)(^(?:(?i:hi|hey|hello|dear|hallo|servus|thanks|thank you|cheers|welcome"
    rf"|moin)),? ){NO_NAMES}{NAME}(?=[,!:–-]|\.?$)"
)


def is_ordinary(name: str) -> bool:
    """Return True for a member's name that a post would also use as a word."""
    return name in ORDINARY or CAR_CODE.fullmatch(name) is not None


def people_in(text: str) -> str:
    """Return a text with the names of people who are no members of the thread taken out."""
    text = KNOWN.sub("[name]", text)
    text = TITLED.sub("[name]", text)
    text = AROUND.sub("[name]", INTRODUCED.sub(r"\1\2\3\4[name]", text))
    text = IN_SENTENCE.sub(lambda found: "[name]" if _is_listed(found["name"]) else found[0], text)
    text = FROM_SOMEWHERE.sub(r"\1\2\3[name]", text)
    text = DOING.sub(lambda found: found[0] if is_ordinary(found["name"].casefold()) else "[name]", text)
    text = STARTS.sub(
        lambda found: "[name]" if found["name"] in MEN_AND_WORDS or _is_listed(found["name"]) else found[0], text
    )
    text = SMALL_NAME.sub(lambda found: "[name]" if found[0].split()[0] in SPOKEN else found[0], text)
    text = GREETED.sub(r"\1[name]", text)
    end = LAST_LINE.sub(lambda found: f"{found[1]}[name]" if _signs(found["name"]) else found[0], text[-LAST:])
    text = text[:-LAST] + end
    return SIGNED.sub(r"\1\2[name]", text)


def _signs(word: str) -> bool:
    """Return whether a word alone on the last line is a name."""
    lower = word.casefold().split()[0]
    known = is_ordinary(lower) or lower in CLOSING or lower.capitalize() in common_words()
    return not known and (word[0].isupper() or word.capitalize() in first_names())


def _is_listed(name: str) -> bool:
    name = re.sub(r"['’]s?$", "", name)
    return name in first_names() and not is_ordinary(name.casefold())
