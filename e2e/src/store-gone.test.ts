import { mkdir, rename, rmdir } from 'node:fs/promises'
import { renameSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { REFUSALS } from '@obb/contracts'
import type { FakeHost } from '@obb/host-adapters/testing'
import { PART, WatchedContent } from './fetch-content.js'
import { Installation } from './installation.js'

/** Calls back once, at the `nth` request for bytes. */
class Interrupted extends WatchedContent {
  constructor(
    size: number,
    seed: number,
    private readonly nth: number,
    private readonly strike: () => void,
  ) {
    super(size, seed)
  }

  override read(start: number, end: number): Readable {
    const stream = super.read(start, end)
    if (this.reads.length === this.nth) this.strike()
    return stream
  }
}

/** A volume that is unmounted leaves an empty directory, or none. */
describe.each([
  ['is gone', false],
  ['is an empty mount point', true],
])('files of a local store whose directory %s for a while', (_what, leavesMountPoint) => {
  let obb: Installation
  let host: FakeHost
  let key: string
  let directory: string
  let away: string
  let seed = 0
  let isAway = false

  beforeAll(async () => {
    obb = await Installation.start('embedded', { LOG_LEVEL: 'info', LINK_TTL: '90d' })
    directory = join(obb.config.OBB_HOME, 'files')
    away = join(obb.config.OBB_HOME, 'elsewhere')
    host = await obb.addPlainHost()
    key = (await obb.admin('POST', '/users', { email: 'jd@example.test', traffic: 1e12 })).apiKey
    await obb.startFetcher()
  })
  afterAll(async () => {
    await obb.close()
  })
  afterEach(comeBack)

  function leave(): void {
    renameSync(directory, away)
    isAway = true
  }
  async function comeBack(): Promise<void> {
    if (!isAway) return
    isAway = false
    if (leavesMountPoint) await rmdir(directory)
    await rename(away, directory)
  }
  const offered = (content: WatchedContent) => host.addFile({ name: `${++seed}.bin`, content })
  const ask = (url: string) => obb.call(key, 'POST', '/unrestrict', { url })
  /** As clients do, again where a slow machine let the host tell of the file too late. */
  async function link(content: WatchedContent): Promise<string> {
    const url = offered(content)
    for (;;) {
      const { code, body } = await ask(url)
      if (body.msg === REFUSALS.service_unavailable.msg) continue
      expect([code, body.msg]).toEqual([200, undefined])
      return body.data.linkId
    }
  }
  async function isWhole(linkId: string, content: WatchedContent): Promise<void> {
    expect((await obb.settled(key, linkId)).body.data).toMatchObject({
      ...{ remote_status: 'done', hashes: { sha256: await content.digest('sha256') } },
    })
  }
  async function isRefused(): Promise<void> {
    while ((await obb.admin('GET', '/store')).state === 'ok') await sleep(50)
    expect((await ask(offered(new WatchedContent(1_000, seed)))).body.status).toBe(105)
  }
  async function isTriedUntilWell(): Promise<void> {
    while ((await obb.admin('GET', '/store')).state !== 'ok') {
      await obb.pass(330_000)
      await sleep(200)
    }
  }

  it('are not lost, new ones are refused with 105, and all goes on by itself', async () => {
    const stored = new WatchedContent(1_000, 900)
    const storedLink = await link(stored)
    await isWhole(storedLink, stored)
    const { link: download } = (await obb.call(key, 'GET', `/link/${storedLink}`)).body.data

    const content: Interrupted = new Interrupted(6 * PART, 901, 3, () => leave())
    const linkId = await link(content)
    while (!isAway) await sleep(10)
    if (leavesMountPoint) await mkdir(directory)
    await isRefused()
    expect((await fetch(download)).status).toBe(503)
    const rows = await obb.database.query('SELECT state, generation FROM source_file ORDER BY created_at')
    expect(rows[0]).toMatchObject({ state: 'done', generation: 1 })

    await comeBack()
    await isTriedUntilWell()
    await isWhole(linkId, content)
    expect((await fetch(download)).status).toBe(200)
  })
})
