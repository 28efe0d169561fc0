### English. A further language is one more file beside this one, with the same keys.

language-name = English
language-en = English
language-ja = Japanese
language-fr = French
language-de = German
language-et = Estonian
language-ko = Korean
language-uk = Ukrainian

## Around every page
skip-to-content = Skip to content
nav-main = Main
nav-all = All pages
nav-home = Home
nav-search = Search
nav-import = Import
nav-collections = Collections
nav-members = Members
nav-policies = Policies
nav-peers = Peers
nav-quarantine = Quarantine
nav-more = More
nav-help = Keys and words
search-label = Search
search-placeholder = Words, an address, a hash, an id
language-label = Language
theme-label = Light or dark
theme-system = As the system
theme-light = Light
theme-dark = Dark
zone-label = Time zone
zone-set = Set
zone-help = As the IANA time zone database names it: Asia/Tokyo, Europe/Tallinn, UTC.
form-wrong = Nothing was saved. What is wrong stands at its field.
sign-out = Sign out
close = Close
copy = Copy
copied = Copied
none = None
yes = Yes
no = No
number = { $count }
bytes = { $n ->
    [one] { $count } byte
   *[other] { $count } bytes
}
pages = Pages
pages-first = First page
pages-next = Next page
why = Why am I seeing this?

## Keys
help-title = Keys and words
help-words = Words
key-search = Search
key-list = Next and previous in a list
key-open = Open
key-help = Show this
word-label = Label
word-label-what = Who may read a thing and how it may be used: policy and level, audience, TLP, PAP, handling. It travels with the thing.
word-audience = Audience
word-audience-what = The countries, communities and members that a label names. Every part of a label must permit a reader.
word-version = Version
word-version-what = One state of an object. Versions are added, never changed.
word-claim = Claim
word-claim-what = A version as one source gave it. Several sources may claim the same object; a page shows that they differ.
word-quarantine = Quarantine
word-quarantine-what = Where input lies that could not be accepted, byte for byte, with its reasons.

## Signing in
sign-in = Sign in
sign-in-title = Sign in
sign-in-what = Kizuna is an exchange for cyber-threat intelligence. You see what your member may see.
sign-in-refused = That key is not valid. Check that it was copied whole, or ask your administrator for a new one.
sign-in-key = API key
sign-in-key-help = The key that your administrator gave you, or that “kizuna user add” printed.
sign-in-no-key = No key at hand?
sign-in-link-help = Whoever runs this node can print a one-time sign-in link:
link-title = You are about to sign in
link-what = This link works once. It then stays valid for nobody.
set-up-title = Set up this node
set-up-what = A node belongs to one member: an organisation that exchanges intelligence with others. Name yours.
set-up-member = Name of your organisation
set-up-member-help = As partners know it, such as “JPCERT/CC”. It cannot be changed later.
set-up-country = Country
set-up-country-help = Three letters (ISO 3166-1), such as JPN or EST.
set-up-sector = Kind
set-up-email = Your e-mail address
set-up-email-help = It names your account. Nothing is sent to it.
set-up-do = Set up and sign in
sector-public = Public
sector-private = Private
sector-academic = Academic
sector-military = Military
sector-civil = Civil

## Home
home-figures = What you can read
home-recent = Newly readable
home-all = All of it
home-everything = Everything
home-empty-title = Nothing here yet
home-empty-what = What you import, and what partners share with you, appears here. Begin with invented exercise data, or with a bundle of your own.
home-load-sample = Load the exercise sample
home-sample = Exercise sample
home-sample-what = Invented states, actors and indicators under the policy EXERCISE. Loading it again changes nothing.
home-import = Import a bundle
home-command-line = From the command line:
home-loaded = { $n ->
    [0] The exercise sample was here already.
    [one] Loaded { $count } object of the exercise sample.
   *[other] Loaded { $count } objects of the exercise sample.
}

## Search
search-found = { $n ->
    [0] Nothing found
    [one] { $count } object
   *[other] { $count } objects
}
search-found-capped = { $n ->
   *[other] More than { $count } objects
}
search-read-as = Also understood as:
search-kinds = Kinds
search-all-kinds = All kinds
search-results = Results
search-empty-title = Nothing found that you may read
search-empty-what = Search for words in any language, for a value as you have it, or for an id.
search-example-tag = what is tagged; also state:in-progress and assigned:me
search-example-words = every word must occur
search-example-value = an address, domain, URL or hash; defanged is fine
search-example-id = opens the object

## Lists
col-title = Title
col-kind = Type
col-label = Label
col-source = Source
col-added = Readable since
col-relation = Relation
col-object = Object
col-version = Version
col-claim = Standing
col-digest = Digest
col-collection = Collection
col-use = You may
col-address = Address
col-member = Member
col-peer = Peer
col-id = Id
col-fault = First fault
col-channel = Channel
col-received = Received
state-revoked = Revoked
state-disputed = Sources differ

## Labels
label-banner = Label of this page
label-up-to = Mixed content, up to
label-each-row = each row carries its own label
label-audience = Releasable to
label-level = Policy and level
label-no-level = No policy or level
label-handling = Handling
party-world = Everybody
party-clients = Clients of { $name }
party-person = { $name } (person)
party-others = others
party-unknown = a party unknown here
tlp-clear = May be shared with everybody
tlp-green = May be shared within the community
tlp-amber = Need to know: own organisation and its clients
tlp-amber-strict = Need to know: own organisation only
tlp-red = For the named recipients only
pap-clear = No limit on use
pap-green = Active use, such as blocking, is permitted
pap-amber = Passive use only: no contact with the infrastructure
pap-red = Use only out of sight of the network
handling-orcon = Originator controlled: not to be passed on
handling-exercise = Exercise: invented content
handling-draft = Draft: not yet shared
handling-one-hop = One hop: to linked nodes, no further
handling-this-node = This node only: to no other node

