import { afterEach, describe, expect, it, jest } from '@jest/globals'
import type { BlockList } from '@obb/core/blocks'
import { openLog } from '@obb/core/log'
import type { StoreWatch } from '../store/store-watch.js'
import type { Canaries } from './canaries.js'
import type { CheckSchedule } from './check-schedule.js'
import type { DiscardedObjects } from './discarded-objects.js'
import type { Expiry } from './expiry.js'
import { Liveness } from './health.js'
import type { Queues } from './queues.js'
import type { Retention } from './retention.js'
import { Sweep } from './sweep.js'
import type { SweepStep } from './sweep-step.js'

/** What a batch of the test takes, ms. */
const BATCH_MS = 100

describe('a sweep', () => {
  let now = 0
  const done: string[] = []
  const idle = () => Promise.resolve(false)

  /** A step that takes so many batches. */
  function backlog(name: string, batches: number): () => Promise<boolean> {
    return () => {
      now += BATCH_MS
      done.push(name)
      return Promise.resolve(--batches > 0)
    }
  }

  function sweepWith({ due = idle, blocks = idle, quota = idle, expiry = [] as SweepStep[] }): Sweep {
    return new Sweep(
      { tend: due } as unknown as Queues,
      { enforcePending: blocks } as Partial<BlockList> as BlockList,
      { remove: idle } as Partial<DiscardedObjects> as DiscardedObjects,
      { evict: quota, foldBytes: idle } as Partial<Retention> as Retention,
      { begin: idle, look: idle, sweep: idle } as unknown as StoreWatch,
      { begin: idle, stop: idle } as unknown as CheckSchedule,
      { begin: idle, stop: idle } as unknown as Canaries,
      { steps: expiry } as unknown as Expiry,
      new Liveness(),
      openLog('fetcher', 'silent'),
    )
  }

  /** So many rounds of a sweep, one after the other. */
  async function rounds(sweep: Sweep, count: number): Promise<void> {
    jest.spyOn(performance, 'now').mockImplementation(() => now)
    for (let round = 0; round < count; round++) await sweep.round(round)
  }
  afterEach(() => {
    jest.restoreAllMocks()
    done.length = 0
  })

  it('takes a step with a backlog further by half a second, then the others, and goes on the next time', async () => {
    const due = backlog('due', Infinity)
    const links = backlog('links', 8)
    const once = () => due().then(() => false)
    const sweep = sweepWith({ due: once, expiry: [['links', links]] })
    await rounds(sweep, 3)
    const five = Array<string>(5).fill('links')
    expect(done).toEqual(['due', ...five, 'due', 'links', 'links', 'links', 'due'])
  })

  it('looks for what has expired every minute where there was no backlog', async () => {
    const links = () => {
      done.push('links')
      return Promise.resolve(false)
    }
    await rounds(sweepWith({ expiry: [['links', links]] }), 41)
    expect(done).toHaveLength(3)
  })

  it('goes on where a step fails', async () => {
    const quota = backlog('quota', 1)
    await rounds(sweepWith({ blocks: () => Promise.reject(new Error('away')), quota }), 2)
    expect(done).toEqual(['quota', 'quota'])
  })
})
