"""What stands in a page's place for a while is told from the page, and from a board's last word."""

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from e30crawl.parsers.notice import is_lasting
from e30crawl.parsers.page import read
from e30crawl.parsers.passing import GATES, PassingKind, gatekeeper
from e30crawl.parsers.records import PageKind
from sample.board import Board
from sample.skins import vb3, vb4, vb5

BLOCK, BUSY, CHALLENGE, CLOSED = PassingKind.BLOCK, PassingKind.BUSY, PassingKind.CHALLENGE, PassingKind.CLOSED
DATABASE, EMPTY, HOSTING, LOGIN = PassingKind.DATABASE, PassingKind.EMPTY, PassingKind.HOSTING, PassingKind.LOGIN
SERVER, UNKNOWN_WORDS = PassingKind.SERVER, PassingKind.UNKNOWN
URL = "http://board.example/showthread.php?t=106"
BOARD = Board.load()
READ = {PageKind.FORUMS, PageKind.THREADS, PageKind.POSTS}


def bare(title, body, head=""):
    return f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>"


# Pages that come instead of any page of a board, in what their servers really write or close to it.
BARE = [
    (CHALLENGE, bare("Just a moment...", "<noscript>Enable JavaScript and cookies to continue</noscript>"
                     "<script>window._cf_chl_opt={cType:'managed'}</script>")),
    (CHALLENGE, bare("", "<script src='/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1'></script>")),
    (BLOCK, "error code: 1010"),
    (BUSY, bare("Access denied | board.example used Cloudflare to restrict access", "<h1>Error 1015</h1>You are being"
                " rate limited")),
    (BLOCK, bare("Payment Required", "<p>Access to this content by automated crawlers requires payment.</p>")),
    (BLOCK, '{"error":"forbidden","message":"Automated access, scraping and mining of this forum are not permitted."}'),
    (CHALLENGE, bare("", "<script>e.open('POST','/_sec/verify?provider=interstitial',!1)</script>")),
    (BLOCK, bare("405", "<p>很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。</p>")),
    (BLOCK, bare("Erişim Engellendi", "Bu internet sitesi hakkında karar gereğince erişim engellenmiştir.")),
    (BLOCK, bare("Error", "<p>We have received an order from the High Court requiring us to prevent access.</p>")),
    (BLOCK, bare("Sito sottoposto a sequestro", "<p>L'accesso alla pagina richiesta è inibito.</p>")),
    (BLOCK, bare("This site is blocked.", "<p>board.example has been blocked by your network administrator.</p>")),
    (CHALLENGE, bare("Just a moment...", "<h1>Checking your browser before accessing board.example.</h1>")),
    (CHALLENGE, bare("Nur einen Moment…", "<p>board.example muss die Sicherheit Ihrer Verbindung überprüfen.</p>")),
    (CHALLENGE, bare("board.example", "<p>Verify you are human by completing the action below.</p>")),
    (CHALLENGE, bare("Attention Required! | Cloudflare", "<h2>One more step</h2>")),
    (CHALLENGE, bare("DDOS-GUARD", "Checking your browser before accessing board.example")),
    (CHALLENGE, bare("", "<script src='/.well-known/ddos-guard/js-challenge/index.js'></script>")),
    (CHALLENGE, bare("You are being redirected...", "<script>var sucuri_cloudproxy_js='',S='cz0i';</script>")),
    (CHALLENGE, bare("", "<iframe id='main-iframe' src='/_Incapsula_Resource?SWUDNSAI=31'></iframe>")),
    (CHALLENGE, bare("Making sure you're not a bot!", "<p>Loading...</p><div id='anubis_challenge'></div>")),
    (CHALLENGE, bare("One moment, please...", "<p>Please wait while your request is being verified...</p>")),
    (CHALLENGE, bare("", "<script src='/aes.js'></script><script>slowAES.decrypt(c,2,a,b)</script>"
                     "<noscript>This site requires Javascript to work</noscript>")),
    (CHALLENGE, bare("board.example", "<script src='https://ct.captcha-delivery.com/c.js'></script>")),
    (CHALLENGE, bare("", "<form action='/.lsrecap/recaptcha?'><p>Please verify that you are not a robot.</p></form>")),
    (CHALLENGE, bare("", "", "<meta http-equiv='refresh' content='0;/.well-known/sgcaptcha/?r=%2F'>")),
    (CHALLENGE, bare("Security", "<script src='https://www.google.com/recaptcha/api.js'></script>I am no robot")),
    (CHALLENGE, bare("Überprüfung", "<p>Ihr Browser wird überprüft, bevor Sie weitergeleitet werden.</p>")),
    (CHALLENGE, bare("", "<p>Vérification de votre navigateur avant l'accès au site.</p>")),
    (CHALLENGE, bare("", "<p>Проверка вашего браузера перед переходом на сайт.</p>")),
    (CHALLENGE, bare("Establishing a secure connection", "<script src='/.bunny-shield/assets/challenge.js'></script>")),
    (CHALLENGE, bare("", "<p>Please turn JavaScript on and reload the page.</p>")),
    (CHALLENGE, bare("Вы не робот?", "<p>Подтвердите, что запросы отправляли вы.</p>")),
    (CHALLENGE, bare("Client Challenge", "<p>JavaScript is disabled in your browser.</p>")),
    (CHALLENGE, bare("board.example", "<script src='/_fs-ch-1T1wmsGaOgGaSxcX/script.js'></script>")),
    (CHALLENGE, bare("", "<script src='/__qrator/qauth_utm_v2_9118.js'></script>")),
    (BLOCK, bare("board.example", "<h1>Sorry, you have been blocked</h1><p>You are unable to access it</p>")),
    (BLOCK, bare("Access denied | board.example used Cloudflare to restrict access", "<h1>Error 1020</h1>")),
    (BLOCK, bare("", "<h1>Error 1006</h1><p>The owner of this website has banned your IP address (192.0.2.1).</p>")),
    (BLOCK, bare("Access Denied", "<p>You don't have permission to access \"http://board.example/\" on this server."
                 "<p>Reference #18.abcd.170.beef")),
    (BLOCK, bare("Sucuri WebSite Firewall - Access Denied", "<p>If you are the site owner, please open a ticket.</p>")),
    (BLOCK, bare("", "<p>Request unsuccessful. Incapsula incident ID: 443000-12345</p>")),
    (BLOCK, bare("", "<p>Your access to this site has been limited by the site owner</p>")),
    (BLOCK, bare("Not Acceptable!", "<p>An appropriate representation could not be found. (Mod_Security)</p>")),
    (BLOCK, bare("", "<p>The requested URL was rejected. Please consult with your administrator.</p>")),
    (BLOCK, bare("Gesperrt", "<p>Sie wurden von diesem Forum gesperrt.</p>")),
    (DATABASE, bare("vBulletin Database Error", "<p>The vBulletin database has encountered a problem.</p><textarea>"
                    + "SELECT * FROM post WHERE postid IN (1, 2, 3) AND visible = 1\n" * 90 + "</textarea>")),
    (DATABASE, bare("Database error", "<p>The database has encountered a problem.</p>")),
    (DATABASE, bare("vBulletin Datenbankfehler!", "<p>In der Datenbank ist ein Fehler aufgetreten.</p>")),
    (DATABASE, "<b>Warning</b>: mysql_connect(): Too many connections in <b>/www/core.php</b> on line <b>9</b>"),
    (DATABASE, "<p><b>There seems to have been a slight problem with the forum: Database error.</b></p>"),
    (DATABASE, "Unable to connect to the database"),
    (DATABASE, bare("", "<h1>Error establishing a database connection</h1>")),
    (DATABASE, bare("Erreur", "<p>Erreur de connexion à la base de données</p>")),
    (DATABASE, bare("", "<p>Ошибка базы данных</p>")),
    (DATABASE, "SQLSTATE[HY000] [1040] Too many connections"),
    (BUSY, bare("429 Too Many Requests", "<center><h1>429 Too Many Requests</h1></center><hr><center>nginx</center>")),
    (BUSY, bare("", "<h1>Error 1015</h1><p>You are being rate limited</p>")),
    (BUSY, bare("Slow down", "<p>You have exceeded the limit. Please wait a minute.</p>")),
    (BUSY, bare("", "<p>Zu viele Anfragen. Bitte kurz warten.</p>")),
    (SERVER, bare("500 Internal Server Error", "<p>The server encountered an internal error.</p>")),
    (SERVER, bare("502 Bad Gateway", "<center><h1>502 Bad Gateway</h1></center><hr><center>nginx/1.18.0</center>")),
    (SERVER, bare("503 Backend fetch failed", "<h1>Error 503 Backend fetch failed</h1><h3>Guru Meditation:</h3>")),
    (SERVER, bare("board.example | 521: Web server is down", "<p>What can I do?</p>" * 150)),
    (SERVER, bare("Worker threw exception | board.example | Cloudflare", "<h1>Error 1101</h1>")),
    (SERVER, bare("", "<h1>Error 1101</h1><p>An unknown error occurred while rendering the page.</p>")),
    (SERVER, bare("Origin DNS error | board.example | Cloudflare", "<p>What happened?</p>" * 150)),
    (SERVER, bare("503 first byte timeout", "<h1>Error 503 first byte timeout</h1><p>Error 54113</p>")),
    (HOSTING, "Fastly error: unknown domain: board.example. Please check that this domain has been added."),
    (SERVER, "upstream connect error or disconnect/reset before headers. reset reason: connection failure"),
    (SERVER, "<b>Fatal error</b>: Allowed memory size of 1 bytes exhausted in <b>/www/a.php</b> on line <b>20</b>"),
    (SERVER, "<b>Parse error</b>: syntax error, unexpected '}' in <b>/www/init.php</b> on line <b>7</b>"),
    (SERVER, "Unable to add cookies, header already sent.<br />File: /www/global.php<br />Line: 29"),
    (SERVER, "An unexpected error occurred."),
    (HOSTING, bare("Account Suspended", "<p>This Account has been suspended. Contact your hosting provider.</p>")),
    (HOSTING, bare("509 Bandwidth Limit Exceeded", "<p>The server is unable to service your request.</p>")),
    (HOSTING, bare("board.example", "<p>The domain board.example is for sale. Buy this domain.</p>")),
    (HOSTING, bare("board.example", "<p>Diese Domain steht zum Verkauf!</p>")),
    (HOSTING, bare("Apache2 Debian Default Page: It works", "<p>This is the default welcome page.</p>" * 90)),
    (HOSTING, bare("Welcome to nginx!", "<p>Further configuration is required.</p>")),
    (HOSTING, bare("508", "<h1>Resource Limit Is Reached</h1>")),
    (CLOSED, bare("Maintenance", "<h1>We will be back soon</h1><p>The forum is down for maintenance.</p>")),
    (CLOSED, "The board is currently being upgraded. Please check back later."),  # XenForo, bare text
    (CLOSED, bare("Board | Closed", "<div class='blockMessage'>Sorry, we're currently unavailable.</div>")),
    (CLOSED, bare("", "<div class='forum-off restore'>Sorry, the board is unavailable at the moment while we are "
                  "testing some functionality. We will be back soon...</div>")),
    (CLOSED, bare("Umzug", "<p>Wir ziehen um!</p>")),
    (CLOSED, bare("", "<p>Le forum est temporairement fermé.</p>")),
    (CLOSED, bare("", "<p>Форум временно закрыт. Зайдите позже!</p>")),
    # Worded as these servers and services are known to word them; from memory, not copied.
    (CHALLENGE, bare("board.example", "<h2>Performing security verification</h2><p>This page is displayed while the "
                     "website verifies you are not a bot.</p>")),
    (CHALLENGE, "<html><head></head><body><script>KPSDK={};</script><script src='/149e/ips.js'></script></body>"),
    (CHALLENGE, bare("", "<script>window['bobcmn']='10111';</script><noscript>Please enable JavaScript to view the "
                     "page content.<br>Your support ID is: 1234567890.</noscript>")),
    (CHALLENGE, bare("Human check", "<p>One step left.</p><script src='/.cerberus/assets/bundle.js'></script>")),
    (CHALLENGE, bare("", "<div id='slg-title'></div><script src='/.safeline/static/favicon.js'></script>")),
    (CHALLENGE, bare("CrowdSec Captcha", "<p>This security check has been powered by CrowdSec</p>")),
    (CHALLENGE, bare("Checking browser", "<p>Your browser is being checked. Please stand by.</p>")),
    (CHALLENGE, bare("Cookies required", "<p>Cookies must be enabled in order to view this page.</p>")),
    (BLOCK, bare("403 Forbidden", "<p>A potentially unsafe operation has been detected in your request to this site</p>"
                 "<p>Generated by Wordfence</p>")),
    (BLOCK, "The request is blocked.\n\n0a1b2c"),
    (BLOCK, bare("Web Filter Violation", "<h1>Web Page Blocked!</h1><p>The page has been blocked.</p>")),
    (BLOCK, bare("Forbidden", "<p>Bots are not welcome here.</p>")),
    (BLOCK, bare("CrowdSec Ban", "<h1>CrowdSec Access Forbidden</h1><p>You are unable to visit the website.</p>")),
    (DATABASE, "An exception occurred: Mysqli statement execute error : Table 'b.xf_session' is marked as crashed"),
    (DATABASE, "XF\\Db\\Exception: MySQL query error [1030]: Got error 28 from storage engine in src/XF/Db/X.php"),
    (DATABASE, bare("Error", "<p>Error writing file '/tmp/MY1' (errno: 28 \"No space left on device\")</p>")),
    (SERVER, bare("Application Error", "<iframe src='//www.herokucdn.com/error-pages/error.html'></iframe>")),
    (SERVER, bare("ERROR", "<h2>The requested URL could not be retrieved</h2><p>Cache administrator is root.</p>")),
    (SERVER, bare("Runtime Error", "<h1>Server Error in '/' Application.</h1>")),
    (SERVER, bare("Error", "<h1>Whoops, looks like something went wrong.</h1>")),
    (SERVER, "XF\\Mvc\\Exception: Template not found in src/XF/Mvc/Renderer.php at line 2"),
    (SERVER, "<b>Unable to load the vBulletin core.</b> Exiting."),
    (HOSTING, bare("Welcome", "<h1>SORRY!</h1><p>If you are the owner of this website, please contact your hosting "
                   "provider: webmaster@board.example</p>")),
    (HOSTING, bare("board.example", "<p>This domain has just been registered for one of our customers.</p>")),
    (HOSTING, bare("", "<h1>Félicitations ! Votre domaine a bien été créé !</h1>")),
    (CLOSED, bare("", "<p>عذراً، المنتدى مغلق حالياً للصيانة</p>")),
    (CLOSED, bare("", "<p>Diễn đàn đang bảo trì, vui lòng quay lại.</p>")),
    (CLOSED, bare("", "<p>Foorumi on suljettu huoltotöiden vuoksi.</p>")),
    (CLOSED, bare("", "<p>Το φόρουμ είναι κλειστό για συντήρηση.</p>")),
    (CLOSED, bare("", "<p>ただいまメンテナンス中です。</p>")),
    (BUSY, bare("", "<p>السيرفر مشغول حالياً، يرجى العودة في وقت لاحق</p>")),
    # What public crawlers and boards' members report to have met.
    (CHALLENGE, bare("", "<script src='/hcdn-cgi/jschallenge'></script>")),
    (CHALLENGE, bare("", "<script>var arg1='0C';document.cookie='acw_sc__v2='+arg1;</script>")),
    (CHALLENGE, bare("On the way...", "<script>document.cookie='__arcsjs=0c';</script>")),
    (CHALLENGE, bare("", "<script>document.cookie='EO_Bot_Ssid=12;';</script>")),
    (CHALLENGE, bare("", "<script src='/TSPD/08a1?type=9'></script>")),
    (CHALLENGE, bare("", "<noscript>Please enable JavaScript to view the page content.<br/>Your support ID is: 18047"
                     "</noscript><script>document.forms[0].submit()</script>")),
    (CHALLENGE, bare("", "<script>document.cookie='ok=1; path=/'; location.reload();</script>")),
    (CHALLENGE, bare("Loading", "<script>document.cookie = 'h=' + f(7);\nwindow.location.href = here</script>")),
    (CHALLENGE, bare("Security Verification", "<p>One puzzle before you go on.</p>")),
    (CHALLENGE, bare("board.example", "<p>Please enable cookies and reload the page.</p>")),
    (CHALLENGE, bare("Проверка", "<p>Проверяем, что вы не бот. Это займёт пять секунд.</p>")),
    (CHALLENGE, bare("Hold on", "<h3>Checking your browser for robots</h3><p>Almost there.</p>")),
    (BLOCK, bare("Blocked", "<p>Access to this website has been blocked by an order of the court.</p>")),
    (BLOCK, bare("", "<h1>Доступ к информационному ресурсу ограничен по закону</h1>")),
    (BLOCK, bare("ERROR", "<h2>The request could not be satisfied.</h2><p>Request blocked.</p>")),
    (BUSY, bare("Queue", "<h1>You are now in line.</h1><p>This page reloads by itself.</p>")),
    (BUSY, bare("Queue", "<p>Your estimated wait time is 4 minutes.</p>")),
    (SERVER, "Site error: the ionCube PHP Loader needs to be installed."),
    (SERVER, "Fatal error: Class 'XenForo_Application' not found in /www/library/Thread.php on line 21"),
    (HOSTING, bare("board.example", "<p>board.example expired on 02/01/2026 and is pending renewal or deletion.</p>")),
    (CLOSED, bare("owned", "<p>Somebody was here. Please upgrade your board, it is vulnerable.</p>")),
    (LOGIN, bare("Redirecting", "One second", "<META HTTP-EQUIV='Refresh' content='0;url=login.php?do=login'>")),
    (EMPTY, ""),
    (EMPTY, "  \r\n "),
    (EMPTY, "<!-- cached -->"),
    (EMPTY, "<html><body></body></html>"),
    (EMPTY, bare("My board", "<div></div>")),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "page"), BARE, ids=lambda value: str(value)[-40:])
