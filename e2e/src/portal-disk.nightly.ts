import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type FakeHost, type TransferKnobs, patternContent } from '@obb/host-adapters/testing'
import type { Browser, Page } from 'playwright-core'
import { CHROMIUM, axeFaults, complaintsOf, makeOperator, openBrowser } from './browser.js'
import { Installation } from './installation.js'
import { SmallDisk } from './small-disk.js'

const SETUP_CODE = 'ABCD-EFGH-JKMN'
const OPERATOR = { email: 'boss@example.test', password: 'correct horse battery' }
const SIZE = 12_000_000

const disk = CHROMIUM === undefined ? undefined : SmallDisk.mount()
const home = disk?.home ?? ''
const onDisk = disk ? describe : describe.skip
if (!disk)
  console.warn('SKIPPED: the portal on a full disk needs a Chromium, and a tmpfs that can be mounted')

/* What people see while the disk is full, and that it passes by itself. */
onDisk('the portal, on a disk that fills up', () => {
  let obb: Installation
  let host: FakeHost<TransferKnobs>
  let browser: Browser
  let page: Page
  let complaints: string[]

  beforeAll(async () => {
    obb = await Installation.start('embedded', { OBB_HOME: home, SETUP_CODE })
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
    disk?.unmount()
  })

  async function add(name: string, seed: number): Promise<void> {
    const url = host.addFile({ name, content: patternContent(SIZE, seed) })
    await page.goto(obb.api)
    await page.getByRole('textbox', { name: 'Links' }).fill(url)
    await page.getByRole('button', { name: 'Add 1 file' }).click()
  }

  it('says so to the operator, and to who adds a link; a fetch that stood still comes in once there is room', async () => {
    host.knobs.bytesPerSecond = 1_000_000
    await add('under-way.bin', 1)
    await page.getByText('1 file was added.').waitFor()
    await page.goto(`${obb.api}/downloads`)
    await page.getByRole('progressbar', { name: /under-way/ }).waitFor()

    const filler = join(home, 'filler')
    await writeFile(filler, Buffer.alloc(((await disk?.free()) ?? 0) - (disk?.reserve ?? 0) / 2))
    await page.goto(`${obb.api}/admin`)
    const finding = page.getByText('The store is full')
    await finding.waitFor()
    expect(await axeFaults(page)).toEqual([])
    await add('too-much.bin', 2)
    await page.getByText('There is no room for this file on the server at the moment.').waitFor()

    await page.goto(`${obb.api}/admin`)
    await finding.waitFor()
    host.knobs.bytesPerSecond = 0
    await rm(filler)
    await finding.waitFor({ state: 'detached' })
    await page.goto(`${obb.api}/files`)
    await page.getByRole('link', { name: 'Download under-way.bin' }).waitFor()
    await add('too-much.bin', 2)
    await page.goto(`${obb.api}/files`)
    await page.getByRole('link', { name: 'Download too-much.bin' }).waitFor()
  }, 180_000)

  it('leaves nothing in the console', () => {
    expect(complaints).toEqual([])
  })
})
