"""Find the names of people in a post. Pure.

Members of the thread are known by what the board prints; others by their first name, or by the words around them. A
member may be called Idle or M3: such a name counts only where somebody is spoken to or of.
"""

import re
from functools import lru_cache

FIRST_NAMES = """
    Aaron Abby Abigail Adam Adrian Ahmed Alan Albert Alberto Alejandro Alessandro Alex Alexander Alexandra Alfred Alice
    Alison Amanda Amy Anders Andre Andrea Andreas Andrew Andy Angela Anja Anna Anne Annette Anthony Antoine Antonio
    Arjan Arthur Barbara Barry Bas Beate Ben Benjamin Bernard Bernd Bernhard Bert Beth Betty Bjorn Björn Bob Bobby Boris
    Brad Bradley Brandon Brenda Brendan Brent Brett Brian Bruce Bruno Bryan Byron Caleb Cameron Carl Carla Carlos Carol
    Caroline Catherine Charles Charlie Charlotte Chloe Chris Christian Christina Christine Christoph Christophe
    Christopher Cindy Claire Claudia Claus Colin Connor Corey Craig Curtis Cynthia Damian Damien Dan Daniel Danny Darren
    Dave David Debbie Deborah Denis Dennis Derek Derrick Diana Diane Didier Diego Dieter Dietmar Dirk Dmitri Dominic
    Dominik Don Donald Donna Doug Douglas Duncan Dustin Dylan Eddie Edgar Eduardo Edward Edwin Elena Eli Elizabeth Ellen
    Emily Emma Eric Erich Erik Erin Ernie Ethan Eugene Evan Fabian Felix Fernando Fiona Florian Francesco Francis
    Francisco Francois François Frans Fred Freddy Frederick Fredrik Friedrich Fritz Gabriel Gareth Gary Gavin Geoff
    Geoffrey George Gerald Gerard Gerhard Gerrit Gianni Giorgio Giovanni Giulio Giuseppe Glen Glenn Gordon Graham Greg
    Gregory Guido Guillaume Gunther Günter Günther Gustav Hannah Hans Harald Harold Harry Hassan Heather Hector Heidi
    Heiko Heinrich Heinz Helen Helmut Hendrik Henrik Henry Herbert Hiroshi Holger Horst Howard Hubert Hugh Hugo Ian Ingo
    Ingrid Isaac Ivan Jacob Jacqueline Jacques Jake Jakob Jamal James Jamie Jan Jane Janet Jared Jason Javier Jean Jeff
    Jeffrey Jennifer Jenny Jens Jeremy Jerome Jerry Jesse Jessica Jill Jim Jimmy Joachim Joan Joanna Joao Jochen Joe
    Joel Johan Johann Johannes John Johnny Jon Jonas Jonathan Jordan Jorge Jose José Josef Joseph Josh Joshua Juan
    Judith Judy Julia Julian Julie Jürgen Jurgen Justin Kai Karen Karim Karin Karl Karsten Kate Katherine Kathy Katrin
    Keith Kelly Ken Kenji Kenneth Kenny Kevin Kim Kirk Klaus Kristian Kurt Kyle Larry Lars Laura Lauren Laurent Lawrence
    Leif Len Leo Leon Leonard Leroy Leslie Lewis Linda Lisa Liz Lorenzo Lou Louis Louise Luc Luca Lucy Luigi Luis Lukas
    Luke Lutz Maarten Magnus Malcolm Manfred Manuel Marc Marcel Marco Marcus Margaret Maria Marie Mario Marion Marius
    Markus Martha Martin Mary Massimo Mathias Matt Matteo Matthew Matthias Maurice Mauro Megan Mehmet Melissa Michael
    Michel Michelle Miguel Mikael Mike Mikhail Mirko Mitch Mitchell Mohamed Mohammed Molly Monica Monika Morten Muhammad
    Nancy Natalie Nathan Neil Nicholas Nick Nicola Nicolas Nicole Niels Nigel Nikolai Nils Noah Noel Norbert Norman Ola
    Olaf Oliver Olivia Olivier Omar Oskar Owen Pablo Pamela Paolo Pascal Patricia Patrick Patrik Paul Paula Paulo Pedro
    Per Pete Peter Petra Phil Philip Philipp Philippe Phillip Pierre Piotr Rachel Rafael Rainer Ralf Ralph Ramon Randy
    Raul Raymond Rebecca Reinhard Rene René Ricardo Richard Rick Ricky Rob Robbie Robert Roberto Rodney Roger Roland
    Rolf Roman Ron Ronald Ronnie Ross Roy Rudolf Rudy Rupert Russ Russell Ruth Ryan Sabine Sally Salvatore Sam Samantha
    Samuel Sandra Sanjay Sara Sarah Scott Sean Sebastian Sergei Sergio Seth Shane Shannon Sharon Shaun Shawn Sheila
    Sigurd Silke Silvia Simon Simone Sofia Sonja Sophie Stacy Stefan Stefano Stephan Stephanie Stephen Steve Steven
    Stewart Stuart Sue Susan Susanne Suzanne Sven Sylvia Tamara Tanja Tara Ted Terry Thomas Thorsten Tiffany Tim Timo
    Timothy Tina Tobias Todd Tom Tomas Tommy Toni Tony Torsten Tracy Travis Trevor Tristan Tyler Udo Ulf Ulrich Ulrike
    Ursula Uwe Valerie Vanessa Vasily Veronica Vic Vicky Vince Vincent Vincenzo Vladimir Volker Walter Warren Wayne
    Wendy Werner Wesley Wilhelm William Willy Wolfgang Xavier Yannick Yuri Yusuf Yves Yvonne Zach Zachary Aidan Amit
    Andrzej Antti Bart Benoît Bogdan Callum Cédric Cody Dale Darryl Daryl Declan Detlef Dragan Dwayne Eckhard Fergus
    Frédéric Gerd Giancarlo Gianluca Gilles Goran Göran Håkan Hamish Hartmut Heikki Hervé Jacek Janne Jérôme Jeroen
    Joost Jörg Jørgen Jörn Jussi Koen Krzysztof Lance Liam Loïc Lothar Lyle Marek Marty Mathieu Matti Mikko Nate Nuno
    Pekka Pieter Preston Radoslav Rajesh Rüdiger Rui Ruud Sandeep Sébastien Siegfried Søren Soren Stan Stéphane Takashi
    Thierry Thorben Tiago Tomasz Torben Trent Troy Uli Vikram Wade Wilfried Wim Wojtek Zbigniew Zoran Åke Aoife Iker
    Reto Sjaak Sverre Yvan Duarte Emre Gunnar Mikey Radomir Tasha Abdul Adele Agnieszka Aiko Akira Alain Aldo Alessia
    Alfonso Alistair Amelia Amir Anand Andrei Andrés Angelo Angus Anil Anita Annegret Anneke Anton Antonia Arash Armando
    Arnaud Arne Arno Arturo Arvid Ashley Asif Astrid Attila Aurélien Ayesha Baptiste Bastian Beatriz Benedikt Benny
    Bertrand Bianca Birgit Blake Bradford Bronwyn Brooke Calvin Camille Casper Cecilia Chad Chandra Chiara Clemens Clive
    Cornelius Cristian Cristina Dafydd Daisuke Damir Danilo Darragh Davide Deepak Desmond Dina Dominique Dorothea Dries
    Dušan Edith Eero Egon Eivind Elias Emil Emilio Emmanuel Enrico Enrique Erwin Esteban Ewan Faisal Farid Federico
    Felipe Fernanda Filip Finn Flavio Franck Franz Frida Gail Gaston Geert Geraint Gilbert Gino Giorgos Gisela Gonzalo
    Graeme Gretchen Gudrun Gustavo Hank Hanna Hannes Hari Haruto Hasan Helena Helga Hendrick Henri Hideki Hugues Ibrahim
    Ignacio Igor Ilse Imran Inga Inge Irene Irina Isabel Isabelle Ismail Istvan Iwan Jaap Jaime Jamila Jana Janos Jarek
    Jasper Jelena Jez Jiri Joaquin Joris Jozef Jude Juergen Jukka Julien Kamil Kaspar Katarzyna Katja Kazuki Keiran
    Kerstin Kieran Kjell Konrad Konstantin Kostas Krister Kurtis Lachlan Lasse Leandro Leighton Leonardo Leszek Leticia
    Lieven Lucas Luciano Ludwig László Maciej Mads Maik Maja Malte Manoj Manolo Marcin Margit Marieke Mariusz Marlene
    Mateusz Matthijs Mattias Mauricio Maxime Michał Mihai Milan Miloš Miro Monique Murat Mustafa Nadia Nadine Naoki
    Natasha Neville Nicolás Nikos Nina Nitin Oleg Ollie Orlando Paddy Panos Paulina Pavel Pawel Paweł Petr Petros Pietro
    Priya Przemek Quentin Ragnar Rahul Raphael Rashid Ravi Regina Renato Renaud Rhys Rico Rikard Rohan Romain Rosario
    Roxanne Ruben Ryoichi Salim Sanjeev Santiago Satoshi Shigeru Sigrid Slavko Sofie Spencer Staffan Stavros Stefania
    Steffen Sunil Susana Sylvain Szymon Sławek Tadeusz Tariq Tatiana Teemu Teresa Theo Theresa Tibor Timm Titus Tomás
    Tore Toshiro Trond Tuomas Ulla Umberto Vaclav Valentin Valentina Vasilis Veit Vera Vidar Vijay Viktor Violeta Vito
    Waldemar Wendell Wilma Winston Wojciech Yasmin Yiannis Yoshi Yuki Zdenek Zeljko
    Torbjørn Torbjorn Hernando Bjarte Oisín Eskil
"""
# Those that a workshop uses as words count only where somebody is called, or owns something.
WORKSHOP_NAMES = "Mark|Jack|Rod|Bill|Art|Rich|Max|Victor|Allen"
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
    porsche ferrari mercedes audi ford sachs bilstein koni pierburg siemens dinan