def test_a_bare_page(kind, page):
    seen = read(page.encode(), URL)
    assert (seen.kind, seen.reason) == (PageKind.CHALLENGE if kind in GATES else PageKind.PASSING, kind)
    assert len(seen.notice or "") <= 201
    assert "\n" not in (seen.notice or "")


VB3 = """<html><head><title>vBulletin Message</title></head><body><script>vBulletin_init();</script>
<a href="forumdisplay.php?f=2">E30</a><table><tr><td class="tcat">vBulletin Message</td></tr><tr><td><div class="panel">
<div>{}</div></div></td></tr></table><div class="smallfont">All times are GMT -5.</div></body></html>"""
VB4 = """<html id="vbulletin_html"><head><title>vBulletin Message</title></head><body><input name="vb_login_username">
<div class="standard_error"><h2>vBulletin Message</h2><div class="blockrow restore">{}</div></div></body></html>"""

PASSING_WORDS = [
    # vBulletin's own text of a closed board, and what boards write in its place.
    (CLOSED, "Sorry, the board is unavailable at the moment while we are testing some functionality."),
    (CLOSED, "<p>We are upgrading to a new server.</p><p>See you in a few hours!</p>"),
    (CLOSED, "This forum is currently down for maintenance."),
    (CLOSED, "The forums are closed until Monday."),
    (CLOSED, "We are performing scheduled maintenance."),
    (CLOSED, "We'll be right back!"),
    (CLOSED, "The administrator has disabled the forum for now."),
    (CLOSED, "Wir sind gleich wieder da."),
    (CLOSED, "Das Forum wird gerade gewartet."),
    (CLOSED, "Nous revenons très vite."),
    (CLOSED, "Volvemos en unos minutos."),
    (CLOSED, "Stiamo aggiornando il forum."),
    (CLOSED, "Wij zijn zo terug."),
    (CLOSED, "Estamos em manutenção. Volte mais tarde."),
    (CLOSED, "Moved: we are moving to new hardware, come back tomorrow."),
    (CLOSED, "Das Forum ist wegen Wartungsarbeiten vorübergehend geschlossen."),
    (CLOSED, "Entschuldigung, das Forum ist zurzeit nicht verfügbar, da wir einige Funktionen testen."),
    (CLOSED, "Désolé, le forum est momentanément indisponible, nous testons quelques fonctions."),
    (CLOSED, "Le forum est fermé pour cause de mise à jour."),
    (CLOSED, "Lo sentimos, el foro no está disponible en este momento, estamos probando algunas funciones."),
    (CLOSED, "El foro está cerrado por mantenimiento."),
    (CLOSED, "Spiacenti, il forum non è al momento disponibile: stiamo provando alcune funzioni."),
    (CLOSED, "Forum chiuso per manutenzione."),
    (CLOSED, "Sorry, het forum is op dit moment niet beschikbaar, we testen enkele functies."),
    (CLOSED, "Wegens onderhoud is het forum gesloten."),
    (CLOSED, "Przepraszamy, forum jest chwilowo niedostępne."),
    (CLOSED, "Forum zamknięte, trwają prace techniczne."),
    (CLOSED, "Извините, форум недоступен: мы проверяем новые функции."),
    (CLOSED, "Форум закрыт на технические работы."),
    (CLOSED, "Desculpe, o fórum está indisponível no momento, estamos testando algumas funções."),
    (CLOSED, "Fórum fechado para manutenção."),
    (CLOSED, "Forum bakım nedeniyle kapalıdır."),
    (BUSY, "The server is too busy at the moment. Please try again later."),
    (BUSY, "This forum requires that you wait 30 seconds between searches. Please try again in 12 seconds."),
    (BUSY, "Der Server ist zurzeit überlastet. Bitte versuchen Sie es später noch einmal."),
    (BUSY, "Le serveur est trop occupé en ce moment, veuillez réessayer plus tard."),
    (BUSY, "El servidor está demasiado ocupado. Por favor, inténtelo de nuevo más tarde."),
    (BUSY, "Il server è troppo occupato, riprova più tardi."),
    (BUSY, "You are viewing pages too quickly."),
    (BUSY, "De server is momenteel overbelast."),
    (BUSY, "Serwer jest zbyt obciążony, spróbuj później."),
    (BUSY, "Сервер перегружен, попробуйте позже."),
    (BUSY, "O servidor está muito ocupado. Tente novamente mais tarde."),
    (DATABASE, "A database error occurred."),
    (BLOCK, "You have been banned for the following reason: None. Date the ban will be lifted: Never"),
    (BLOCK, "Sorry, your IP address has been banned."),
    (BUSY, "You have used up your attempts to log in. Please wait 15 minutes."),
    (UNKNOWN_WORDS, "Your submission could not be processed because a security token was missing."),
    (UNKNOWN_WORDS, "Gone fishing."),
    (UNKNOWN_WORDS, "Happy new year, dear members!"),
    (UNKNOWN_WORDS, "Ole hyvä."),
]


