"""Tell what stands in a page's place: a gatekeeper, an error, or a closed board.

Asked only of a page that shows nothing we read, and looked for only where such a page has its words: in the panel of
the board's message, in the title, or in all of a page that has hardly any. A thread that quotes them is a thread.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from lxml.etree import XPath

from e30crawl.parsers.document import Document, one_of

# A bare page, in characters and links. Of 73 real pages five are as bare, and all of those are read.
BARE, LINKS = 2000, 12
LARGEST = 300_000  # of its source: pictures and scripts of gatekeepers stand in their pages
OPENING = 300  # a gatekeeper says at once what it wants
SHOWN = 200  # characters of its words that are kept
Headers = Mapping[str, str | bytes]  # by any spelling of their names, as Scrapy's are


class PassingKind(StrEnum):
    CHALLENGE = "a gatekeeper wants a browser or a person"
    BLOCK = "we are refused"
    LOGIN = "sent on to log in"
    DATABASE = "a database error"
    BUSY = "asked to wait"
    SERVER = "an error of the server"
    HOSTING = "the site is not served"
    CLOSED = "closed for a while"
    EMPTY = "an empty page"
    UNKNOWN = "a message we do not know"


GATES = {PassingKind.CHALLENGE, PassingKind.BLOCK}


@dataclass(frozen=True, slots=True)
class Passing:
    kind: PassingKind
    words: str


# Gatekeepers by what their scripts, forms and frames are called; what they add to ordinary pages has other names.
_GATEKEEPERS = {
    "Cloudflare": r"_cf_chl_opt|challenge-platform/[\w/]*orchestrate|cf-browser-verification|cf_captcha_kind",
    "DDoS-Guard": r"/\.well-known/ddos-guard/|check\.ddos-guard\.net|ddg-captcha",
    "Sucuri": r"sucuri_cloudproxy_js|sucuri-firewall-block",
    "Anubis": r"anubis_challenge|/\.within\.website/x/cmd/anubis/",
    "DataDome": r"captcha-delivery\.com",
    "PerimeterX": r"\bpx-captcha|perfdrive\.com",
    "Fastly": r"/_fs-ch-\w",
    "Akamai": r"\bbm-verify|/_sec/verify",
    "Qrator": r"/__?qrator/|\bqauth\w*\.js",
    "AWS WAF": r"\.awswaf\.com|gokuProps",
    "SiteGround": r"/\.well-known/(?:sg)?captcha/",
    "LiteSpeed": r"/\.lsrecap/|lsrecaptcha",
    "Bunny Shield": r"/\.bunny-shield/",
    "StackPath": r"sp-captcha|/sp_?verify|stackpath.{0,40}(?:captcha|challenge)",
    "BitNinja": r"bitninja",
    "Kasada": r"\bKPSDK\b",
    "F5": r"\bbobcmn\b|/TSPD/",
    "SafeLine": r"/\.safeline/",
    "Cerberus": r"/\.cerberus/",
    "Hostinger": r"/hcdn-cgi/jschallenge",
    "ArvanCloud": r"__arcsjs",
    "Tencent EdgeOne": r"\b(?:EO_Bot_Ssid|__tst_status)\b",
    "Alibaba Cloud": r"\b(?:acw_sc__v2|aliyun_waf)",
    "a host's cookie test": r"slowAES\.decrypt|wsidchk",
    "a cookie test": r"document\.cookie\s*=[\s\S]{0,2000}?\blocation\s*(?:=|\.(?:reload|replace|assign|href)\b)",
    "Imperva": r"_Incapsula_Resource",
    "a captcha": r"(?:google\.com|recaptcha\.net)/recaptcha/|hcaptcha\.com/1/api|cloudflare\.com/turnstile",
}
# On ordinary pages too: they tell only where there is nothing else.
_ON_ORDINARY_PAGES = {"Imperva", "Kasada", "F5", "a captcha", "a cookie test"}
_GATE_MARKS = {name: re.compile(marks, re.IGNORECASE) for name, marks in _GATEKEEPERS.items()}
_MACHINERY = XPath(
    "//script/text() | //script/@src | //iframe/@src | //form/@action | //link/@href | //@id | //meta/@content"
)
_FIELDS = XPath("boolean(//input[@type='password' or @type='search'])")
_TEXT = XPath("//text()[not(parent::script or parent::style)]")
_LINKS = XPath("count(//a[@href])")
_REFRESH = XPath("string(//meta[translate(@http-equiv, 'REFSH', 'refsh')='refresh']/@content)")
_TO_LOG_IN = re.compile(r"log-?in|sign-?in|/auth|/sso|/account", re.IGNORECASE)
_SHOWS = ("script", "iframe", "frame", "img", "object", "embed", "svg", "form")

_TOO_FAST = re.compile(r"(?i)\berror (?:code: )?1015\b|rate.?limited")

# Titles that say it alone, whatever stands below: an SQL statement, the manual of a server.
_TITLES = {
    PassingKind.CHALLENGE: one_of(r"""
        just a moment|nur einen moment|один момент|one moment, please|ddos-guard|vercel security checkpoint
        attention required!? \| cloudflare|(?:checking|verifying) your browser.*
        making sure you['’]re not a bot!?|(?:bot|human|security) verification|verify your access|client challenge
    """),
    PassingKind.BLOCK: one_of(r"""
        access denied(?: \| .* used cloudflare.*)?|sucuri website firewall.*|not acceptable!?
    """),
    PassingKind.DATABASE: one_of(r"""
        (?:vbulletin )?(?:database|datenbank)[ -]?(?:error|fehler)!?|mysql error.*
    """),
    PassingKind.SERVER: one_of(r"""
        .*\| 5\d\d: .*|.*\| cloudflare|application error
        (?:error )?5\d\d\b.{0,5}(?:internal|bad|service|gateway|backend|temporar\w+|server|web)\b.*
    """),
    PassingKind.HOSTING: one_of(r"""
        account suspended|(?:509 )?bandwidth limit exceeded|index of /.*|it works!?|welcome to nginx!?
        apache2? .*default page.*|.*\bapache.* test page.*|test page for .*|.*domain default page
        default (?:web ?site|server|plesk) page
    """),
}

# What gatekeepers say, in the first words of the page.
_GATE_WORDS = {
    PassingKind.BLOCK: one_of(r"""
        \byou(?:'ve| have| are|r ip) (?:(?:been|has|address|now|\w+ly) ){0,5}(?:blocked|banned|blacklisted)
        banned your|\bip(?:[ -]ad\w+)?\b.{0,40}(?:blocked|banned|blacklisted|gesperrt|blockiert|bannie|bloquead)
        access denied\b.{0,300}?(?:reference #|sucuri|error code|incident|imunify|ray id|bot-?protection)
        sucuri website firewall|incapsula incident|access to this (?:site|page) has been (?:limited|denied)|bitninja
        request (?:was |is |has been )?(?:rejected|blocked)|url was rejected|mod_?security
        error (?:code: )?10(?:0[5-9]|10|12|20)\b
        \b(?:web)?(?:site|page) (?:has been|is|was) blocked|order from the high court
        sottoposto a sequestro|erişim\w* engellen
        automated (?:access|crawlers?)\b.{0,80}(?:not (?:be )?(?:permitted|allowed)|payment|prohibited)|访问被阻断
        информационн\w+ ресурс\w* .{0,20}ограничен
        unsafe operation has been detected|web page blocked|project honey ?pot|crowdsec access forbidden
        \b(?:bots|crawlers|spiders|user[ -]agent)\b.{0,20}\b(?:not (?:welcome|allowed|permitted)|refused|blocked|banned)
        (?:sie|du) (?:wurden|wurdest|sind|bist) .{0,30}(?:gesperrt|blockiert|gebannt|verbannt)
        vous (?:avez été|êtes) (?:bloqué|banni)
        h?as? sido (?:bloquead|banead|vetad)
        sei stato (?:bloccat|bannat)
        (?:je|u) bent (?:geblokkeerd|verbannen)
        zosta\w+ .{0,20}(?:zablokowan|zbanowan)
        вы .{0,30}(?:заблокированы|забанены)|\bip\b.{0,20}заблокирован
        você foi (?:bloquead|banid)
    """),
    PassingKind.CHALLENGE: one_of(r"""
        (?:checking|verifying) (?:if the site connection|your browser|that you|you are)|unusual traffic
        turn javascript on and reload|enable cookies and reload|powered by crowdsec
        cookies must be enabled .{0,12}to (?:view|access|continue)
        browser is being (?:checked|verified)
        enable javascript (?:and cookies|to view the page)|your support id is|requires? javascript to work
        pardon our interruption|ddos protection by
        (?:verify|prove|confirm) (?:that )?you(?:'re| are) (?:a )?human|you(?:['’]| a)re not a (?:ro)?bot\b
        complete the (?:security check|captcha)|security check to access
        browser (?:wird|werden) .{0,20}überprüft|überprüf\w+ ihren? browser
        vérification de votre navigateur
        (?:comprobando|verificando) (?:tu|su|seu) navegador
        controllo del (?:tuo )?browser
        browser wordt gecontroleerd
        sprawdzan\w+ (?:twojej )?przeglądarki
        проверк[аи] (?:вашего )?браузера|вы не (?:ро)?бот|подтвердите, что (?:вы|запросы)
    """),
}
_WORDS = {
    PassingKind.DATABASE: one_of(r"""
        database (?:server )?error|(?:database|datenbank) has encountered|establishing a database|invalid sql
        marked as crashed|no space left on device|mysqli? (?:query|statement)\b.{0,20}\berror
        mysql (?:server )?(?:has gone away|error)|mysqli?_\w*connect|can['’]t connect to (?:local )?\w+ server
        too many connections|max_user_connections|connect to the database|SQLSTATE|PDOException
        datenbank-?fehler|datenbank.{0,60}(?:problem|fehler|erreich|verbind)
        erreur .{0,20}base de donn
        error .{0,20}base de datos
        errore .{0,20}(?:database|base dati)
        databasefout|fout .{0,20}database
        b[łl][ąa]d .{0,12}baz[yi] danych
        ошибка .{0,12}баз[ыеау] данных
        erro .{0,20}(?:banco|base) de dados
        veritaban\w+ hata
    """),
    PassingKind.BUSY: one_of(r"""
        too many (?:requests|users|visitors)|\btoo (?:fast|quickly|often|busy)\b|rate.?limit|error 1015\b|slow down
        overload|server load|high (?:traffic|load)|exceeded the|flood (?:control|protection)|try(?:ing)? again
        wait (?:for )?(?:at least )?(?:an?|\d+|a few|another)? ?(?:moments?|minutes?|seconds?)\b
        you are (?:now )?in (?:line|a queue)\b|\bestimated wait\b
        between searches|\bonce every \d+ (?:second|minute)
        zu viele (?:anfragen|zugriffe)|überlastet|später (?:noch ?ein ?mal|noch ?mal|erneut|wieder)
        versuche?n? (?:sie )?es\b|(?:sekunden|minuten) warten
        trop (?:de (?:requêtes|connexions|visiteurs)|occupé|chargé)|surchargé
        réessaye|patienter|essayer (?:de nouveau|plus)
        demasiad[oa]s? (?:peticiones|solicitudes|ocupado|visitas)|sobrecargad
        (?:int[ée]nta|int[ée]nte|intentar)lo|intente? (?:de nuevo|nuevamente|otra vez|más)
        tropp[eoi] (?:richieste|occupato)|sovraccaric|riprova
        te (?:veel verzoeken|druk)|overbelast|probeer het
        zbyt (?:wiele|dużo|obciążony)|przeciążon|spróbuj
        слишком (?:много|част|занят|загруж)|перегружен|повторите|попробуйте
        muit[ao]s (?:requisições|pedidos|solicitações|acessos)|tente (?:novamente|de novo|outra vez|mais)
        مشغول|وقت لاحق|quá tải|thử lại
        sonra tekrar|çok (?:fazla istek|yoğun|meşgul)
    """),
    PassingKind.SERVER: one_of(r"""
        internal server error|bad gateway|gateway time-?out|service (?:temporarily )?unavailable|guru meditation
        unknown error occurred while rendering|first byte timeout|\bioncube php loader
        backend fetch failed|error (?:code:? )?5\d\d\b|web server is (?:down|returning)|origin is unreachable
        connection (?:timed out|refused)|upstream (?:request|connect|server)|no input file specified
        unexpected (?:database )?error|technical difficulties|headers? already (?:been )?sent
        (?:fatal error|parse error|warning|notice|deprecated)\b.{0,600}? on line \d
        error occurred in the application|requested url could not be retrieved|server error in '/|application timeout
        something went wrong|an exception occurred|\\\w*exception:|unable to load the vbulletin
        uncaught \w*(?:exception|error)|allowed memory size|maximum execution time
    """),
    PassingKind.HOSTING: one_of(r"""
        (?:account|site|domain|hosting|website) (?:\w+ ){0,3}(?:suspended|deactivated|expired|for sale|parked)\b
        bandwidth (?:limit|quota) (?:has been )?exceeded|resource limit (?:is|was) reached|buy this domain
        fastly error: unknown domain|pending renewal or deletion|owner of this website, please contact your hosting
        domain .{0,20}\bregistered for\b|domaine a bien été créé
        default (?:web|server|index) ?page|no (?:web)?site (?:is )?configured|future (?:home|site) of|parked free
        \b(?:konto|account|domain|web-?(?:seite|site)) .{0,40}(?:gesperrt|deaktiviert|zu verkaufen|zum verkauf|geparkt)
        domain wurde .{0,10}freigeschaltet
        (?:compte|site) .{0,20}suspendu
        (?:cuenta|conta|sitio) .{0,20}suspen[ds]
        (?:konto|strona) .{0,20}zawieszon
        (?:аккаунт|хостинг) .{0,30}(?:заблок|приостан)
    """),
    PassingKind.CLOSED: one_of(r"""
        maint\w{2,5}nce|under (?:construction|repair)|testing some functionality|technical work|temporarily
        \b(?:board|forums?|site|server|community|we|we['’]re)\W+(?:\w+\W+){0,6}?(?:closed|unavailable|off-?line|down)\b
        \b(?:board|forums?|site|server|community|we|we['’]re)\W+(?:\w+\W+){0,6}?(?:upgrad|updat|mov)(?:ed|ing)\b
        \b(?:is|are|be|been) (?:\w+ly )?(?:closed|unavailable|off-?line|down for|back)\b|\bupgrad(?:e|ing)\b
        (?:come|check|please|right) back|see you in|(?:server|site|forum|board) (?:move|migration|upgrade|update)\b
        \b(?:open again|reopen)|(?:disabled|closed) the (?:board|forum|site)
        wartung|gewartet|vorübergehend|(?:bald|gleich) (?:wieder|zurück)|umzug|arbeiten (?:am|an der|statt)
        (?:forum|board|seite|server|wir)\b.{0,80}(?:geschlossen|offline|update|nicht (?:verfügbar|erreichbar))
        (?:forum|board|seite|server|wir)\b.{0,80}(?:umgezogen|um(?:zu)?ziehen|aktualisier|abgeschaltet)
        temporairement|momentanément|mise à jour|bientôt|serons de retour|revenons|revenez
        (?:forum|site|serveur)\b.{0,80}(?:ferm[ée]|indisponible|hors ligne|mis à jour)
        mantenimiento|temporalmente|actualiza(?:ndo|ción)|(?:volve|regresa)(?:re)?mos
        (?:foro|sitio|servidor|web)\b.{0,80}(?:cerrad|no .{0,20}disponible|fuera de)
        manutenzione|temporaneamente|aggiorna(?:mento|ndo)|torn(?:eremo|iamo)
        (?:forum|sito|server)\b.{0,80}(?:chius|non .{0,20}disponibile|offline)
        onderhoud|tijdelijk|(?:snel|later|straks|zo) (?:weer )?terug
        (?:forum|site|server)\b.{0,80}(?:gesloten|bijgewerkt|niet (?:beschikbaar|bereikbaar))
        konserwac|przerw\w+ techniczn|tymczasowo|chwilowo|wrócimy|prac\w* (?:techniczn|serwisow|administ)
        (?:forum|stron\w|serwer|serwis)\b.{0,80}(?:zamkni|niedostępn|wyłączon|aktualiz)
        временно|техническ\w+ (?:работ|обслуж|причин|перерыв)|профилактич|обслуживани[еи]|реконструкц
        (?:форум|сайт|сервер|конференци)\w*\b.{0,80}(?:закрыт|недоступ|отключ|обновл|переез)|скоро (?:верн|откро)
        manutenção|temporariamente|atualização|voltar?emos|em breve
        (?:fórum|site|servidor|página)\b.{0,80}(?:fechad|indisponível|fora do ar|desligad)
        \bbakım|geçici olarak|(?:forum|site)\w*\b.{0,80}(?:kapalı|kapatıl)
        underhåll|vedligehold|vedlikehold|karbantart|údržb|dočasně|huolto|suljettu|mentenan|συντήρηση|κλειστ|bảo trì
        صيانة|مغلق|תחזוקה|סגור|メンテナンス|维护|維護|점검
    """),
}


def passing(document: Document) -> Passing | None:
    """Return what stands in the place of a page that shows nothing we read; None where it is simply another page."""
    if len(document.source) > LARGEST:
        return None
    text, title = " ".join(" ".join(_TEXT(document.root)).split()), document.title or ""
    kind = next((kind for kind, titles in _TITLES.items() if titles.fullmatch(title[:SHOWN].strip(" .…"))), None)
    if kind is PassingKind.BLOCK and _TOO_FAST.search(text):  # under the title of a block
        kind = PassingKind.BUSY
    if len(text) > BARE or _LINKS(document.root) > LINKS:
        return Passing(kind, shorten(title)) if kind and kind not in GATES else None
    machinery = "\n".join(_MACHINERY(document.root))
    name = next((name for name, marks in _GATE_MARKS.items() if marks.search(machinery)), None)
    if name and not (name in _ON_ORDINARY_PAGES and (len(text) > OPENING or _FIELDS(document.root))):
        return Passing(PassingKind.CHALLENGE, shorten(f"{name}: {text}"))
    if not text.removeprefix(title) and next(document.elements(*_SHOWS), None) is None:
        return Passing(PassingKind.EMPTY, title)
    if _TO_LOG_IN.search(_REFRESH(document.root)):
        kind = kind or PassingKind.LOGIN
    kind = kind or kind_of(text)
    return Passing(kind, shorten(text)) if kind else None


def kind_of(text: str) -> PassingKind | None:
    """Return what a message means, of the board itself or of whoever stands before it; None for any other words."""
    gate = next((kind for kind, pattern in _GATE_WORDS.items() if pattern.search(text[:OPENING])), None)
    return gate or next((kind for kind, pattern in _WORDS.items() if pattern.search(text[:BARE])), None)


def gatekeeper(status: int, headers: Headers) -> str | None:
    """Return who answered in the board's place, as far as the headers of an answer without content tell it."""
    server = _header(headers, "server")
    if _header(headers, "cf-mitigated") == "challenge":
        return "Cloudflare"
    if _header(headers, "x-amzn-waf-action"):
        return "AWS WAF"
    if _header(headers, "x-sucuri-block"):
        return "Sucuri"
    return server if status in (401, 403) and server in ("akamaighost", "ddos-guard", "qrator") else None


def shorten(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN].rstrip()}…"


def _header(headers: Headers, name: str) -> str:
    value = headers.get(name) or ""
    return (value.decode("latin-1") if isinstance(value, bytes) else value).strip().lower()
