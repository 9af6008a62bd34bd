"""What `urls` knows about addresses, as data. A change here is a change of keys: raise `urls.KEY_VERSION`."""

import re

_words = re.compile(r"\S+").findall

# Names seen in the lists of miniflux (urlcleaner.go), Mozilla (query-stripping), Brave (query_filter) and AdGuard
# (general_url), and of outlets' own campaigns (BBC, CNN, New York Times, Yahoo, Le Monde)
TRACKING = frozenset(
    _words(
        """
    fbclid fb_action_ids fb_action_types fb_ref fb_source fb_comment_id igshid igsh mibextid
    gclid gclsrc dclid gbraid wbraid srsltid _ga _gl gad_source gad_campaignid
    yclid ysclid _openstat yadclid ymclid ybaip
    msclkid twclid ttclid li_fat_id epik rdt_cid sccid wickedid rb_clickid irclickid ref_src ref_url
    mc_cid mc_eid mc_tc mkt_tok vero_id vero_conv oly_anon_id oly_enc_id _bhlid _kx sc_cid
    _hsenc _hsmi __hssc __hstc __hsfp hsctatracking _branch_match_id _branch_referrer __readwiselocation
    campaign_id campaign_medium campaign_name campaign_source campaign_term campaign_content
    wt_mc wt_zmc xtor at_medium at_campaign ns_mchannel ns_source ns_campaign ns_linkname ns_fee
    cmpid icid ocid smid smtyp soc_src soc_trk mbid guccounter guce_referrer guce_referrer_sig sfmc_id spm s_cid
    ncid nr_email_referer taid tpcc cx_testid cx_testvariant cx_artpos dicbo cm_mmc hmb_campaign hmb_medium hmb_source
    maca gaa_at gaa_n gaa_sig gaa_ts sfnsn etext __twitter_impression __tn__ traffic_source is_rss
    replytocom
    amp amp_js_v amp_gsa amp_r _amp noamp usqp
        """
    )
)
TRACKING_PREFIXES = (
    "utm_",
    "utm-",
    "mtm_",
    "pk_",
    "piwik_",
    "hsa_",
    "itm_",
    "at_custom",
    "at_link",
    "at_ptr",
    "at_bbc",
    "at_creation",
    "__cft__",
    "stm_",
    "_x_tr_",
)

# Session ids of Java, PHP, ASP, ColdFusion, Zen Cart, osCommerce. `sid` is a story's number on PHP-Nuke sites
SESSION = frozenset(_words("jsessionid phpsessid aspsessionid cfid cftoken zenid oscsid sessionid session_id sessid"))
SESSION_IF_LONG = frozenset(_words("sid s session sess"))
SESSION_VALUE = re.compile(r"[0-9A-Fa-f]{24,}")

# "where you came from" where the value is a word and the path names an article; else it may name the article
SOURCE_IF_WORD = frozenset(_words("ref referrer referer source src from via partner cmp cid share shared feature"))
AMP_IF_SAID = frozenset(_words("outputtype output type view mode platform format"))

HOST_PREFIXES = ("www.", "m.", "mobile.", "amp.")

# google.com/amp/s/example.org/a · www-example-org.cdn.ampproject.org/c/s/www.example.org/a, as the start of an address
AMP_CACHE = re.compile(
    r"\A(?:(?:www\.)?google\.[a-z.]{2,6}/amp/|(?:[a-z0-9-]+\.)?cdn\.ampproject\.org/[a-z]{1,2}/|(?:www\.)?bing\.com/amp/)(?:s/)?(?=[a-z0-9-]+\.[a-z])",
    re.IGNORECASE,
)

PATH_CUTS = (
    re.compile(r";(?:jsessionid|phpsessid|sid)=[^/]*", re.IGNORECASE),
    re.compile(r"/\((?:[A-Z]\([0-9a-z]+\))+\)(?=/)", re.IGNORECASE),  # ASP.NET without cookies: /(S(4gh…))/
    re.compile(r"(?<!:)/(?=/)"),  # servers take // for /; behind a colon it is another address in the path
    re.compile(r"/+$"),
    re.compile(r"^/amp(?=/.)"),
    re.compile(r"(?<=[^/])/amp(?:\.html?)?$"),
    re.compile(r"(?<=[^/])\.amp(?=\.s?html?$|$)"),
    re.compile(r"/(?:index|default)\.(?:s?html?|php\d?|aspx?|jsp|cfm)$", re.IGNORECASE),
)

# How an article's address differs from a section's
LONG_ESCAPED = 9
PAGE_SUFFIX = re.compile(r"\.(?:s?html?|php|aspx?|jsp|ece|story)$", re.IGNORECASE)
DATE_IN_PATH = re.compile(r"/(?:19|20)\d\d[-/]?(?:0?[1-9]|1[0-2])[-/]?(?:0?[1-9]|[12]\d|3[01])?(?=[/_-])")
NUMBERED = re.compile(
    r"\d{5,}|\d{4,}(?!\d*$)|(?<=[^/\d])\d{4,}$|^(?!(?:19|20)\d\d$)\d{3,}$|^(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]{8,}$",
    re.IGNORECASE,
)
WORD = re.compile(r"(?:[^-_+%.]|%(?!20))+")
PAGING = (
    frozenset(  # names of parameters that choose a list or a part of it, WordPress's m (month), cat, author among them
        _words(
            """
        page paged pg pagenum offset start from to limit year month day date lang m y d w cat category author tag
        s q query search sort order view per_page tribe-bar-date eventdate cal calendar ical
        """
        )
    )
)

# The path of a front or section page: `/`, `/news`, `/world/europe`; an article's has a digit, a hyphen or an escape.
PLAIN_WORDS = re.compile(r"[A-Za-z/]*")
