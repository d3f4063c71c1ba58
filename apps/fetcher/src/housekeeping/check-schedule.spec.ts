import { describe, expect, it } from '@jest/globals'
import type { HostCatalog, HostPolicy } from '@obb/core/hosts'
import { openLog } from '@obb/core/log'
import type { AccountPool } from '@obb/core/pool'
import { aPolicy } from '@obb/core/testing'
import type { CheckAccountJob } from '../host-calls/check-account-job.js'
import { CheckSchedule } from './check-schedule.js'

const HOUR = 3_600_000

interface Platform {
  platform: string
  enabled?: boolean
  needsAccount?: boolean
  interval?: number
  checks?: boolean
}

/** A platform whose accounts can be checked, unless said otherwise. */
function policy({
  platform,
  enabled = true,
  needsAccount = true,
  interval = HOUR,
  checks = true,
}: Platform): HostPolicy {
  const made = aPolicy({ platform, enabled, manifest: { accountCheckIntervalMs: interval, needsAccount } })
  const checkAccount = () => Promise.resolve({ premium: true })
  return { ...made, adapter: { ...made.adapter, ...(checks && { checkAccount }) } }
}

function scheduleOf(platforms: Platform[], due: Record<string, string[]> = {}) {
  const claims: [string, number, number][] = []
  const running = new Map<string, { end: () => void; signal: AbortSignal }>()
  const catalog = {
    refresh: () => Promise.resolve(),
    all: () => platforms.map(policy),
  } as Pick<HostCatalog, 'refresh' | 'all'> as HostCatalog
  const pool = {
    claimChecks: (platform: string, interval: number, limit: number) => {
      claims.push([platform, interval, limit])
      return Promise.resolve((due[platform] ?? []).splice(0, limit))
    },
  } as Partial<AccountPool> as AccountPool
  const checkAccountJob = {
    run: (id: string, signal: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        running.set(id, { end: resolve, signal })
        signal.addEventListener('abort', () => reject(signal.reason as Error))
      }),
  } as Partial<CheckAccountJob> as CheckAccountJob
  const schedule = new CheckSchedule(catalog, pool, checkAccountJob, openLog('fetcher', 'silent'))
  return { schedule, claims, running }
}

describe('scheduled checks', () => {
  it('ask each platform that has accounts to check, at its own interval', async () => {
    const { schedule, claims } = scheduleOf([
      { platform: 'A', interval: 7 },
      { platform: 'Off', enabled: false },
      { platform: 'Open', needsAccount: false },
      { platform: 'Mute', checks: false },
      { platform: 'Never', interval: 0 },
      { platform: 'B', interval: 9 },
    ])
    await schedule.begin()
    expect(claims).toEqual([
      ['A', 7, 4],
      ['B', 9, 4],
    ])
  })

  it('take no more than they can begin, and go on as checks end', async () => {
    const due = { A: ['1', '2', '3'], B: ['4', '5', '6'] }
    const { schedule, claims, running } = scheduleOf([{ platform: 'A' }, { platform: 'B' }], due)
    await schedule.begin()
    expect([...running.keys()]).toEqual(['1', '2', '3', '4'])
    await schedule.begin()
    expect(claims).toHaveLength(2)
    running.get('2')?.end()
    await new Promise((resolve) => setImmediate(resolve))
    await schedule.begin()
    expect([...running.keys()]).toEqual(['1', '2', '3', '4', '5'])
    await schedule.stop()
  })

  it('end when the worker stops, and begin no more', async () => {
    const { schedule, claims, running } = scheduleOf([{ platform: 'A' }], { A: ['1', '2'] })
    await schedule.begin()
    await schedule.stop()
    expect([...running.values()].every(({ signal }) => signal.aborted)).toBe(true)
    await schedule.begin()
    expect(claims).toHaveLength(1)
  })
})