## Object
object-earlier = You are looking at an earlier version, of
object-newest = Show the newest
object-revoked = Its author revoked this object. Do not rely on it.
judgement-title = Judgements
judgement-own = Our judgement
judgement-none = Your member has not judged it yet. Tags, state and score are your member's own; the object stays as it is.
judgement-begin = Judge it
judgement-change = Change
judgement-tags = Tags
judgement-tags-help = Separated by commas.
judgement-state = State
judgement-assignee = Assigned to
judgement-score = Score (0–100)
judgement-scale = Scale
judgement-reliability = Reliability of the source
judgement-credibility = Credibility of what it says
judgement-grade = Source and content
judgement-note = Note
judgement-label = Who may read it
judgement-label-help = Empty: as it is, at first your own member. A label in words shares it, such as "rel:JPN,EST tlp:amber". It never reaches anybody whom the object does not reach.
judgement-save = Save
judgement-at = Last judged
judged-new = New
judged-in-progress = In progress
judged-done = Done
judged-false-positive = False positive
reliability-A = completely reliable
reliability-B = usually reliable
reliability-C = fairly reliable
reliability-D = not usually reliable
reliability-E = unreliable
reliability-F = cannot be judged
credibility-1 = confirmed by other sources
credibility-2 = probably true
credibility-3 = possibly true
credibility-4 = doubtful
credibility-5 = improbable
credibility-6 = cannot be judged
copies-title = Copies of what { $name } made
copies-what = Its author is no party here, so your member reads one source's copy: the one that it follows, else its own, else the first that arrived.
copies-followed = Followed
copies-read = Read now
copies-follow = Follow { $name }'s copy for this author
copies-nobody = Follow nobody for this author
copies-admin = An admin of your member can choose another.
object-disputed = Sources that you may read gave different contents for this version.
object-claims = Compare the claims
object-pattern = Pattern
object-facts = Facts
object-translations = Translations
object-translation-stale = Of an earlier version
object-relations = Relations
object-no-relations = None that you may read.
object-more-relations = Only the newest are shown.
object-more = { $n ->
    [one] { $count } more
   *[other] { $count } more
}
object-sightings = Sightings
object-no-sightings = None that you may read.
object-mentions = Mentioned in
object-versions = Versions
object-warnings = Warnings
object-raw = Raw JSON
object-raw-show = Show as JSON
object-side = About this object
object-on-this-page = On this page
claim-author = Author
claim-claim = Claim
claim-served = shown
reliability = Reliability of the source (Admiralty scale)

## Why
explain-what = Each part of a label must permit you. This is what each asks, and what you hold.
explain-readable = You may read it
explain-hidden = You may not read it
explain-rules = Rules
explain-fields = Marked fields
explain-fields-what = These fields ask for more than the object:
field-narrower = Has a label of its own
explain-rule = Rule
explain-found = Found
rule-named = Names somebody
rule-named-yes = The label names somebody.
rule-named-no = The label names nobody.
rule-clause = Audience
rule-clause-yes = You are among those named.
rule-clause-no = You are not among those named.
rule-level = Policy and level
rule-level-yes = Your clearance reaches this level.
rule-level-no = Your clearance does not reach this level.
rule-restrictive = Categories: all of
rule-restrictive-yes = You hold every category.
rule-restrictive-no = You lack a category.
rule-permissive = Categories: one of
rule-permissive-yes = You hold one of the categories.
rule-permissive-no = You hold none of the categories.
rule-draft = Draft
rule-draft-yes = You may write, so you see drafts.
rule-draft-no = Drafts are for those who may write.
rule-honours = The reader's system
rule-honours-yes = The reader's system honours all that the label asks.
rule-honours-no = The reader's system has not said that it honours all that the label asks.
rule-from-joining = Since joining
rule-from-joining-yes = It arrived after your member joined.
rule-from-joining-no = It arrived before your member joined.
rule-decision = Decision
rule-decision-yes = Every rule is met: you may read it.
rule-decision-no = Not every rule is met: you may not read it.
explain-met = Met
explain-back = Back to the object

## Collections
collections-what = TAXII 2.1 API roots and collections that you may use. Any TAXII client can read them with your API key.
collection-title-all = All that you may read
collection-title-inbox = Inbox
collection-all = Everything that you may read.
collection-inbox = Where you write; your own member reads it unless its label says more.
collection-naming = What names the party of this collection.
collection-nothing = Only written to.
collections-client = With a client
collections-client-what = Send your API key as a bearer token, or as the password of HTTP Basic with your e-mail address.
can-read = read
can-write = write

## Members
members-count = { $n ->
    [one] { $count } member
   *[other] { $count } members
}
members-communities = Communities
members-no-communities = None yet. A community is a circle of members that a label can name.
members-community = Community
members-where = Node
members-hosted = Hosted here
members-elsewhere = Elsewhere
members-own = This node
members-earlier = New members read
members-from-joining = what arrives after they join
members-from-start = earlier content too
members-roster = Roster kept
members-roster-here = Here
members-roster-elsewhere = By another node

# Signing keys
keys-title = Signing keys
keys-none = None known yet. A member that lives here has one from the beginning; one that lives elsewhere sends its own.
keys-what = What a member publishes is signed with its key. Compare a fingerprint with the member by another way, such as the telephone, before you rely on it.
keys-fingerprint = Fingerprint
keys-origin = Known by
keys-since = From
keys-until = Until
key-made = Made on this node
key-pinned = Compared and pinned
key-first-sight = First sight, not compared
key-rotated = The key before it
key-vouched = The word of its member
key-current = In use
key-not-compared = In use, not compared
key-followed = Followed by another
key-revoked = Revoked
keys-unknown = stopped by a key that nobody compared
keys-unknown-what = Content signed with this key is not taken in. Compare the fingerprint with the member by another way, such as the telephone. If it is right, pin it on the command line; if it is not, somebody speaks in the member’s name.

