"""Patterns of what belongs to one person or car: homes, places, chassis numbers, plates, bank accounts, birthdays.

Each comes with its stand-in; what a group of it holds stays. Much of the trade has the same form (240 MM is a clutch,
BR-SW 15 a wire, 12.5000, 40.2500 mm a measure), so where a form alone does not tell, only the words before it do.
"""

import re

from vlm3_dataset.sources.privacy import names
from vlm3_dataset.sources.privacy.choices import one_of

# 17 characters without I, O, Q, as ISO 3779 has it, in one piece or behind WBA and WBS in several; at least one digit,
# so that no long word is taken for one. Or the last seven of an M3's.
VIN = re.compile(
    r"\b(?:(?=[A-HJ-NPR-Z]*\d)[A-HJ-NPR-Z0-9]{17}|WB[AS](?: ?[A-HJ-NPR-Z0-9]){13}[0-9]|AE ?[0-4]\d \d{3}"
    r"|(?:\d{3,5}[A-Z])?(?:AE-?[0-4]-?|E[AB]\d|AC7)\d{4})\b",
    re.IGNORECASE,
)
CHASSIS = one_of(
    (
        *("vin", "ch[aâ]ssis", r"fahrgestell-?(?:nummer|nr\.?)", "fgnr", "fin", "frame", "telaio", "chasis"),
        *(rf"{word} (?:number|no\.?)" for word in ("production", "body", "works")),
    ),
    any_case=True,
)
LABELLED_VIN = re.compile(
    rf"\b(?=[BbCcEeFfLlMmPpTtVvWw])(?:((?i:{CHASSIS})(?i:[ :#.°-]|n°|no\b|number|nr|is|was|ends?|ending|in|with|last"
    r"|the|seven|7|digits|of|mine|my|car)*[ :#]\s*)(?=[A-Z]{0,3}\d)(?=(?:[A-Z]*\d){4})[A-Z0-9]{5,17}\b"
    rf"|\b((?i:{CHASSIS})(?i:[^\n.;\d]{{0,40}} (?:ends?|ending)(?: in| with)?) )(?:\d{{4}}|[A-Z]{{0,2}}\d{{5,7}})\b"
    r"|\b((?i:last (?:five|six|seven|[567])(?: digits)?(?: (?:of|are|is|as|the|my|mine|it|vin|chassis))*[ :]+))"
    r"[A-Z0-9]{5,7}\b"
    r"|\b((?i:my (?:car|m3|one|e30)(?:'s| is) (?:number|no\.?|#) ?))\d{7}\b"
    rf"|\b((?i:(?:{CHASSIS})(?: no\.?| number)?)[ :#]+)(?:[A-Z0-9]{{1,8}} ){{1,5}}(?:[A-Z]{{0,3}}\d{{5,8}}"
    rf"|\d{{2,3}} \d{{3}})\b"
    # 2 190 345, and no. 84 of a series
    rf"|\b((?i:{CHASSIS})(?i:[ :#.]|no\b|number|is|was|of|my|car)*[ :#])(?:\d \d{{3}} \d{{3}}|\d{{3,4}} \d{{3,4}})\b"
    r"|\b((?i:(?:car|evo(?:lution)?(?: i{1,3})?|plaque) (?:no\.?|nr\.?|number|#) ?))\d{1,4}(?=(?: of | ?/ ?)\d{3,4}\b))"
)
# German number plates, M-AB 1234: a town, one or two letters, two to four digits, and no wire or part of a circuit;
# French, Dutch and Belgian ones, AB-123-CD, 12-ABC-3 and 1-ABC-234; but 14-MAR-89 is a day.
DAY_OF = r"(?:JAN|FEB|MAR|APR|MAY|MAI|JUN|JUL|AUG|SEP|OCT|OKT|NOV|DEC|DEZ)"
WIRE = r"(?:BL|BR|GE|GN|GR|RT|SW|VI|WS|RS|OR|TR|[RCLDQ]-[A-D])"
PLATE = re.compile(
    r"\b(?=[A-ZÄÖÜ\d])(?<!onnector )(?<!lug )(?<!ocket )(?<!elay )(?<!iode )(?<!esistor )(?<!in )"
    rf"(?:(?!{WIRE}-|{WIRE}\b)[A-ZÄÖÜ]{{1,3}}-[A-ZÄÖÜ]{{1,2}} ?[1-9]\d{{1,3}}(?: ?[EH])?"
    r"|(?!DIN|ISO|SAE|BMW)[A-ZÄÖÜ]{2,3} (?!ET)[A-Z]{1,2} \d{1,4}[HE](?= |$|[.,;)])"
    r"|[2-9][A-Z]{3}\d{3}|[A-Z]{2}-\d{2,3}-[A-Z]{1,2}|[A-Z]{2}-[A-Z]{2}-\d\d|\d\d-[A-Z]{2}-[A-Z]{2}|[1-9]-[A-Z]{3}-\d{3}"
    rf"|\d\d-(?!{DAY_OF})[A-Z]{{3}}-\d|\d-(?!{DAY_OF})[A-Z]{{3}}-\d\d|[A-Z]{{3}}-\d\d-[A-Z]|[A-Z]-\d{{3}}-[A-Z]{{2}})\b"
)
# British ones, J714 VGW and LK54 XPN: connectors (C104) and cars (E30) have such a form, but what stands behind them
# is a word of the trade, or of a sentence in capitals.
NO_LETTERS = (
    r"ABS|ACC|AFM|AIR|ALL|AND|ARE|BMW|BUT|CAB|CAN|CAR|CAT|CEL|CPS|CSL|DIN|DME|DTC|DTM|ECU|EML|ETA|EVO|EWS|FAN|FOR|FSE"
    r"|GND|HAS|HOT|ICV|KEY|LED|LHD|LSD|LTD|MAF|MAP|MPH|NET|NEW|NOT|OBC|OBD|OEM|OFF|OLD|OUT|PCB|PIN|PSI|PUR|PWM|RAD|RED"
    r"|RHD|RPM|RUN|SET|TDC|THE|TPS|TUV|TWO|USA|VIN|VSS|WAS|WIN|WOT|WRC|YOU"
)
BRITISH_PLATE = re.compile(
    rf"\b(?:[A-HJ-NPR-Y]\d{{3}}|[A-HJ-PR-Y]{{2}}[05-9]\d"
    rf"|[A-HJ-PR-Y]{{2}}[1-7]\d) (?!(?:{NO_LETTERS})\b)[A-HJ-PR-Y]{{3}}\b(?! [A-Z]{{2}})"
)
# Others have no form of their own, so only the words before them tell. A bare "plate" may be a clutch's.
NO_CLUTCH = r"(?<!ure )(?<!tch )(?<!ive )(?<!ion )(?<!ase )(?<!ing )(?<!kid )"
PLATE_WORDS = ("plate", "reg", "tag", "kennzeichen", "nummer", "kenteken", "targa", "immatricul")
LABELLED_PLATE = re.compile(
    r"\b((?i:licen[cs]e plates?|number ?plates?|registration(?: number| plate)?|kennzeichen|targa"
    r"|immatriculée?(?:ation)?|immatriculation|kenteken|\breg(?:o|d|istered)?(?: number| no\.?)?|vanity plates?"
    r"|\btags?|plates? (?:read|say)s?"
    rf"|{NO_CLUTCH}plate(?:'s| number| no\.?)|\b(?:my|his|her|the car'?s)(?: (?:old|first|private))? plate)"
    r"(?i: (?:is|was|ist|are|as|on|of|the|no\.?|number|reads?|says?|it|car|mine|my|in|pics?|photos?"
    r"|pictures?))*[:.#]?\s+[\"'“]?)(?!\d+ ?(?:MM"
    r"|CM|V|A|AH|W|NM|PSI)\b)(?=[A-Z0-9 -]{0,8}\d)(?=[A-Z0-9 -]{0,8}[A-Z])[A-Z0-9]{1,4}(?:[ -]?[A-Z0-9]{1,4}){1,2}\b"
    r"(?![.,]\d)"
    rf"|\b({NO_CLUTCH}(?i:plates?)[ :,]+[\"'“]?)(?:[A-Z]{{4}} \d{{3}}|[A-Z]{{2}} \d\d [A-Z]{{1,2}} \d{{4}}"
    rf"|(?!LSD|ATF)[A-Z]{{3}} \d{{1,3}}[A-Z]"
    rf"|\d[A-Z]{{3}}\d{{3}}|[A-Z]{{2,3}}[ -]\d{{2,5}}(?: \d{{3}}|-[A-Z]{{1,2}})?|[A-Z] \d{{1,3}} [A-Z]{{3}}"
    rf"|[A-Z]{{1,3}} [A-Z]{{1,2}} \d{{2,4}}"
    r"|(?![A-Z]?\d+ ?[A-Z]{2}\b)(?=[A-Z]*\d)[A-Z0-9]{2,4} [A-Z]{3})\b"
    r"|\b((?i:(?:vanity|custom|personal\w*|private) plates?(?: (?:is|was|reads?"
    r"|says?))?:? )[\"'“]?)[A-Z0-9]{2,5}(?: [A-Z0-9]{1,5})?\b"
)
SMALL_PLATE = re.compile(r"(?i)\b(plates? (?:was|is|read|says|said) )(?-i:[a-z]{2,3}[ -]?\d{2,4})\b")
ON_PLATE = re.compile(
    r"\b[A-Z0-9]{1,4}[ -]?[A-Z0-9]{2,4}(?= (?:is |stands )?on (?:the|its|my|his) (?:number |licen[cs]e )?plates?\b)"
    r"|\b[A-Z]{1,3}[ -]\d{4,6}(?= (?:number |licen[cs]e )?plates\b)"
)

IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b")
LABELLED_ACCOUNT = re.compile(
    r"(?i)\b((?:account|acct?|bsb|sort(?= (?:code )?\d\d-\d\d-\d\d\b)|konto(?:nummer|-?nr)?|kto|sort code"
    r"|routing|blz|bic|swift)(?: ?(?:no|nr|number|is)\b\.?)*[ .:#]+)"
    r"(?:(?=[A-Z]*\d)[\dA-Z](?:[\dA-Z]|[ -](?=[A-Z]{0,4}\d)){5,22}|(?-i:[A-Z]{8}(?:[A-Z]{3})?))\b"
)
CARD = re.compile(
    r"\b(?:(?:\d{4}[ -]){3}\d{4}|\d{3}-\d{2}-\d{4}|\d{4}[ -]\d{6}[ -]\d{5}|bc1[0-9a-z]{25,60}|0x[0-9a-f]{40})\b"
)
LABELLED_NUMBER = re.compile(
    r"(?i)\b((?:driv(?:er'?s?|ing) licen[cs]e|licen[cs]e(?:,(?= [A-Z]{2,5} \d))?|passport|führerschein|member(?:ship)?"
    r"|mitglied(?:s?nummer)?|policy|vat|abn|club(?= (?:no|nr|number|id|card)\b)|ust-?id|(?:gate|entry) code"
    r"|dl|ssn|social security|national insurance|tracking|invoice|customer|id card|bmw ?cca|cca(?= (?:number|no\b))"
    r"|order(?= #?[A-Z]{1,2}-\d{6}))(?: (?:no|nr|number|id|is|was|card))*(?:[ .:#]+(?:is |was )?)+)(?!(?:of|to|on|for"
    r"|in|at|from|by|the|and|or|with) )(?=[A-Z -]{0,6}\d)(?=(?:[A-Z -]*\d){4})"
    r"[A-Z0-9](?:[A-Z0-9]|[ -](?=[A-Z]{0,2}\d)){3,22}\b(?! ?(?:mm|miles?|km|rpm|nm)\b)"
)

