import { describe, expect, it } from '@jest/globals'
import type { RefusalRule } from './refusal-rule.js'
import { HTTP_REFUSALS, errorByRules, explainBy, wordsOf } from './refusal-rules.js'

const TABLE: readonly RefusalRule[] = [
  { text: ['no such file'], kind: 'FILE_GONE', message: 'gone' },
  { status: [403], kind: 'LINK_EXPIRED', message: 'link is no good' },
]
const said = (text: string, status = 403) =>
  errorByRules([...TABLE, ...HTTP_REFUSALS], 'Sample', { at: 'download', status, text, now: 0 })

describe('an account is refused for good', () => {
  const ACCOUNTS: readonly RefusalRule[] = [
    { text: ['moon is full'], kind: 'ACCOUNT_INVALID', message: 'account is closed' },
    { code: [72], kind: 'ACCOUNT_INVALID', message: 'account is banned' },
    { code: [402], kind: 'ACCOUNT_NOT_PREMIUM', message: 'not premium' },
    { status: [401], kind: 'ACCOUNT_INVALID', message: 'key is refused' },
  ]
  const refused = (text: string, status: number, code?: number) =>
    errorByRules(ACCOUNTS, 'Sample', { at: 'login', status, code, text, now: 0 })

  it.each([
    ["the platform's own words", refused('The moon is full', 403), false],
    ["the platform's own code", refused('Moon', 200, 72), false],
    ['its status, and words that all hosts share', refused('Wrong password', 401), false],
    ['its status alone', refused('', 401), true],
    ['its status, and words that nobody knows', refused('The moon is half', 401), true],
    ['a code that is a status, and words that nobody knows', refused('The moon is half', 200, 402), true],
    ['words that all hosts share, and no status of the table', refused('Wrong password', 403), true],
  ])('by %s', (_what, error, presumed) => {
    expect(error).toMatchObject({ presumed })
    expect(['ACCOUNT_INVALID', 'ACCOUNT_NOT_PREMIUM']).toContain(error?.kind)
  })
})

describe('words that all hosts share', () => {
  it.each([
    ['No premium traffic left', 'ACCOUNT_QUOTA'],
    ['Insufficient credits', 'ACCOUNT_QUOTA'],
    ['Your subscription has ended, please renew', 'ACCOUNT_NOT_PREMIUM'],
    ['Your membership is over', 'ACCOUNT_NOT_PREMIUM'],
    ['This API key has expired', 'ACCOUNT_INVALID'],
    ['Please confirm your e-mail address first', 'ACCOUNT_NEEDS_HUMAN'],
    ['You must accept the new Terms of Service', 'ACCOUNT_NEEDS_HUMAN'],
    ['Unusual activity was detected', 'ACCOUNT_NEEDS_HUMAN'],
    ['Unusual activity: blocked for 30 minutes', 'ACCOUNT_RATE'],
    ['Premium membership: daily limit reached', 'ACCOUNT_QUOTA'],
  ])('%j', (text, kind) => {
    const answer = { at: 'file', status: 200, text, now: 0 }
    expect(errorByRules(HTTP_REFUSALS, 'Sample', answer)?.kind).toBe(kind)
  })
})

describe('words that no table understands', () => {
  it('go with the error that the status alone makes', () => {
    expect(said('The moon is in the wrong phase')).toMatchObject({
      kind: 'LINK_EXPIRED',
      words: 'The moon is in the wrong phase',
    })
    expect(said('<!doctype html><title>Oops</title><p>Wrong <b>moon</b></p><script>x</script>')?.words).toBe(
      'Oops Wrong moon',
    )
  })

  it('are none where the words or the status say what it is', () => {
    expect(said('No such file')?.words).toBeUndefined()
    expect(said('Too many connections')?.words).toBeUndefined()
    expect(said('whatever', 503)?.words).toBeUndefined()
    expect(said('')?.words).toBeUndefined()
  })

  it('hold no secret: nothing of what was sent, no query, no key', () => {
    const explain = explainBy('Sample', TABLE)
    const url = 'https://fs1.host.test/dl/t0ken9/a.bin?sid=s3cret'
    const text = `Moon over ${url} and t0ken9 for joe@host.test with 0123456789abcdef0123456789abcdef`
    const words = explain({ status: 403, headers: {}, text, now: 0, url })?.words ?? ''
    expect(words).toMatch(/^Moon over /)
    for (const secret of ['t0ken9', 's3cret', 'joe@host.test', '0123456789abcdef'])
      expect(words).not.toContain(secret)
    expect(wordsOf({ text: 'password hunter22 is odd', sent: ['hunter22'] })).toBe('password … is odd')
  })

  it('are one line of bounded length', () => {
    const words = said(`a\nb\u0000 ${'long '.repeat(1000)}`)?.words ?? ''
    expect(words.length).toBeLessThanOrEqual(160)
    expect(words).toMatch(/^a b {1,2}long/)
  })
})
