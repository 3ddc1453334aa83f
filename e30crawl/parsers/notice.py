"""Read what a board says of us: its message instead of content, and whether it knows the reader.

A message comes in the page frame, often under status 200, at any address.
"""

import re
from dataclasses import dataclass

from lxml.etree import XPath

from e30crawl.parsers.document import Document, every, first, has, one_of, words

# vB3 wraps messages in div.panel, as it does its forms: a message has no fields, unless they are for logging in
# or for the password of a forum.
_PANEL = XPath(
    f"(//div[{has('panel')}][not(.//input[not(@type='hidden')])"
    " or .//input[@name='vb_login_username' or @name='newforumpwd']]"
    f" | {every('standard_error')}"
    f" | //form[.//input[@name='vb_login_username']][.//div[{has('restore')}]]"  # vB4 asks for a login so
    " | //tr[count(td)=1][td//img[contains(@src, 'vb_bullet.gif')]]/following-sibling::tr[1]/td)[1]"  # vB2
)
_SAYS = XPath(f".//*[{has('blockrow')}][not(.//input)] | .//div[{has('smallfont')}] | .//li | .//p")
_LOGIN_FIELDS = XPath("boolean(.//input[@name='vb_login_username'])")
_LOGGED_OUT_COMMENT = re.compile(r"<!--[^>]{0,80}user not logged in")  # in all languages
LOGGED_OUT = one_of(r"""
    you are not logged in|you must (?:be logged[ -]in|log in)
    (?:sie sind|du bist) nicht (?:angemeldet|eingeloggt)
    vous n['’]êtes pas (?:connecté|identifié)
    no (?:est[áa]s?|te has|has|ha) (?:identificado|conectado|registrado|iniciado)
    non (?:hai|sei|avete) (?:effettuato (?:il login|l['’]accesso)|connesso|autenticato|loggato)
    (?:je|u) bent niet (?:ingelogd|aangemeld)
    nie jesteś zalogowan|nie zalogowa
    вы не (?:вошли|авториз|зарегистр|залогин)
    você não (?:está (?:logado|conectado)|fez login|efetuou)
    giriş yapma(?:dınız|mışsınız)
    du är inte inloggad|du er ikke logget inn?d?\b
    (?:et ole|olet) kirjautunut(?: ulos)?|kirjaudu(?:ttava)? sisään
""")
# A board's last word, of which one comes again tomorrow. In all languages the first sentence, on what is not there, is
# followed by one on "a valid link".
_LASTING = one_of(r"""
    requires? an? (?:\w+ ){0,2}password|required a password|password[ -]protected
    (?:passwort|kennwort) (?:ist )?(?:erforderlich|geschützt)|(?:passwort|kennwort)geschützt
    valid link|\b(?:no|invalid) [\w ]{1,30} specified|\binvalid (?:page|channel|topic|node|thread|forum|link|post|url)
    \bno such (?:thread|topic|forum|post|member)\b
    does(?:n['’]t| not) exist|no longer exists?|(?:could|can|was|were)(?:n['’]t|not| not) be found|not found
    (?:been|was|were) (?:deleted|removed)|awaiting (?:approval|moderation)|not (?:authori[sz]ed|allowed|permitted)
    (?:do|does)(?:n['’]t| not) have (?:\w+ )?(?:permission|privileges|access|rights)|insufficient|no permission
    access .{0,40}\b(?:denied|restricted)|members? only|must be a member|\bprivate\b|has not registered|been merged
    gültigen? link|ungültig|kein(?:e[ns]?)? .{1,30}(?:angegeben|gefunden|ausgewählt)
    zugriff verweigert|existier|gelöscht|nicht (?:mehr )?gefunden
    keine (?:\w+ )?(?:berechtigung|rechte|zugriff|erlaubnis)|nicht (?:berechtigt|befugt|erlaubt|gestattet)
    lien valide|invalide|n['’]existe p|supprimé|introuvable|non trouvé
    (?:non|aucune?) .{0,30}spécifi|accès (?:refusé|interdit)
    pas (?:l['’]autorisation|la permission|les (?:droits|permissions)|autorisé|le droit|accès)
    (?:enlace|v[íi]nculo) v[áa]lido|inválid|no existe|(?:eliminad|borrad)[oa]
    no (?:se )?(?:pudo |puede |ha podido )?encontr|no se especific|acceso denegado
    no tienes? (?:\w+ ){0,2}(?:permiso|privilegio|autorizaci|acceso)|no est[áa]s? autorizad
    (?:link|collegamento) valido|non valid|non esiste|stat[oa] (?:cancellat|eliminat|rimoss)
    non (?:è stat[oa] |può essere )?trovat|non (?:hai|disponi) .{0,20}(?:permess|privileg)|non (?:sei|è) autorizzat
    nessun\w* .{1,30} specificat|accesso negato
    geldige (?:link|koppeling)|ongeldig|bestaat niet|verwijderd|niet (?:worden )?gevonden
    \bgeen .{1,30} opgegeven|toegang geweigerd
    geen (?:toestemming|rechten|toegang|bevoegdheid|permissie)|niet (?:bevoegd|gemachtigd)
    (?:prawidłow|poprawn|właściw)\w+ (?:link|odnośnik|adres)|nieprawidłow|nie istnieje|usunięt
    nie (?:można |udało się )?znale[zź]|nie podano
    nie (?:masz|posiadasz) (?:\w+ )?(?:uprawnie|dostępu|prawa|pozwolenia)|brak (?:uprawnień|dostępu)
    (?:правильн|верн|корректн|рабоч)\w* ссылк|неверн|не существует|удал[её]н|не найден|не указан|нет (?:прав|доступа)
    не (?:имеете|хватает|достаточно) .{0,20}прав|недостаточно прав|доступ .{0,20}запрещ
    (?:link|ligação) válid|não existe|(?:apagad|eliminad|removid|excluíd)[oa]|não (?:foi |p[oô]de ser )?encontrad
    não (?:tem|possui) .{0,20}(?:permiss|autoriza|privilégi|acesso)|não está autorizad
    acesso negado|nenhum\w* .{1,30} especificad
    geçerli bir (?:link|bağlantı)|geçersiz|bulunamadı|silinmiş|(?:yetkiniz|izniniz) (?:yok|bulunm)
    ogiltig|inte (?:behörighet|hittas)|ingen .{1,30} angiven|finns inte|åtkomst nekad
    ugyldig|har ikke (?:\w+ )?(?:tilladelse|tillatelse|rettighed|rettighet|adgang|tilgang|lov)|finn?e?s ikke
    (?:ikke|blev ikke) fundet|ikke funnet|slettet|ingen .{1,30} (?:angivet|angitt|valgt)|(?:adgang|tilgang) nekt
    adgang nægtet
    ei ole (?:\w+ )?(?:oikeu|käyttöoikeu|lupa|pääsy)|virheelli|ei (?:ole olemassa|löy[dt])|poistettu
    έγκυρο σύνδεσμο|δεν (?:υπάρχει|βρέθηκε|έχετε (?:το )?δικαίωμα|είστε εξουσιοδοτημέν)|διαγρα(?:φεί|φηκε)
    pääsy (?:on )?(?:estetty|kielletty|evätty)|et (?:ole|voi) .{0,30}oikeutettu
""")
# What a last word is about, or that it is about us. "Invalid security token" and "index not found" are about neither.
_SUBJECT = one_of(r"""
    \b(?:thread|topic|forum|post|poll|link|attachment|page|channel|node|resource|article|conversation|profile)s?\b
    permission|privilege|\brights\b|authori[sz]ed|\b(?:access|zugriff|accès|acceso|accesso|toegang|acesso)\b|insufficient
    thema|themen|beitrag|seite\b|berechtig|rechte\b|sujet|discussion|message\b|autorisation
    \btema|enlace|mensaje|página|permiso|autorizad|pagina\b|permess|messaggio
    onderwerp|bericht|toestemming|rechten|temat|stron[ay]|odnośnik|uprawnie|dostępu
    \bтем[аыу]\b|сообщени|страниц|ссылк|\bправ\b|tópico|mensagem|permiss|konu|mesaj|sayfa|yetkiniz|izniniz|tråd|behörighet
    \bemne|indlæg|innlegg|tilladelse|tillatelse|rettighe|(?:ad|til)gang|åtkomst
    \bθέμα|σύνδεσμο|μήνυμα|δικαίωμα|σελίδα|εξουσιοδοτημέν
    \baihe|viesti|keskustelu|\bsivu|oikeu|\blupa|pääsy|linkki
""")
# What speaks of a bad day, or says that nothing is lost: it may be over tomorrow, whatever else it says.
_BAD_DAY = one_of(r"""
    \b(?:no|nothing|none)\b.{0,30}\b(?:was|were|has been|have been|is|are) (?:deleted|removed|lost)
    \bне удал|\bnicht gelöscht
    n['’](?:est|a) (?:pas )?(?:été )?(?:rien )?supprimé|\b(?:today|tomorrow|right now|heute|demain|aujourd['’]hui)\b
    \b(?:server|heavy|high|under) load\b|\bdisks? (?:fail|crash)|rebuil[dt]|restor(?:e|ing)|\bbackups?\b|\boutage\b|ddos
    \b(?:ikke|intet|inget|ingenting|mitään)\b.{0,20}(?:slettet|raderat|poistettu)
    security token|redirecting|\bguests? (?:are|is|can)\b.{0,20}not
""")
# Boards whose markup says nothing (vB2, vB5): the sentences that mean it.
_SENTENCE = re.compile(
    r"(?:You are not logged in,? or you do not have permission|You must be logged[ -]in to (?:view|access|see)"
    r"|You do not have permission to (?:view|access) this page"
    r"|Sorry, you are not authorized to view this page"
    r"|(?:No|Invalid) (?:thread|forum|post|attachment|user|link) specified\b"
    r"|Invalid (?:page|channel|topic|node)(?: URL\b|\.))"
    r"[^.]{0,80}",
    re.IGNORECASE,
)
# The token that the board's forms carry: "guest", or a time and a hash of the member's own (vB3.8 to vB5).
_TOKEN = re.compile(
    rb"securitytoken[\"']?\s*(?:=|:|value=)\s*[\"'](?:(guest)[\"']|\d{9,12}-[0-9a-f]{32,64}\b)", re.IGNORECASE
)
# Else the header tells (before vB3.7, and vB5 where the script is left out): a form to log in, or a way to log out.
_MEMBER = re.compile(rb"logouthash=[0-9a-f]{32}|id=\"lnkUsernameMenu\"")
_GUEST = (b'name="vb_login_username"', b'id="lnkLoginSignupMenu"')
# XenForo says it in its <html> tag: as an attribute in version 2, as a class in version 1.
_XENFORO = re.compile(rb"<html\s[^>]*?(?:\sdata-logged-in=\"(?:(true)|false)\"|\sLogged(?:(In)|Out)\s)")
_HEAD = 10_000