## Peers
peers-empty-title = No peers yet
peers-empty-what = A peer is a partner's TAXII 2.1 server, another Kizuna included. What each of you may read crosses over; nothing else does.
peers-not-yours = Peers are shown to who runs the node
peers-not-yours-what = Ask an administrator of the node's own member whether exchange with a partner goes well.
peers-state = State
peers-direction = Direction
peers-last = Last contact
peers-lag = Behind by
peers-pulled = Received
peers-pushed = Sent
peers-waiting = Waiting to be sent
peers-aside = Set aside
peers-refused = Refused
peers-sync = Exchange now
peers-syncing = Exchanging
peer-page-saved = Saved. The next exchange follows it.
peer-page-added = The peer is added. The first exchange begins by itself.
peer-add = Add a peer
peer-add-name = Name here
peer-add-name-help = How this node calls it, such as partner-jpn: no spaces, no slashes.
peer-add-help = The first exchange begins by itself. What an account of its members is cleared for is granted from the command line.
peer-page-begun = An exchange has begun. What came of it is shown here when it has ended.
peer-page-again = Look again
peer-page-stands = How it stands
peer-page-exchange = Exchange
peer-page-every = How often
peer-page-every-help = A number and a unit: 30s, 5m, 1h.
peer-page-pull = Receive what it has for us
peer-page-push = Send what its members may read
peer-page-label = Label of what comes from it
peer-page-label-help = The label in words, such as "tlp:amber rel:JPN,EST"; it narrows and defaults. Collections there by id, separated by commas; none for all.
peer-page-lives = Members that live there
peer-page-lives-help = What is sent is what these members may read here. A member that is taken out loses its account for this peer.
peer-page-credential = Credential
peer-page-has-key = There is a key. It is kept sealed and never shown; a new one takes its place. It does not go along to another server.
peer-page-no-key = There is no key: the server is asked as anybody.
peer-page-user = Account
peer-page-key = New key or password
peer-page-drop-key = Forget the key
peer-page-save = Save
peer-page-remove = Remove this peer
peer-page-remove-reach = { $n ->
    [one] Exchange ends, and { $count } account for its member here is closed. What it gave stays.
   *[other] Exchange ends, and { $count } accounts for its members here are closed. What it gave stays.
}
peer-page-remove-do = Remove { $name }
seconds = { $count } s
minutes = { $count } min
hours = { $count } h
days = { $n ->
    [one] { $count } day
   *[other] { $count } days
}
peer-ok = In step
peer-behind = Behind
peer-failed = Failing
peer-waiting = Not yet tried
peer-pull = receives
peer-push = sends
peer-both = receives and sends
peer-comes = comes by itself
peer-unreached = not reached from here

## Enrolment
enrol-title = Secure channel
enrol-tls = mutual TLS
enrol-what = Enrolled nodes speak mutual TLS 1.3 and know each other by the fingerprint of a transport key. There is no authority and no password between them.
enrol-address = Peers reach this node at
enrol-no-address = Nowhere: it does not listen for peers
enrol-key = Transport key of this node
enrol-next = New transport key, announced
enrol-waits = Have not heard of it yet
enrol-invite = Invite a node
enrol-invite-what = You get a code to read over the phone to the people of the other node. It works once, for ten minutes, and three wrong tries end it.
enrol-invite-do = Make the code
enrol-join = Join a node
enrol-join-what = The people of the other node have invited yours. Ask them over the phone for the address and the code.
enrol-join-do = Join
enrol-join-lives-help = Without a tick, the members that the other side speaks for are taken, and added where they are not known here.
enrol-at = Address of the other node
enrol-code = Code, as it was read out
enrol-label-help = The label in words, such as "tlp:amber rel:JPN,EST"; it narrows and defaults.
enrol-renew = Change the transport key
enrol-renew-what = The new key is announced to every enrolled peer over the channel as it is, signed by your members. It is used when all have heard of it; then the old one opens nothing.
enrol-renew-now = Use it at once. Whoever has not heard of it must be enrolled again.
enrol-done = Both nodes know each other now. The first exchange begins by itself.
enrol-invited = Invitation for { $name }
enrol-read-out = Read this code over the phone
enrol-once = It works once, until
enrol-by-phone = Say it to somebody whose voice you know, and write it into no message. Who hears it can enrol in the other node’s place.
enrol-there = What the other side needs
enrol-back = Back to peers
enrol-ended = The channel has ended: the signing key under which this peer was enrolled is revoked. Invite it again under the same name.
enrol-its-key = Transport key of the peer
enrol-since = Known since
enrol-ours = It knows us as
enrol-changing = It changes its key. Both count until it is met with the new one.
enrol-none = This peer is not enrolled: it is asked with a credential. Invite it under this name to speak mutual TLS with it.
enrol-said = What its node says it can
enrol-said-nothing = Nothing. It gets what the standard markings alone express.
enrol-version = Version
enrol-extensions = Extensions it knows
enrol-policies = Policies as they hold here
enrol-handling = Handling it honours
enrol-held = Held back from it

## Quarantine
quarantine-what = Input that could not be accepted. Nothing of it is lost: mend it at its source and send it again.
quarantine-empty-title = Nothing in quarantine
quarantine-empty-what = What cannot be accepted lies here, byte for byte, with its reasons. There is none that you may see.
quarantine-no-id = Without a readable id
quarantine-more = { $n ->
    [one] and { $count } more
   *[other] and { $count } more
}
quarantine-next = This was not accepted and is not shared. Mend what the faults name at its source and send it again.
quarantine-faults = Faults
quarantine-path = Where
quarantine-rule = Rule
quarantine-size = Size
quarantine-bytes = As it arrived
quarantine-cut = Only the beginning is shown. The native API gives all of it.

