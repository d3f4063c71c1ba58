import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { EXTERNAL_API } from '@obb/contracts'
import type { FakeHost, TransferKnobs } from '@obb/host-adapters/testing'
import { PART, WatchedContent } from './fetch-content.js'
import { Installation } from './installation.js'
import { type App, type AppProcess, build, startApp } from './processes.js'

const SIZE = 6 * PART
/** BEATS are beats of a fetcher; after two of them it has looked at all that is due. */
const BEATS = 2

/** Processes on machines whose time is wrong, beside others whose time is right. */
describe('a process whose clock is off', () => {
  let obb: Installation
  let host: FakeHost<TransferKnobs>
  let key: string
  const running: AppProcess[] = []

  beforeAll(async () => {
    await build()
    obb = await Installation.start('embedded')
    host = await obb.addHost('RapidGator')
    key = (await obb.admin('POST', '/users', { email: 'jd@example.test', traffic: 100 * SIZE })).apiKey
  }, 180_000)
  afterEach(async () => {
    await Promise.all(running.splice(0).map((each) => each.kill()))
  })
  afterAll(async () => {
    await obb.close()
  })

  async function start(app: App, shiftDate: number): Promise<AppProcess> {
    const started = await startApp(app, { env: { ...obb.env, API_PORT: '0' }, shiftDate })
    running.push(started)
    return started
  }

  /** A file asked for at this gateway. */
  async function unrestrict(name: string, gateway: AppProcess): Promise<string> {
    const content = new WatchedContent(SIZE, name.length)
    const url = host.addFile({ name, content, md5: await content.digest('md5') })
    const response = await fetch(`${gateway.url}${EXTERNAL_API}/unrestrict`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ url }),
    })
    const body = (await response.json()) as { msg?: string; data: { linkId: string } }
    expect([response.status, body.msg]).toEqual([200, undefined])
    return body.data.linkId
  }

  async function fileOf(linkId: string): Promise<{ worker: string; claim: number; state: string }> {
    const [file] = await obb.database.query(
      'SELECT worker, claim, f.state FROM source_file f JOIN link l ON l.file_id = f.id WHERE l.id = $1',
      [linkId],
    )
    return file
  }

  async function until(linkId: string, state: string): Promise<void> {
    while ((await fileOf(linkId)).state !== state) await sleep(20)
  }

  /** The youngest fetcher has told so often that it is alive. */
  async function beats(count: number): Promise<void> {
    const seen = new Set<string>()
    while (seen.size <= count) {
      const [row] = await obb.database.query(
        'SELECT id, seen_at::text AS at FROM fetcher ORDER BY started_at DESC LIMIT 1',
      )
      seen.add(`${row.id} ${row.at}`)
      await sleep(50)
    }
  }

  it.each([
    ['25 s behind', -25_000, -25_000],
    ['60 s ahead', 60_000, 60_000],
    ['60 s behind', -60_000, -60_000],
    ['set from 60 s ahead to 60 s behind while it runs', 60_000, -60_000],
  ])(
    '%s refuses nobody, takes no file away from anybody and gets its own',
    async (name, shift, later) => {
      const gateway = await start('api', shift)
      const steady = await start('fetcher', 0)
      host.knobs.bytesPerSecond = PART / 20
      const stolen = await unrestrict(`held ${name}`, gateway)
      await until(stolen, 'downloading')
      const before = await fileOf(stolen)
      const off = await start('fetcher', shift)
      await beats(BEATS)
      for (const each of [gateway, off]) each.process.send({ shiftDate: later })
      await beats(BEATS)
      expect(await fileOf(stolen)).toEqual(before)
      host.knobs.bytesPerSecond = 0
      await until(stolen, 'done')
      expect((await fileOf(stolen)).claim).toBe(before.claim)
      await steady.kill()
      const own = await unrestrict(`own ${name}`, gateway)
      await until(own, 'done')
      expect((await fileOf(own)).claim).toBe(1)
    },
    60_000,
  )
})
