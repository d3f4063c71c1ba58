import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ADMIN_API, EXTERNAL_API } from '@obb/contracts'
import { systemClock } from '@obb/core/clock'
import { Files, fileIdentity } from '@obb/core/files'
import { Fetchers } from '@obb/core/queue'
import { Vault } from '@obb/core/secrets'
import { loadRegistry } from '@obb/host-adapters'
import { type FakeHost, loadFake, patternContent } from '@obb/host-adapters/testing'
import { ROLE_SETTINGS, TestDatabase } from '@obb/core/testing'
import { type Database, brokenInvariants } from './invariants.js'
import { type App, type AppProcess, build, startApp } from './processes.js'

/*
 * kill -9 of gateway and fetcher at every step of the journey, by day at those with the most under way. Every crash
 * leaves the work of the ones before it behind, so the process that is killed next takes over from a dead one first;
 * at the end one that nobody kills has to bring every link to its end.
 */
const SIZE = 17 * 1024 * 1024 // three parts
const SECRETS_KEY = 'ab'.repeat(32)
const ADMIN_TOKEN = 'admin-token-of-the-tests-0123456789'
const LIMITS = { maxDownloads: 100, maxPerAccount: 100 }

const isNight = process.env['RUNS'] !== undefined
const steps = (byDay: string[], byNight: string[]): string[] => (isNight ? [...byDay, ...byNight] : byDay)

const GATEWAY_STEPS = steps(
  [
    'after Files.ensure',
    'before Admission.admit',
    'after TrafficLedger.charge', // not committed
    'after Admission.admit', // committed, nobody woken
  ],
  [
    'before TrafficLedger.charge', // the link is inserted
    'after FetchQueue.wake',
  ],
)
const CANCEL_STEPS = steps(['after TrafficLedger.refund'], ['before Fetches.cancel', 'after Fetches.cancel'])
const FETCHER_STEPS = steps(
  [
    'after Files.record',
    'after Fetches.claim', // with the operator account leased, not committed
    'after Fetches.setUpload',
    'after LocalStore.openPart.finish',
    'before LocalStore.completeUpload',
    'after LocalStore.completeUpload',
    'before Fetches.finish',
    'after Fetches.finish',
  ],
  [
    'before Files.record',
    'after FetchSchedule.next',
    'after LocalStore.createUpload',
    'after LocalStore.openPart',
    'before AccountPool.release',
  ],
)
const FAILURE_STEPS = steps(['after TrafficLedger.refund'], ['before Fetches.fail', 'after Fetches.fail'])
const SETTLEMENT_STEPS = steps(
  ['after TrafficLedger.settle'],
  ['before TrafficLedger.settle', 'after Fetches.finish'],
)
/** So much less than the file has was told by its host, bytes. */
const UNTOLD = 5

interface Entry {
  kind: string
  bytes: number
}