## Import
import-title = Import a bundle
import-file = File
import-file-help = STIX 2.0 or 2.1 as JSON, gzipped or not, up to { $limit }.
import-label = Label
import-label-help = Narrows what the bundle says itself, and labels what says nothing.
import-audience-help = Only those named here can read it, and only if every other part of the label permits them. Your own member always can.
import-countries = Countries
import-communities = Communities
import-members = Members
import-check = Check whom it reaches
import-check-help = Nothing is stored yet.
import-check-title = Before it is stored
import-reach-help = Members that this label names, as far as this node knows them today. What the bundle's own markings narrow further reaches fewer.
import-beyond-you = You are not cleared for this label: you could not read what you import yourself.
import-would = What would happen
import-do = { $n ->
    [one] Import for { $count } member
   *[other] Import and release to { $count } members
}
import-back = Choose again
import-total = Objects
import-stored = Stored
import-duplicates = Here already
import-quarantined = Quarantined
import-warned = With warnings
import-reasons = Reasons
import-done-title = Imported
import-done = { $n ->
    [0] Nothing new was stored.
    [one] { $count } object is stored and on disk.
   *[other] { $count } objects are stored and on disk.
}
import-see = See what changed
import-see-quarantine = See the quarantine
import-another = Import another
import-expired = the checked file is no longer here: choose it again

## Failures
failure-home = Home
failure-request = Tell your administrator this request's id:
failure-400 = That request is wrong
failure-400-next = See below what was expected, go back and mend it.
failure-401 = You are not signed in
failure-401-next = Your session may have ended. Sign in again.
failure-403 = You may not do that
failure-403-next = Your role does not permit it, or the page was open too long. Open the page again, or ask your administrator.
failure-404 = Not found
failure-404-next = There is nothing here that you may read. Check the address, or search for it.
failure-405 = That cannot be done here
failure-405-next = Go back and use the page's own buttons.
failure-409 = It contradicts what is there
failure-409-next = See below, then try again with something else.
failure-413 = That is too large
failure-413-next = Split it, or import it from the command line.
failure-500 = The node failed
failure-500-next = This is a fault of the program. Nothing that was acknowledged is lost.
failure-503 = Not available now
failure-503-next = The node is busy, or something that it needs is away. Try again in a moment.

## Demonstration
demo-title = The same object, as each nation sees it
demo-what = Each column asks a node with that member's own key. What is missing in a column was not sent to it.
demo-story = Objects of the story
demo-other = Another object
demo-look = Look again
demo-objects = reads { $count } objects
demo-nothing = There is no such object here.
demo-unreachable = This node does not answer.
demo-alarm = An alert on its way
demo-alarm-what = Fired at Asterin, it goes over the hub to Orinthia and into the operator's event stream. Times are from the press of the key.
demo-ring = Fire an alert
demo-after = { $time } ms
demo-never = did not arrive
demo-receipts =
    { $count ->
        [0] No receipt has come back yet
        [one] { $count } receipt has come back
       *[other] { $count } receipts have come back
    }
demo-try = Try this

## Types of objects
kind-artifact = Artifact
kind-attack-pattern = Attack pattern
kind-autonomous-system = Autonomous system
kind-campaign = Campaign
kind-course-of-action = Course of action
kind-directory = Directory
kind-domain-name = Domain name
kind-email-addr = E-mail address
kind-email-message = E-mail message
kind-extension-definition = Extension definition
kind-file = File
kind-grouping = Grouping
kind-identity = Identity
kind-incident = Incident
kind-indicator = Indicator
kind-infrastructure = Infrastructure
kind-intrusion-set = Intrusion set
kind-ipv4-addr = IPv4 address
kind-ipv6-addr = IPv6 address
kind-language-content = Translation
kind-location = Location
kind-mac-addr = MAC address
kind-malware = Malware
kind-malware-analysis = Malware analysis
kind-marking-definition = Marking
kind-mutex = Mutex
kind-network-traffic = Network traffic
kind-note = Note
kind-observed-data = Observed data
kind-opinion = Opinion
kind-process = Process
kind-relationship = Relationship
kind-report = Report
kind-sighting = Sighting
kind-software = Software
kind-threat-actor = Threat actor
kind-tool = Tool
kind-url = URL
kind-user-account = User account
kind-vulnerability = Vulnerability
kind-windows-registry-key = Registry key
kind-x509-certificate = Certificate
kind-kizuna-agreement = Agreement
kind-kizuna-attestation = Attestation
kind-kizuna-key = Key
kind-kizuna-label = Label
kind-kizuna-overlay = Judgement
kind-kizuna-recall = Recall
kind-kizuna-release = Release
kind-kizuna-sanitisation = Tear-line record
kind-x-mitre-tactic = Tactic
kind-x-mitre-matrix = Matrix
kind-x-mitre-detection-strategy = Detection strategy
kind-x-mitre-analytic = Analytic
kind-x-mitre-data-source = Data source
kind-x-mitre-data-component = Data component

## Values in the search box
observable-domain = domain name
observable-ipv4 = IPv4 address
observable-ipv6 = IPv6 address
observable-cidr = network
observable-url = URL
observable-email = e-mail address
observable-md5 = MD5
observable-sha1 = SHA-1
observable-sha256 = SHA-256
observable-sha512 = SHA-512
observable-hash = hash
observable-file-name = file name
observable-registry-key = registry key
observable-mac = MAC address
observable-asn = AS number
observable-mutex = mutex
observable-user-agent = user agent
observable-certificate = certificate
observable-account = account
observable-ja3 = JA3
observable-ja4 = JA4
observable-crypto-address = crypto address

## Properties
field-abstract = Abstract
field-aliases = Aliases
field-authors = Authors
field-confidence = Confidence (0–100)
field-content = Content
field-context = Context
field-count = Count
field-created = Created
field-created_by_ref = Author
field-description = Description
field-explanation = Explanation
field-external_references = References
field-first_observed = First observed
field-first_seen = First seen
field-goals = Goals
field-hashes = Hashes
field-identity_class = Class
field-implementation_languages = Languages
field-indicator_types = Indicator types
field-infrastructure_types = Infrastructure types
field-is_family = Is a family
field-kill_chain_phases = Kill chain
field-labels = Tags
field-lang = Language
field-last_observed = Last observed
field-last_seen = Last seen
field-malware_types = Malware types
field-modified = Modified
field-name = Name
field-number_observed = Number observed
field-object_refs = Objects
field-objective = Objective
field-observed_data_refs = Observed data
field-opinion = Opinion
field-pattern_type = Pattern language
field-pattern_version = Pattern version
field-primary_motivation = Motivation
field-published = Published
field-region = Region
field-country = Country
field-relationship_type = Relation
field-report_types = Report types
field-resource_level = Resources
field-roles = Roles
field-secondary_motivations = Further motivations
field-sectors = Sectors
field-contact_information = Contact
field-sighting_of_ref = Sighting of
field-size = Size
field-sophistication = Sophistication
field-source_ref = From
field-start_time = From
field-stop_time = Until
field-target_ref = To
field-threat_actor_types = Actor types
field-tool_types = Tool types
field-tool_version = Version
field-valid_from = Valid from
field-valid_until = Valid until
field-value = Value
field-where_sighted_refs = Seen by

