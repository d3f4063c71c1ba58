import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { CHROMIUM, axeFaults, complaintsOf, makeOperator, openBrowser, overflow } from './browser.js'
import { Installation } from './installation.js'

const SETUP_CODE = 'ABCD-EFGH-JKMN'
const OPERATOR = { email: 'boss@example.test', password: 'correct horse battery' }

const withBrowser = CHROMIUM === undefined ? describe.skip : describe
if (CHROMIUM === undefined) console.warn('SKIPPED: the pages about mail need a Chromium, and there is none')

/* Pages about mail, in front of a mail server that refuses everybody; the API's own tests have one that takes mails. */
withBrowser('the pages about mail', () => {
  const server = createServer((socket) => socket.end('554 go away\r\n'))
  let obb: Installation
  let browser: Browser
  let page: Page
  let complaints: string[]

  beforeAll(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    obb = await Installation.start('embedded', {
      SETUP_CODE,
      SMTP_URL: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
      MAIL_FROM: 'OBB <obb@example.test>',
      PUBLIC_API_URL: 'https://obb.example.test',
    })
    browser = await openBrowser()
    const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' })
    page = await context.newPage()
    complaints = complaintsOf(page)
  })
  afterAll(async () => {
    await browser?.close()
    await obb?.close()
    server.close()
  })

  const expectFair = async () => {
    expect([await axeFaults(page), await overflow(page), complaints]).toEqual([[], 0, []])
  }

  it('let an operator try the mail server, and say what it said', async () => {
    await makeOperator(page, { url: obb.api, code: SETUP_CODE, ...OPERATOR })
    await page.goto(`${obb.api}/admin/settings`)
    await page.getByRole('button', { name: 'Send a test mail' }).click()
    await page.getByText('The mail was not sent').waitFor()
    await page.getByText(/554 go away/).waitFor()
    await expectFair()
  })

  it('send an invitation, and show its link all the same', async () => {
    await page.goto(`${obb.api}/admin/users?tab=invitations`)
    await page.getByRole('button', { name: 'Invite' }).first().click()
    const form = page.getByRole('dialog')
    await form.getByLabel(/^E-mail/).fill('guest@example.test')
    expect(await form.getByLabel(/^Send the link by mail/).isChecked()).toBe(true)
    await expectFair()
    await form.getByRole('button', { name: 'Make the link' }).click()
    await form.getByText('A mail to guest@example.test is on its way').waitFor()
    await form.getByText(/^https:\/\/obb\.example\.test\/signup\?token=/).waitFor()
  })

  it('say the same to whoever has forgotten a password', async () => {
    await page.context().clearCookies()
    await page.goto(`${obb.api}/signin`)
    await page.getByRole('link', { name: 'Forgot password?' }).click()
    await page.getByLabel('E-mail').fill('nobody@example.test')
    await expectFair()
    await page.getByRole('button', { name: 'Send me a link' }).click()
    await page.getByText('If there is an account for nobody@example.test').waitFor()
    await expectFair()
    await page.getByRole('link', { name: 'Back to signing in' }).click()
    await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor()
  })
})