@pytest.mark.parametrize("frame", [VB3, VB4], ids=["vb3", "vb4"])
@pytest.mark.parametrize(("kind", "said"), PASSING_WORDS)
def test_a_boards_message_that_passes(frame, kind, said):
    seen = read(frame.format(said).encode(), URL)
    assert (seen.kind, seen.reason) == (PageKind.CHALLENGE if kind in GATES else PageKind.PASSING, kind)
    assert seen.notice


LAST_WORDS = [
    "No Thread specified. If you followed a valid link, please notify the administrator",
    "Invalid Forum specified.",
    "You do not have permission to access this page.",
    "The thread you asked for has been deleted.",
    "That thread does not exist.",
    "This thread is awaiting moderation.",
    "Ungültige Angabe: Thema. Wenn Sie einem gültigen Link gefolgt sind, verständigen Sie bitte den Webmaster.",
    "Kein Thema angegeben.",
    "Sie haben keine ausreichenden Rechte, um auf diese Seite zuzugreifen.",
    "Ihr Benutzerkonto ist nicht berechtigt, diese Seite zu sehen.",
    "Das Thema wurde gelöscht.",
    "Discussion spécifiée invalide. Si vous avez suivi un lien valide, prévenez l'administrateur.",
    "Vous n'avez pas la permission d'accéder à cette page.",
    "Tema especificado inválido. Si has seguido un enlace válido, avisa al administrador.",
    "No tienes permiso para acceder a esta página.",
    "Discussione specificata non valida. Se hai seguito un link valido, avvisa l'amministratore.",
    "Non hai i permessi per accedere a questa pagina.",
    "Ongeldig onderwerp opgegeven. Als je een geldige link volgde, waarschuw dan de beheerder.",
    "Je hebt geen toestemming om deze pagina te bekijken.",
    "Nieprawidłowy temat. Jeśli użyto prawidłowego linku, powiadom administratora.",
    "Nie masz uprawnień do tej strony.",
    "Тема не найдена. Если вы перешли по верной ссылке, сообщите администратору.",
    "У вас нет прав для доступа к этой странице.",
    "Tópico especificado inválido. Se você seguiu um link válido, avise o administrador.",
    "Você não tem permissão para acessar esta página.",
    "Geçersiz konu. Geçerli bir link takip ettiyseniz yöneticiye bildirin.",
    "The requested thread could not be found.",
    "Access to this forum is restricted.",
    "This forum is for members only.",
    "Zugriff verweigert",
    "Aucun sujet spécifié",
    "Acceso denegado",
    "Accesso negato",
    "Geen onderwerp opgegeven",
    "Acesso negado",
    "Ogiltig tråd.",
    "La página solicitada no se pudo encontrar.",
    "La discussione richiesta non può essere trovata.",
    "Het gevraagde onderwerp kan niet worden gevonden.",
    "Nie można znaleźć żądanego tematu.",
    "Nie znaleziono tematu.",
    "O tópico solicitado não pôde ser encontrado.",
    "Den begärda tråden kunde inte hittas.",
    "Du har ikke tilladelse til at se denne side.",
    "Ugyldigt emne angivet.",
    "Du har ikke tilgang til denne siden.",
    "Emnet finnes ikke.",
    "Sinulla ei ole oikeuksia tälle sivulle.",
    "Virheellinen linkki.",
    "Το Θέμα που ορίσατε δεν υπάρχει. Αν ακολουθήσατε έναν έγκυρο σύνδεσμο, ειδοποιήστε τον διαχειριστή.",
    "Viestiketjua ei löytynyt: keskustelu on poistettu.",
    "Sie haben keine Rechte, um auf diese Seite zuzugreifen: Ihr Benutzerkonto wurde möglicherweise deaktiviert.",
    "The administrator has required a password to access this forum.",
    "Für dieses Forum ist ein Kennwort erforderlich.",
]


