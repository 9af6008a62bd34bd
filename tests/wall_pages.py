"""Pages that stand where an article should, as their makers write them, and articles that only speak of such things."""

from news_pages import Item, article, section

CLOUDFLARE = """<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title></head><body>
<noscript><div class="h2"><span id="challenge-error-text">Enable JavaScript and cookies to continue</span></div></noscript>
<script>(function(){window._cf_chl_opt={cvId:'3',cZone:'a.example',cType:'managed'};})();</script></body></html>"""
CLOUDFLARE_DENIED = """<html><head><title>Attention Required! | Cloudflare</title></head><body><div id="cf-error-details">
<h1>Sorry, you have been blocked</h1><h2>You are unable to access a.example</h2><p>This website is using a security service
to protect itself from online attacks.</p><p>Cloudflare Ray ID: 8a</p></div></body></html>"""
AKAMAI = """<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY><H1>Access Denied</H1>
You don't have permission to access "http&#58;&#47;&#47;a&#46;example&#47;" on this server.<P>
Reference&#32;&#35;18&#46;2d4d645f&#46;1700000000&#46;1a2b3c4d</BODY></HTML>"""
DATADOME = """<html><head><title>a.example</title></head><body><p id="cmsg">Please enable JS and disable any ad blocker</p>
<script>var dd={'rt':'c','cid':'AHrl','host':'geo.captcha-delivery.com'}</script>
<script src="https://ct.captcha-delivery.com/c.js"></script></body></html>"""
INCAPSULA = """<html><head><META NAME="robots" CONTENT="noindex,nofollow"><script src="/_Incapsula_Resource?SWJIYLWA=5074a744">
</script></head><body><iframe src="/_Incapsula_Resource?CWUDNSAI=9&incident_id=1">Request unsuccessful. Incapsula incident ID: 1-2
</iframe></body></html>"""
PERIMETERX = """<html><head><title>Access to this page has been denied</title></head><body><h1>Press &amp; Hold to confirm you are
a human (and not a bot).</h1><div id="px-captcha"></div></body></html>"""
GEO = """<html><head><title>News</title></head><body><h1>Sorry</h1><p>This content is currently unavailable in your region.</p>
</body></html>"""
RUSSIAN = """<html><head><title>Вы не робот?</title></head><body><p>Подтвердите, что запросы отправляли вы, а не робот</p>
<form class="smart-captcha"></form></body></html>"""

CONSENT = """<html lang="en"><head><title>Your privacy choices</title></head><body><h1>We value your privacy</h1>
<p>We and our 842 partners store and access information on your device, such as cookies, and process personal data to show
personalised advertising and content.</p><p>You can give or withdraw your consent to all of this at any time in the privacy
settings at the foot of every page.</p><button>Manage options</button><button>Accept all</button></body></html>"""
CONSENT_GERMAN = """<html lang="de"><head><title>DER STANDARD</title></head><body><h2>Willkommen</h2>
<p>Sie entscheiden darüber, wie Sie unsere Inhalte nutzen wollen. Wir verwenden Cookies und ähnliche Techniken, um Ihnen
personalisierte Werbung zu zeigen; dafür brauchen wir Ihre Einwilligung, die Sie jederzeit widerrufen können.</p>
<button>Einverstanden</button><a href="/abo">Jetzt PUR-Abo</a></body></html>"""
CONSENT_TURKISH = """<html lang="tr"><body><h2>Gizliliğiniz</h2><p>Biz ve iş ortaklarımız, kişisel verilerinizi işlemek ve size
uygun reklamlar göstermek için çerezler kullanıyoruz; bunun için açık rızanıza ihtiyaç duyuyoruz.</p>
<button>Tümünü kabul et</button></body></html>"""

SHELL = """<!doctype html><html><head><title>News</title><script src="/static/js/main.js"></script></head>
<body><noscript>You need to enable JavaScript to run this app.</noscript><div id="root"></div></body></html>"""
SHELL_SILENT = """<!doctype html><html><head><title>News</title></head><body><div id="app"></div>
<script type="module" src="/a.js"></script><script src="/b.js"></script></body></html>"""
LOGIN = """<html><head><title>Sign in</title></head><body><form><input name="u"><input type="password"></form></body></html>"""
PAYWALL = """<html><body><h1>The deal</h1><p>It began in March.</p><p>Subscribe to continue reading this story.</p></body></html>"""

_LONG = "The company said on Tuesday that the outage had begun at nine and that it would publish what it found. "
ABOUT_CLOUDFLARE = article(
    "Just a moment: why Cloudflare's “checking your browser” page was everywhere",
    [f"“Verify you are human”, the page said, and “Sorry, you have been blocked”. {_LONG * 3}", *[_LONG * 2] * 4],
)
ABOUT_COOKIES = article(
    "We value your privacy: what cookie banners really ask",
    [
        "“We and our 842 partners use cookies”, most banners say, and readers click to accept all of them. " + _LONG,
        "Consent under the regulation has to be free, and a wall in front of the text is not, the court held. " + _LONG,
        *[
            f"Cookie number {n} is set for advertising, the study found, before anyone has agreed to it."
            for n in range(9)
        ],
    ],
    jsonld=False,
    after="<div><p>We use cookies and need your consent for personalised advertising on this site, as the law has it.</p>"
    "<button>Accept all</button></div>",
)
WITH_CAPTCHA_FORM = article(
    "A letter to the alliance", [_LONG * 3] * 4, after='<form class="g-recaptcha"><p>Comment</p></form>'
)
BARE = "<html><head><script src='/a.js'></script></head><body><h1>A letter</h1><p>Ankara wrote to NATO on Monday.</p></body></html>"
FRONT = section([Item("/a", "A letter")]) + "<script src='/a.js'></script>"
BARE_ABOUT_COOKIES = (
    "<html><body><h1>What cookie banners really ask</h1>"
    + "".join(
        f"<p>“We and our partners use cookies”, banner {n} says, and asks for consent. {_LONG}</p>" for n in range(9)
    )
    + "<button>Accept all</button></body></html>"
)