CAPITAL = f"[{names.CAPITAL}]"
ROADS = (
    r"Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Court|Ct|Boulevard|Blvd|Way|Close|Terrace|Place|Pl"
    r"|Highway|Hwy|Parkway|Pkwy|Circle|Cir|Crescent|Cres|Crt|Tce|Gdns|Sq|Bvd|Pde|Parade|Square|Gardens|Grove|Hill|Mews|Row|Trail|Park|Walk|Rise|Drove|Yard|Croft|Villas|Cottages?|Wharf|Quay|Vale"
    r"|Alley|Wynd|Brae|Fold|Loop|Mill|Green|View"
)
STATES = (
    r"A[KLRZ]|C[AOT]|DE|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]"
)
TOWN = rf"(?:,? (?!I\b|The\b|It\b){CAPITAL}[\w'äöüß.-]+(?: {CAPITAL}[\w'äöüß-]+){{0,2}})"
POSTCODE = (
    r"(?:,? (?:[A-Z]{1,2}[ -])?(?:[A-Z]{2},? ?)?\d{5}(?:-\d{4})?\b|,? [A-Z]{1,2}-\d{4}\b|,? \d{4}-\d{3}\b"
    r"|,? (?:[A-Z]{2} )?[A-Z]\d[A-Z] \d[A-Z]\d\b|,? \d{4} [A-Z]{2}\b|,? \d{4}(?= [A-ZÅÄÖ]\w)|,? \d{3} \d\d(?= [A-ZÅÄÖ])"
    r"|,? (?:NSW|VIC|QLD|WA|SA|TAS|ACT"
    r"|NT) \d{4}\b|,? [A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b)"
)
# Homes as each country writes them.
NO_ROAD = (
    r"(?!(?:Wheel|Rear|Front|All|Right|Left|Hand|Speed|Valve|Cylinder|Pin|Bolt|Hole|Stage|Inch|Door|Point|Post|Volt"
    r"|Amp|Hour|Minute|Second|Day|Week|Piece|Foot|Euro|Link|Lug|Spoke|Way)\b)"
)
ENGLISH_STREETS = (
    r"\d{1,5} (?:County R(?:oa)?d|State Route|Highway|Hwy) \d{1,4}\b",
    (
        r"(?:(?:Flat|Unit|Apt\.?|Suite) \w{1,4},? )?"
        r"\d{1,5}(?:-\d{1,4})?[A-Za-z]?,? (?:(?:[NS][EW]|N|S|E|W|North|South|East|West|Old|New)\.? )?"
        rf"{NO_ROAD}(?:(?:{CAPITAL}[\w'’-]+|\d{{1,3}}(?:st|nd|rd|th)) ){{1,3}}(?:{ROADS})\b(?:\.? [NSEW]\b)?"
        r"(?! (?:tyres?|tires?|shafts?)\b)\.?(?:,? (?:Apt|Unit|Suite|#) ?\w+)?"
        r"(?: (?:Ind(?:ustrial|\.)|Trading|Business) (?:Est(?:ate|\.)|Park))?"
    ),
    rf"Unit \w{{1,4}},? (?:{CAPITAL}[\w'’-]+ ){{1,2}}(?:Ind(?:ustrial|\.)?|Trading|Business) (?:Est(?:ate|\.)?|Park)\b",
    (
        rf"(?:Flat|Apartment|Apt\.?|Suite) \w{{1,4}},? (?:{CAPITAL}[\w'’-]+ ){{1,2}}"
        r"(?:House|Court|Building|Mansions|Tower|Lodge)\b"
    ),
)
GERMAN_STREETS = (
    rf"{CAPITAL}[\wäöüß-]*(?:straße|strasse|str\.|allee|gasse|chaussee) \d{{1,3}}[a-z]?\b",
    rf"(?:{CAPITAL}\w+[ -]){{1,3}}(?:Str\.|Straße|Strasse) \d{{1,3}}[a-z]?\b",
    rf"(?!Wheel|Speed){CAPITAL}[a-z]+ (?:way|road|street|lane|avenue|close) \d{{1,3}}[a-z]?(?=,? {CAPITAL}[a-z])",
    (
        rf"(?:{CAPITAL}\w+ )?{CAPITAL}[a-zåäöø]*(?:straat|gracht|laan|plein|kade|singel|dreef|gat[ae]n?|vägen|ve[ig]en"
        r"|gade|vej|katu) \d{1,4}"
        r"(?:-?[A-Za-z]| bis)?\b"
    ),
    (
        rf"{CAPITAL}[\wäöüß-]*(?:weg|platz|ufer|damm|ring|halde|berg|feld|hof|rain|steig|graben|markt) \d{{1,3}}[a-z]?"
        r"(?=, (?:[A-Z]{1,2}-)?\d{4,5})"
    ),
)
FRENCH_STREETS = (
    (
        r"\d{1,4}(?: ?(?:bis|ter))?,? (?:[Rr]ue|[Aa]venue|[Bb]oulevard|[Cc]hemin|[Aa]llée|[Ii]mpasse|[Qq]uai|[Rr]oute) "
        rf"(?:(?:de|du|des|la|le|l')\s?)*{CAPITAL}[\w'-]+(?: {CAPITAL}[\w'-]+)?"
    ),
)
OTHER_STREETS = (
    (
        rf"(?:Am|An der|Im|In der|Auf der|Zum|Zur) (?:{CAPITAL}\w+ )?{CAPITAL}[\wäöüß-]+ \d{{1,3}}[a-z]?"
        r"(?=,? (?:[A-Z]{1,2}-)?\d{4,5}|, bei)"
    ),
    (
        r"(?:Via|Viale|Corso|Calle|Piazza|Avenida|Rua|Plaza|Paseo) (?:(?:de|del|della|das|dos|do|da|la|las|los) )*"
        rf"(?:{CAPITAL}[\w']+ ){{0,2}}{CAPITAL}[\w']+,? \d{{1,4}}\b(?:, \d{{1,2}}º ?\w?\b)?"
    ),
    rf"via (?:{CAPITAL}[\w']+ ){{1,3}}\d{{1,4}}(?=, \d{{5}})",
    rf"via (?:dei|delle|della|degli|del) (?:{CAPITAL}[\w']+ ){{1,2}}\d{{1,4}}\b",
    rf"{CAPITAL}\w+ (?:utca|körút|ulica|ulice|sokak|caddesi) \d{{1,4}}\b",
    rf"Laan van (?:de |der |den )?{CAPITAL}\w+ \d{{1,4}}\b",
    rf"ul\. {CAPITAL}\w+(?: {CAPITAL}\w+)? \d{{1,4}}\w?(?:/\d{{1,4}})?(?:,? \d\d-\d{{3}})?",
    r"P\.? ?O\.? ?Box \d+",
    r"(?:RR|HC|Rural Route) ?\d+,? Box \d+",
    (
        rf"(?:\d{{1,5}} (?:{CAPITAL}[\w'’-]+ ){{1,3}}{CAPITAL}[\w'’-]+,? )?"
        rf"[A-Z][a-z]+(?: [A-Z][a-z]+)?, (?:{STATES}) \d{{5}}\b"
    ),
)
STREET = re.compile(
    rf"\b(?=[{names.CAPITAL}\duv])(?:{'|'.join((*ENGLISH_STREETS, *GERMAN_STREETS, *FRENCH_STREETS, *OTHER_STREETS))})"
    rf"(?:,? (?:(?:[A-Z]{{1,2}}-)?\d{{4,5}}|\d{{4}}-\d{{3}}|\d{{3}} \d\d|\d\d-\d{{3}}|\d{{4}} [A-Z]{{2}}){TOWN}"
    rf"|{TOWN}?{POSTCODE}|,{TOWN})?"
)
# A British post code by itself: the letters behind leave out C, I, K, M, O and V, and 4DR or 4WD is said of a car.
POST_CODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? \d(?!DR|WD|LT|WS|HP)[ABD-HJLNP-UW-Z]{2}\b")
LABELLED_STREET = re.compile(
    r"\b((?i:i (?:live|work)|my (?:old |new )?(?:house|home|shop|garage|workshop|place|lock-?up|unit|flat"
    r"|yard))\b[^\n.;]{0,20}? (?:on|in|at|off) )"
    rf"(?:{CAPITAL}[\w'’-]+ ){{1,3}}(?:{ROADS})\b(?:,? (?i:number|no\.?|nr\.?) ?\d+\w?)?"
)
# Countries, and what one can be in without living there.
NO_HOME = (
    r"(?:(?:The|England|Scotland|Wales|Ireland|Britain|UK|US|USA|America|Canada|Australia|Germany|Deutschland|Austria"
    r"|Switzerland|France|Italy|Spain|Portugal|Holland|Netherlands|Belgium|Denmark|Sweden|Norway|Finland|Poland|Europe"
    r"|Japan|Africa|Asia|English|German|French|Dutch|January|February|March|April|May|June|July|August|September|October"
    r"|November|December|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|BMW|Bosch|Getrag|Motronic|Evo|Sport"
    r"|Park|Drive|Reverse|Neutral|OP|This|That|My|M3|E30|S14|ECU|DME|OEM|AC)\b)"
)
GERMAN_WAY = re.compile(  # back to Ahornweg 27b; but 20 mm are a Federweg
    rf"\b((?i:to|at|in|near|nach|zum?|zur|bei) ){CAPITAL}[a-zäöüß]{{3,}}(?:weg|platz|damm|ufer|graben|steig|hof)"
    r" \d{1,3}[a-z]?\b(?! ?(?:mm|cm|°))"
)
HOME = re.compile(  # up here in Flagstaff, I'm over near Kirkby Lonsdale, by the Lidl in Veenendaal
    r"\b((?:(?i:(?:up|down|over|out|back|round|around) here|(?:I'?m|I am|we'?re|we are|mine'?s|lives?|living|based"
    r"|located|grew up|moved)(?: (?:up|down|over|out|just|right|now|here|outside|back|parked|stored|kept)){0,3}|here)"
    r"(?: (?:under|on|at|by) [a-z]+ [a-z]+)?|(?:[Mm]y|[Oo]ur|[Tt]he) (?:garage|house|home|flat|barn|workshop"
    r"|lock-?up|storage)|(?:the|a) (?:Lidl|Aldi|Rewe|Edeka|Tesco|Asda|Walmart|Costco|Shell|Esso|pub"
    r"|school|church|gym|supermarket|(?:train |petrol |gas |filling )?station|car park|hospital|library))"
    r" (?:in|near|behind|outside(?: of)?|around|by|from|to) )"
    rf"(?!{NO_HOME}){CAPITAL}[\w'äöüß-]{{2,}}(?: {CAPITAL}[\w'äöüß-]{{2,}}){{0,2}}"
)
LABELLED_PLACE = re.compile(
    r"\b((?i:live|zip(?: code)?|post ?code|plz|wohne|located|pick ?up|collect(?:ion)?|abholung|standort"
    r"|ship(?:ped|ping)?|send|mail(?! order)|post(?:ed)?|address)"
    r"[^\n.;]{0,25}? )(?:(?:D-)?\d{5}(?:-\d{4})?(?: [A-ZÄÖÜ][\wäöüß]+)?"
    r"|[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2})\b(?! ?(?:miles|km|[a-z]+s\b))"
)
WHERE = r"-?\d{1,3}\.\d{4,}°? ?[NSEW]?"
MINUTES = r"\d{1,2}(?:\.\d+)?['′’](?: ?\d{1,2}(?:\.\d+)?(?:\"|″|'')?)?"
COORDINATES = re.compile(
    rf"(?<![\w.])(?:(?:-?[1-9]\d{{1,2}}\.\d{{4,}}|-?\d{{1,3}}\.\d{{5,}})°? ?[NS]?[, ;/]+{WHERE}"
    r"(?![\d.]| ?(?:mm|in(?! (?:(?:your|my|the) (?:phone|sat ?nav|gps|maps?)|google|maps)\b)"
    rf"|\")(?!\w))"
    r"|\d{1,3},\d{5,}[ ;/]+\d{1,3},\d{5,}|(?i:lat(?:itude)?)[ :=]*-?\d+\.\d+.{0,8}?(?i:lon\w*|lng)[ :=]*-?\d+\.\d+"
    rf"|[NS]? ?\d{{1,3}}° ?{MINUTES} ?[NSEW]?[+, /]*[EW]? ?\d{{1,3}}° ?{MINUTES} ?[NSEW]?"
    r"|[NS] ?\d{1,2}\.\d{3,}°?,? ?[EW] ?\d{1,3}\.\d{3,}|[NS] ?\d{1,2}°? \d{1,2}\.\d+'?,? [EW] ?\d{1,3}°? \d{1,2}\.\d+'?"
    r"|\d{1,2}[C-X] \d{6} \d{7}\b)"
)
MAP_CODE = re.compile(
    r"(?i:(?<=grid ref )|(?<=grid reference )|(?<=grid ref: ))[A-Z]{2} ?\d{2,5} ?\d{2,5}\b"
    r"|///[a-z]{3,}\.[a-z]{3,}\.[a-z]{3,}|\b(?=[A-Z]*\d)[2-9CFGHJMPQRVWX]{4,8}\+[2-9CFGHJMPQRVWX]{2,3}\b"
)

