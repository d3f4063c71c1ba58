/*
 * What hosts and news servers say in words when they refuse, whoever they are. It is asked where a platform's own table
 * knows nothing of an answer but its status: one status is a wrong password here and a full house there. What passes by
 * itself goes first, so that no account is switched off for it.
 */
import { looksLikeHtml } from '@obb/host-http'
import type { RefusalRule } from './refusal-rule.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** A longer text is a page, which says much beside its refusal. */
const MAX_PLAIN = 500

/** Where the credentials themselves are judged. */
const LOGIN = /login|auth|token|account|user|key|greeting/i

/** Phrases that nobody writes but who refuses: they hold in pages as well. */
const PHRASES: readonly RefusalRule[] = [
  {
    text: [/\b(owner|uploader)\b[^.]{0,40}\b(locked|suspended|blocked|banned|disabled)\b/],
    kind: 'FILE_RESTRICTED',
    message: 'owner of the file is locked',
  },
  {
    text: [
      /\btoo many [^.]{0,30}\b(connections?|sessions?|threads|ips?|addresses|locations|users|devices|downloads|streams)\b/,
      /\b(maximum|max)( number of)? (simultaneous|concurrent|parallel) /,
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
    ],
    kind: 'ACCOUNT_RATE',
    message: 'too many calls or logins',
    retryAfterMs: 5 * MINUTE,
  },
  {
    text: [
      /\btemporar(y|ily) (blocked|banned|locked|suspended|disabled|restricted|ban|block|suspension)/,
      /\b(blocked|banned|locked|suspended|disabled) (temporarily|for a while|for \d)/,
    ],
    kind: 'ACCOUNT_RATE',
    message: 'account is blocked for a time',
    retryAfterMs: 30 * MINUTE,
  },
  {
    text: [
      /\b(reached|exceed(s|ed)?|used up|exhausted|run out of|ran out of|out of|not enough|no more)\b.{0,80}\b(quota|limits?|traffic|bandwidth|volume|credits?|downloads)\b/,
      /\b(quota|limits?|traffic|bandwidth|volume|credits?|block|allowance|allotment|cap|usage|data)\b.{0,30}\b(reached|exceeded|used up|(has|have) been used|exhausted|depleted|consumed|is over)\b/,
    ],
    kind: 'ACCOUNT_QUOTA',
    message: 'a limit of the account is reached',
    retryAfterMs: HOUR,
  },
  {
    text: [
      /\b(ip|vpn|proxy|proxies|data ?cent(er|re)s?|address)\b[^.]{0,40}\b(blocked|banned|blacklisted|denied|forbidden|not allowed|restricted|locked)\b/,
      /\b(not available|unavailable|not allowed|blocked) (in|from) your (country|region|location)\b/,
    ],
    kind: 'EGRESS_BLOCKED',
    message: 'this address is refused',
    retryAfterMs: HOUR,
  },
  {
    text: [/\b(under|in|for|scheduled|ongoing|server|site) maintenance\b/],
    kind: 'HOST_DOWN',
    message: 'host is under maintenance',
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
      'try again later',
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
      /\b(max|maximum|simultaneous|concurrent|multiple|parallel)\b.{0,40}\b(connections?|sessions?|threads|ips?|addresses|locations|users|devices)\b/,
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
]

const PLAIN_LASTING: readonly RefusalRule[] = [
  {
    text: [
      /\b(confirm|verify|validate|activate)\b.{0,20}\b(e-?mail|account|identity|phone)\b/,
      /\b(accept|agree)\b.{0,30}\bterms\b/,
      /\b(unusual|suspicious) (activity|login|log-?in|sign-?in)\b/,
    ],
    kind: 'ACCOUNT_NEEDS_HUMAN',
    message: 'account waits for something that its owner does at the site',
  },
  {
    text: ['two-factor', 'two factor', '2fa', 'second factor', 'one-time password', 'one-time code'],
    kind: 'ACCOUNT_NEEDS_HUMAN',
    message: 'account wants a second factor',
  },
  {
    text: [
      /\b(wrong|incorrect|invalid|bad|unknown|no such)\b.{0,20}\b(login|user ?name|user|credentials|e-?mail|api ?key)\b/,
      /\b(login|user ?name|credentials|e-?mail|api ?key)\b.{0,30}\b(wrong|incorrect|invalid|missing|blank|revoked|not (valid|correct|found|match|exist))/,
      /\bapi ?key\b.{0,20}\bexpired\b/,
    ],
    kind: 'ACCOUNT_INVALID',
    message: 'credentials are wrong',
  },
  {
    text: [
      /\baccount\b.{0,30}\b(banned|suspended|disabled|terminated|deleted|blocked|locked|frozen|closed)\b/,
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
    ],
    kind: 'ACCOUNT_NOT_PREMIUM',
    message: 'account is not premium (any more)',
  },
]

const PLAIN_AT_LOGIN: readonly RefusalRule[] = [
  {
    text: [
      /\b(wrong|incorrect|invalid|bad) .{0,20}(password|token)/,
      /\bpassword\b.{0,30}\b(wrong|incorrect|invalid|missing|blank|not (valid|correct))/,
      /\b(authentication|authorization|login|log-?in|auth)\b.{0,10}\b(fail|denied|rejected|error)/,
      'access denied',
    ],
    kind: 'ACCOUNT_INVALID',
    message: 'credentials are wrong',
  },
]

const PLAIN_VAGUE: readonly RefusalRule[] = [
  {
    text: [
      ...['quota', /\blimit/, 'not enough traffic', 'no bytes left', 'out of data'],
      /\b(no|insufficient)\b.{0,20}\b(traffic|bandwidth|credits?|volume)\b/,
    ],
    kind: 'ACCOUNT_QUOTA',
    message: 'a limit of the account is reached',
    retryAfterMs: HOUR,
  },
  {
    text: [
      'maintenance',
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

/** The rows to try on what was said at a place, in order. `text`: in lower case. */
export function wordsFor(at: string, text: string): readonly RefusalRule[] {
  if (text.length > MAX_PLAIN || looksLikeHtml(text)) return PHRASES
  const atLogin = LOGIN.test(at) ? PLAIN_AT_LOGIN : []
  return [...PHRASES, ...PLAIN_PASSING, ...PLAIN_LASTING, ...atLogin, ...PLAIN_VAGUE]
}
