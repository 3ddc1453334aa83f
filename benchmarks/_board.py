"""Pages of a made-up vBulletin 3.8 board in stock size: 84 KB with twenty posts, a node every 50 bytes.

Real thread pages of that generation have one every 52 to 95; the sample forum is far leaner than that. Each page has
its own words, names, ids and dates. Text: words drawn from a short list, so a page takes 10 KB on disk.
"""

from random import Random

POSTS = 20
URL = "https://board.example/forums/showthread.php?t={}"

_TEXT = """
    brake clutch engine the a of and to it was then with belt pump torque oil gasket bolt when garage said cold start
    idle misfire sensor plug wire harness left right rear front again after before miles drive shaft bearing noise
    smoke white blue replaced cleaned adjusted measured within limits manual page figure see also thanks my car runs
"""
_NAMES = [
    f"{first}{last}{number}" for first in ("Old", "Red", "Mad") for last in ("Bear", "Six") for number in range(90)
]
_STEP = "\n\t\t\t"  # templates leave their indentation behind


def thread_page(number: int) -> bytes:
    """The page of thread `number`; the same number gives the same bytes."""
    random = Random(number)
    title = _words(random, 6)
    posts = "".join(_post(random, number * POSTS + place, place) for place in range(1, POSTS + 1))
    return _frame(number, title, f'<div id="posts">{posts}<div id="lastpost"></div></div>').encode("cp1252")


def _words(random: Random, count: int) -> str:
    return " ".join(random.choices(_TEXT.split(), k=count))


def _post(random: Random, post_id: int, place: int) -> str:
    user, name = random.randrange(1, 9999), random.choice(_NAMES)
    day = f"{random.randrange(1, 13):02}-{random.randrange(1, 29):02}-2008"
    clock = f"{random.randrange(1, 13):02}:{random.randrange(60):02} PM"
    return f"""
<!-- post #{post_id} -->
<!-- open content container -->
<div align="center"><div class="page" style="width:100%; text-align:left"><div style="padding:0px 25px 0px 25px">
<div id="edit{post_id}" style="padding:0px 0px 6px 0px">
<table id="post{post_id}" class="tborder" cellpadding="6" cellspacing="0" border="0" width="100%" align="center">
<tr>{_STEP}<td class="thead" style="font-weight:normal; border: 1px solid #D1D1E1; border-right: 0px">{_STEP}\
<!-- status icon and date -->{_STEP}<a name="post{post_id}"><img class="inlineimg" \
src="images/statusicon/post_old.gif" alt="Old" border="0" /></a>{_STEP}{day}, {clock}{_STEP}\
<!-- / status icon and date --></td>{_STEP}<td class="thead" style="font-weight:normal" align="right">{_STEP}&nbsp;\
#<a href="showpost.php?p={post_id}&amp;postcount={place}" target="new" rel="nofollow" id="postcount{post_id}" \
name="{place}"><strong>{place}</strong></a></td></tr>
<tr valign="top"><td class="alt2" width="175" style="border: 1px solid #D1D1E1; border-top: 0px">
<div id="postmenu_{post_id}">{_STEP}<a class="bigusername" href="member.php?u={user}">{name}</a>
<script type="text/javascript"> vbmenu_register("postmenu_{post_id}", true); </script></div>
<div class="smallfont">Senior Member</div><div class="smallfont">&nbsp;<br /><a href="member.php?u={user}">\
<img src="image.php?u={user}&amp;dateline=1180000000" width="80" height="80" alt="{name}'s Avatar" border="0" /></a>
</div><div class="smallfont">&nbsp;<br /><div>Join Date: May 2005</div>{_STEP}<div>Location: US</div>{_STEP}\
<div>{_STEP}Posts: {random.randrange(5000):,}{_STEP}</div>{_STEP}<div> </div></div></td>
<td class="alt1" id="td_post_{post_id}" style="border-right: 1px solid #D1D1E1">
<!-- icon and title --><div class="smallfont"><img class="inlineimg" src="images/icons/icon1.gif" alt="Default" \
border="0" /><strong>{_words(random, 4)}</strong></div><hr size="1" style="color:#D1D1E1; background-color:#D1D1E1" />
<!-- / icon and title -->
<!-- message -->
<div id="post_message_{post_id}">{_message(random, post_id)}</div>
<!-- / message -->{_extras(random, post_id, name, day, clock)}
</td></tr>
<tr><td class="alt2"><img class="inlineimg" src="images/statusicon/user_offline.gif" alt="{name} is offline" />
</td><td class="alt1" align="right"><!-- controls -->
<a href="newreply.php?do=newreply&amp;p={post_id}" rel="nofollow"><img src="images/buttons/quote.gif" \
alt="Reply With Quote" border="0" /></a><!-- / controls --></td></tr></table>
<!-- post {post_id} popup menu --><div class="vbmenu_popup" id="postmenu_{post_id}_menu" style="display:none">
<table cellpadding="4" cellspacing="1" border="0"><tr><td class="thead">{name}</td></tr>
<tr><td class="vbmenu_option"><a href="member.php?u={user}">View Public Profile</a></td></tr>
<tr><td class="vbmenu_option"><a href="private.php?do=newpm&amp;u={user}" rel="nofollow">Send a private message to \
{name}</a></td></tr><tr><td class="vbmenu_option"><a href="search.php?do=finduser&amp;u={user}" rel="nofollow">Find \
More Posts by {name}</a></td></tr></table></div><!-- / post {post_id} popup menu -->
</div></div></div></div>
<!-- / close content container -->
<!-- / post #{post_id} -->"""


