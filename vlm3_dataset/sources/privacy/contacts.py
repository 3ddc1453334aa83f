"""Patterns of what leads to a person elsewhere: profiles, mail, telephones, accounts of services, network addresses.

Each comes with its stand-in; what a group of it holds stays. Numbers of the trade look much like telephones (0 261 200
071 is a sensor, 07119903033 a nut, +0.25 - 0.35 a tolerance), so where a form alone does not tell, only the words
before it do. A pattern looks at each place of a text once: a post may be 20,000 letters without a blank.
"""

import re

from vlm3_dataset.sources.privacy.choices import one_of

END = r"[^\s\])>\"']"  # what an address of the web is made of
ADDRESS = rf"(?:(?:https?|ftp)://|\bwww\.){END}+|(?<![\w.@-])(?:[\w-]{{1,63}}\.)+[a-z]{{2,6}}/{END}+"
URL = re.compile(rf"(?i){ADDRESS}")
HOSTS = (
    r"facebook|fb|instagram|twitter|x|tiktok|linkedin|t|wa|telegram|paypal|venmo|cash|patreon|photobucket|flickr|imgur"
    r"|youtube|strava|garagejournal|ebay|kleinanzeigen|craigslist|linktr|myspace|vk|snapchat|cardomain|pinterest|reddit"
    r"|etsy|gumtree|twitch|discord|revolut|wise|gofundme|ko-fi|buymeacoffee|justgiving|kickstarter|indiegogo|vimeo"
    r"|dailymotion|soundcloud|substack|bsky|threads|tumblr|steamcommunity|rumble|odysee"
)
# A profile on a board, an account elsewhere, a seller's own page.
PROFILE = re.compile(
    rf"(?i)(?:^|[/.])(?:{HOSTS})\.(?:com|me|ee|de|org|net|tv|app|gg|social|co\.uk)/."
    r"|member(?:s|list)?\b|\buser|\busr/|profil|account|private\.php|[?&]u=\d|seller|contact|sendmessage|/u/|/~"
    r"|/garage/|/shop/|/store/|@"
)
OWN_SITE = re.compile(
    rf"(?i)\b(my (?:own )?(?:web ?)?(?:site|blog|page|diary)\b[^\n.;/]{{0,20}}?[ (])(?!\S*\[)(?:{ADDRESS})"
)
MAP = re.compile(
    r"(?i)(?<![\w.@-])(?:https?://)?(?:[\w-]{1,63}\.){0,3}(?:goo\.gl/maps|google\.[a-z.]{2,6}/maps|openstreetmap\.org"
    r"|what3words\.com|w3w\.co|goo\.gl)/\S+|https?://maps\.\S+"
)

MAIL = re.compile(r"(?i)\b[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+\b")
# jo at gmail dot com, jo (at) gmail . com, jo[AT]web.de: the ending tells. Those that are words ("rough at idle. No
# codes", "at that point it") count only where no blank parts them from their host.
FOREIGN_AT = r"æt|arroba|klammeraffe|chez|zavin[aá]c|chiocciola"
AT = rf"(?: ?[\[({{<_*]+ ?(?:at?|@|ät|{FOREIGN_AT}) ?[\])}}>_*]+ ?|-at-| +(?:at|a t|ät|{FOREIGN_AT}) +| *@ *|&#0*64;)"
DOT = (
    r"(?: ?[\[({<_*]+ ?(?:dot|punkt|punto|point|\.) ?[\])}>_*]+ ?|-dot-| +(?:dot|d o t|punkt|punto) +"
    r"| +point +(?=(?:com|net|org|fr)\b)|\.)"
)
MAIL_HOSTS = r"gmail|google ?mail|hotmail|yahoo|gmx|icloud|protonmail|btinternet|t-online|outlook|aol"
ENDINGS = (
    r"com|net|org|de|uk|co|edu|gov|biz|fr|nl|au|nz|eu|pl|pt|dk|fi|io|cz|ru|tr|br|ie|hu|sk|gr|ua|za|mx|jp|fm|ro|bg|rs|lu"
    r"|hr|si|cl|il|kr|sg|hk|lt|lv|ee|email|xyz|online"
)
WORD_ENDINGS = "info|it|ch|at|ca|us|es|se|be|no|me"
HOST_END = re.compile(  # in small letters: what a spelled address ends in
    rf"(?:{MAIL_HOSTS})\b|(?:dot|d o t|punkt|punto|point|\.)[\s\])}}>_*-]*(?:{ENDINGS}|{WORD_ENDINGS})\b"
)
SPELLED_MAIL = re.compile(
    r"(?i)(?<![\w.+-])(?!(?:look(?:ed|ing)?|order(?:ed)?|bought|buy|found|see|check|it|them|available|listed|sold"
    r"|prices?|address|account|e?-?mail|me|name|box) at )"
    r"[\w.+-]{1,64}"
    rf"(?: \. [\w.+-]{{1,64}}|(?: ?[\[({{<]dot[\])}}>] ?|-dot-| (?:dot|punkt|punto) )[\w+-]{{1,64}}){{0,2}}{AT}"
    rf"(?:[\w-]{{1,63}}(?:{DOT}[\w-]{{1,63}}){{0,3}}"
    rf"(?:(?:{DOT}| +\. *)(?:{ENDINGS})"
    rf"|{DOT}(?-i:{WORD_ENDINGS}|IT|CH|AT|CA|US|ES|SE|BE|NO|ME))\b(?!-)"
    rf"|(?:{MAIL_HOSTS})\b(?!{DOT}\w)(?: \. ?(?:com|net|de|fr)\b)?)"
)
ADDED_MAIL = re.compile(
    rf"(?i)\b((?:add|put|append) @?(?:{MAIL_HOSTS})(?:\.\w+)? (?:to|after|behind|at the end of) )[\w.+-]{{3,}}"
)

