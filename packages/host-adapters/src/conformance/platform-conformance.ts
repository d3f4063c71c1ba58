import type { HostErrorKind } from '../kit/errors.js'
import type { FakeHost, FakePlatform } from '../fake/fake-host.js'
import type { CannedAnswer } from '../fake/fake-server.js'
import type { TransferKnobs } from '../fake/transfer.js'
import type { RefusalRule } from '../kit/refusal-rule.js'

/**
 * What `platforms/<folder>/conformance.ts` tells the suite about its platform. The suite goes by the manifest
 * and the adapter for what a platform can do: what is not declared there is not tested, what is declared is.
 * A fake whose knobs are ApiKnobs is a JSON API, and its answers are bent in every way.
 */
export interface PlatformConformance<Knobs extends TransferKnobs = TransferKnobs> {
  fake: FakePlatform<Knobs>
  /** Links of the platform; all spellings of one entry are the same file. Every domain occurs. */
  links: readonly { kind: 'file' | 'folder'; spellings: readonly string[] }[]
  /** Look like links of the platform but are none. */
  foreign: readonly string[]
  /** The platform's table: every row must have been provoked by `refusals`. */
  table: readonly RefusalRule[]
  refusals: readonly RefusalCase<Knobs>[]
  /** Routes of the fake that charge or hand out the file: a check never calls them. */
  chargingCalls: RegExp
  /** Kind that a 429 with a Retry-After means. Absent: the platform does not speak HTTP. */
  tooManyRequests?: HostErrorKind
  /** Makes every answer of the API (or server) the given one; the knob `apiAnswer` unless given. */
  answerAll?(fake: FakeHost<Knobs>, answer: CannedAnswer): void
  /** Everything that reads text or bytes of a host, by name: raises HostError or returns. */
  fuzz: Readonly<Record<string, Reader>>
  /** Absent: the platform has no login. */
  sessions?: {
    loginCall: string
    forget(fake: FakeHost<Knobs>): void
    /** Every new token is good for so many calls. */
    limit(fake: FakeHost<Knobs>, calls: number): void
  }
  /** Absent: no account is a browser session of the operator's. */
  operatorSession?: {
    /** The site knows the session no more. */
    end(fake: FakeHost<Knobs>): void
    /** From now on it changes with every page. */
    rotate(fake: FakeHost<Knobs>): void
  }
  /** The host states no exact sizes: they are those of the direct link. */
  sizeByLink?: true
  /** A check does not tell that a file has a password: only who downloads it is asked. */
  quietPasswords?: true
  /** A maintenance page in the words of the host; a general one unless given. */
  maintenance?: string
  /** Recognisable secrets to put into a link, where links can hold some. */
  secretLink?(link: string): { link: string; secrets: readonly string[] }
}

/** Knobs of a stand-in whose accounts log in. */
export interface SessionKnobs {
  /** Every session is unknown from now on. */
  forgetSessions(): void
  /** Calls that a new session is good for. */
  sessionCalls: number
}

/** `sessions` of such a stand-in; `loginCall` is what it calls a login. */
export function sessionsBy<Knobs extends TransferKnobs & SessionKnobs>(
  loginCall: string,
): NonNullable<PlatformConformance<Knobs>['sessions']> {
  return {
    loginCall,
    forget: ({ knobs }) => knobs.forgetSessions(),
    limit({ knobs }, calls) {
      knobs.sessionCalls = calls
    },
  }
}

/** Reads what a host answered, with an HTTP status where there is one (200 unless given). */
export type Reader = (text: string, status?: number) => unknown

export interface RefusalCase<Knobs extends object> {
  name: string
  during: 'checkAccount' | 'check' | 'resolve' | 'expand' | 'download'
  arrange(fake: FakeHost<Knobs>, link: string): void
  /** `gone` is an answer of `check`, not an error. */
  expected: HostErrorKind | 'retry-without-range' | 'gone'
  /** Exact distance of `retryAt` from now, ms. */
  retryAfterMs?: number
}