## Relations
verb-attributed-to = attributed to
verb-authored-by = authored by
verb-based-on = based on
verb-communicates-with = communicates with
verb-compromises = compromises
verb-consists-of = consists of
verb-controls = controls
verb-delivers = delivers
verb-derived-from = derived from
verb-detects = detects
verb-downloads = downloads
verb-drops = drops
verb-duplicate-of = duplicate of
verb-exfiltrates-to = exfiltrates to
verb-exploits = exploits
verb-has = has
verb-hosts = hosts
verb-impersonates = impersonates
verb-indicates = indicates
verb-investigates = investigates
verb-located-at = located at
verb-mitigates = mitigates
verb-originates-from = originates from
verb-owns = owns
verb-related-to = related to
verb-remediates = remediates
verb-revoked-by = replaced by
verb-subtechnique-of = sub-technique of
verb-targets = targets
verb-uses = uses
verb-variant-of = variant of

## Policies and agreements
policies-what = Each policy has an order of levels of its own. A level of one counts as a level of another only by an equivalence, within its dates, and never over a third policy.
policies-version = Version
policies-imported = imported
policies-built-in = comes with the program
policies-levels = Levels, highest first
policies-level = Level
policies-names = Names
policies-counts-as = Counts as
policies-in-force = In force
policies-not-in-force = Not in force
policies-both-read = Each reads the other’s
policies-reads-this = Who is cleared under { $policy } reads this
policies-reads-other = Who is cleared under { $policy } reads that
policies-all-needed = all are needed
policies-one-needed = one is needed
policies-shown-only = shown only
policies-import = Who runs the node imports a policy from its file (SPIF), here or with: kizuna policy import --dry-run FILE
agreements-title = Agreements
agreements-what = The frameworks under which parties share. Releases cite them.
agreements-none = None yet that you may read. Add the first one:
agreements-title-column = Title and scope
agreements-parties = Parties
agreements-allows = Labels it allows
agreements-dates = Dates
agreements-contacts = Contacts
agreements-kept-by = Kept by { $name }
agreements-review = Review
agreements-overdue = Overdue
# The audit, and changes that take two people
nav-audit = Audit
nav-proposals = Two-person changes
audit-what = Every decision and change of rights, newest first. Objects that you may not read are not named.
audit-above = Reads of content are recorded from here on:
audit-above-none = Reads of content are not recorded.
audit-not-yours = Auditors only
audit-not-yours-what = Reading the audit takes the role auditor. Ask whoever runs this node.
audit-action = Action begins with
audit-actor = Who
audit-at = When
audit-detail = Detail
audit-filter = Show
audit-export = Export, to be checked elsewhere
audit-empty = No such line.
audit-masked = Not readable to you
proposals-what = Raising a clearance or a ceiling takes two people: one proposes, another confirms. Lowering takes one.
proposals-empty = Nothing is proposed.
proposals-whose = Whose
proposals-whose-help = An address, a member’s name, or “node”. The clearance takes the place of the one held.
proposals-now = Holds
proposals-wanted = Would hold
proposals-by = Proposed by
proposals-state = State
proposals-settle = Decide
proposals-open = Open
proposals-confirmed = Confirmed
proposals-dropped = Dropped
proposals-expired = Expired
proposals-confirm = Confirm
proposals-drop = Drop
proposals-propose = Propose a clearance
proposals-clear = Policy and level
proposals-reason = Reason
erasures-title = Erasure
erasures-what = For personal data or a court’s order. One admin or releaser asks, another confirms; then the bytes are destroyed, and whoever could read them gets a recall. It cannot be undone.
erasures-basis = Legal basis
erasures-by = Asked by
erasures-erase = Erase
erasures-ask = Ask for erasure
nav-release = Release
release-propose = Propose a release
release-report = Where sharing gets stuck
release-empty-title = Nothing waits for a decision
release-empty-what = A release lets content leave to those who could not read it before. Propose one from an object's page, or with: kizuna release propose
release-open = { $n ->
    [one] { $count } waits for a decision
   *[other] { $count } wait for a decision
}
release-decided = Decided
release-more = { $n ->
    [one] and { $count } more object
   *[other] and { $count } more objects
}
release-becomes = becomes
release-proposed-by = Proposed by
release-waiting = waiting for { $time }
release-one = Release
release-check-title = Before it is proposed
release-findings = This stands in the way
release-label = From one label to the other
release-part = Part
release-kept = Stays
release-new = New
release-gone = No more
release-part-audience = Readable to
release-part-level = Classification
release-part-marks = TLP, PAP, handling
release-reach = { $n ->
    [one] Reaches { $count } member
   *[other] Reaches { $count } members
}
release-reach-help = Members that the label given names, as far as this node knows them today. Each person's clearance still counts.
release-objects = { $n ->
    [one] { $count } object
   *[other] { $count } objects
}
release-basis = Basis
release-no-basis = No basis
release-expires = Ends
release-no-end = Without end
release-reason = Reason
release-do-propose = { $n ->
    [one] Propose the release to { $count } member
   *[other] Propose the release to { $count } members
}
release-do-approve = { $n ->
    [one] Approve the release to { $count } member
   *[other] Approve the release to { $count } members
}
release-do-take-back = Take my approval back
release-do-reject = Reject
release-do-withdraw = Withdraw
release-change = Change it
release-against = Not releasing
release-kind = Kind of reason
release-why = In words
release-history = History
release-which = Objects
release-which-help = Their ids, one a line.
release-to = Label given
release-to-help = To whom, such as rel:EST. What it leaves unsaid stays as it is; your own member always reads on.
release-check = Check whom it reaches
release-check-help = Nothing is stored yet.
release-report-what = Releases of your own member that you may read: how long they took, and why some were refused.
release-times = From proposal to release
release-count = Released
release-median = Half took at most
release-p90 = Nine of ten took at most
release-longest = Longest that still waits
release-refused = { $n ->
    [one] { $count } was refused or withdrawn, by kind of reason
   *[other] { $count } were refused or withdrawn, by kind of reason
}
release-by-state = By state
release-capped = There are more releases than were summed up.
release-somebody = somebody of another member
release-met = Enough people agree
release-needs = { $n ->
    [one] One releaser more has to approve
   *[other] { $count } releasers more have to approve
}
release-consent = { $name }, whose content it is, has to approve
release-seconds = { $n } s
release-minutes = { $n } min
release-hours = { $n } h
release-days = { $n } days
release-state-draft = Draft
release-state-proposed = Proposed
release-state-approved = Approved
release-state-released = Released
release-state-rejected = Rejected
release-state-expired = Expired
release-state-withdrawn = Withdrawn
release-act-drafted = Put together
release-act-proposed = Proposed
release-act-amended = Changed
release-act-approved = Approved
release-act-took-back = Took the approval back
release-act-cleared = Enough people agree
release-act-released = Released
release-act-rejected = Rejected
release-act-expired = Expired
release-act-withdrawn = Withdrawn
release-kind-political = Political
release-kind-operational = Operational
release-kind-procedural = Procedural
release-kind-technical = Technical
release-why-other-statement = approved something else than what is proposed now
release-why-other-policy = approved under other rules
release-why-not-signed = the approval's key no longer counts
release-why-gone = the account is closed
release-why-no-releaser = is no releaser any more
release-why-proposer = proposed it
release-why-author = wrote it
release-why-cannot-read = may no longer read it
release-why-other-member = is of a member that does not decide about it
col-choose = Choose
release-amend = Change the proposal
release-amend-what = Every approval so far is gone when the proposal is changed.
release-do-amend = { $n ->
    [one] Change it: { $count } member reached
   *[other] Change it: { $count } members reached
}
release-decide-by = Lapses
release-waits = Waiting now
release-of-chosen = Propose their release
release-within-hour = within 1 hour
release-within-half-day = within 12 hours
release-within-day = within 1 day
release-within-three-days = within 3 days
release-within-week = within 7 days
release-within-longer = longer
reach-members = Members
reach-peers = Peers
reach-no-peers = None that sends there, as far as you may know
reach-feeds = Feeds
reach-no-feeds = None, as far as you may know
reach-collection = collection in { $of }
reach-keys = { $n ->
    [one] { $count } API key
   *[other] { $count } API keys
}