# Each holds a word of the last ones, and none of them is one.
NO_LAST_WORDS = [
    "Ungültiges Sicherheitstoken.",
    "Guests are not allowed in under load.",
    "Connection refused (using password: YES)",
    "Our forum was attacked. Please choose a new password when you return.",
    "Members only today.",
    "No posts were deleted, the disk failed.",
    "Index not found, being rebuilt.",
    "Данные не удалены.",
    "Vi flytter: intet indlæg er slettet.",
    "Mitään viestejä ei ole poistettu.",
    "Nieprawidłowa konfiguracja, awaria",
    "Rien n'est supprimé, à demain",
    "Redirecting... Thread could not be found here: it was moved.",
]


@pytest.mark.parametrize("said", NO_LAST_WORDS)
def test_a_loose_word_makes_no_last_word(said):
    assert not is_lasting(said)


@pytest.mark.parametrize("frame", [VB3, VB4], ids=["vb3", "vb4"])
def test_a_forum_behind_a_password_says_so(frame):
    asked = "<fieldset><legend>Forum Password</legend><input type='password' name='newforumpwd'></fieldset>"
    seen = read(frame.format(f"This forum requires a password.{asked}").encode(), URL)
    assert (seen.kind, seen.logged_out, "requires" in seen.notice) == (PageKind.NOTICE, False, True)


