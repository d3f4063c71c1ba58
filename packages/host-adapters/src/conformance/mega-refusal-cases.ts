import type { RefusalCase } from './platform-conformance.js'
import * as given from './refusal-cases.js'
import type { ApiKnobs } from '../fake/api-knobs.js'

const SECOND = 1000
const MINUTE = 60 * SECOND

/** What the numbers of CODES mean when a command that checks is answered by them. */
export function codeCases<Knobs extends ApiKnobs>(command: string): RefusalCase<Knobs>[] {
  const number = (
    code: number,
    expected: RefusalCase<Knobs>['expected'],
    retryAfterMs?: number,
  ): RefusalCase<Knobs> =>
    given.answer('check', command, { status: 200, body: [code] }, expected, retryAfterMs)
  return [
    number(-1, 'HOST_TEMP', 16 * SECOND),
    number(-2, 'BAD_URL'),
    number(-3, 'HOST_TEMP', 4 * SECOND),
    number(-4, 'RATE_LIMITED', 16 * SECOND),
    number(-6, 'RATE_LIMITED', 16 * SECOND),
    ...[-5, -7, -10, -12].map((code) => number(code, 'UNEXPECTED')),
    number(-9, 'gone'),
    number(-11, 'FILE_RESTRICTED'),
    number(-13, 'HOST_TEMP', 5 * MINUTE),
    number(-16, 'FILE_BLOCKED'),
    number(-18, 'HOST_TEMP', 5 * MINUTE),
    number(-99, 'UNEXPECTED'),
  ]
}
