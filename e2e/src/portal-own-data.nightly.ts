import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { ownDataSchema } from '@obb/contracts'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { CHROMIUM, axeFaults, complaintsOf, makeOperator, openBrowser, overflow } from './browser.js'
import { Installation } from './installation.js'

const SETUP_CODE = 'ABCD-EFGH-JKMN'
const OPERATOR = { email: 'boss@example.test', password: 'correct horse battery' }
const USER = { email: 'reader@example.test', password: 'battery horse correct' }

const withBrowser = CHROMIUM === undefined ? describe.skip : describe
if (CHROMIUM === undefined) console.warn("SKIPPED: one's own data needs a Chromium, and there is none")

/* A user with what is known of them, and an operator who looks on. */
withBrowser("the pages about one's own data", () => {
  let obb: Installation
  let browser: Browser
  let operator: Page
  let user: Page
  const complaints: string[][] = []

  const newPage = async (): Promise<Page> => {
    const context: BrowserContext = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' })
    const page = await context.newPage()
    complaints.push(complaintsOf(page))
    return page
  }

  beforeAll(async () => {
    obb = await Installation.start('embedded', { SETUP_CODE })
    browser = await openBrowser()
    operator = await newPage()
    await makeOperator(operator, { url: obb.api, code: SETUP_CODE, ...OPERATOR })
    await obb.admin('POST', '/users', { email: USER.email, traffic: 2 ** 40 })
    const { token } = await obb.admin('POST', '/users/reset', { email: USER.email })
    user = await newPage()
    const reset = await user.request.post(`${obb.api}/api/portal/v1/reset`, {
      headers: { origin: obb.api },
      data: { token, password: USER.password },
    })
    expect(reset.status()).toBe(200)
  })
  afterAll(async () => {
    await browser?.close()
    await obb?.close()
  })

  const expectFair = async (page: Page) => {
    expect([await axeFaults(page), await overflow(page), complaints.flat()]).toEqual([[], 0, []])
  }

  it('show an operator the portal as a user, under a banner, and lead back', async () => {
    await operator.goto(`${obb.api}/admin/users?user=${USER.email}`)
    await operator.getByRole('button', { name: 'View as' }).click()
    const banner = operator.getByText(`You look as ${USER.email} (read-only)`)
    await banner.waitFor()
    for (const path of ['/', '/files', '/traffic', '/profile?tab=data']) {
      await operator.goto(obb.api + path)
      await banner.waitFor()
      await operator.getByRole('heading', { level: 1 }).waitFor()
      expect(await operator.getByText('Operator', { exact: true }).count()).toBe(0)
      await expectFair(operator)
    }
    await operator.getByRole('button', { name: 'Save my data' }).click()
    await operator.getByText('You look on as somebody else').waitFor()
    await operator.getByRole('button', { name: 'End', exact: true }).click()
    await operator.waitForURL('**/admin/users')
    await operator.getByRole('heading', { level: 1 }).waitFor()
    expect(await banner.count()).toBe(0)
  })

  it('save all that is known of the user as a file', async () => {
    await user.goto(`${obb.api}/profile?tab=data`)
    await user.getByRole('heading', { name: 'Take your data with you' }).waitFor()
    await expectFair(user)
    const download = user.waitForEvent('download')
    await user.getByRole('button', { name: 'Save my data' }).click()
    const path = await (await download).path()
    const { profile, ledger } = ownDataSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
    expect([profile.email, ledger.length]).toEqual([USER.email, 1])
  })

  it('say what goes and what stays, and delete the account once it was confirmed', async () => {
    await user.getByText('Files that others have links to stay for them.').waitFor()
    await user.getByRole('button', { name: 'Delete my account' }).click()
    const form = user.getByRole('dialog')
    await form.getByLabel(/^Current password/).fill('not mine')
    await form.getByRole('button', { name: 'Delete for good' }).click()
    await form.getByText('The current password is wrong.').waitFor()
    await expectFair(user)
    await form.getByLabel(/^Current password/).fill(USER.password)
    await form.getByRole('button', { name: 'Delete for good' }).click()
    await user.getByRole('heading', { name: 'Sign in', exact: true }).waitFor()
    const { items } = await obb.admin('GET', '/users')
    expect(items.map(({ email }: { email: string }) => email)).not.toContain(USER.email)
  })
})
