import { sessionsBy } from '../../conformance/platform-conformance.js'
import type { PlatformConformance, RefusalCase } from '../../conformance/platform-conformance.js'
import * as given from '../../conformance/refusal-cases.js'
import type { HostErrorKind } from '../../kit/errors.js'
import type { FakeHost } from '../../fake/fake-host.js'
import { RapidGatorApi } from './api.js'
import { fake, refused } from './fake.js'
import type { RapidGatorKnobs } from './fake.js'
import type { Site } from './site.js'

type Fake = FakeHost<RapidGatorKnobs>
type Case = RefusalCase<RapidGatorKnobs>

/** The API refuses a method in these words. */
export function api(
  method: string,
  status: number,
  details: string,
  expected: HostErrorKind,
  retryAfterMs?: number,
): Case {
  const during = method === 'file/info' ? 'check' : method === 'user/info' ? 'checkAccount' : 'resolve'
  return given.answer(during, method, refused(status, details), expected, retryAfterMs)
}

/** The direct link answers with this. */
export function link(
  status: number,
  body: unknown,
  expected: Case['expected'],
  retryAfterMs?: number,
  headers: Record<string, string> = {},
): Case {
  return given.linkAnswer({ status, body, headers }, expected, retryAfterMs)
}

/** Provokes every row of COMMON_REFUSALS. */
const COMMON_CASES: readonly Case[] = [
  given.account('checkAccount', { password: 'another' }, 'ACCOUNT_INVALID'),
  given.account('resolve', { premium: false }, 'ACCOUNT_NOT_PREMIUM'),
  given.deletedFile('check'),
  given.deletedFile('resolve'),
  ...(['check', 'resolve'] as const).map((during) => ({
    name: 'private file',
    during,
    arrange: ({ knobs }: Fake) => {
      knobs.mode = 2
    },
    expected: 'FILE_RESTRICTED' as const,
  })),
  api('user/login', 401, 'Error: Error e-mail or password.', 'ACCOUNT_INVALID'),
  api('user/info', 401, 'Error: Wrong password', 'ACCOUNT_INVALID'),
  api('user/info', 401, "Error. Session doesn't exist", 'ACCOUNT_INVALID'),
  api('user/info', 401, 'Error: Token does not exist', 'ACCOUNT_INVALID'),
  api('user/info', 401, 'Error', 'ACCOUNT_INVALID'),
  api('user/info', 402, 'Payment required', 'ACCOUNT_NOT_PREMIUM'),
  api('file/info', 429, 'Slow down', 'RATE_LIMITED'),
  api('file/info', 418, 'New words', 'UNEXPECTED'),
  api('file/download', 404, 'Error: File not found', 'HOST_TEMP'),
  api('file/download', 401, 'Error: User is not PREMIUM', 'ACCOUNT_NOT_PREMIUM'),
  api('file/download', 401, 'This file is for PREMIUM USERS ONLY', 'ACCOUNT_NOT_PREMIUM'),
  api('file/download', 401, 'You can download files up to 500 MB in free mode', 'ACCOUNT_NOT_PREMIUM'),
  link(416, '', 'retry-without-range'),
  link(401, 'This download session is not for you', 'SESSION_EXPIRED'),
  link(401, '', 'LINK_EXPIRED'),
  link(403, '<html></html>', 'LINK_EXPIRED'),
  link(404, '<html></html>', 'LINK_EXPIRED'),
]

/**
 * conformance is what the suite holds a host of the dialect to; its links, whose ids are an expression, it tells
 * itself.
 */
export function conformance(site: Site): Omit<PlatformConformance<RapidGatorKnobs>, 'links' | 'foreign'> {
  return {
    fake: fake(site),
    table: site.refusals,
    chargingCalls: /^(file\/download|dl)$/,
    tooManyRequests: 'RATE_LIMITED',
    sessions: sessionsBy('user/login'),
    fuzz: new RapidGatorApi(site).readers(),
    refusals: COMMON_CASES,
  }
}
