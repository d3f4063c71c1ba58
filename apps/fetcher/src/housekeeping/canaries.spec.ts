import { describe, expect, it } from '@jest/globals'
import type { HostBreaker } from '@obb/core/health'
import type { HostCatalog, HostPolicy } from '@obb/core/hosts'
import { openLog } from '@obb/core/log'
import { type AvailableFile, HostError } from '@obb/host-adapters'
import { Canaries } from './canaries.js'
import type { HostInquiry } from '../host-calls/host-inquiry.js'

interface Platform {
  platform: string
  canaryUrl: string | null
  enabled?: boolean
}

function canariesOf(platforms: Platform[], due: string[], ask: HostInquiry['ask']) {
  const policies = platforms.map(({ platform, canaryUrl, enabled = true }) => ({
    ...{ platform, canaryUrl, enabled, adapter: { manifest: { needsAccount: true } } },
  })) as unknown as HostPolicy[]
  const catalog = {
    refresh: () => Promise.resolve(),
    all: () => policies,
    match: (url: string) => ({ policy: policies.find(({ canaryUrl }) => canaryUrl === url), ref: {} }),
    canaryOf: ({ canaryUrl }: HostPolicy) => ({ canonicalUrl: canaryUrl, secret: `key of ${canaryUrl}` }),
  } as unknown as HostCatalog
  const sung: [string, string | null][] = []
  const asked: string[] = []
  const secrets: (string | undefined)[] = []
  const breaker = {
    claimCanary: (platform: string) => Promise.resolve(due.includes(platform)),
    sang: (platform: string, error: string | null) => Promise.resolve(void sung.push([platform, error])),
  } as unknown as HostBreaker
  const inquiry = {
    ask: ((known, ...rest) => {
      asked.push(known.policy.platform)
      secrets.push(known.ref.secret)
      return ask(known, ...rest)
    }) as HostInquiry['ask'],
  } as HostInquiry
  return {
    canaries: new Canaries(catalog, breaker, inquiry, openLog('fetcher', 'silent')),
    sung,
    asked,
    secrets,
  }
}

const there = { fileId: '1', state: 'available' } satisfies AvailableFile

describe('canaries', () => {
  it('are asked for where there is one, the platform is on and its time has come', async () => {
    const platforms = [
      { platform: 'A', canaryUrl: 'https://a.test/1' },
      { platform: 'NotDue', canaryUrl: 'https://b.test/1' },
      { platform: 'Off', canaryUrl: 'https://c.test/1', enabled: false },
      { platform: 'None', canaryUrl: null },
    ]
    const ask = (() => Promise.resolve(there)) as HostInquiry['ask']
    const { canaries, asked, secrets, sung } = canariesOf(platforms, ['A', 'Off', 'None'], ask)
    await canaries.begin()
    await canaries.stop()
    expect(asked).toEqual(['A'])
    expect(secrets).toEqual(['key of https://a.test/1'])
    expect(sung).toEqual([['A', null]])
  })

  it('tell the kind of what they ended in', async () => {
    const ask = (() => Promise.reject(new HostError('FILE_GONE', 'gone'))) as HostInquiry['ask']
    const { canaries, sung } = canariesOf([{ platform: 'A', canaryUrl: 'https://a.test/1' }], ['A'], ask)
    await canaries.begin()
    await canaries.stop()
    expect(sung).toEqual([['A', 'FILE_GONE']])
  })

  it('are broken off when the worker stops, with nothing told of the platform', async () => {
    const ask = ((_known, _with, stop: AbortSignal) =>
      new Promise((_, reject) =>
        stop.addEventListener('abort', () => reject(stop.reason as Error)),
      )) as HostInquiry['ask']
    const { canaries, sung } = canariesOf([{ platform: 'A', canaryUrl: 'https://a.test/1' }], ['A'], ask)
    await canaries.begin()
    await canaries.stop()
    expect(sung).toEqual([])
  })
})