@pytest.mark.parametrize("frame", [VB3, VB4], ids=["vb3", "vb4"])
@pytest.mark.parametrize("said", LAST_WORDS)
def test_a_last_word_stays_a_notice(frame, said):
    seen = read(frame.format(said).encode(), URL)
    assert (seen.kind, seen.notice.removeprefix("vBulletin Message").strip()) == (PageKind.NOTICE, said)


@pytest.mark.parametrize(
    "said",
    [
        "You are not logged in or you do not have permission. Fill in the form and try again.",
        "You are not logged in, or you do not have permission to access this page. This could be due to several.",
        "Sie sind nicht angemeldet oder Sie haben keine Rechte, diese Seite zu betreten.",
        "Vous n'êtes pas connecté. Veuillez réessayer.",
        "No has iniciado sesión. Inténtalo de nuevo.",
        "Non hai effettuato il login. Riprova.",
        "Je bent niet ingelogd. Probeer het opnieuw.",
        "Nie jesteś zalogowany. Spróbuj ponownie.",
        "Вы не авторизованы. Попробуйте ещё раз.",
        "Você não está logado. Tente novamente.",
        "Du er ikke logget ind. Prøv igen.",
        "Et ole kirjautunut sisään.",
        "Du är inte inloggad. Försök igen.",
    ],
)
def test_a_request_to_log_in_is_no_passing_message(said):
    seen = read(VB3.format(said).encode(), URL)
    assert (seen.kind, seen.logged_out) == (PageKind.NOTICE, True)


