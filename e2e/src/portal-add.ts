import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { type FakeHost, patternContent } from '@obb/host-adapters/testing'
import type { Browser, Page } from 'playwright-core'
import { axeFaults, complaintsOf, inBrowser, makeOperator, openBrowser, overflow } from './browser.js'
import { Installation } from './installation.js'

const SETUP_CODE = 'ABCD-EFGH-JKMN'
const OPERATOR = { email: 'boss@example.test', password: 'correct horse battery' }
/** A picture of one pixel, which a browser shows. */
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

/* What comes in together, is handed on, and taken back. */
export const describePortalAdd = inBrowser('the portal, for several files', (stores) => {
  let obb: Installation
  let host: FakeHost
  let server: Server
  let browser: Browser
  let page: Page
  let complaints: string[]

  beforeAll(async () => {
    obb = await Installation.start(stores, { SETUP_CODE })
    await obb.addPlainHost()
    host = await obb.addHost('PixelDrain')
    await obb.startFetcher()
    server = createServer((request, response) => {
      response.writeHead(200, { 'content-length': PIXEL.length })
      response.end(request.method === 'HEAD' ? undefined : PIXEL)
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    browser = await openBrowser()
    const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' })
    page = await context.newPage()
    page.setDefaultTimeout(15_000)
    complaints = complaintsOf(page)
    await makeOperator(page, { url: obb.api, code: SETUP_CODE, ...OPERATOR })
    await page.goto(obb.api)
    await page.getByRole('heading', { name: 'Add links', exact: true }).waitFor()
  })
  afterAll(async () => {
    await browser?.close()
    server?.close()
    await obb?.close()
  })

  const link = (name: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}`
  const row = (name: string) => page.getByRole('button', { name, exact: true })
  /** What the server tells who is signed in. */
  const told = <Data>(path: string) =>
    page.evaluate<Data>(`fetch('/api/portal/v1/${path}').then((r) => r.json()).then(({ data }) => data)`)
  const expectNoFaults = async () => {
    expect(await axeFaults(page)).toEqual([])
    expect(await overflow(page)).toBe(0)
  }

  it('reads a list of links, and keeps what is added together under the name of its package', async () => {
    await page.locator('input[type=file]').setInputFiles([
      {
        name: 'links.txt',
        mimeType: 'text/plain',
        buffer: Buffer.from(`${link('a.png')}\n${link('b.png')}`),
      },
      { name: 'x.dlc', mimeType: 'application/octet-stream', buffer: Buffer.from('ciphered') },
    ])
    await page.getByText('No links were found in x.dlc.').waitFor()
    await page.getByText('2 files · ').waitFor()
    await page.getByRole('textbox', { name: 'Package name' }).fill('Holiday')
    await expectNoFaults()
    await page.getByRole('button', { name: 'Add 2 files' }).click()
    await page.getByText('2 files were added.').waitFor()
    await page.getByRole('link', { name: 'Files', exact: true }).click()
    await page.getByRole('button', { name: 'Show the package Holiday alone' }).waitFor()
    await page.getByText('2 links · ').waitFor()
    await row('b.png').waitFor()
    await page.getByRole('button', { name: 'Show the package Holiday alone' }).click()
    await page.waitForURL(/package=Holiday/)
    await row('a.png').waitFor()
  })

  it('opens a folder as a tree, and takes what is ticked in it alone', async () => {
    const file = (name: string) => host.addFile({ name, content: patternContent(1000, name.length) })
    const inner = host.addFolder?.({ name: 'extras', entries: [file('extra.mkv')] }) ?? ''
    const entries = [inner, ...['one.mkv', 'two.mkv', 'notes.txt'].map(file)]
    const folder = host.addFolder?.({ name: 'season', entries }) ?? ''
    await page.goto(obb.api)
    await page.getByRole('textbox', { name: 'Links' }).fill(folder)
    await page.getByRole('button', { name: 'A folder: show its files' }).click()
    await page.getByText('3 of 3 files, 3.0 kB').waitFor()
    await page.getByRole('button', { name: /^Show what is in / }).click()
    await page.getByText('4 of 4 files, 4.0 kB').waitFor()
    await page.getByRole('button', { name: 'None', exact: true }).click()
    await page.getByText('0 of 4 files').waitFor()
    await page.getByRole('textbox', { name: 'Show names like' }).fill('*.mkv')
    await page.getByText('notes.txt').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'All', exact: true }).click()
    await page.getByText('3 of 4 files, 3.0 kB').waitFor()
    await page.getByRole('checkbox', { name: 'Select two.mkv' }).uncheck()
    await page.getByText('2 files · 2.0 kB').waitFor()
    await expectNoFaults()
    await page.getByRole('button', { name: 'Add 2 files' }).click()
    await page.getByText('2 files were added.').waitFor()
    const { links } = await told<{ links: { filename: string }[] }>('links?platform=PixelDrain')
    expect(links.map(({ filename }) => filename).sort()).toEqual(['extra.mkv', 'one.mkv'])
  })

  it('hands all files of a package on as a list of links', async () => {
    await page.goto(`${obb.api}/files?package=Holiday`)
    await page.getByRole('checkbox', { name: 'Select Holiday' }).check()
    await page.getByRole('button', { name: 'Hand on' }).click()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'List of links (.txt)' }).click(),
    ])
    const text = await readFile(await download.path(), 'utf8')
    expect(text.match(/^http:\S+\/download\/\w+\/[ab]\.png$/gm)).toHaveLength(2)
  })

  it('shows a picture from the proxy, and a link as a code for phones', async () => {
    await page.getByRole('button', { name: 'More for a.png' }).click()
    await page.getByRole('menuitem', { name: 'Play or show' }).click()
    const picture = page.getByRole('img', { name: 'a.png' })
    await picture.waitFor()
    await page.waitForFunction('document.querySelector("img").naturalWidth === 1')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'More for a.png' }).click()
    await page.getByRole('menuitem', { name: 'QR code' }).click()
    await page.getByRole('img', { name: 'QR code of a.png' }).waitFor()
    await expectNoFaults()
    await page.keyboard.press('Escape')
  })

  it('shares a file for two downloads: ranges of one client are one, and it is taken back', async () => {
    await page.getByRole('button', { name: 'More for a.png' }).click()
    await page.getByRole('menuitem', { name: 'Share' }).click()
    await page.getByRole('spinbutton', { name: 'Downloads' }).fill('2')
    await page.getByRole('button', { name: 'Make a link' }).click()
    await page.getByText('0 of 2 downloads').waitFor()
    await expectNoFaults()
    const { links } = await told<{ links: { linkId: string }[] }>('links?search=a.png')
    const { shares } = await told<{ shares: { url: string }[] }>(`links/${links[0]?.linkId}/shares`)
    const url = shares[0]?.url ?? ''
    for (const range of ['bytes=0-9', 'bytes=10-']) {
      const answer = await fetch(url, { headers: { range } })
      expect([answer.status, (await answer.arrayBuffer()).byteLength > 0]).toEqual([206, true])
    }
    await page.keyboard.press('Escape')
    await row('a.png').click()
    await page.getByText('1 of 2 downloads').waitFor()
    await page.getByRole('button', { name: 'Take the shared link back' }).click()
    await page.getByText('1 of 2 downloads').waitFor({ state: 'detached' })
    await page.keyboard.press('Escape')
  })

  it('deletes a file that can be had back for five seconds, and for good when the page is left', async () => {
    await page.goto(`${obb.api}/files`)
    const remove = async () => {
      await page.getByRole('checkbox', { name: 'Select b.png' }).check()
      await page.getByRole('button', { name: 'Delete' }).click()
      await page.getByText('1 file is deleted.').waitFor()
      await row('b.png').waitFor({ state: 'detached' })
    }
    await remove()
    // Whoever looks at it has the time that takes.
    await page.getByText('1 file is deleted.').hover()
    await expectNoFaults()
    await page.getByRole('button', { name: 'Undo' }).click()
    await row('b.png').waitFor()
    await remove()
    await page.goto(`${obb.api}/downloads?state=ended`)
    await row('b.png').waitFor()
  })

  it('finds pages, actions and links by keyboard alone', async () => {
    const box = page.getByRole('combobox', { name: 'Search pages, actions and links' })
    const openPalette = async () => {
      await page.keyboard.press('Control+k')
      await page.locator('[role=combobox]:focus').waitFor()
    }
    await openPalette()
    await box.waitFor()
    await expectNoFaults()
    await page.keyboard.type('traffic')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Traffic' }).waitFor()
    await box.waitFor({ state: 'detached' })
    await openPalette()
    await page.keyboard.type('a.pn')
    await page.getByRole('option', { name: /a\.png/ }).waitFor()
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/files\?/)
    await page.getByRole('dialog').getByText('a.png').first().waitFor()
    await page.keyboard.press('Escape')
    // The field of words goes with the URL, on the way there and back.
    await page.locator('input[type=search][value="a.pn"]').waitFor()
    await openPalette()
    await page.keyboard.type('files')
    await page.keyboard.press('Enter')
    await page.locator('input[type=search][value=""]').waitFor()
    await page.goBack()
    await page.locator('input[type=search][value="a.pn"]').waitFor()
  })

  it('exports the ledger as CSV', async () => {
    await page.goto(`${obb.api}/traffic`)
    // What arrives above the menu moves it, also between press and release of a button.
    await page.getByRole('table', { name: 'Ledger' }).waitFor()
    await page.locator('main .mantine-Loader-root').first().waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: 'Export' }).click()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'All entries as CSV' }).click(),
    ])
    const [head, ...lines] = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n')
    expect(head).toBe('time,kind,amount,balance,platform,file,link,note,key')
    expect(lines.filter((line) => line.includes(',charge,'))).toHaveLength(4)
  })

  it('has complained of nothing', () => {
    expect(complaints).toEqual([])
  })
})
