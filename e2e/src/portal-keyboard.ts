import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { type FakeHost, type TransferKnobs, contentBytes, patternContent } from '@obb/host-adapters/testing'
import type { Browser, Locator, Page } from 'playwright-core'
import { axeFaults, complaintsOf, inBrowser, makeOperator, openBrowser } from './browser.js'
import { Installation } from './installation.js'

const SETUP_CODE = 'ABCD-EFGH-JKMN'
const OPERATOR = { email: 'boss@example.test', password: 'correct horse battery' }
/** Presses of Tab by which anything of a page is reached. */
const MAX_TABS = 60

/* Somebody who has no mouse, from signing in to a file on the own disk. */
export const describePortalKeyboard = inBrowser('by keyboard alone', (stores) => {
  let obb: Installation
  let host: FakeHost<TransferKnobs>
  let browser: Browser
  let page: Page
  let complaints: string[]

  beforeAll(async () => {
    obb = await Installation.start(stores, { SETUP_CODE })
    host = await obb.addPlainHost()
    await obb.startFetcher()
    browser = await openBrowser()
    const first = await browser.newPage()
    await makeOperator(first, { url: obb.api, code: SETUP_CODE, ...OPERATOR })
    await first.close()
    page = await (await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' })).newPage()
    page.setDefaultTimeout(20_000)
    complaints = complaintsOf(page)
  })
  afterAll(async () => {
    await browser?.close()
    await obb?.close()
  })

  const tabTo = async (locator: Locator) => {
    await locator.waitFor()
    for (let presses = 0; presses < MAX_TABS; presses++) {
      if ((await locator.and(page.locator(':focus')).count()) > 0) return
      await page.keyboard.press('Tab')
    }
    throw new Error(`not reached by ${MAX_TABS} presses of Tab: ${String(locator)}`)
  }
  const press = async (locator: Locator) => {
    await tabTo(locator)
    await page.keyboard.press('Enter')
  }
  const heading = (name: string) => page.getByRole('heading', { name, exact: true, level: 1 }).waitFor()

  it('one signs in, adds a link, sees its file come in, and has it', async () => {
    const content = patternContent(300_000, 1)
    await page.goto(obb.api)
    await page.getByRole('textbox', { name: 'E-mail' }).and(page.locator(':focus')).waitFor()
    await page.keyboard.type(OPERATOR.email)
    await tabTo(page.getByLabel(/^Password/))
    await page.keyboard.type(OPERATOR.password)
    await page.keyboard.press('Enter')
    await heading('Add links')
    await tabTo(page.getByRole('textbox', { name: 'Links' }))
    await page.keyboard.insertText(host.addFile({ name: 'keys.bin', content }))
    await press(page.getByRole('button', { name: /^Add 1 file/ }))
    await page.getByText('1 file was added.').waitFor()
    await press(page.getByRole('link', { name: 'See how they come in' }))
    await heading('Downloads')
    await press(page.getByRole('link', { name: 'Files', exact: true }))
    await heading('Files')
    const downloaded = page.waitForEvent('download')
    await press(page.getByRole('link', { name: 'Download keys.bin' }))
    const bytes = await readFile(await (await downloaded).path())
    expect(bytes.equals(Buffer.from(await contentBytes(content)))).toBe(true)
  })

  it('one opens what is known of a file, closes it, and signs out', async () => {
    await press(page.getByRole('button', { name: 'keys.bin', exact: true }))
    await page.getByRole('dialog').getByText('keys.bin').first().waitFor()
    expect(await axeFaults(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await press(page.getByRole('button', { name: 'Account' }))
    const signOut = page.getByRole('menuitem', { name: 'Sign out' })
    await signOut.waitFor()
    while (!(await signOut.and(page.locator(':focus')).count())) await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor()
    expect(complaints).toEqual([])
  })
})
