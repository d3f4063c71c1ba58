import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { type FakeHost, type TransferKnobs, patternContent } from '@obb/host-adapters/testing'
import type { Browser, Page } from 'playwright-core'
import { axeFaults, complaintsOf, inBrowser, makeOperator, openBrowser } from './browser.js'
import { Installation, type Stores } from './installation.js'
import { SmallDisk } from './small-disk.js'

const SETUP_CODE = 'ABCD-EFGH-JKMN'
const OPERATOR = { email: 'boss@example.test', password: 'correct horse battery' }
const SIZE = 12_000_000
const SLOW = 400_000

/** A store that is made full, and has room again. */
interface SmallStore {
  env: Record<string, string>
  fill(obb: Installation): Promise<void>
  makeRoom(obb: Installation): Promise<void>
  close(): void
}

/** A disk of its own; undefined where none can be mounted. */
function smallDisk(): SmallStore | undefined {
  const disk = SmallDisk.mount()
  if (!disk) return undefined
  const filler = join(disk.home, 'filler')
  return {
    env: { OBB_HOME: disk.home },
    fill: async () => writeFile(filler, Buffer.alloc((await disk.free()) - disk.reserve / 2)),
    makeRoom: () => rm(filler),
    close: () => disk.unmount(),
  }
}

/** An S3 that says of everything written that there is no room. It is asked again by itself, ever less often. */
const fullS3: SmallStore = {
  env: {},
  async fill({ s3 }) {
    for (const operation of ['UploadPart', 'PutObject', 'CompleteMultipartUpload'] as const)
      s3?.faults.fail({ operation, times: 1_000 }, { status: 507, code: 'XMinioStorageFull' })
  },
  async makeRoom(obb) {
    obb.s3?.faults.clear()
    await obb.pass(330_000)
  },
  close: () => undefined,
}

const smallStore = (stores: Stores) => (stores === 'embedded' ? smallDisk() : fullS3)

/* What people see while the store is full, and that it passes by itself. */
export const describePortalDisk = inBrowser('the portal, on a store that fills up', (stores) => {
  const store = smallStore(stores)
  if (!store) return it.skip('says so to the operator (no tmpfs can be mounted)', () => undefined)
  let obb: Installation
  let host: FakeHost<TransferKnobs>
  let browser: Browser
  let page: Page
  let complaints: string[]

  beforeAll(async () => {
    obb = await Installation.start(stores, { ...store.env, SETUP_CODE })
    host = await obb.addPlainHost()
    await obb.startFetcher()
    browser = await openBrowser()
    page = await (await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' })).newPage()
    page.setDefaultTimeout(60_000)
    complaints = complaintsOf(page)
    await makeOperator(page, { url: obb.api, code: SETUP_CODE, ...OPERATOR })
  })
  afterAll(async () => {
    await browser?.close()
    await obb?.close()
    store.close()
  })

  async function add(name: string, seed: number): Promise<void> {
    const url = host.addFile({ name, content: patternContent(SIZE, seed) })
    await page.goto(obb.api)
    await page.getByRole('textbox', { name: 'Links' }).fill(url)
    await page.getByRole('button', { name: 'Add 1 file' }).click()
  }

  it('says so to the operator, and to who adds a link; a fetch that stood still comes in once there is room', async () => {
    host.knobs.bytesPerSecond = SLOW
    await add('under-way.bin', 1)
    await page.getByText('1 file was added.').waitFor()
    await page.goto(`${obb.api}/downloads`)
    await page.getByRole('progressbar', { name: /under-way/ }).waitFor()

    await store.fill(obb)
    if (stores === 'production') host.knobs.bytesPerSecond = 0 // an S3 says so when a part is whole
    await page.goto(`${obb.api}/admin`)
    const finding = page.getByText('The store is full').first()
    await finding.waitFor()
    expect(await axeFaults(page)).toEqual([])
    await add('too-much.bin', 2)
    await page.getByText('There is no room for this file on the server at the moment.').waitFor()

    await page.goto(`${obb.api}/admin`)
    await finding.waitFor()
    host.knobs.bytesPerSecond = 0
    await store.makeRoom(obb)
    await finding.waitFor({ state: 'detached' })
    await page.goto(`${obb.api}/files`)
    await page.getByRole('link', { name: 'Download under-way.bin' }).waitFor()
    await add('too-much.bin', 2)
    await page.goto(`${obb.api}/files`)
    await page.getByRole('link', { name: 'Download too-much.bin' }).waitFor()
    expect(complaints).toEqual([])
  }, 180_000)
})
