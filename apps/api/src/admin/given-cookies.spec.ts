import { describe, expect, it } from '@jest/globals'
import { Refusal } from '@obb/contracts'
import type { HostPolicy } from '@obb/core/hosts'
import { sampleManifest } from '@obb/host-adapters/testing'
import { START, TestClock } from '@obb/testing/clock'
import { GivenCookies } from './given-cookies.js'

const credentials = [
  { name: 'cookies', label: 'Cookies', secret: true, required: true, kind: 'cookies' as const },
  { name: 'apiKey', label: 'API key', secret: true, required: false },
]
const policy = {
  adapter: { manifest: sampleManifest('Sample', { credentials }) },
  domains: ['host.test', 'added.test'],
} as unknown as HostPolicy
const given = new GivenCookies(new TestClock())
const row = (domain: string, value: string, expiresAt: number) =>
  [domain, 'TRUE', '/', 'TRUE', Math.floor(expiresAt / 1000), 'sid', value].join('\t')

describe('cookies that an operator gives', () => {
  it("are cut down to the platform's own that hold, on hostnames the operator added as well", () => {
    const text = [
      row('.bank.test', 'theirs', START + 1e9),
      row('.host.test', 'stale', START - 1e9),
      row('www.added.test', 'ours', START + 1e9),
    ].join('\n')
    expect(given.reduced(policy, { cookies: text, apiKey: 'k' })).toEqual({
      cookies: 'sid=ours',
      apiKey: 'k',
    })
    expect(given.reduced(policy, { apiKey: 'k' })).toEqual({ apiKey: 'k' })
  })

  it('are refused with the reason, and nothing of them is told', () => {
    const refused = (text: string): unknown => {
      try {
        return given.reduced(policy, { cookies: text })
      } catch (error) {
        return error instanceof Refusal ? [error.refusal, error.options.details] : error
      }
    }
    expect(refused(row('.bank.test', 'theirs', START + 1e9))).toEqual([
      'request_invalid',
      ['cookies: the text of the cookies has no cookies of host.test.'],
    ])
  })
})