LOGIN_FORMS = [
    (
        "<html><body><p>Powered by: vBulletin Version 2.3.0</p><table><tr><td>You are not logged in, or you do not have"
        " permission to access this page.<form><input name='username'><input name='password'></form></td></tr></table>"
        "</body></html>"
    ),
    (
        "<html id='vbulletin_html'><body><form class='block vbform' action='login.php?do=login'><h2 class='blockhead'>"
        "Message</h2><div class='blockbody'><div class='blockrow restore'><p>Vous n'êtes pas connecté, ou n'avez pas la"
        " permission d'accéder à cette page.</p></div><div class='blockrow'><label>Identifiant:</label>"
        "<input name='vb_login_username'></div></div></form></body></html>"
    ),
    (
        '<html><body id="vb-page-body"><div class="message">You must be logged in to view this topic. Sign up.</div>'
        "</body></html>"
    ),
]


@pytest.mark.parametrize("page", LOGIN_FORMS, ids=["vb2", "vb4", "vb5"])
def test_a_form_to_log_in_in_place_of_a_thread_asks_to_log_in(page):
    seen = read(page.encode(), URL)
    assert (seen.kind, seen.logged_out, "Identifiant" in seen.notice) == (PageKind.NOTICE, True, False)


def test_a_forum_of_xenforo_behind_a_password_says_so_in_any_language():
    page = (
        '<html id="XF" lang="de" data-template="forum_password" data-logged-in="true"><head><title>Geschützt | Forum'
        '</title></head><body><div class="p-body-pageContent"><form><input type="password" name="forum_password">'
        "</form></div></body></html>"
    )
    seen = read(page.encode(), "http://board.example/threads/a.9/")
    assert (seen.kind, seen.logged_out, seen.notice) == (
        PageKind.NOTICE,
        False,
        "this forum requires a password (Geschützt | Forum)",
    )