## Tear-lines

tearline-new = Make a tear-line
tearline-one = Tear-line
tearline-what = A new set of objects for a lower label, made from a higher one. Nothing in it names what it was made from.
tearline-objects = Made from
tearline-of-chosen = Make a tear-line of the chosen
tearline-instead = Make a tear-line instead
tearline-template = Template
tearline-template-indicator = Indicator only
tearline-template-context = Indicator with context
tearline-template-advisory = Advisory
tearline-template-what-indicator = What a tool needs to detect; nothing about who, whom and why.
tearline-template-what-context = The same with the malware and behaviour it indicates, and how these relate.
tearline-template-what-advisory = The same under a report with a text written for its readers.
tearline-label = Label to be read under
tearline-label-help = In words, such as "tlp:green rel:EST class:EXERCISE/UNCLASSIFIED". What is left unsaid, such as the level, stays as the high side has it when it is released. Times are cut in UTC.
tearline-times = Times are cut to
tearline-times-exact = as they are
tearline-times-hour = the hour
tearline-times-day = the day
tearline-times-month = the month
tearline-advisory = The advisory
tearline-advisory-help = For the template Advisory: what is said above the indicators, in words of its own.
tearline-advisory-name = Title
tearline-advisory-text = Text
tearline-preview = Preview
tearline-preview-help = Nothing is stored before you have seen high against low.
tearline-again = Preview again
tearline-make = { $n ->
    [one] Make { $count } draft
   *[other] Make { $count } drafts
}
tearline-make-help = Drafts stay with your own member, under the label of what they were made from. They leave by a release.
tearline-made = These are drafts of your own member. They leave by a release, in which another person sees this difference.
tearline-low-count = { $n ->
    [one] { $count } object of the low side
   *[other] { $count } objects of the low side
}
tearline-difference = High against low
tearline-difference-help = Each field as it is and as it would be. Choose what departs from the template, and preview again.
tearline-high-only = Only who reads both sides sees this.
tearline-cut = There are more fields than choices here; the command line and the API take any number.
tearline-findings = What it would still betray
tearline-way-reference = drop the reference
tearline-way-mark = give the field a marking of its own
tearline-way-choose = choose for this field: drop, replace or coarsen it
tearline-way-release = release that too
tearline-way-name = name the recipients in its marking
tearline-added = New
tearline-high = High side
tearline-low = Low side
tearline-left-out = Left out
tearline-field = Field
tearline-rule = Rule
tearline-nothing = nothing
tearline-act = What to do
tearline-with = Replaced by
tearline-act-template = as the template has it
tearline-act-keep = keep it
tearline-act-drop = remove it
tearline-act-replace = replace it by
tearline-act-coarsen = coarsen it
tearline-fate-disclosed = Disclosed on purpose
tearline-fate-kept = Kept
tearline-fate-dropped = Removed
tearline-fate-replaced = Replaced
tearline-fate-coarsened = Coarsened
tearline-fate-remapped = Names the new object
tearline-because-template = by the template
tearline-because-chosen = chosen by who made it
tearline-because-reference = follows what it names
tearline-because-times = times are cut
release-basis-note = Basis in words
release-basis-help = An agreement that covers it, by id; what no agreement says, in words beside.

