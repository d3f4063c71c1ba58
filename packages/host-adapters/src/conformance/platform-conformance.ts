import type { FakeHost, FakePlatform } from '../fake.js'
import type { CannedAnswer } from '../fake/fake-server.js'
import type { TransferKnobs } from '../fake/transfer.js'
import type { HostErrorKind } from '../errors.js'
import type { Refusal } from '../refusals.js'

/** What `platforms/<folder>/conformance.ts` tells the suite about its platform. */
export interface PlatformConformance<Knobs extends TransferKnobs = TransferKnobs> {
  fake: FakePlatform<Knobs>
  /** Links of the platform; all spellings of one entry are the same file. */
  links: readonly { kind: 'file' | 'folder'; spellings: readonly string[] }[]
  /** Look like links of the platform but are none. */
  foreign: readonly string[]
  /** The platform's table: every row must have been provoked by `refusals`. */
  table: readonly Refusal[]
  refusals: readonly RefusalCase<Knobs>[]
  /** Routes of the fake that charge or hand out the file: a check never calls them. */
  chargingCalls: RegExp
  /** Makes every answer of the API (or server) the given one. */
  answerAll(fake: FakeHost<Knobs>, answer: CannedAnswer): void
  /** Kind that a 429 with a Retry-After means. */
  tooManyRequests: HostErrorKind
  /** Absent: the platform has no login. */
  sessions?: {
    loginCall: string
    forget(fake: FakeHost<Knobs>): void
    /** Every new token is good for so many calls. */
    limit(fake: FakeHost<Knobs>, calls: number): void
  }
  /** Absent: the platform has no JSON API. */
  api?: {
    numbersAsStrings(fake: FakeHost<Knobs>): void
    maintenance: string
  }
  /** Recognisable secrets to put into a link, where links can hold some. */
  secretLink?(link: string): { link: string; secrets: readonly string[] }
}

export interface RefusalCase<Knobs extends object> {
  name: string
  during: 'checkAccount' | 'check' | 'resolve' | 'download'
  arrange(fake: FakeHost<Knobs>, link: string): void
  /** `gone` is an answer of `check`, not an error. */
  expected: HostErrorKind | 'retry-without-range' | 'gone'
  /** Exact distance of `retryAt` from now, ms. */
  retryAfterMs?: number
}