MONTH = (
    r"(?:jan|gen|ene|f[eé][bv]|mar|mär|a[pbv]r|ma[igyj]|mag|jun|juin|giu|jul|juil|lug|aug|ago|aoû|sep|set|o[ckt]t|nov"
    r"|de[czs]|d[eé]c|dic)[a-zä-û]*\.?"
)
BORN = (
    r"born|birth ?day|birth ?date|date of birth(?: [a-z]+){0,6}|d\.?o\.?b\.?|geb\.|geboren|geburts\w+|b-?day|né le"
    r"|née le|naci(?:do|da)|nat[oa] il|född|født|turn(?:ing|ed|s)? (?:twenty|thirty|forty|fifty|sixty|seventy)"
    r"|turn(?:ing|ed|s)? \d\d(?! ?(?:mm|deg|nm|rpm|°))|i'?ll be \d\d|my \d0th|urodzon\w+"
)
DAY = r"(?:the )?\d{1,2}(?:st|nd|rd|th|\.)?"
BIRTHDAY = re.compile(
    rf"(?i)(?=[bdfgimntu\d])((?<!\w)(?:{BORN})(?!\w)[^\n\d.;]{{0,20}}?)"
    r"(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}[-/.]\d\d[-/.]\d\d"
    rf"|(?:{DAY}(?: (?:of|de)|-)?[ ]?{MONTH}|{MONTH}[ ]\d{{1,2}}(?:st|nd|rd|th)?)"
    rf"(?:,?(?: de)?[ -]\d{{4}}|,? \d\d)?|{MONTH} (?:\d{{4}}|['’]\d\d)|\d{{4}}|\d{{1,2}}/\d{{1,2}})(?!\w)"
    rf"|(?<![\w.])(?:\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}|{DAY}(?: of)? {MONTH}(?: \d{{4}})?)"
    r"(?=,? (?:(?:is|was) )?(?:my|his|her|our|mine) (?:birth|b-?day|d\.?o\.?b))"
    r"|((?<!\w)b\. )\d{1,2}[./-]\d{1,2}[./-]\d{2,4}(?!\w)"
)