## Importing a policy

policy-import = Import a policy
policy-file = The policy's file (SPIF, XML)
policy-text = Or its text
policy-check = Show what would change
policy-check-help = Nothing is imported before you have seen the difference.
policy-replaces = replaces version
policy-is-new = not known here yet
policy-changes = { $n ->
    [one] { $count } difference
   *[other] { $count } differences
}
policy-changes-title = Differences
policy-no-changes = Nothing differs.
policy-part = Part
policy-before = Now
policy-after = After the import
policy-losses = Kept in the file, and not applied
policy-viewers = Who would gain or lose objects
policy-no-viewers = Nobody, of what you may read.
policy-viewers-help = Counted over what you may read yourself.
policy-gained = { $n ->
    [one] gains { $count } object
   *[other] gains { $count } objects
}
policy-lost = { $n ->
    [one] loses { $count } object
   *[other] loses { $count } objects
}
policy-do = Import { $name }
policy-leave = Leave it

## What a change would do, and what others see

forecast-title = Try a change
forecast-what = Shows who would gain or lose what, before anything happens. It is counted over what you may read, and changes nothing.
forecast-problem = This cannot be tried
forecast-told = What would happen
forecast-nobody = Of what you may read, nobody would gain or lose anything.
forecast-viewer = Viewer
forecast-gained = Gains
forecast-lost = Loses
forecast-fuller = Sees more of
forecast-poorer = Sees less of
forecast-beside = Markings, attestations and what else goes beside content are not counted.
forecast-more = { $count ->
    [one] and one more
   *[other] and { $count } more
}
forecast-change = Which change
forecast-which-change = Change
forecast-membership = A member joins or leaves a community
forecast-join = joins
forecast-leave = leaves
forecast-community = Community
forecast-at = As of (empty: now)
forecast-try = Try it
forecast-clearance = Clearance
forecast-clearance-help = Such as EXERCISE:SECRET, ASTERIN:OPEN; empty for none.
forecast-holder = Who is cleared
forecast-roles = Roles
forecast-person = Person
forecast-label = The label of objects of your member
forecast-policy = A policy
forecast-spif = The policy's file (SPIF)
seen-title = See as others
seen-viewer = Through whose eyes
seen-look = Look
seen-banner = This is what { $name } gets, as far as you may read it yourself.
seen-earlier = an earlier version than yours
seen-without = Hidden from them:
seen-nothing = They get nothing of it
seen-why = Why { $name } can or cannot read it
seen-readable = Readable to them
seen-hidden = Hidden from them

personal-title = Personal data
personal-what = Where objects that you may read say that something is personal data, and where it is likely: addresses, accounts, names of individuals. What is marked leaves only to those who are named, or by a decision.
personal-empty = Nothing that you may read is marked, and nothing looks like personal data.
personal-place = Place
personal-whole = The whole object
personal-category = Kind
personal-state = State
personal-review = Review
personal-act = What to do
personal-marked = Marked
personal-likely = Likely
personal-mark = Mark
personal-unmark = Take mark away
personal-minimise = Leave out in a tear-line
personal-mark-title = Mark as personal data
personal-fields = Fields
personal-named = May go to
personal-fields-help = Several fields with commas between them; none for the whole object. Only objects of your own member can be marked: a new version is made under the label that the object has.
personal-kind-identity = Identity
personal-kind-contact = Contact
personal-kind-online-identifier = Online identifier
personal-kind-location = Location
personal-kind-special = Specially protected
personal-kind-other = Other
seen-list-what = What others get of what you read: newest first, in the form that they get.
seen-list-nothing = Nothing on this page: they read none of it.

# The log
log-title = Log
log-what = One leaf a second, whether anything happened or not: whoever holds a version can prove that it was here, and nobody can rewrite what was.
log-stands = As it stands
log-origin = Origin
log-size = Leaves
log-last = Last leaf
log-root = Root
log-key = Key that checks it
log-checkpoint = Newest checkpoint
log-cosigned = Co-signed by
log-cosigned-none = No witness has co-signed a checkpoint yet.
log-witness = Witness
log-at = When
log-splits = Two histories
log-split-proven = has signed two histories. The evidence convinces whoever has its key.
log-split-unproven = gave no proof that its history goes on from what it had signed.
log-evidence = Evidence
log-before = What it had signed
log-shown = What it signed then
log-proof-of = Its own proof
log-witnesses = Witnesses of the log
log-witnesses-none = Nobody is asked to co-sign this log.
log-witness-add = Add a witness
log-witness-name = Name of the witness
log-witness-url-help = Where it takes requests: the address of its log.
log-witness-key = Key that checks its co-signatures
log-witness-key-help = Compare it with the partner by another way than this one. Its node prints it with
log-witness-credential = API key there
log-witness-credential-help = Only where the witness asks for one. It is sealed, and never shown again.
log-witness-do = Ask it from now on
log-witness-remove = Remove
log-followed = Logs co-signed here
log-followed-none = No partner's log is co-signed here.
log-partner = Partner
log-since = In the log since
log-proof = Proof
log-not-yet = Under no leaf of the log yet

