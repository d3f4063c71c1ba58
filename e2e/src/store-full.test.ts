import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { FakeHost } from '@obb/host-adapters/testing'
import { PART, WatchedContent } from './fetch-content.js'
import { Installation } from './installation.js'
import { SmallDisk } from './small-disk.js'

const MIB = 1024 * 1024

const disk = SmallDisk.mount()
const home = disk?.home ?? ''
const describeOnDisk = disk ? describe : describe.skip

describeOnDisk(`files on a disk that fills up ${disk ? '' : '(no tmpfs can be mounted)'}`, () => {
  let obb: Installation
  let host: FakeHost
  let key: string
  let seed = 0

  beforeAll(async () => {
    obb = await Installation.start('embedded', { OBB_HOME: home, LOG_LEVEL: 'info' })
    host = await obb.addPlainHost()
    key = (await obb.admin('POST', '/users', { email: 'jd@example.test', traffic: 1e12 })).apiKey
    await obb.startFetcher()
  })
  afterAll(async () => {
    await obb.close()
    disk?.unmount()
  })

  function offered(size: number) {
    const content = new WatchedContent(size, ++seed)
    return { content, url: host.addFile({ name: `${seed}.bin`, content }) }
  }
  async function asked(size: number, { content, url } = offered(size)) {
    const { code, body } = await obb.call(key, 'POST', '/unrestrict', { url })
    return { content, url, code, body, linkId: body.data?.linkId as string }
  }
  const bytesAsked = ({ reads }: WatchedContent) =>
    reads.filter(([start, end]) => end - start > 1).reduce((sum, [start, end]) => sum + end - start, 0)
  async function isWhole({ content, linkId }: { content: WatchedContent; linkId: string }): Promise<void> {
    expect((await obb.settled(key, linkId)).body.data).toMatchObject({
      ...{ remote_status: 'done', attempt: 0, hashes: { sha256: await content.digest('sha256') } },
    })
  }
  const free = async () => (await disk?.free()) ?? 0
  async function stateIs(state: string): Promise<void> {
    while ((await obb.admin('GET', '/store')).state !== state) await sleep(50)
  }

  it('are refused with 105 where they do not fit, while smaller ones come', async () => {
    await isWhole(await asked(90 * MIB))
    while ((await obb.admin('GET', '/store')).room > 90 * MIB) await sleep(50)
    const large = await asked(90 * MIB)
    expect([large.code, large.body.status, large.body.retry_in_seconds]).toEqual([503, 105, 60])
    expect(bytesAsked(large.content)).toBe(0)
    const explained = await obb.call(key, 'GET', `/explain?url=${encodeURIComponent(large.url)}`)
    expect(explained.body.data.gates.find((gate: { pass: boolean }) => !gate.pass)).toMatchObject({
      gate: 'store',
    })
    await isWhole(await asked(5 * MIB))
    expect(await free()).toBeGreaterThan(disk?.reserve ?? 0)
  }, 60_000)

  it('wait without a byte of the host while something else fills the disk into the reserve, and go on after it', async () => {
    const poor = (await obb.admin('POST', '/users', { email: 'poor@example.test' })).apiKey
    const known = offered(2 * PART)
    expect((await obb.call(poor, 'POST', '/unrestrict', { url: known.url })).body.status).toBe(52)
    await obb.stopFetchers()
    await obb.database.query(`INSERT INTO fetcher (id, started_at, seen_at) VALUES ('late', now(), now())`)
    const file = await asked(2 * PART, known)
    expect(file.code).toBe(200)
    const filler = join(home, 'filler')
    await writeFile(filler, Buffer.alloc((await free()) - (disk?.reserve ?? 0) / 2))
    await obb.startFetcher()
    await stateIs('full')
    expect((await fetch(`${obb.api}/health`)).status).toBe(200)
    // For a moment it answers with what it saw last.
    while (!(await (await fetch(`${obb.api}/health/ready`)).text()).includes('"detail":"full,'))
      await sleep(50)
    expect((await asked(1_000)).body.status).toBe(105)
    await sleep(12_000) // four rounds of the sweep, and more than a file used to wait
    expect(bytesAsked(file.content)).toBe(0)
    await rm(filler)
    await isWhole(file)
    expect(obb.logged.filter((line) => line.includes('the store takes no files'))).toHaveLength(1)
  }, 120_000)
})