SAYINGS = [words for _, words in PASSING_WORDS] + [page for _, page in BARE]


@pytest.mark.parametrize("skin", [vb3, vb4, vb5], ids=["vb3", "vb4", "vb5"])
def test_a_thread_that_quotes_all_of_it_is_a_thread(skin):
    whole = skin.thread(BOARD, BOARD.threads[106], 1)
    title = BOARD.threads[106].title
    for saying in SAYINGS:
        page = whole.replace("Torque", escape(saying) or "Torque").replace(escape(title), "Just a moment...")
        assert page != whole
        seen = read(page.encode(), URL)
        assert (seen.kind, len(seen.posts)) == (PageKind.POSTS, 5), saying


@pytest.mark.parametrize("skin", [vb3, vb4, vb5], ids=["vb3", "vb4", "vb5"])
@pytest.mark.parametrize(
    "title", ["Maintenance", "Account Suspended", "Just a moment...", "Database error", "It works!"]
)
def test_a_forum_of_such_a_name_is_a_forum(skin, title):
    for page in (skin.home(BOARD), skin.forum(BOARD, BOARD.forums[2], 1)):
        for name in (BOARD.forums[2].title, BOARD.title):
            assert read(page.replace(escape(name), title).encode(), URL).kind in READ


@pytest.mark.parametrize(
    "page",
    [
        bare("Members", "<p>Ann</p><p>Bob</p>"),
        bare("A shop", "<p>Buy <b>oil</b> for your car</p>"),
        bare("Torque: just a moment", "<p>Tighten by hand, then 25 Nm.</p>"),
        bare("500 km with an S14", "<p>A trip through the Alps.</p>"),
        bare("Log in", "<input type='password'><script src='https://www.google.com/recaptcha/api.js'></script>"),
        bare("News", "<p>Cloudflare raises prices.</p><script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'>"
             "</script>"),
        bare("Just a moment...", "<p>A long story.</p>" * 200),
        bare("Checking your browser", "".join(f"<a href='t{i}'>Thread {i}</a>" for i in range(30))),
        bare("Board", "<p>" + "The forum is down for maintenance, they said. " * 60 + "</p>"),
    ],
)  # fmt: skip
def test_another_page_is_merely_unknown(page):
    seen = read(page.encode(), URL)
    assert (seen.kind, seen.notice) == (PageKind.UNKNOWN, None)
    assert seen.reason