## Alerts, receipts, requests
nav-alerts = Alerts
alerts-all = All alerts
alerts-open = Only what is left to do
alerts-empty = No alert yet
alerts-empty-what = Alerts that are sent to your organisation, and those that it sends, stand here, the newest first.
alerts-title = Alert
alerts-urgency = Urgency
alerts-from = From
alerts-here = Here
alerts-delivered = Delivered
alerts-settled = Settled
alerts-at = Sent
alert-kind = Alert
alert-from = From { $name }
alert-object = Versions and proof
alert-respond-by = To be done by
alert-mark-read = Tell the sender that it was read
alert-actions = What to do
alert-objects = What it is about
urgency-information = Information
urgency-advisory = Advisory
urgency-urgent = Urgent
urgency-emergency = Emergency
receipt-delivered = Delivered
receipt-read = Read
receipt-acting = Acting
receipt-sighted = Sighted
receipt-blocked = Blocked
receipt-done = Done
receipt-not-affected = Not affected
receipt-used = Used
receipt-false = False
receipt-not-useful = Not useful
receipt-recalled = Taken out
receipts-title = Receipts
receipts-none = Nobody has told anything that you may read.
receipts-tell-title = Tell what became of it
receipts-tell = Tell the sender
receipts-state = State
receipts-count = How often
receipts-note = Note
receipts-since = Since
receipts-anonymous = In whose name
receipts-by-name = In your organisation’s name
receipts-unnamed = without names
receipts-members = { $n ->
    [one] { $count } member
   *[other] { $count } members
}
recipients-title = Recipients
recipients-none = Nobody of its addressees is known to you.
recipients-name = Member
recipients-acknowledged = Acknowledged
recipients-blocked = Blocked
recipients-unknown = nothing told
protection-title = Time to protection
protection-what = From publication, by the receipts that you read: median / 90th percentile (of how many).
requests-title = Requests
requests-empty = No request yet.
requests-question = Question
requests-ask = Asks for
requests-deadline = Answer by
requests-overdue = Overdue
requests-answers = Answers
request-ask-information = Information
request-ask-onward-release = Onward release
request-onward = To go on to
request-unanswered = Nobody has answered that you may read.
request-acting = Your organisation has said that it is acting on this:
request-act-title = Say that you are acting on it
request-act-help = { $name } sees that your organisation has begun, with the note. The answer can follow later.
request-act = We are acting on it
request-answer-title = Answer
request-answer-text = The answer, or why there is none
request-answer = Answer
request-decline = Cannot answer
request-propose = Propose the release
request-refuse = Refuse
outcome-answered = Answered
outcome-cannot-answer = Cannot answer
outcome-granted = Granted
outcome-refused = Refused
kind-kizuna-alert = Alert
kind-kizuna-receipt = Receipt
kind-kizuna-request = Request
kind-kizuna-answer = Answer
kind-kizuna-requirement = Requirement

# Channels across a domain boundary
channels-title = Domain boundary
channels-what = Packages on a disk or through a diode: what left, what was let in, what is missing, and why something was refused.
channels-none = No channel yet
channels-none-what = Begin on the receiving side: it prints the recipient that the sending side encrypts to.
channels-not-yours = Only who runs the node sees its channels
channels-from = from
channels-to = to
channels-missing = Missing packages:
channels-ceiling = Ceiling
channels-sequence = Last package
channels-recipient = Encrypted to
channels-packages = Packages
channels-file = A package
channels-take = Take it through the guard
channels-again = The same file again
channels-write = Write the next package
channels-write-help = It holds what became readable to the other member since the package before.
channels-all = A complete one, which may go over what is missing there
channels-written = Package { $name } is written and in the log:
channels-fetch = Fetch the file
channels-stay = These stay here, because of the ceiling or the rules:
channels-number = Package
channels-outcome = Outcome
channels-objects = Objects
channels-left = Left
channels-passed = Passed
channels-refused = Refused

## Writing alerts, requests and requirements
alert-new = Send an alert
alert-again = Write a further version
alert-title = Title
alert-actions-help = One a line, in the order in which they are to be done.
alert-to-help = Whom it is for. Being addressed gives nobody a right to read it: that is for its label.
alert-label-help = Where nothing is chosen, its addressees and your organisation can read it.
alert-label-again = Where nothing is chosen, it keeps the label of the version before.
alert-of-chosen = Alert about the chosen
writing-to = Addressed to
writing-sectors = Sectors
writing-check-help = Nothing is sent yet.
writing-check-title = Before it is sent
writing-unreached = Addressed, but not named by the label, so that they will not read it:
writing-says = What it says
marking-readers = Choose who can read it
duration-seconds = { $count } s
duration-minutes = { $count } min
duration-hours = { $count } h
duration-days = { $count } d
protection-until-delivered = until delivered
protection-until-read = until acknowledged
protection-until-settled = until settled
request-new = Ask a question
request-of-chosen = Ask about the chosen
request-to-help = Whom you ask. Who is asked for onward release is found by itself: it is the originator of the objects.
request-onward-help = The originator of the objects is asked to let them go on to these. Each decides by its own rules.
request-label-help = Where nothing is chosen, those who are asked and your organisation can read it.
request-has-answered = Answered
request-answer-help = Only { $name } and your organisation read the answer, unless you choose another label.
request-answer-more = Refer to objects, or choose who can read it
answer-label-help = Where nothing is chosen, only who asked and your organisation can read it.
requirements-title = Standing requirements
requirements-what = What you want to know of whatever comes in. What matches is found in your own view, and told to nobody else.
requirements-empty = No requirement yet
requirements-empty-what = State what your organisation waits for: words, types, sectors, labels or a pattern. What others give from then on and what matches stands on its page.
requirement-new = State a requirement
requirement-again = Change the requirement
requirement-new-what = What others give from now on is matched against it whenever you look.
requirement-title = Requirement
requirement-priority = Priority
requirement-wanted = What is wanted
requirement-wanted-help = All that is said must hold.
requirement-words = Words
requirement-kinds = Types of objects
requirement-labels = Labels of the object
requirement-label-help = Where nothing is chosen, only your organisation reads it. Choose others to tell them what you need.
requirement-hits = What matched
requirement-hits-what = What others gave since it was stated, newest first.
requirement-no-hits = Nothing yet.
requirement-priority-1 = 1, the most important
requirement-priority-2 = 2
requirement-priority-3 = 3
requirement-priority-4 = 4
requirement-priority-5 = 5, the least important
alert-send = { $n ->
    [one] Send the alert to { $count } member
   *[other] Send the alert to { $count } members
}
request-send = { $n ->
    [one] Ask { $count } member
   *[other] Ask { $count } members
}
answer-send = { $n ->
    [one] Answer: { $count } member reads it
   *[other] Answer: { $count } members read it
}
requirement-send = { $n ->
    [one] State it for { $count } member
   *[other] State it for { $count } members
}