@dataclass(frozen=True, slots=True)
class Notice:
    text: str
    logged_out: bool


def notice(document: Document) -> Notice | None:
    """Return the message of a page that holds nothing else; None where it is simply another kind of page."""
    panel = first(_PANEL(document.root))
    if panel is not None and (text := words(panel)):
        logged_out = bool(
            _LOGIN_FIELDS(panel) or _LOGGED_OUT_COMMENT.search(document.source) or LOGGED_OUT.search(text)
        )
        message = " ".join(filter(None, map(words, _SAYS(panel)))) if _LOGIN_FIELDS(panel) else text
        return Notice(message or text, logged_out)
    sentence = _SENTENCE.search(words(document.root))
    return Notice(sentence[0].strip(), bool(LOGGED_OUT.search(sentence[0]))) if sentence else None


def is_lasting(text: str) -> bool:
    """Return whether this is a board's last word: not there, deleted, not for us. Other messages may be gone tomorrow.

    Where in doubt it is not: a message that is asked for again costs a day, one that is kept costs the thread.
    """
    return bool(_LASTING.search(text) and _SUBJECT.search(text)) and not _BAD_DAY.search(text)


def signed_in(body: bytes) -> bool | None:
    """Return whether the page takes us for a member; None where it does not tell, as printer versions and vB2 do not.

    It reads bytes, because the marks are ASCII in every charset that boards use. What posts say is no mark: vBulletin
    writes their quotation marks as `&quot;`.
    """
    if state := _XENFORO.search(body, 0, _HEAD):
        return bool(state[1] or state[2])
    if token := _TOKEN.search(body):
        return token[1] is None
    if _MEMBER.search(body):
        return True
    return False if any(mark in body for mark in _GUEST) else None