"""
ORDINARY = frozenset(PARTS_AND_WORDS.split())
CAR_CODE = re.compile(
    r"(?:[emszfgn]\d{1,3}(?:b\d\d\w?)?(?:[ -]?m\d)?|m[1-8]|\d{3,4}(?:[a-z]{1,3})?|[\W\d]+)", re.IGNORECASE
)
# Somebody is spoken to, or of.
BEFORE = (
    r"(?:(?<=@)|(?<=\bthanks )|(?<=\bthanks, )|(?<=\bthank you )|(?<=\bthank you, )|(?<=\bthx )|(?<=\bhi )|(?<=\bhey )"
    r"|(?<=\bhello )|(?<=\bpm )|(?<=\bmessage )|(?<=\bagree with )|(?<=\bask )|(?<=\bcheers )|(?<=\bcheers, ))"
)
AFTER = (
    r"(?= (?:said|says|wrote|writes|mentioned|suggested|posted|asked|pointed out|is right|was right|recommended|told"
    r"|schrieb)\b)"
)
CAPITAL, SMALL = "A-ZÀ-ÖØ-ÞČŁŚŠŻŽ", "a-zß-öø-ÿā-ž"
NAME = rf"[{CAPITAL}][{SMALL}'’]+(?:-[{CAPITAL}][{SMALL}]+)?"
PARTICLES = r"(?:(?:van|von|de|der|den|da|di|la|le) ?)*"
NO_NAMES = (
    r"(?!(?:All|Guys?|Everyone|Everybody|There|Folks|Again|For|So|And|But|The|This|That|You|Your|Then|Just|Some"
    r"|Any|It|If|Is"
    r"|In|On|At|To|My|We|He|She|They|What|When|Why|How|Who|Yes|No|Not|Now|One|Dealer|Dealers|Seller|Owner|Owners"
    r"|Shop|Parts|Part"
    r"|Bosch|Mahle|Getrag|Sachs|Pierburg|Motronic|Germany|German|Munich|Monday|Tuesday|Wednesday|Thursday|Friday"
    r"|Saturday"
    r"|Sunday|January|February|March|April|May|June|July|August|September|October|November|December|Mobil"
    r"|Castrol|Red|Evo"
    r"|Please|Thanks|Thank|Also|After|Before|Because|Both|Check|Only|Use|Will(?!\.?$)|Could|Should|Would|Did|Does|Do"
    r"|Here|Hope|Good"
    r"|Great|Car|Engine|Oil|Euro|Europe|America|American|British|Japan|Let|Was|Were|Has|Have|Had|With|From|By|As|Try"
    r"|Customer|Support|Sales|Service|Turner|Dinan|Alpina|Hartge|Schnitzer|Loctite|Permatex|Motul|Brembo|Eibach"
    r"|Elring|Goetze|Viton|Bilstein|Koni|Schrick|Megasquirt|Autometer|Redline|Bimmerworld|Korman|Metric|Pelican|Reinz"
    r"|Racing|Motorsports?|Bentley|Haynes|Points|Cleaner|Said|Presto|Google|Youtube|Ebay|Amazon|Forum|Mod|Mods|Admin"
    r"|Help|Anyone"
    r"|Someone|Got)\b)"
)
LISTED = "|".join(sorted(FIRST_NAMES.split(), key=len, reverse=True))
SPOKEN = frozenset(name.lower() for name in FIRST_NAMES.split()) - {
    "per",
    "don",
    "sue",
    "lance",
    "wade",
    "dale",
    "rick",
}
# Called after somebody; and "Don't" is no Don.
THINGS = (
    r"Robert Bosch|Rudolf Diesel|Carl Zeiss|Felix Wankel|Paul Rosche|Otto (?:cycle|engine|motor)|Tommy[- ]bar"
    r"|Jerry[- ]?can|Terry (?:clip|spring)|Bob[- ]weight|Russell (?:fitting|hose|line)|Ross piston|Nick(?:s|ed)? "
    r"(?:in|on)\b"
    r"|Jimmy (?:the|it)\b|Victor Reinz|Jan[.-]? ?['’]?\d|Per(?! [A-Z])|Dries (?:in|out|up|hard|to)\b|Don (?:not|the"
    r"|your|a)\b"
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
INTRODUCED = re.compile(
    r"((?i:\bmy name(?:'s| is)|\bname(?:'s| is| was)|\bcall me|\bask for|\bcontact|\bspeak (?:to|with)"
    r"|\bspoke (?:to|with)|\btalk(?:ed|ing)? (?:to|with)|\bchat(?:ted|ting)? with|\b(?:advice|help|tips?) from"
    r"|\bcredit where(?: it is|'s|'s it)? due:?"
    r"|\bseller(?: is| was|,|:)?|\bmein name ist|\bich heiße|\bje m'appelle|\bmi chiamo|\bme llamo|\battn:?|\bc/o"
    r"|\bsigned:?|\bt\.n\.v\.|\baccount holder|\bkontoinhaber|\b(?:thanks|credit|kudos"
    r"|shout ?out)(?: again)?(?: goes)? to"
    r"(?: big| old| young| uncle)?"
    r"|\b(?:(?:girl|boy)?friend|my boss|colleague|co-?worker|buddy|mate|pal|brother|wife|husband|son|daughter"
    r"|neighbou?r|mechanic|father|mother|dad|uncle"
    r"|cousin|machinist|guy|guru|specialist|expert|wizard|tuner|engineer)"
    rf"(?:,| named| called)?) ){NO_NAMES}{NAME}(?: {PARTICLES}(?!Is\b)[{CAPITAL}][{SMALL}]+)?(?![\w])"
    rf"|((?i:\b(?:call|ring|text|phone|e?-?mail|reach|try) )){NO_NAMES}{NAME}"
    r"(?=,? (?:on |at |under |via )?\[(?:tele|mail))"
    rf"|((?i:\b(?:sent|sold|ported|built|rebuilt|machined|signed|bought|written) (?:by|from) ))[A-Z]\. {NAME}\b"
    rf"|(?<=\b[Tt]he ){NO_NAMES}{NAME}(?= (?:brothers|twins|sisters|family)\b)"
    rf"|(?<=\b[Mm]et ){NO_NAMES}{NAME} (?!(?:Motors?|Motorsports?|Racing|Performance|Engineering|Parts|Auto)\b){NAME}\b"
    rf"|((?i:\btook (?:it|mine|her|the \w+) to )){NO_NAMES}{NAME}(?=[^.\n]{{0,40}} and he\b)"
)
# Someone does something to a person, is where he is, or bears a name of a people.
DOES = (
    r"(?:(?: over| up| down| out| back)(?: there)? (?:in|at|from) [A-Z]| at [A-Z]\w+(?: [A-Z]\w+)? (?:rebuilt|built"
    r"|did|machined|welded|honed|ported|reground)\b|,? (?:told|lent|helped"
    r"|sold|sent|showed"
    r"|taught|advised"
    r"|warned|reminded) (?:me|us)\b| and (?:I|his|her)\b| who\b|,? if you (?:read|see)\b)"
)
SURNAME = (
    rf"(?:(?:Mc|Mac|O['’])[A-Z][{SMALL}]+|{NAME}(?:(?<=qvist)|(?<=quist)|(?<=sson)|(?<=wski)|(?<=wska)|(?<=wicz)"
    rf"|(?<=czyk)"
    r"|(?<=escu)|(?<=oulos)|(?<=enko)|(?<=ovic)|(?<=ović)))"
)
NO_SOURCES = (
    r"(?!(?:Nobody|People|Others?|Mechanics?|Google|Experience|Bentley|Haynes|Pelican|Bilstein|Father|Dad|Mom|Mum|Wife"
    r"|Friends?|Local|Somebody|Those|Members|Drivers|Folks|Hello|Hi|Hey|Sorry|Question|Wow|Well|Ok|Okay|Man|Dude|Mate"
    r"|Cool|Nice"
    r"|Interesting|Wait|First|Next|He|She|Who|Which|Later|Finally|Eventually|Another|Two|Three|Ebay|Guy)\b)"
)
DOING = re.compile(
    rf"(?=[{CAPITAL}])\b{NO_NAMES}{NO_SOURCES}(?P<name>{NAME})(?:(?: {NAME}| {SURNAME})?(?={DOES})| {SURNAME}\b"
    rf"| {NAME}(?= (?:did|rebuilt|reground|ported|built|machined|welded|honed) (?:the|my|mine|it|a|both|all)\b))"
)
# A name in small letters counts where he speaks, or stands behind a counter.
SMALL_NAME = re.compile(
    r"\b[a-zà-ÿ]{3,14}(?= (?:said|says|reckons|told me|at the (?:shop|dealer|garage|workshop|parts|counter|machine"
    r"|tuning))\b)"
)
FROM_SOMEWHERE = re.compile(
    rf"((?i:\bthis is|\bi'?m|\bi am|\bit'?s) ){NO_NAMES}{NAME}(?= (?:from|here|by the way|in [A-Z])\b)"
    rf"|(\b[Aa]s ){NO_NAMES}{NO_SOURCES}{NAME}(?=,? (?:says|said|mentioned|pointed|suggested|noted|explained)\b)"
)
TITLED = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|Herr|Frau|Monsieur|Mme|Madame|Signora?|Señora?|Fräulein|Mevrouw|Meneer)"
    r"\.? (?!Vanos|Gas|Colou?r)"
    rf"[{CAPITAL}][\w'’-]+(?: [{CAPITAL}][\w'’-]+)?"
)
FAREWELL = (
    r"cheers|regards|best regards|kind regards|best|best wishes|thanks|many thanks|thanks again|thank you|thx|ta|later"
    r"|rgds|yours|sincerely|grüße|viele grüße|gruß|gruss|mfg|vg|ciao|take care|good luck|drive safe|greetings"
    r"|groeten|groetjes|salut|saluti|saludos|cordialement|lg|mvh|hilsen|hälsningar|hth|hope (?:this|that|it) helps?"
)
SIGNED = re.compile(
    rf"(?im)^((?:.*[.!?] )?(?:{FAREWELL})[,.!]*(?: (?:in advance|again|all|guys|(?:from|aus) [^\n,]{{2,25}})[,.!]*)?"
    rf"(?:\s*\n\s*|\s+)?[-–—~]*\s*)"
    rf"(?:(?:{LISTED})|(?-i:{NO_NAMES}(?:{NAME}|[A-Z]\.)(?: {PARTICLES}(?:[{CAPITAL}][\w'’-]+|[A-Z]\.?)){{0,2}}))[.!]?$"
    # a line of its own, and no item of a list
    rf"|(^(?![-–—~\d(])[^\n]+(?<!:)\n\s*[-–—~]+ ?)(?-i:{NO_NAMES}{NAME}(?: [{CAPITAL}][\w'’-]+)?)\.?$(?!\s*[-–—~])"
)
GREETED = re.compile(
    rf"(?m)(^(?:(?i:hi|hey|hello|dear|hallo|servus|thanks|thank you|cheers|welcome"
    rf"|moin)),? ){NO_NAMES}{NAME}(?=[,!:–-]|\.?$)"
)


def is_ordinary(name: str) -> bool:
    """Return True for a member's name that a post would also use as a word."""
    return name in ORDINARY or CAR_CODE.fullmatch(name) is not None


