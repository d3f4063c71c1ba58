import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { readFile } from 'node:fs/promises'
import { type FakeHost, type TransferKnobs, loadFake } from '@obb/host-adapters/testing'
import type { Browser, BrowserContext, Page, Route } from 'playwright-core'
import {
  axeFaults,
  axeFaultsOf,
  complaintsOf,
  inBrowser,
  makeOperator,
  openBrowser,
  overflow,
} from './browser.js'
import { Installation } from './installation.js'

const SETUP_CODE = 'ABCD-EFGH-JKMN'
const OPERATOR = { email: 'boss@example.test', password: 'correct horse battery' }
const USER = { email: 'reader@example.test', password: 'battery horse correct' }

interface Knobs extends TransferKnobs {
  accounts: { email: string; password: string }[]
}

const PAGES = [
  '/admin',
  '/admin/users',
  '/admin/users?tab=invitations',
  `/admin/users?user=${USER.email}`,
  '/admin/accounts',
  '/admin/hosts',
  '/admin/hosts?host=RapidGator',
  '/admin/hosts?tab=words',
  '/admin/queue',
  '/admin/files',
  '/admin/blocks',
  '/admin/settings',
  '/admin/settings?setting=LINK_TTL',
  '/admin/audit',
]

/* An operator with a browser, in front of gateway, fetcher and proxy. */
export const describePortalOperator = inBrowser("the operator's pages", (stores) => {
  let obb: Installation
  let host: FakeHost<Knobs>
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let complaints: string[]

  beforeAll(async () => {
    obb = await Installation.start(stores, { SETUP_CODE })
    host = await (await loadFake<Knobs>('RapidGator')).start()
    await obb.admin('PATCH', '/hosts/RapidGator', { origins: host.origins })
    browser = await openBrowser()
    context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' })
    page = await context.newPage()
    complaints = complaintsOf(page)
    await makeOperator(page, { url: obb.api, code: SETUP_CODE, ...OPERATOR })
  })
  afterAll(async () => {
    await browser?.close()
    await obb?.close()
    await host?.close()
  })

  const open = async (path: string) => {
    await page.goto(obb.api + path)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.locator('main .mantine-Loader-root').first().waitFor({ state: 'hidden' })
  }

  it('say first that nobody fetches, until somebody does', async () => {
    await open('/admin')
    await page.getByText('Nobody fetches files').waitFor()
    await obb.startFetcher()
    await open('/admin')
    await page.getByRole('heading', { name: 'Overview', exact: true }).waitFor()
    await page.getByText('Files being fetched now').waitFor()
    await page.getByText('Nobody fetches files').waitFor({ state: 'detached' })
  })

  it('add a host account once its host took it, and show the refusal in the form before', async () => {
    await open('/admin/accounts')
    await page.getByRole('button', { name: 'Add account' }).first().click()
    const form = page.getByRole('dialog')
    await form.getByLabel(/^Host/).selectOption('RapidGator')
    const { email = '', password = '' } = host.credentials
    const secret = form.getByLabel(/^Password/)
    await form.getByLabel(/^E-mail/).fill(email)
    await secret.fill('not-the-password')
    await form.getByRole('button', { name: 'Test and save' }).click()
    await form.getByRole('alert').getByText('The host refuses this account.').waitFor()
    expect(await axeFaults(page)).toEqual([])
    await secret.fill(password)
    await form.getByRole('button', { name: 'Test and save' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Check now' }).waitFor()
    expect(await axeFaults(page)).toEqual([])
  })

  it('switch it off after one question that says what happens', async () => {
    await page.getByRole('dialog').getByRole('button', { name: 'Switch off' }).click()
    const question = page.getByRole('alertdialog')
    await question.getByText('Switch this account off?').waitFor()
    await question.getByRole('button', { name: 'Switch off' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Switch on' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Switch off' }).waitFor()
  })

  it('import accounts after a preview without secrets, each told by itself, and those that failed once more', async () => {
    const [own = { email: '', password: '' }] = host.knobs.accounts
    host.knobs.accounts.push({ ...own, email: 'second@example.test', password: 'second-secret' })
    await open('/admin/accounts')
    await page.getByRole('button', { name: 'Import', exact: true }).click()
    const dialog = page.getByRole('dialog')
    const rows = [
      'third@example.test,third-secret',
      'second@example.test,second-secret',
      `${own.email},${own.password}`,
    ]
    const text = [...rows.map((row) => `rapidgator.net,${row}`), 'nowhere.test,a,lost-secret'].join('\n')
    await dialog.getByLabel(/^Accounts/).fill(text)
    await dialog.getByRole('button', { name: 'Preview' }).click()
    await dialog.getByText('2 ready, 1 already there, 1 not understood.').waitFor()
    await dialog.getByRole('row', { name: /nowhere.test Line 4 Not understood No host/ }).waitFor()
    expect(await dialog.textContent()).not.toMatch(new RegExp(`secret|${own.password}`))
    expect(await axeFaults(page)).toEqual([])

    await dialog.getByRole('button', { name: 'Import 2 accounts' }).click()
    await dialog.getByText('1 added, 1 already there, 2 not added.').waitFor()
    await dialog
      .getByRole('row', { name: /third@.*Not added The host refuses .*: e-mail or password is wrong$/ })
      .waitFor()
    await dialog.getByRole('row', { name: /second@.*Added/ }).waitFor()
    await page.setViewportSize({ width: 360, height: 740 })
    await dialog.getByRole('listitem').filter({ hasText: 'The host refuses this account.' }).waitFor()
    expect([await overflow(page), await axeFaults(page)]).toEqual([0, []])
    await page.setViewportSize({ width: 1280, height: 800 })

    host.knobs.accounts.push({ ...own, email: 'third@example.test', password: 'third-secret' })
    await dialog.getByRole('button', { name: 'Try the failed ones again' }).press('Enter')
    await dialog.getByText('2 added, 1 already there, 1 not added.').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'third@example.test' }).waitFor()
    await page.getByRole('button', { name: 'Import', exact: true }).press('Enter')
    expect(await dialog.getByLabel(/^Accounts/).inputValue()).toBe('')

    // Closed while the first is asked about: no second question.
    let hold: (route: Route) => void = () => undefined
    const held = new Promise<Route>((resolve) => {
      hold = resolve
    })
    let questions = 0
    await page.route('**/admin/accounts', (route) => {
      if (route.request().method() !== 'POST') return route.continue()
      questions += 1
      hold(route)
    })
    await dialog.getByLabel(/^Accounts/).fill('rg.to,fourth@example.test,x\nrg.to,fifth@example.test,x')
    await dialog.getByRole('button', { name: 'Preview' }).press('Enter')
    await dialog.getByRole('button', { name: 'Import 2 accounts' }).press('Enter')
    const first = await held
    await page.keyboard.press('Escape')
    await dialog.getByText('The import stops and closes after the account that is being tested.').waitFor()
    await first.continue()
    await page.getByText('The import was stopped: 0 of 2 accounts added.').waitFor()
    await dialog.waitFor({ state: 'detached' })
    expect(questions).toBe(1)
    await page.unroute('**/admin/accounts')
  })

  it('invite a person, who makes an account and finds no page of the operator', async () => {
    await open('/admin/users')
    await page.getByRole('button', { name: 'Invite', exact: true }).click()
    const form = page.getByRole('dialog')
    await form.getByLabel('E-mail').fill(USER.email)
    await form.getByRole('button', { name: 'Make the link' }).click()
    const link = (await form.getByText('/signup').textContent()) ?? ''
    const { pathname, search } = new URL(link)
    const other = await browser.newContext({ locale: 'en-GB' })
    const theirs = await other.newPage()
    await theirs.goto(obb.api + pathname + search)
    await theirs.getByLabel(/^Password/).fill(USER.password)
    await theirs.getByRole('button', { name: 'Make my account' }).click()
    await theirs.getByRole('heading', { name: 'Add links', exact: true }).waitFor()
    await theirs.goto(`${obb.api}/admin/users`)
    await theirs.getByText('This page is for operators').waitFor()
    await other.close()
  })

  it('find a user by a part of the e-mail, grant traffic, and suspend', async () => {
    await open('/admin/users')
    await page.getByPlaceholder('Part of an e-mail').fill('READER')
    await page.getByRole('button', { name: USER.email }).click()
    const details = page.getByRole('dialog')
    await details.getByRole('button', { name: 'Change traffic' }).click()
    await details.getByRole('textbox', { name: /^Traffic/ }).fill('1,5')
    await details.getByRole('button', { name: 'Change', exact: true }).click()
    await page.getByText(`${USER.email} has 1.5 GB left now.`).waitFor()
    await details.getByRole('button', { name: 'Suspend' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Suspend' }).click()
    await details.getByRole('button', { name: 'Resume' }).waitFor()
    expect(await axeFaults(page)).toEqual([])
  })

  it('find a setting, with where it is from, and how it is changed; of secrets only that they are set', async () => {
    await open('/admin/settings')
    await page.getByPlaceholder('Search settings').fill('link is valid')
    await page.getByRole('row', { name: /LINK_TTL.*7d.*Default/ }).waitFor()
    await page.getByRole('button', { name: 'FILE_TTL' }).waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'LINK_TTL' }).click()
    const details = page.getByRole('dialog')
    await details.getByText('LINK_TTL=7d').waitFor()
    await details.getByText(/Then run .\/obb restart/).waitFor()
    await page.keyboard.press('Escape')
    await page.getByPlaceholder('Search settings').fill('')
    await page.getByLabel('Only those that were changed').click()
    await page.getByRole('row', { name: /SETUP_CODE.*Set.*Environment/ }).waitFor()
    await page.getByRole('button', { name: 'LINK_TTL' }).waitFor({ state: 'detached' })
    expect(await page.locator('main').textContent()).not.toContain(SETUP_CODE)
    expect(await axeFaults(page)).toEqual([])
  })

  it('block by name, and take the block back', async () => {
    await open('/admin/blocks')
    await page.getByRole('button', { name: 'Add block' }).click()
    const form = page.getByRole('dialog')
    await form.getByLabel(/^By/).selectOption('name')
    await form.getByLabel(/^What/).fill('*.secret')
    await form.getByLabel(/^Reason/).fill('asked by its owner')
    await form.getByRole('button', { name: 'Add block' }).click()
    await form.getByText('Files removed: 0.').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Take back the block of *.secret' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Take back' }).click()
    await page.getByText('Nothing is blocked').waitFor()
  })

  it('write down who did it', async () => {
    await open('/admin/audit')
    await page.getByPlaceholder('Action or target').fill('blocks')
    await page.getByText(OPERATOR.email).first().waitFor()
    await page.getByRole('button', { name: 'Take back the block of *.secret' }).click()
    const details = page.getByRole('dialog')
    await details.getByRole('row', { name: 'Reason asked by its owner –' }).waitFor()
    await details.getByRole('button', { name: 'Close' }).click()
    await details.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Export' }).click()
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'All that is shown here, as CSV' }).click(),
    ])
    const lines = (await readFile(await file.path(), 'utf8')).trimEnd().split('\r\n')
    expect(lines).toHaveLength(3)
    expect(lines[1]).toContain('DELETE /blocks/:id')
  })

  it('have nothing that axe objects to, light and dark', async () => {
    expect(await axeFaultsOf(page, PAGES, open)).toEqual([])
  })

  it.each(['English', '繁體中文'])('fit a phone of 360 px, in %s', async (language) => {
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

  it('break none of their own rules of content', () => {
    expect(complaints).toEqual([])
  })
})