# +49 89 1234 5678, (555) 867-5309, 089 / 1234567, 0171-1234567, 07700 900123, 0208 555 0126, 06 12 34 56 78. Other
# groups parted by blanks alone are part and tool numbers (0 261 200 071, 0280 150 714, 11 2 010), and 09/1987 - 1991
# is a time: they stay. So does a nut in one piece, 07119903033.
NUMBER_WORD = r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)"
TELEPHONE = re.compile(
    r"(?i)(?<![\w.])(?<!\d\d\d-)(?:(?:\+|00)[1-9]\d{0,2}(?: ?\(0\))?[ ()/.-]{0,3}(?:\d[ ()/.-]{0,3}){6,11}\d"
    r"|\(\d{3}\) ?\d{3}[-. ]?\d{4}|\(\d\d\) ?\d{4,5}-\d{4}"
    r"|[2-9]\d\d(?:[-. ][2-9]\d\d[-. ]|/\d{3}-)\d{4}|(?:0\d{3,5} |\(0\d{1,5}\) ?)\d{5,8}"
    r"|0\d{4} \d{3} \d{3}|\(0\)\d{2,5} \d{3} \d{3,4}|0\d{3} \d{3} \d{4}|0\d\d \d{4} \d{4}|0\d\d \d{3} \d\d \d\d"
    r"|\(0\d{1,5}\) ?\d{3,4}[ -]\d{3,4}|(?!0[137]\d\d9\d{6}\b)0\d{10,11}|01[5-7]\d[ /-]?\d{3,4}[ -]?\d{3,5}"
    r"|0[1-9](?:[ .-]\d\d){4}|0\d{2,4} ?[/-] ?\d\d(?: ?\d\d\d?){2,4}"
    r"|\d(?:[ ()/.-]{0,2}\d){6,14}(?= is my (?:cell|number|phone|mobile)\b)"
    r"|\d{3}-\d{4}(?=,? (?:\(?[a-z ]{0,12}area code|ask for|evenings|after (?:six|work|\d)|cell|home|mobile)\b)"
    rf"|\(?(?:{NUMBER_WORD}[ -]){{2,}}{NUMBER_WORD}\)?,? \d{{3}}[- ]?\d\d[- ]?\d\d"
    rf"|(?:{NUMBER_WORD},?[ -]){{6,}}{NUMBER_WORD}"
    r"|(?<!\d )(?!0\d ?[/-] ?(?:19|20)\d\d)0\d{1,4} ?[/-] ?\d{3,}(?:[\d -]{2,}\d)?)(?![\w]|\.\d)(?:,? ?(?:ext"
    r"|x)\.? ?\d{1,5}\b)?"
)
# After such a word any seven to fifteen digits are one, unless a part is named between.
# A part number of Bosch or BMW is no telephone, whatever stands before it.
DIGITS = (
    r"(?!0 \d{3} \d{3} \d{3}\b|\d\d \d\d \d \d{3} \d{3}\b)"
    r"\+?\(?\d(?:[ ()/.-]{0,3}\d){6,14}\b(?! ?(?:km|miles|mi|rpm|mm|nm)\b)"
)
LABELLED_TELEPHONE = re.compile(
    r"(?i)\b(?=[abcdfhilmnprstvwz])((?:call(?! it\b)|phone|ph|tel|tél|telephone|telefon|t[eé]l[eé]fono|fon|fone|tlf"
    r"|mobile|mobil|mob|cell|landline|zelle|twint|swish|vipps|bizum|mobilepay|facetime"
    r"|text(?! (?:on|in|of|reads|says)\b)|txt|(?:ring|reach) (?:me"
    r"|us|him)|sms|icq|num[eé]ro|whats ?app|viber|fax|handy(?:nummer)?|my (?:nr|no|number)(?: is)?|dial)\b"
    r"(?:(?!\bparts?\b|p/n|\bpn\b|bosch|sensor|relay|oem|order|number|bmw|dealer)[^\d\n+\"”]){0,30}?)(?<![\w.])"
    r"(?<!\bfor )"
    rf"{DIGITS}"
)
# Once names are gone: Shane, 0491 570 156.
NAMED_TELEPHONE = re.compile(rf"(\[name\],? ?(?:at |on |under |is |@ ?|:)?){DIGITS}")

OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
REST = r"(?::\d{2,5}|/\d{1,2})?(?!\.?\d|\w)"
# Four small numbers are a version of some software, unless somebody calls them an address.
NETWORK = re.compile(
    r"(?i)(?<![\w.])(?=[1-9][\d.]{6})(?<!version )(?<!\bv )(?<!rev )(?<!\bsw )(?=[\d.]*(?:\d{3}|[2-9]\d\.))"
    rf"(?:{OCTET}\.){{3}}{OCTET}{REST}|(?<![\w.])(?=[1-9]){OCTET}\.{OCTET}\.[x*]{{1,3}}\.[x*]{{1,3}}(?![\w.])"
)
HEX_NETWORK = re.compile(
    r"(?i)(?<![\w:])(?=[\da-f:]*(?:::|(?::[\da-f]{1,4}){4}))(?=[\da-f:]*[\da-f]{3})[\da-f]{0,4}"
    r"(?:::?[\da-f]{1,4}){3,7}(?![\w:])|(?<![\w:])(?:[\da-f]{2}:){5}[\da-f]{2}(?![\w:])"
)
PROVIDERS = (".dip", ".res.", ".dyn.", "dsl.", ".cable.", ".pool.", ".ppp.", ".dhcp.")  # of a line's host name
HOST = re.compile(
    r"(?i)(?<![\w.-])(?=[\w-]*\d)[\w-]{1,63}(?:\.[\w-]{1,63}){0,4}?\.(?:dip\d?|res|dyn|[av]?dsl|cable|pool|ppp"
    r"|dhcp)\.[\w.-]+\w"
)
LABELLED_NETWORK = re.compile(rf"(?i)\b(ips?(?: (?:address(?:es)?|is|was|addr))*[ :=]*)(?:{OCTET}\.){{3}}{OCTET}{REST}")