describe('a crash at a step of the journey', () => {
  let database: Database
  let host: FakeHost
  let api: AppProcess
  let env: Record<string, string>
  let key = ''
  let files = 0
  /** Links that were asked for, once they are made; a client repeats what was not answered. */
  const asked: Promise<string>[] = []
  const cleanups: (() => Promise<unknown>)[] = []
  const started: AppProcess[] = []

  beforeAll(build, 300_000)
  beforeAll(async () => {
    const db = await TestDatabase.open(systemClock, { pool: 4 })
    cleanups.push(() => db.close())
    const home = await mkdtemp(join(tmpdir(), 'obb-crashes-'))
    cleanups.push(() => rm(home, { recursive: true, force: true }))
    database = db.source
    host = await (await loadFake('RapidGator')).start()
    cleanups.push(() => host.close())
    env = {
      ...{ OBB_HOME: home, DATABASE_URL: db.url, ...ROLE_SETTINGS, SECRETS_KEY, ADMIN_TOKEN, API_PORT: '0' },
      ...{
        FETCH_ALLOW_NETWORKS: '127.0.0.0/8',
        RATE_LIMIT: '0',
        LOG_LEVEL: process.env['TEST_LOG'] ?? 'silent',
        API_DATABASE_POOL: '6',
        FETCHER_DATABASE_POOL: '6',
      },
    }
    cleanups.push(() => Promise.all(started.map((each) => each.kill())))
    api = await start('api')
    const fetcher = await start('fetcher')
    await admin('PATCH', '/hosts/RapidGator', { origins: host.origins })
    await admin('POST', '/accounts', {
      platform: 'RapidGator',
      credentials: host.credentials,
      untested: true,
    })
    key = (await admin('POST', '/users', { email: 'one@example.test', traffic: 100 * SIZE })).apiKey ?? ''
    await fetcher.kill()
  }, 120_000)
  afterAll(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup()
  })

  async function admin(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ apiKey?: string; items?: { id: string }[] }> {
    const { code, data } = await send(method, `${ADMIN_API}${path}`, ADMIN_TOKEN, body)
    if (code !== 200) throw new Error(`${method} ${path}: ${code}`)
    return data
  }

  /** Code 0: the gateway is gone. */
  async function send(
    method: string,
    path: string,
    token: string,
    body?: unknown,
  ): Promise<{ code: number; data: Record<string, unknown> }> {
    try {
      const response = await fetch((path.startsWith(ADMIN_API) ? api.adminUrl : api.url) + path, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const { data = {} } = (await response.json()) as { data?: Record<string, unknown> }
      return { code: response.status, data }
    } catch {
      return { code: 0, data: {} }
    }
  }

  /** unrestrict asks as a download manager does: again and again, until there is an answer. */
  async function unrestrict(url: string): Promise<string> {
    for (;;) {
      const { code, data } = await send('POST', `${EXTERNAL_API}/unrestrict`, key, { url })
      if (code === 200) return String(data['linkId'])
      if (code === 403) await takeBlocksBack()
      await sleep(200)
    }
  }

  /** Two crashes may come over the same host call, which is quarantined for it: the operator knows better. */
  async function takeBlocksBack(): Promise<void> {
    const { items = [] } = await admin('GET', '/blocks').catch(() => ({ items: [] })) // the gateway may be gone
    for (const { id } of items) await send('DELETE', `${ADMIN_API}/blocks/${id}`, ADMIN_TOKEN)
  }

  function newFile(): string {
    files += 1
    return host.addFile({ name: `file-${files}.bin`, content: patternContent(SIZE, files) })
  }

  /** inspected sets the rows as if a fetcher had asked the host just now, and was told this size. */
  async function inspected(url: string, size = SIZE): Promise<void> {
    const match = (await loadRegistry()).match(url)
    if (!match) throw new Error('no platform takes the link of the test')
    const rows = new Files(database, systemClock, new Vault(Buffer.from(SECRETS_KEY, 'hex')))
    const { id } = await rows.ensure(fileIdentity('RapidGator', match.ref, undefined), match.ref, undefined)
    await rows.record(id, {
      fileId: match.ref.fileId,
      state: 'available',
      name: `file-${files}.bin`,
      size,
    })
    await new Fetchers(database, systemClock).beat('somebody')
  }

  /**
   * The leases of the dead run out, without waiting for it. They had worked for long: what is killed here died of no
   * file, and a file that two died over soon would be quarantined.
   */
  async function leasesRunOut(): Promise<void> {
    await database.query(
      `UPDATE source_file SET lease_until = now(), claimed_at = now() - interval '1 hour' WHERE state = 'downloading'`,
    )
    await database.query('UPDATE pool_lease SET expires_at = now()')
  }

  const broken = () => brokenInvariants(database, Date.now(), LIMITS)

  async function start(app: App, killAt?: string): Promise<AppProcess> {
    const process = await startApp(app, { env, ...(killAt === undefined ? {} : { killAt }) })
    started.push(process)
    return process
  }

  /** How a process ended that was to be killed at a step, after this work began. A gateway takes the other's place. */
  async function killed(app: App, killAt: string, work: () => unknown): Promise<string | number> {
    const process = await start(app, killAt)
    if (app === 'api') {
      await api.kill()
      api = process
    }
    work()
    return process.ended
  }

  it.each(GATEWAY_STEPS)(
    'of the gateway, %s, breaks nothing',
    async (step) => {
      const url = newFile()
      if (step !== 'after Files.ensure') await inspected(url)
      const end = await killed('api', step, () => asked.push(unrestrict(url)))
      expect(end).toBe('SIGKILL')
      expect(await broken()).toEqual([])
      api = await start('api')
      if (step !== 'after Files.ensure') await asked.at(-1)
      expect(await broken()).toEqual([])
    },
    60_000,
  )

  it.each(CANCEL_STEPS)(
    'of the gateway that cancels, %s, breaks nothing',
    async (step) => {
      const url = newFile()
      await inspected(url)
      const linkId = await unrestrict(url)
      const cancel = () => send('DELETE', `${EXTERNAL_API}/link/${linkId}`, key)
      expect(await killed('api', step, cancel)).toBe('SIGKILL')
      expect(await broken()).toEqual([])
      api = await start('api')
      await cancel()
      expect(await entriesOf(linkId)).toEqual([
        { kind: 'charge', bytes: -SIZE },
        { kind: 'refund', bytes: SIZE },
      ])
      expect(await broken()).toEqual([])
    },
    60_000,
  )

  it.each(FETCHER_STEPS)(
    'of the fetcher, %s, breaks nothing',
    async (step) => {
      await leasesRunOut()
      const end = await killed('fetcher', step, () => asked.push(unrestrict(newFile())))
      expect(end).toBe('SIGKILL')
      expect(await broken()).toEqual([])
    },
    60_000,
  )

  it('costs no link its file: all are done, each charged once', async () => {
    await leasesRunOut()
    const fetcher = await start('fetcher')
    for (const linkId of await Promise.all(asked)) {
      expect(await ended(linkId)).toBe('done')
      expect(await entriesOf(linkId)).toEqual([{ kind: 'charge', bytes: -SIZE }])
    }
    expect(asked).toHaveLength(GATEWAY_STEPS.length + FETCHER_STEPS.length)
    expect(await broken()).toEqual([])
    await fetcher.kill()
  }, 180_000)

  it.each(FAILURE_STEPS)(
    'of the fetcher whose file fails, %s, ends with the traffic given back',
    async (step) => {
      await leasesRunOut()
      const url = newFile()
      await inspected(url)
      const linkId = await unrestrict(url)
      host.removeFile(url)
      expect(await killed('fetcher', step, () => undefined)).toBe('SIGKILL')
      expect(await broken()).toEqual([])
      await leasesRunOut()
      const fetcher = await start('fetcher')
      expect(await ended(linkId)).toBe('error')
      await fetcher.kill()
      expect(await entriesOf(linkId)).toEqual([
        { kind: 'charge', bytes: -SIZE },
        { kind: 'refund', bytes: SIZE },
      ])
      expect(await broken()).toEqual([])
    },
    90_000,
  )

  it.each(SETTLEMENT_STEPS)(
    'of the fetcher that settles a file of another size than told, %s, settles it once',
    async (step) => {
      await leasesRunOut()
      const url = newFile()
      await inspected(url, SIZE - UNTOLD)
      const linkId = await unrestrict(url)
      expect(await killed('fetcher', step, () => undefined)).toBe('SIGKILL')
      expect(await broken()).toEqual([])
      await leasesRunOut()
      const fetcher = await start('fetcher')
      expect(await ended(linkId)).toBe('done')
      await fetcher.kill()
      expect(await entriesOf(linkId)).toEqual([
        { kind: 'charge', bytes: UNTOLD - SIZE },
        { kind: 'adjustment', bytes: -UNTOLD },
      ])
      expect(await broken()).toEqual([])
    },
    90_000,
  )

  /** ended waits for the end of a link, and tells what became of it. */
  async function ended(linkId: string): Promise<string> {
    for (;;) {
      const [row] = await database.query<{ state: string; reason: string | null }[]>(
        'SELECT f.state, l.end_reason AS reason FROM link l JOIN source_file f ON f.id = l.file_id WHERE l.id = $1',
        [linkId],
      )
      if (row?.reason === 'failed') return 'error'
      if (row?.state === 'done') return 'done'
      await sleep(100)
    }
  }

  const entriesOf = (linkId: string): Promise<Entry[]> =>
    database.query('SELECT kind, bytes FROM traffic_entry WHERE link_id = $1 ORDER BY id', [linkId])
})
