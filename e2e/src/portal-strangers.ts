import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { MailServer } from '@obb/api/testing'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { axeFaults, complaintsOf, inBrowser, makeOperator, openBrowser } from './browser.js'
import { Installation } from './installation.js'

const SETUP_CODE = 'ABCD-EFGH-JKMN'
const OPERATOR = { email: 'boss@example.test', password: 'correct horse battery' }
const NOBODY = 'nobody@example.test'

/* Somebody who has no account, at the pages that everybody reaches. */
export const describePortalStrangers = inBrowser('a stranger', (stores) => {
  let mails: MailServer
  let obb: Installation
  let browser: Browser
  const complaints: string[][] = []

  beforeAll(async () => {
    mails = await MailServer.start()
    obb = await Installation.start(stores, {
      ...{ SETUP_CODE, SMTP_URL: mails.url, MAIL_FROM: 'OBB <obb@example.test>' },
      PUBLIC_API_URL: 'https://obb.example.test',
    })
    browser = await openBrowser()
    const first = await browser.newPage()
    await makeOperator(first, { url: obb.api, code: SETUP_CODE, ...OPERATOR })
    await first.close()
  })
  afterAll(async () => {
    await browser?.close()
    await obb?.close()
    await mails?.close()
  })

  const visit = async (): Promise<{ context: BrowserContext; page: Page }> => {
    const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' })
    const page = await context.newPage()
    page.setDefaultTimeout(20_000)
    complaints.push(complaintsOf(page))
    return { context, page }
  }
  const signIn = async (page: Page, email: string, password: string) => {
    await page.getByRole('textbox', { name: 'E-mail' }).fill(email)
    await page.getByLabel(/^Password/).fill(password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  }
  const sessionOf = async (context: BrowserContext) =>
    (await context.cookies()).find(({ name }) => name === 'obb')?.value

  it('gets into nobody’s account by a session that was put into their browser before', async () => {
    const planted = 'A'.repeat(43)
    const victim = await visit()
    await victim.context.addCookies([{ name: 'obb', value: planted, url: obb.api }])
    await victim.page.goto(`${obb.api}/files`)
    await signIn(victim.page, OPERATOR.email, OPERATOR.password)
    await victim.page.getByRole('heading', { name: 'Files', exact: true }).waitFor()
    const own = await sessionOf(victim.context)
    expect(own).toMatch(/^[\w-]{43}$/)
    expect(own).not.toBe(planted)

    const stranger = await visit()
    await stranger.context.addCookies([{ name: 'obb', value: planted, url: obb.api }])
    await stranger.page.goto(`${obb.api}/files`)
    await stranger.page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor()
  })

  it('is not let in by a session that its owner has ended', async () => {
    const owner = await visit()
    await owner.page.goto(obb.api)
    await signIn(owner.page, OPERATOR.email, OPERATOR.password)
    await owner.page.getByRole('heading', { name: 'Add links', exact: true }).waitFor()
    const copied = (await sessionOf(owner.context)) ?? ''
    await owner.page.getByRole('button', { name: 'Account' }).click()
    await owner.page.getByRole('menuitem', { name: 'Sign out' }).click()
    await owner.page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor()

    const stranger = await visit()
    await stranger.context.addCookies([{ name: 'obb', value: copied, url: obb.api }])
    await stranger.page.goto(`${obb.api}/admin/users`)
    await stranger.page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor()
  })

  it('learns by no form who has an account', async () => {
    const seen = []
    for (const email of [OPERATOR.email, NOBODY]) {
      const { page } = await visit()
      const answers: [string, number, string][] = []
      const wait = (path: string) =>
        page.waitForResponse((answer) => answer.url().endsWith(path) && answer.request().method() === 'POST')
      await page.goto(`${obb.api}/signin`)
      const refused = wait('/session')
      await signIn(page, email, 'not the password')
      const refusal = await refused
      answers.push(['/signin', refusal.status(), await refusal.text()])
      const alert = await page.getByRole('alert').textContent()
      expect(await axeFaults(page)).toEqual([])

      await page.getByRole('link', { name: 'Forgot password?' }).click()
      await page.getByRole('textbox', { name: 'E-mail' }).fill(email)
      const asked = wait('/reset/request')
      await page.getByRole('button', { name: 'Send me a link' }).click()
      const answer = await asked
      answers.push(['/forgot', answer.status(), await answer.text()])
      const told = await page.getByRole('status').first().textContent()
      seen.push({ answers, alert, told: told?.replaceAll(email, 'E') })
    }
    expect(seen[1]).toEqual(seen[0])
    expect(seen[0]).toMatchObject({ alert: expect.stringContaining('wrong') })
    expect(complaints.flat()).toEqual([])
  })
})
