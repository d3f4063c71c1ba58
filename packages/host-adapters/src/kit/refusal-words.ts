/*
 * What hosts and news servers say in words when they refuse, whoever they are. It is asked where a platform's own table
 * knows nothing of an answer but its status: one status is a wrong password here and a full house there. What passes by
 * itself goes first, so that no account is switched off for it.
 */
import { looksLikeHtml } from '@obb/host-http'
import { readPage } from './page.js'
import type { RefusalRule } from './refusal-rule.js'
import { ABROAD } from './refusal-words-abroad.js'
import { FURTHER } from './refusal-words-further.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** A longer text says much beside its refusal, characters. */
const MAX_PLAIN = 500
/** How much of a page is looked through for words, characters. */
const MAX_PAGE = 16 * 1024

/** Where the credentials themselves are judged. */
const LOGIN = /login|auth|token|account|user|key|greeting/i

const abroad = (meaning: keyof typeof ABROAD): readonly (string | RegExp)[] => [
  ...ABROAD[meaning],
  ...(FURTHER[meaning] ?? []),
]

/** Phrases that nobody writes but who refuses: they hold in pages as well. */
const PHRASES: readonly RefusalRule[] = [
  {
    text: [/\b(owner|uploader)\b[^.]{0,40}\b(locked|suspended|blocked|banned|disabled)\b/],
    kind: 'FILE_RESTRICTED',
    message: 'owner of the file is locked',
  },
  {
    text: [
      /\btoo many [^.]{0,30}\b(connections?|sessions?|threads|ips?|addresses|hosts|locations|users|devices|downloads|streams)\b/,
      /\b(maximum|max\.?)( number of)? (simultaneous|concurrent|parallel) /,
      /\b(connections?|sessions?|threads?) limit\b.{0,30}\b(reached|exceeded|hit|full)\b/,
      /\b(reached|exceeded|hit)\b.{0,20}\b(connections?|sessions?|threads?) limit\b/,
      ...abroad('busy'),
    ],
    kind: 'ACCOUNT_BUSY',
    message: 'account is in use too often at once',
    retryAfterMs: 5 * MINUTE,
  },
  {
    text: [
      'flood',
      /\btoo (many|frequent)\b[^.]{0,30}\b(requests?|queries|attempts?|tries|times|logins?|failed|failures)\b/,
      /\b(rate|requests?|attempts?) limit/,
      /\blimit of (login|requests?)\b/,
      /\b(log-?in|sign-?in) attempts? (exceeded|exhausted|used up)\b/,
      ...abroad('rate'),
    ],
    kind: 'ACCOUNT_RATE',
    message: 'too many calls or logins',
    retryAfterMs: 5 * MINUTE,
  },
  {
    text: [
      /\btemporar(y|ily) (blocked|banned|locked|suspended|disabled|restricted|ban|block|suspension)/,
      /\b(blocked|banned|locked|suspended|disabled) (temporarily|for (a while|an? (minute|hour|day|week)|one|some|several|the next|\d))/,
      /\b(blocked|banned|locked|suspended|disabled) (until|till) (?!you\b|payment|further|it\b|we\b)/,
      /\btemporar(y|ily) (un)?(locked out|lock)/,
      /\baccount\b.{0,60}\bunlocked? (automatically|in \d|after \d)/,
      ...abroad('blockedForATime'),
    ],
    kind: 'ACCOUNT_RATE',
    message: 'account is blocked for a time',
    retryAfterMs: 30 * MINUTE,
  },
  {
    text: [
      /\b(reached|exceed(s|ed)?|used up|used all|exhausted|run out of|ran out of|out of|not enough|no more)\b.{0,80}\b(quota|limits?|traffic|bandwidth|volume|credits?|downloads|bytes)\b/,
      /\b(quota|limits?|traffic|bandwidth|volume|credits?|block|allowance|allotment|cap|usage|data)\b.{0,30}\b(reached|exceeded|used up|(is|has been|have been) used|exhausted|depleted|consumed|is over|is empty|run out|spent)\b/,
    ],
    kind: 'ACCOUNT_QUOTA',
    message: 'a limit of the account is reached',
    retryAfterMs: HOUR,
  },
  {
    text: [
      /\b(ip|vpn|proxy|proxies|data ?cent(er|re)s?|address)\b[^.]{0,40}\b(blocked|banned|blacklisted|denied|forbidden|not allowed|restricted|locked)\b/,
      /\b(not available|unavailable|not allowed|blocked) (in|from) your (country|region|location)\b/,
      /\b(from|through|via|using) (a |an |your |this )?(vpns?|prox(y|ies)|tor|hosting providers?|data ?cent(er|re)s?|servers?|country|region)\b.{0,30}\b(prohibited|not (allowed|permitted|supported)|forbidden|blocked|denied)\b/,
      /\b(vpn|prox(y|ies)|tor)\b( or (vpn|proxy))?( usage| use| connection)?( (was|has been|is))? detected\b/,
      /\b(from|by) (hosting|datacenter|data center|cloud) (networks?|providers?|ips?|addresses)\b.{0,30}\b(blocked|denied|not|forbidden)\b/,
      /\bdenied (from|for) (this|your) (ip|network|address|country|region)\b/,
      /\byour (country|region) is (blocked|banned|not (allowed|supported|served))\b/,
      'residential ip',
      'sorry, you have been blocked',
      /\berror 10(0[6789]|1[025]|20)\b/,
      ...abroad('egress'),
    ],
    kind: 'EGRESS_BLOCKED',
    message: 'this address is refused',
    retryAfterMs: HOUR,
  },
]

