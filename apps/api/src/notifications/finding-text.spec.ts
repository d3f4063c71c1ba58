import { describe, expect, it } from '@jest/globals'
import { type AccountTrouble, type Finding, type FindingCause, LANGUAGES } from '@obb/contracts'
import { findingText } from './finding-text.js'

const at = '2026-12-05T10:30:00.000Z'
const TROUBLES: AccountTrouble[] = [
  { kind: 'off', reason: 'x' },
  { kind: 'ended', at },
  { kind: 'not_premium' },
  { kind: 'ending', at },
  { kind: 'no_traffic' },
  { kind: 'resting', until: at },
]
const CAUSES: FindingCause[] = [
  { kind: 'check', check: 'fetchers', words: '' },
  { kind: 'check', check: 'clock', words: '' },
  ...(['full', 'away', 'wrong'] as const).map((state) => ({ kind: 'store' as const, state, words: null })),
  { kind: 'store_filling', at },
  { kind: 'secrets_unreadable', count: 1 },
  { kind: 'secrets_unreadable', count: 2 },
  { kind: 'secrets_older', count: 2 },
  ...(['failed', 'old'] as const).map((trouble) => ({
    ...{ kind: 'backup' as const, trouble, madeAt: at, words: null },
  })),
  { kind: 'mail', words: '' },
  { kind: 'webhook', email: 'a@b.test', words: null },
  ...TROUBLES.map((trouble) => ({ kind: 'account' as const, id: 'a', account: 'A', trouble, words: null })),
  { kind: 'no_account' },
  { kind: 'no_usable_account' },
  { kind: 'host', platform: 'H', openUntil: null, words: null },
  { kind: 'canary', platform: 'H', words: null },
  { kind: 'traffic', platform: 'H', at },
  { kind: 'attempts', count: 60, addresses: 1 },
]

describe('what an operator is told of a finding', () => {
  it.each(LANGUAGES)('differs from that of any other, and says what to do: %s', (language) => {
    const texts = CAUSES.map((cause) =>
      findingText({ ...cause, key: 'k', status: 'warning' } as Finding, language),
    )
    expect(new Set(texts.map(({ title }) => title)).size).toBe(CAUSES.length)
    for (const { title, action } of texts) for (const text of [title, action]) expect(text).not.toBe('')
  })

  it('has its times with their zone', () => {
    const finding: Finding = {
      ...{ kind: 'account', id: 'a', account: 'A', words: null, key: 'k', status: 'warning' },
      trouble: { kind: 'ending', at },
    }
    for (const language of LANGUAGES)
      expect(findingText(finding, language).title).toContain('2026-12-05 10:30 UTC')
  })
})