SOFTWARE = {
    "phpBB": "<body id='phpbb' class='nojs section-viewtopic'><p>This board is currently unavailable.</p>",
    "Discourse": "<head><meta name='generator' content='Discourse 3.4.0.beta1 - https://github.com/discourse'></head>",
    "SMF": "<script>var smf_theme_url = 'http://board.example/Themes/default';</script>",
    "Invision": "<body class='ipsApp ipsApp_front ipsLayout_noBackground'>",
    "MyBB": "<a href='member.php?action=lostpw'>Lost Password?</a> Powered By <a href='https://mybb.com'>MyBB</a>",
    "Vanilla": "<script>gdn.meta = {};</script>",
    "NodeBB": "<meta name='generator' content='NodeBB' />",
    "FluxBB": "<div id='punviewtopic' class='pun'>",
    "Flarum": "<noscript id='flarum-content'>",
    "WoltLab": "<script>var WCF_PATH = 'https://board.example/wcf/';</script>",
}


@pytest.mark.parametrize("name", SOFTWARE)
def test_another_board_software_is_named(name):
    seen = read(f"<html>{SOFTWARE[name]}<p>Database error? Try again later.</p></html>".encode(), URL)
    assert (seen.kind, seen.software) == (PageKind.UNKNOWN, name)
    assert name in seen.reason


def test_a_post_that_names_another_software_says_nothing():
    page = vb3.thread(BOARD, BOARD.threads[106], 1).replace("Torque", escape("".join(SOFTWARE.values())))
    assert read(page.encode(), URL).software is None


@pytest.mark.parametrize(
    ("status", "headers", "name"),
    [
        (403, {"cf-mitigated": b"challenge"}, "Cloudflare"),
        (200, {"cf-mitigated": "challenge", "server": "cloudflare"}, "Cloudflare"),
        (403, {"server": b"AkamaiGHost"}, "akamaighost"),
        (403, {"server": "ddos-guard"}, "ddos-guard"),
        (401, {"server": "QRATOR"}, "qrator"),
        (405, {"x-amzn-waf-action": "captcha"}, "AWS WAF"),
        (403, {"x-sucuri-block": "XSS1"}, "Sucuri"),
        (200, {"server": "ddos-guard"}, None),
        (403, {"server": "cloudflare"}, None),
        (404, {}, None),
    ],
)
def test_what_the_headers_tell(status, headers, name):
    assert gatekeeper(status, headers) == name


PIECES = [piece for _, page in BARE for piece in (page, page[: len(page) // 2], page[len(page) // 2 :])]


@given(st.lists(st.one_of(st.sampled_from(PIECES).map(str.encode), st.binary(max_size=60)), max_size=5).map(b"".join))
def test_no_bytes_raise(body):
    seen = read(body, URL)
    assert seen.kind not in READ
    assert (seen.kind is PageKind.NOTICE) or seen.reason


@pytest.mark.real
def test_no_real_page_is_taken_for_one_that_passes(shared):
    files = [*(shared / "corpus").glob("vbulletin*/**/*.html"), *(shared / "corpus" / "xenforo").glob("*.html")]
    kinds = {file.name: read(file.read_bytes(), URL) for file in files}
    assert len(kinds) >= 60
    assert [name for name, seen in kinds.items() if seen.kind in (PageKind.PASSING, PageKind.CHALLENGE)] == []
    assert [name for name, seen in kinds.items() if seen.software] == []
    notices = {name for name, seen in kinds.items() if seen.kind is PageKind.NOTICE}
    assert notices == {name for name in kinds if "error" in name}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("word", ["apache2 ", "warning ", "you currently ", "the board we ", "powered by ", "форум "])
def test_a_page_that_repeats_a_word_takes_no_longer(word):
    for page in (f"<title>{word * 30_000}</title>", f"<p>{word * 140}</p>", f"<script>{word * 30_000}</script>"):
        assert read(page.encode(), URL).kind is PageKind.UNKNOWN