@lru_cache(256)
def pseudonym_pattern(names: frozenset[str]) -> re.Pattern[str]:
    """Find these names (in small letters) wherever they are whole; `mark` is what is taken out already."""
    plain = sorted((name for name in names if not is_ordinary(name)), key=lambda name: (-len(name), name))
    words = sorted((name for name in names if is_ordinary(name)), key=lambda name: (-len(name), name))
    either = [r"(?<!\w)(?:" + "|".join(map(_spelled, plain)) + r")(?!\w)"] if plain else []
    if words:
        listed = "|".join(map(_spelled, words))
        either.append(rf"(?:{BEFORE}(?:{listed})(?!\w)|(?<!\w)(?:{listed}){AFTER})")
    return re.compile(rf"(?i)(?P<mark>\[[a-z ]{{4,16}}\])|@?(?P<name>{'|'.join(either)})")


def people_in(text: str) -> str:
    """Return a text with the names of people who are no members of the thread taken out."""
    text = KNOWN.sub("[name]", text)
    text = INTRODUCED.sub(r"\1\2\3\4[name]", text)
    text = FROM_SOMEWHERE.sub(r"\1\2[name]", text)
    text = DOING.sub(lambda found: found[0] if is_ordinary(found["name"].casefold()) else "[name]", text)
    text = SMALL_NAME.sub(lambda found: "[name]" if found[0] in SPOKEN else found[0], text)
    text = TITLED.sub("[name]", text)
    text = GREETED.sub(r"\1[name]", text)
    return SIGNED.sub(r"\1\2[name]", text)


def _spelled(name: str) -> str:
    return r"\s+".join(map(re.escape, name.split()))