/** Phrases about the host, which a refusal of the account may hold as well. */
const PHRASES_OF_HOST: readonly RefusalRule[] = [
  {
    text: [
      /\b(under|in|for|scheduled|ongoing|server|site|performing|planned|routine) maintenance\b/,
      ...abroad('maintenance'),
    ],
    kind: 'HOST_DOWN',
    message: 'host is under maintenance',
    retryAfterMs: 10 * MINUTE,
  },
  {
    text: [
      'checking your browser',
      'checking if the site connection is secure',
      'enable javascript and cookies to continue',
      'verify you are human',
    ],
    kind: 'HOST_DOWN',
    message: 'host lets browsers alone pass for now',
    retryAfterMs: 10 * MINUTE,
  },
  {
    text: [
      /\btemporar(y|ily) (not available|unavailable|out of|offline|down|error|problem|fail)/,
      'technical problems',
      'technical issues',
      'technical difficulties',
      'technical works',
      'unexpected error occurred',
      'internal server error',
      'service unavailable',
      'overloaded',
      'heavy load',
      'too busy',
      'try again later',
      /\b(try again|come back|be back|retry) (in|after) (a |an |some |few )*(\d|moment|minute|hour|while|short)/,
      /\b(unable to|could ?n[o']t|can ?not|can't|failed to) connect to\b/,
      /\b(node|server|storage|backend|database)\b.{0,20}\b(is|are) (currently |temporarily )?(un(available|reachable)|down|offline|not available|full)\b/,
      /\bbackend (fetch failed|error)\b/,
      ...abroad('out'),
    ],
    kind: 'HOST_TEMP',
    message: 'host is out of service for a time',
    retryAfterMs: 10 * MINUTE,
  },
]

/** Words that mean a refusal in a short message, but stand in any page. */
const PLAIN_PASSING: readonly RefusalRule[] = [
  {
    text: [
      /\b(no more than|more than|only|another|other|\d+|several) (\d+ |one )?(files?|downloads?)\b.{0,20}\b(at (a|the same) time|at once|simultaneously|in parallel)\b/,
      /\balready (downloading|have an active download)\b/,
      /\b(another|other) (session|device|log-?in|download)\b.{0,20}\b(active|open|running|in progress)\b/,
      /\b(current|other|previous|running) downloads?\b.{0,12}\b(finish|end|is (over|complete|done))/,
      /\b(simultaneous|concurrent|multiple|parallel) (log-?ins?|sign-?ins?)\b/,
      /\b(logged|signed) (in|on)\b.{0,12}\b(another|other|elsewhere|different)\b/,
      /\b(max|maximum|simultaneous|concurrent|multiple|parallel)\b.{0,40}\b(connections?|sessions?|threads|ips?|addresses|locations|users|devices|downloads?)\b/,
      /\bfrom \d+ (ips?|addresses|hosts|locations|devices|computers)\b/,
      /\bno (more|free|further) (connections?|sessions?|slots?)\b/,
      /\b(all|every) (connections?|sessions?|slots?)\b.{0,20}\b(taken|used|busy|full|in use|occupied)\b/,
      /\bserver( is)? full\b/,
      /\bonly \d+ (hosts?|connections?|sessions?|ips?|addresses|devices|locations|users?)\b/,
      /\busing \d+ (of|\/) \d+\b/,
      /\bmulti-?(ip|login)\b/,
      'sharing violation',
      /\b(connections?|sessions?|threads|ips?|addresses|locations|users|devices)\b.{0,30}\b(limit|maximum|exceed|exceeded|reached|allowed)/,
      /\b(exceed|exceeded|reached)\b.{0,40}\b(connections?|sessions?|threads|ips?|addresses|locations)\b/,
      /\b(used|in use|active|connected)\b.{0,10}\b(another|other|different|several|more than one|second)\b.{0,20}\b(ips?|address(es)?|locations?|devices?|computers?|places?|sessions?)\b/,
      /\balready (logged|signed) (in|on)\b/,
      /\balready (connected|in use|online|being used)\b/,
    ],
    kind: 'ACCOUNT_BUSY',
    message: 'account is in use too often at once',
    retryAfterMs: 5 * MINUTE,
  },
  {
    text: [
      /\bno (more )?(data|gigabytes|gb|bytes)\b.{0,12}\b(left|remaining|available)\b/,
      /(?<!\d)0(\.0+)? ?(bytes|[kmgt]i?b|gigabytes)\b.{0,12}\b(left|remaining)\b/,
      /\b(ran|run) out of (gigabytes|gb|data)\b/,
      /\b(data|block|volume|credits?)\b.{0,20}\b(finished|gone|all used)\b/,
      /\bmaximum (amount|volume|number)\b.{0,40}\b(today|day|24 hours|month|week)\b/,
      ...abroad('quota'),
    ],
    kind: 'ACCOUNT_QUOTA',
    message: 'a limit of the account is reached',
    retryAfterMs: HOUR,
  },
  {
    text: [/\bslow down\b/, /\brequests? (is |are |was |were )?throttled\b/, /\bwait\b.{0,30}\bbetween\b/],
    kind: 'ACCOUNT_RATE',
    message: 'too many calls or logins',
    retryAfterMs: 5 * MINUTE,
  },
]

const PLAIN_OF_HOST: readonly RefusalRule[] = [
  {
    text: [
      /\b(backend|database|authentication service|service|storage|node) (error|failure|is unavailable|unavailable|timeout)\b/,
      /\binternal (fault|failure|error)\b/,
      /\b(upgrading|updating) (our|the) (systems?|servers?|site)\b/,
      /\bat (this|the) (time|moment)\b/,
      /\b(being|is) moved to another server\b/,
      /\b(be|come) back (soon|later|shortly)\b/,
      /\bavailable (again )?(soon|shortly|later)\b/,
    ],
    kind: 'HOST_TEMP',
    message: 'host is out of service for a time',
    retryAfterMs: 10 * MINUTE,
  },
]

const PLAIN_LASTING: readonly RefusalRule[] = [
  {
    text: [
      /\b(confirm|verify|validate|activate)\b.{0,20}\b(e-?mail|account|identity|phone)\b/,
      /\b(accept|agree)\b.{0,30}\bterms\b/,
      /\b(unusual|suspicious) (activity|login|log-?in|sign-?in)\b/,
      /\be-?mail( address)?\b.{0,12}\bnot (yet )?(verified|confirmed|activated)\b/,
      /\b(change|reset) your password\b/,
      /\bpassword (reset|change) (is )?required\b/,
      /\b(new|unknown|unrecogni[sz]ed) (device|location)\b/,
      /\bpassword has expired\b/,
      /\bset a new (one|password)\b/,
      'captcha',
      ...abroad('human'),
    ],
    kind: 'ACCOUNT_NEEDS_HUMAN',
    message: 'account waits for something that its owner does at the site',
  },
  {
    text: [
      ...['two-factor', 'two factor', '2fa', 'second factor', 'one-time password', 'one-time code'],
      ...[/\b(two|2)-step\b/, /\bmfa\b/, /\bmulti-?factor\b/, /\bauthenticator\b/],
      /\botp\b/,
      /\bcode\b.{0,20}\bsent to your (e-?mail|phone|device)\b/,
    ],
    kind: 'ACCOUNT_NEEDS_HUMAN',
    message: 'account wants a second factor',
  },
  {
    text: [
      /\b(wrong|incorrect|invalid|bad|unknown|no such)\b.{0,20}\b(login|user ?name|user|credentials|e-?mail|api ?key)\b/,
      /\b(login|user ?name|credentials|e-?mail|api ?key)\b.{0,30}\b(wrong|incorrect|invalid|missing|blank|revoked|not (valid|correct|found|match|exist))/,
      /\bapi ?key\b.{0,20}\bexpired\b/,
      /\b(token|key)\b.{0,12}\brevoked\b/,
      /\b(could|can) ?(not|n[o']t) find (an? |the |your )?(user|account|member)\b/,
      /\b(no|unknown) (user|account|member)\b/,
      /\b(user|account|member)\b.{0,12}\b(unknown|not found|(does|do|did) ?n[o']t exist)/,
      ...abroad('credentials'),
    ],
    kind: 'ACCOUNT_INVALID',
    message: 'credentials are wrong',
  },
  {
    text: [
      /\b(account|user)\b.{0,30}\b(banned|suspended|disabled|deactivated|terminated|deleted|blocked|locked|frozen|closed|cancell?ed)\b/,
      ...abroad('closed'),
    ],
    kind: 'ACCOUNT_INVALID',
    message: 'account is closed by the host',
  },
  {
    text: [
      /\b(account|subscription|premium|membership)\b.{0,20}\b(expired|ended|lapsed|inactive|not active|has run out|is over)\b/,
      /\bexpired\b.{0,10}\b(account|subscription)\b/,
      /\b(not|only|upgrade to|requires?|need|for)\b.{0,6}\bpremium\b/,
      /\bpremium (users? |accounts? |members? )?only\b/,
      /\bfree (users?|accounts?|members?) (can ?not|can't|are not|may not)\b/,
      /\bno (active|valid|current) (subscription|premium|plan|membership)\b/,
      /\brenew (your|the) (subscription|account|premium|membership|plan)\b/,
      /\bpayment required\b/,
      /\b(plan|subscription|membership|account type)\b.{0,8}\b(does not|doesn't) (include|allow|permit|support)\b/,
      /\b(trial|plan)\b.{0,12}\b(expired|ended|is over)\b/,
      ...abroad('premium'),
    ],
    kind: 'ACCOUNT_NOT_PREMIUM',
    message: 'account is not premium (any more)',
  },
]

/** What a call about a file says of it; a file server says as much of a link that is no good any more. */
const PLAIN_OF_FILE: readonly RefusalRule[] = [
  {
    text: [
      /\bfile\b.{0,60}\b(copyright|dmca|abuse|infring|illegal)/,
      /\b(removed|deleted|blocked|disabled|unavailable|not available)\b.{0,40}\b(copyright|dmca|infring|legal reasons|violat)/,
    ],
    kind: 'FILE_BLOCKED',
    message: 'file is blocked for legal reasons',
  },
  {
    text: [
      /\bfile\b.{0,30}\b(deleted|removed|not found|(does|do|did) ?n[o']t exist|no longer (available|exists?)|has expired)\b/,
      /\bno such file\b/,
      ...abroad('fileGone'),
    ],
    kind: 'FILE_GONE',
    message: 'file does not exist (any more)',
  },
  {
    text: [
      /\b(wrong|incorrect|invalid) (file )?password\b/,
      /\bpassword (is|was) (wrong|incorrect|invalid)\b/,
    ],
    kind: 'FILE_PASSWORD_WRONG',
    message: 'password of the file is wrong',
  },
  {
    text: [
      /\bfile\b.{0,20}\bpassword[- ]protected\b/,
      /\bpassword (is )?(required|needed)\b.{0,30}\bfile\b/,
      /\bfile\b.{0,20}\b(requires|needs) a password\b/,
    ],
    kind: 'FILE_PASSWORD_REQUIRED',
    message: 'file has a password',
  },
  {
    text: [
      /\bfile is (private|not public)\b/,
      /\bno (permission|access|rights?) to\b.{0,20}\bfile\b/,
      /\bpermission to\b.{0,20}\bfile\b/,
      /\bonly be downloaded by (its|the) owner\b/,
    ],
    kind: 'FILE_RESTRICTED',
    message: 'file is not for everybody',
  },
]

const PLAIN_AT_LOGIN: readonly RefusalRule[] = [
  {
    text: [
      /\b(wrong|incorrect|invalid|bad) .{0,20}(password|token)/,
      /\bpassword\b.{0,30}\b(wrong|incorrect|invalid|missing|blank|not (valid|correct))/,
      /\b(authentication|authorization|login|log-?in|auth)\b.{0,10}\b(fail|denied|rejected|error)/,
      'access denied',
      ...abroad('passwordAtLogin'),
    ],
    kind: 'ACCOUNT_INVALID',
    message: 'credentials are wrong',
  },
]

const PLAIN_VAGUE: readonly RefusalRule[] = [
  {
    text: [
      ...['quota', /\blimit/, 'not enough traffic', 'no bytes left', 'out of data', /\bfair[- ]use\b/],
      /\b(no|insufficient)\b.{0,20}\b(traffic|bandwidth|credits?|volume|balance|funds)\b/,
    ],
    kind: 'ACCOUNT_QUOTA',
    message: 'a limit of the account is reached',
    retryAfterMs: HOUR,
  },
  {
    text: [
      'maintenance',
      /\bshutting down\b/,
      /\b(idle|inactiv)/,
      /\btime(d)?[ -]?out\b/,
      /\b(closing connection|connection (was )?closed)\b/,
      'temporar',
      'overload',
      'try again',
      'try later',
      /\bretry\b/,
      /\bwait\b/,
      /\bbusy\b/,
    ],
    kind: 'HOST_TEMP',
    message: 'host asks to come again',
    retryAfterMs: 5 * MINUTE,
  },
]

/** What a text says: of a page the words that a visitor reads. */
export function readWords(text: string): { text: string; isPage: boolean } {
  if (!looksLikeHtml(text)) return { text, isPage: false }
  const page = readPage(text.slice(0, MAX_PAGE))
  return { text: `${page.title} ${page.text}`, isPage: true }
}

/**
 * The rows to try on what was said at a place, in order. A short page says little but its refusal, yet speaks of waiting
 * where it leads on to something else. `text`: in lower case.
 */
export function wordsFor(at: string, text: string, isPage: boolean): readonly RefusalRule[] {
  if (text.length > MAX_PLAIN) return [...PHRASES, ...PHRASES_OF_HOST]
  const passing = [...PHRASES, ...PLAIN_PASSING, ...PHRASES_OF_HOST, ...PLAIN_OF_HOST]
  if (isPage) return passing
  const there = LOGIN.test(at) ? PLAIN_AT_LOGIN : at === 'download' ? [] : PLAIN_OF_FILE
  return [...passing, ...PLAIN_LASTING, ...there, ...PLAIN_VAGUE]
}
