import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  type FakeHost,
  type TransferKnobs,
  contentBytes,
  loadFake,
  patternContent,
} from '@obb/host-adapters/testing'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { axeFaults, complaintsOf, inBrowser, makeOperator, openBrowser, overflow } from './browser.js'
import { Installation } from './installation.js'

const run = promisify(execFile)
const ROOT = new URL('../../', import.meta.url).pathname

const SETUP_CODE = 'ABCD-EFGH-JKMN'
const OPERATOR = { email: 'boss@example.test', password: 'correct horse battery' }
const USER = { email: 'reader@example.test', password: 'battery horse correct' }
const SIZE = 3_000_000
const JSON_TYPE = { 'content-type': 'application/json' }
const STEPS = ['operator', 'address', 'storage', 'account', 'user', 'file']

/* Somebody new with a browser, in front of a server that has nothing yet. */
export const describePortalSetup = inBrowser('the guided set-up', (stores) => {
  let obb: Installation
  let host: FakeHost<TransferKnobs>
  let url: string
  let bytes: Buffer
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let complaints: string[]
  let downloads: string

  beforeAll(async () => {
    downloads = await mkdtemp(join(tmpdir(), 'obb-setup-'))
    obb = await Installation.start(stores, { SETUP_CODE })
    host = await (await loadFake<TransferKnobs>('RapidGator')).start()
    await obb.admin('PATCH', '/hosts/RapidGator', { origins: host.origins })
    const content = patternContent(SIZE, 7)
    bytes = await contentBytes(content)
    url = host.addFile({ name: 'first.bin', content, md5: createHash('md5').update(bytes).digest('hex') })
    browser = await openBrowser()
    context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' })
    page = await context.newPage()
    page.setDefaultTimeout(15_000)
    complaints = complaintsOf(page)
  })
  afterAll(async () => {
    await browser?.close()
    await obb?.close()
    await host?.close()
    await rm(downloads, { recursive: true, force: true })
  })

  /** The button that opens a step, by how it stands. */
  const step = (title: string, state: string): Locator =>
    page.getByRole('button', { name: new RegExp(`^\\d\\. ${title} ?${state}$`) })
  const goOn = async (button: 'Continue' | 'Skip for now') => {
    await page.getByRole('button', { name: button }).focus()
    await page.keyboard.press('Enter')
  }
  const openSetUp = async (path = '/setup') => {
    await page.goto(obb.api + path)
    await page.getByRole('heading', { name: /^6\. First file/ }).waitFor()
  }

  it('begins at the address of a fresh server, and tells where devices will find it', async () => {
    await makeOperator(page, { url: obb.api, code: SETUP_CODE, ...OPERATOR })
    await step('Address', 'Done').waitFor()
    await page.getByText(`Your devices will use ${obb.api}.`).waitFor()
    await page.getByText(obb.proxy, { exact: true }).waitFor()
    await page.getByText('Set by PUBLIC_PROXY_URL').waitFor()
    await page.getByText('Only this machine finds the server here.').waitFor()
    expect(await axeFaults(page)).toEqual([])
  })

  it('says where downloads are not reached, also where something else answers there', async () => {
    const answers = [
      (route: { abort(): Promise<void> }) => route.abort(),
      (route: { fulfill(answer: object): Promise<void> }) =>
        route.fulfill({
          status: 200,
          headers: { 'access-control-allow-origin': '*' },
          body: '<h1>router</h1>',
        }),
    ]
    for (const answer of answers) {
      await page.route('**/download/health', answer)
      await openSetUp('/setup?step=address')
      await page.getByText(`${obb.proxy} does not lead /download/ to the download server`).waitFor()
      await step('Address', 'Open').waitFor()
      await page.unroute('**/download/health')
    }
    await openSetUp('/setup?step=address')
    await step('Address', 'Done').waitFor()
  })

  it('is recalled by the overview while steps are open', async () => {
    await page.getByRole('link', { name: 'To the portal' }).first().click()
    await page.getByRole('link', { name: 'Overview' }).click()
    await page.getByRole('heading', { name: 'Finish the set-up', exact: true }).waitFor()
    expect(await axeFaults(page)).toEqual([])
    await page.getByRole('link', { name: 'Go on' }).click()
    await step('Storage', 'Open').waitFor()
  })

  it('writes to the store once a fetcher is there, and says so where none is', async () => {
    await page.getByText('No fetcher has told of the store yet').waitFor()
    await page.getByRole('button', { name: 'Write test' }).click()
    await page.getByRole('alert').getByText('The service is under maintenance.').waitFor()
    await obb.startFetcher()
    await page.getByRole('button', { name: 'Write test' }).click()
    await page.getByText('A fetcher wrote there and deleted it again.').waitFor()
    const place = obb.s3 ? `obb-files at ${obb.s3.endpoint}` : join(obb.env['OBB_HOME'] ?? '', 'files')
    await page.getByText(place, { exact: true }).waitFor()
    await step('Storage', 'Done').waitFor()
    expect(await axeFaults(page)).toEqual([])
  })

  it('takes a host account that its host takes, by keyboard', async () => {
    await goOn('Continue')
    await step('First host account', 'Open').and(page.locator(':focus')).waitFor()
    const form = page.locator('#step-account')
    await form.getByLabel(/^Host/).selectOption('RapidGator')
    const { email = '', password = '' } = host.credentials
    await form.getByLabel(/^E-mail/).fill(email)
    await form.getByLabel(/^Password/).fill('not-the-password')
    await page.keyboard.press('Enter')
    await form.getByRole('alert').getByText('The host refuses this account.').waitFor()
    await step('First host account', 'Open').waitFor()
    expect(await axeFaults(page)).toEqual([])
    await form.getByLabel(/^Password/).fill(password)
    await page.keyboard.press('Enter')
    await step('First host account', 'Done').waitFor()
    await form.getByText(/^RapidGator · /).waitFor()
    expect(await axeFaults(page)).toEqual([])
  })

  let invitation: string
  it('invites the first user', async () => {
    await goOn('Continue')
    await step('First user', 'Open').waitFor()
    await page.locator('#step-user').getByRole('button', { name: 'Make the link' }).click()
    invitation = (await page.getByText('/signup?').textContent()) ?? ''
    await step('First user', 'Done').waitFor()
    expect(await axeFaults(page)).toEqual([])
  })

  it('has the first file arrive on the same page, byte for byte', async () => {
    await goOn('Continue')
    await page.getByLabel(/^Link/).fill(url)
    await page.keyboard.press('Enter')
    await page.getByText('It is here, all 3.0 MB.').waitFor({ timeout: 30_000 })
    await step('First file', 'Done').waitFor()
    expect(await axeFaults(page)).toEqual([])
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download it' }).click(),
    ])
    expect(bytes.equals(await readFile(await download.path()))).toBe(true)
  })

  it('knows what is done whenever somebody comes back, and reminds of nothing then', async () => {
    await openSetUp()
    for (const title of ['Language and operator', 'Address', 'Storage', 'First host account'])
      await step(title, 'Done').waitFor()
    const answered = page.waitForResponse('**/admin/set-up')
    await page.goto(`${obb.api}/admin`)
    expect((await (await answered).json()).data).toMatchObject({ dismissed: false })
    await page.getByText('Files being fetched now').waitFor()
    expect(await page.getByRole('heading', { name: 'Finish the set-up', exact: true }).count()).toBe(0)
    await page.getByRole('link', { name: 'Hosts', exact: true }).waitFor()
    await page.getByRole('link', { name: 'Platforms', exact: true }).waitFor()
  })

  it('fits a phone of 360 px at every step', async () => {
    await page.setViewportSize({ width: 360, height: 740 })
    const wide: [string, number][] = []
    for (const name of STEPS) {
      await openSetUp(`/setup?step=${name}`)
      for (const summary of await page.locator('summary').all()) await summary.click()
      wide.push([name, await overflow(page)])
    }
    expect(wide).toEqual(STEPS.map((name) => [name, 0]))
    await page.setViewportSize({ width: 1280, height: 800 })
  })

  describe('on the page of programs', () => {
    const card = (name: string) => page.getByRole('region', { name, exact: true })
    /** Makes the key of a card; what it shows to copy. */
    const keyOf = async (name: string): Promise<string> => {
      await card(name).getByRole('button', { name: 'Make a key' }).click()
      await card(name).getByText('Waiting for its first request').waitFor()
      return (await card(name).locator('pre').textContent()) ?? ''
    }
    const shell = (command: string) => run('bash', ['-c', command], { cwd: downloads })
    const stored = async () => (await readdir(downloads)).toSorted()

    beforeAll(async () => {
      await page.goto(`${obb.api}/connect`)
      await page.getByRole('heading', { level: 1 }).waitFor()
    })

    it('a program was here seconds ago, and what it was refused for is told', async () => {
      await card('JDownloader').getByRole('button', { name: 'Make a key' }).click()
      const key = (await card('JDownloader').getByText(/^obb_/).textContent()) ?? ''
      const headers = { authorization: `Bearer ${key}`, 'user-agent': 'JDownloader' }
      const refused = await fetch(`${obb.api}/api/external/v1/unrestrict`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify({ url: 'https://nowhere.invalid/x' }),
      })
      expect(refused.status).toBe(200) // as JDownloader reads failures
      await card('JDownloader')
        .getByText(/^JDownloader was here (now|\d+ seconds? ago)$/)
        .waitFor()
      await card('JDownloader').getByText('JDownloader · 127.0.0.1').waitFor()
      await card('JDownloader')
        .getByText(/^Last failure .*: 101, /)
        .waitFor()
      expect(await axeFaults(page)).toEqual([])
    })

    it('the shown commands do what they say: curl, aria2, rclone, pyLoad’s list, ./obb', async () => {
      const curl = (await keyOf('curl')).replace('https://…', url)
      expect(JSON.parse((await shell(curl)).stdout)).toMatchObject({ data: { download_ready: true } })
      await card('curl')
        .getByText(/^curl was here /)
        .waitFor()
      await shell(await keyOf('aria2'))
      expect(await stored()).toEqual(['first.bin'])
      await shell((await keyOf('rclone')).replace('REMOTE:downloads', ':local:rclone'))
      await shell(await keyOf('pyLoad'))
      expect(await stored()).toEqual(['first.bin', 'obb-links.txt', 'rclone'])
      expect(await readdir(join(downloads, 'rclone'))).toEqual(['first.bin'])
      expect(await readFile(join(downloads, 'obb-links.txt'), 'utf8')).toMatch(/^http\S+\/first\.bin\n$/)
      const obbGet = (await keyOf('./obb')).replace('https://…', url).replace('./obb', join(ROOT, 'obb'))
      await shell(`${obbGet} -o by-obb.bin`)
      for (const name of ['first.bin', 'rclone/first.bin', 'by-obb.bin'])
        expect([name, bytes.equals(await readFile(join(downloads, name)))]).toEqual([name, true])
      for (const name of ['aria2', 'rclone', 'pyLoad', './obb'])
        await card(name).getByText(`${name} was here`).last().waitFor()
    })
  })

  it('is no place for users, nor for the code that made the operator', async () => {
    const other = await browser.newContext({ locale: 'en-GB' })
    const theirs = await other.newPage()
    const { pathname, search } = new URL(invitation)
    await theirs.goto(obb.api + pathname + search)
    await theirs.getByLabel('E-mail').fill(USER.email)
    await theirs.getByLabel(/^Password/).fill(USER.password)
    await theirs.getByRole('button', { name: 'Make my account' }).click()
    await theirs.getByRole('heading', { name: 'Add links', exact: true }).waitFor()
    await theirs.goto(`${obb.api}/setup`)
    await theirs.getByText('This server is set up already.').waitFor()
    expect(await axeFaults(theirs)).toEqual([])
    /** From the page itself, with its cookie; status and text of the answer. */
    const ask = async (method: string, path: string, body?: object) => {
      const init = { method, ...(body && { headers: JSON_TYPE, body: JSON.stringify(body) }) }
      return theirs.evaluate<[number, string]>(
        `fetch(${JSON.stringify(`/api/portal/v1/${path}`)}, ${JSON.stringify(init)})
          .then(async (answer) => [answer.status, (await answer.json()).msg])`,
      )
    }
    for (const [method, path, body] of [
      ['GET', 'admin/set-up', undefined],
      ['PATCH', 'admin/set-up', { dismissed: true }],
      ['POST', 'admin/store/test', undefined],
      ['GET', 'admin/store', undefined],
    ] as const)
      expect([path, (await ask(method, path, body))[0]]).toEqual([path, 403])
    const again = { code: SETUP_CODE, email: USER.email, password: USER.password }
    expect(await ask('POST', 'set-up', again)).toEqual([403, 'This server is set up already.'])
    await other.close()
  })

  it('breaks none of its own rules of content', () => {
    expect(complaints).toEqual([])
  })
})