def _message(random: Random, post_id: int) -> str:
    """Paragraphs; every third post quotes another, every fourth shows a picture or a smilie."""
    text = "<br />\n<br />\n".join(
        f"{_words(random, random.randrange(20, 70))}." for _ in range(random.randrange(1, 4))
    )
    if post_id % 3 == 0:
        text = f"""<div style="margin:20px; margin-top:5px; ">
<div class="smallfont" style="margin-bottom:2px">Quote:</div>
<table cellpadding="6" cellspacing="0" border="0" width="100%"><tr><td class="alt2" style="border:1px inset">
<div>Originally Posted by <strong>{random.choice(_NAMES)}</strong>
<a href="showthread.php?p={post_id - 2}#post{post_id - 2}" rel="nofollow"><img class="inlineimg" \
src="images/buttons/viewpost.gif" border="0" alt="View Post" /></a></div>
<div style="font-style:italic">{_words(random, 30)}</div></td></tr></table></div>{text}"""
    if post_id % 4 == 0:
        text += f'<br /><img src="http://photos.example/{post_id}.jpg" border="0" alt="" />'
        text += ' <img src="images/smilies/smile.gif" border="0" alt="" title="Smile" class="inlineimg" />'
    return text


def _extras(random: Random, post_id: int, name: str, day: str, clock: str) -> str:
    """An attachment on every tenth post, a signature on every second, an edit note on every fifth."""
    extras = ""
    if post_id % 10 == 0:
        extras += f"""<!-- attachments --><div style="padding:6px"><fieldset class="fieldset">
<legend>Attached Images</legend><table cellpadding="0" cellspacing="3" border="0"><tr>
<td><img class="inlineimg" src="images/attach/jpg.gif" alt="File Type: jpg" width="16" height="16" border="0" /></td>
<td><a href="attachment.php?attachmentid={post_id}&amp;d=1200000000" target="_blank">{post_id}.jpg</a> (24.1 KB, 10 \
views)</td></tr></table></fieldset></div><!-- / attachments -->"""
    if post_id % 2:
        extras += f"<!-- sig --><div>__________________<br />{_words(random, 12)}</div><!-- / sig -->"
    if post_id % 5 == 0:
        extras += f"""<!-- edit note --><div class="smallfont"><hr size="1" style="color:#D1D1E1" /><em>Last edited by
{name}; {day} at <span class="time">{clock}</span>.</em></div><!-- / edit note -->"""
    return extras


def _frame(number: int, title: str, body: str) -> str:
    jump = "\n".join(
        f'<option value="{each}" class="fjdpth1"{" selected" if each == 7 else ""}>&nbsp; &nbsp; Forum {each}</option>'
        for each in range(1, 41)
    )
    pages = "".join(
        f'<td class="alt1"><a class="smallfont" href="showthread.php?t={number}&amp;page={each}" '
        f'title="Show results {each * POSTS - 19} to {each * POSTS}">{each}</a></td>'
        for each in range(2, 8)
    )
    pager = f"""<div class="pagenav" align="right"><table class="tborder" cellpadding="3" cellspacing="1" border="0">
<tr><td class="vbmenu_control" style="font-weight:normal">Page 1 of 7</td>
<td class="alt2"><strong>1</strong></td>{pages}
</tr></table></div>"""
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" \
"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" dir="ltr" lang="en">
<head><meta http-equiv="Content-Type" content="text/html; charset=ISO-8859-1" />
<meta name="generator" content="vBulletin 3.8.4" /><title>{title} - Garage</title>
<script type="text/javascript">var SESSIONURL = ""; var SECURITYTOKEN = "guest";</script>
<script type="text/javascript" src="clientscript/vbulletin_global.js?v=384"></script></head>
<body onload=""><form action="login.php?do=login" method="post"><input type="text" name="vb_login_username" />
<input type="password" name="vb_login_password" /></form>
<table class="tborder" cellpadding="6" border="0" width="100%"><tr><td class="alt1"><span class="navbar">
<a href="index.php" accesskey="1">Garage</a></span><span class="navbar">&gt;
<a href="forumdisplay.php?f=7">Engines</a></span></td></tr>
<tr><td class="navbar" style="font-size:10pt"><strong>{title}</strong></td></tr></table>
{pager}{body}{pager}
<a href="printthread.php?t={number}" rel="nofollow">Show Printable Version</a>
<form action="forumdisplay.php" method="get"><select name="f" onchange="this.form.submit();">{jump}</select></form>
<div class="smallfont" align="center">All times are GMT -5. The time now is <span class="time">05:18 PM</span>.</div>
<script type="text/javascript">vBulletin_init();</script></body></html>"""