SERVICES = (
    r"gmail|googlemail|hotmail|paypal(?:\.me)?|venmo|zelle|cash ?app|revolut|skype|whats ?app|telegram|discord"
    r"|instagram|insta|ig|facebook|fb|twitter|tiktok|snapchat|ebay|e-bay|icq|msn|yahoo|wechat|imessage"
    r"|facetime|youtube|patreon|psn|reddit|flickr|strava|twitch|etsy|amazon|gumtree|kleinanzeigen|craigslist"
    r"|pistonheads|leboncoin"
)
# Services that are words of the trade as well: the speed signal is weak, a snap ring.
WORD_SERVICES = "signal|steam|aim|snap"
SERVICE = re.compile(rf"\b(?:{one_of(f'{SERVICES}|{WORD_SERVICES}'.split('|'))})\b")  # in small letters
CAR = r"(?![A-Z]\d{1,3}(?:[A-Z]\d\d)?(?![\w.-]*\w))"  # S14B23 is an engine, m3.parts is somebody
# An account elsewhere: behind a sign, or looking like one, or behind a word that says so.
HANDLE = re.compile(
    rf"(?i)\b((?:{SERVICES})\b(?: (?:is|id|name|handle|user(?:name)?|seller|store|shop|account|screen ?name|under"
    r"|to|as|me|nick|from|by|called|named|channel|page|profile|group|address|gift|friends and family|f&f|tag|contact"
    r"|payment|at)\b)*)"
    r"((?: ?[:=#/@]+ ?@?)(?!(?:new|used|get|got|group|out|see|slow|check|search|look|front|rear|not?|all|some|many|most"
    r"|only|the|this|there|they|their|very|try|good|bad|same)\b )[$]?(?=[A-Za-z0-9])[\w.#*-]{3,}(?::[\w.]+)?"
    r"(?-i: [A-Z][\w-]+){0,2}"
    rf"|(?: [-–—])? @?{CAR}(?=[A-Za-z][\w.#*-]*(?:[\d_]|\.[a-z]))[\w.#*-]{{3,}}"
    r"|(?:(?<= user)|(?<=name)|(?<=andle)|(?<=ount)|(?<=ller)|(?<= tag)|(?<=nder)|(?<= as)|(?<= is)|(?<=alled)"
    r"|(?<=amed)|(?<= id)) (?!(?:only|fine|okay?|preferred|please|accepted|friends|gift|great"
    r"|good|bad|best|cheap|expensive|always|usually|where|there|down|still|your|their|about|full"
    rf"|happy|usual|well|before)\b){CAR}[A-Za-z][\w.-]{{4,}}(?-i:(?<=[a-z]) [A-Z][\w-]+)?)"
)
NAMES_ONE = re.compile(r"(?i)\b(?:user\w*|name|handle|account|seller|tag|under|called|named|id|nick)\b")
ON_WORD = re.compile(  # my signal is karl.e30, and no signal at pin 15
    rf"(?i)\b((?:(?:my|on|via|through|over|add me on) (?:{WORD_SERVICES})(?: (?:is|id|name|as|at|me|under))*[ :@]+"
    rf"|(?:{WORD_SERVICES}) ?(?:id|name)? ?[:=] ?@?))(?!pin|plug|cyl|term)"
    r"(?:[a-z]{3,}\d{2,}\w*|[a-z]\w{2,}\.[a-z]\w+)(?![\w.]*\w)"
)
SHOP = re.compile(
    rf"(?i)\b((?:{SERVICES}) (?:shop|store|seller|vendor|page|group|channel)?(?: (?:is|called|named))? ?)"
    r"(?:[\"“][^\"”\n]{3,40}[\"”]|(?-i:(?<=nnel )|(?<=nnel is )|(?<=called ))(?-i:(?:[A-Z][a-z]+){2,})|(?-i:"
    r"(?<=[bkp] )[A-Z][a-zà-ÿ]+ [A-Z][a-zà-ÿ]+))"
)
SELLER = re.compile(
    rf"(?i)\b((?:(?:seller|user|from|by|i'?m|i am|(?:he|she)(?:'?s| is)|follow|find|add|as)(?: was| is)? ['\"]?{CAR}"
    r"(?=[A-Za-z][\w.*-]*[\d_.]|(?-i:[A-Z][a-z]+[A-Z]))|(?:sells?|trades?|goes|known|listed) (?:as|under) ['\"]?))"
    rf"[A-Za-z][\w.*-]{{2,}}(?=['\"]? (?:on|at) (?:the )?(?:{SERVICES})\b)"
)
MEMBER = re.compile(
    r"(?i)\b((?:(?:user|screen|forum|board|nick|login) ?name|user ?id|line id|(?:pm|message|ask|contact) (?:the )?"
    r"(?:user|member))(?: (?!is\b)[a-z]{2,8}){0,3}?(?:(?: is|:| =)|(?<=user)|(?<=member)|(?<=id)) ['\"]?)"
    r"(?![a-z]{1,4}\b)[A-Za-z][\w.-]{3,}"
)
# Variables and channels of a tuner's software (rpm_limit, coolant_temp) are nobody.
NO_CHANNEL = (
    r"(?!(?:(?:rpm|limit|temp|load|map|maf|afr|tps|advance|dwell|timing|volts?|voltage|pressure|table|duty|fuel|ign"
    r"|ignition|engine|coolant|speed|idle|air|main|oil|boost|target|spark|inj|injector|battery|warmup|start|throttle)"
    r"(?:_|(?!\w))){2,})"
)
# slow_hand, and no file (log_3.csv) or map of a chip (KF_ZW).
UNDERSCORED = re.compile(
    rf"(?<![\w/.\\@?&-])@?(?![A-Z\d_]+\b){NO_CHANNEL}(?=\w*[A-Za-z])[A-Za-z\d]+(?:_[A-Za-z\d]+)+(?!\.?\w)"
)
DOTTED = re.compile(  # look for slow.hand.m3
    r"(?i)\b((?:look for|search(?: for)?|follow|find me (?:as|under)|under|it'?s) )(?!www\.)[a-z]\w*(?:\.[a-z]\w*){2,}"
    r"(?![.\w/])"
)
ON_REDDIT = re.compile(r"(?<![\w/])/?u/[\w-]{3,}")
MENTION = re.compile(
    r"(?i)(?<![\w@.\]])@(?!(?:idle|wot|full|max|min|rpm|about|least|home|work|cold|hot|start\w*|speed|redline|part|light"
    r"|stock|the|this|all|any|that|ambient|room|atm|tdc|bdc|cruise|crank\w*|approx\w*|front|rear|wheels?|flywheel|crank"
    r"|low|high|mid|temp\w*|lambda|tps|maf|afr|load|throttle|stoich\w*|boost|volt\w*|pin|cyl\w*)\b)"
    r"(?=[A-Za-z_])\w{3,}(?:\.\w{2,})*|(?<!\w)[$][A-Za-z]\w{3,}"
)
