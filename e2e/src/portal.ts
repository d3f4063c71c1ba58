import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { axeFaults, axeFaultsOf, complaintsOf, inBrowser, openBrowser, overflow } from './browser.js'
import { Installation } from './installation.js'

const SETUP_CODE = 'ABCD-EFGH-JKMN'
const OPERATOR = { email: 'boss@example.test', password: 'correct horse battery' }
const BYTES = randomBytes(300_000)
/** As a host tells it: names lose their brackets on the way in, and a page takes none for markup. */
const NAME = `<img src=x onerror=document.title='hacked'> film.bin`
const SHOWN = NAME.replaceAll(/[<>]/g, '_')

const PAGES = [
  '/',
  '/downloads',
  '/files',
  '/traffic',
  '/hosts',
  '/connect',
  '/try',
  '/profile',
  '/profile?tab=passkeys',
  '/profile?tab=password',
  '/profile?tab=sessions',
  '/profile?tab=looks',
]

/* A person with a browser, in front of gateway, fetcher and proxy. */
export const describePortal = inBrowser('the portal', (stores) => {
  let obb: Installation
  let server: Server
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let complaints: string[]

  beforeAll(async () => {
    obb = await Installation.start(stores, { SETUP_CODE })
    await obb.addPlainHost()
    await obb.startFetcher()
    server = createServer((request, response) => {
      response.writeHead(200, {
        'content-length': BYTES.length,
        'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(NAME)}`,
      })
      response.end(request.method === 'HEAD' ? undefined : BYTES)
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    browser = await openBrowser()
    context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' })
    page = await context.newPage()
    page.setDefaultTimeout(15_000)
    complaints = complaintsOf(page)
  })
  afterAll(async () => {
    await browser?.close()
    server?.close()
    await obb?.close()
  })

  const link = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/film.bin`
  const open = async (path: string) => {
    await page.goto(obb.api + path)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.waitForLoadState('networkidle').catch(() => undefined)
  }

  it('sets a fresh server up with the code that its terminal shows', async () => {
    await page.goto(obb.api)
    await page.getByRole('textbox', { name: 'Set-up code' }).fill('WRONG-WRONG-XX')
    await page.getByRole('textbox', { name: 'E-mail' }).fill(OPERATOR.email)
    await page.getByLabel(/^Password/).fill(OPERATOR.password)
    await page.getByRole('button', { name: 'Set up and sign in' }).click()
    await page.getByText('The set-up code is wrong.').waitFor()
    expect(await axeFaults(page)).toEqual([])
    await page.getByRole('textbox', { name: 'Set-up code' }).fill(SETUP_CODE)
    await page.getByRole('button', { name: 'Set up and sign in' }).click()
    await page.getByRole('link', { name: 'To the portal' }).first().click()
    await page.getByRole('heading', { name: 'Add links', exact: true }).waitFor()
  })

  it('signs out, and in again to the page that was wanted', async () => {
    await page.getByRole('button', { name: 'Account' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor()
    await page.goto(`${obb.api}/files`)
    await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor()
    expect(await axeFaults(page)).toEqual([])
    await page.getByRole('textbox', { name: 'E-mail' }).fill(OPERATOR.email)
    await page.getByLabel(/^Password/).fill('not the password')
    await page.keyboard.press('Enter')
    await page.getByText('E-mail or password is wrong').waitFor()
    await page.getByLabel(/^Password/).fill(OPERATOR.password)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Files', exact: true }).waitFor()
  })

  it('takes a pasted link by keyboard alone, tells its cost, and brings it in', async () => {
    await open('/')
    await page.keyboard.insertText(`take this: ${link()}, and https://nowhere.invalid/x please`)
    await page.getByText('1 file · 300 kB · costs 300 kB').waitFor()
    await page.getByText('This file is offline or does not exist.').waitFor()
    expect(await axeFaults(page)).toEqual([])
    await page.keyboard.press('Control+Enter')
    await page.getByText('1 file was added.').waitFor()
    await page.getByRole('link', { name: 'See how they come in' }).click()
    await page.getByRole('heading', { name: 'Downloads', exact: true }).waitFor()
    await page.getByRole('link', { name: 'Files', exact: true }).click()
    await page.getByRole('link', { name: `Download ${SHOWN}` }).waitFor()
  })

  it('gives the file, byte for byte', async () => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: `Download ${SHOWN}` }).click(),
    ])
    const bytes = await readFile(await download.path())
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(
      createHash('sha256').update(BYTES).digest('hex'),
    )
  })

  it('says how a file is downloaded while it is, to its user and to the operator', async () => {
    await open('/files')
    const url = await page.getByRole('link', { name: `Download ${SHOWN}` }).getAttribute('href')
    /** A client that has a third of the file, and asks for it again and again. */
    const take = () =>
      void fetch(url ?? '', { headers: { range: 'bytes=0-99999' } }).then((taken) => taken.bytes())
    const taking = setInterval(take, 1_000)
    try {
      await page.getByText(/^Downloaded from here: 3\d%/).waitFor()
      await page.getByRole('progressbar', { name: `Download of ${SHOWN} from this server` }).waitFor()
      expect(await axeFaults(page)).toEqual([])
      await open('/admin')
      const row = page.getByRole('table', { name: 'Downloads from this server' }).getByText(OPERATOR.email)
      await row.waitFor()
      expect(await axeFaults(page)).toEqual([])
    } finally {
      clearInterval(taking)
    }
  })

  it('shows names as they are, whatever is in them', async () => {
    await open('/files')
    await page.getByRole('button', { name: SHOWN, exact: true }).click()
    await page.getByRole('dialog').getByText(SHOWN).waitFor()
    expect(await axeFaults(page)).toEqual([])
    expect(await page.title()).not.toContain('hacked')
    await page.keyboard.press('Escape')
  })

  it('has nothing that axe objects to on any page, light and dark', async () => {
    expect(await axeFaultsOf(page, PAGES, open)).toEqual([])
  })

  it.each(['English', '繁體中文'])('fits a phone of 360 px on every page, in %s', async (language) => {
    await open('/profile?tab=looks')
    await page.getByRole('radio', { name: language }).check()
    await page.setViewportSize({ width: 360, height: 740 })
    const wide: [string, number][] = []
    for (const path of PAGES) {
      await open(path)
      wide.push([path, await overflow(page)])
    }
    expect(wide).toEqual(PAGES.map((path) => [path, 0]))
    await page.setViewportSize({ width: 1280, height: 800 })
  })

  it('breaks none of its own rules of content on any of these pages', () => {
    expect(complaints).toEqual([])
  })
})
