import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { OpenIdProvider } from '@obb/api/testing'
import { EXTERNAL_API, PORTAL_API } from '@obb/contracts'
import type { Browser, Page } from 'playwright-core'
import { axeFaults, complaintsOf, inBrowser, openBrowser, overflow } from './browser.js'
import { Installation } from './installation.js'

const SETUP_CODE = 'ABCD-EFGH-JKMN'
const OPERATOR = { email: 'boss@example.test', password: 'correct horse battery' }
const SOMEBODY = { sub: '4711', email: 'somebody@example.test' }

export const describePortalOidc = inBrowser('ways into the portal beside the password', (stores) => {
  let provider: OpenIdProvider
  let obb: Installation
  let browser: Browser
  let page: Page
  let complaints: string[]

  beforeAll(async () => {
    provider = await OpenIdProvider.start()
    obb = await Installation.start(stores, {
      ...{ SETUP_CODE, ...provider.settings, OIDC_SIGN_UP: 'anyone' },
    })
    provider.register(obb.api)
    await post(`${PORTAL_API}/set-up`, { code: SETUP_CODE, ...OPERATOR })
    browser = await openBrowser()
    page = await (await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' })).newPage()
    page.setDefaultTimeout(15_000)
    complaints = complaintsOf(page)
  })
  afterAll(async () => {
    await browser?.close()
    await obb?.close()
    await provider?.close()
  })

  const post = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/json', origin: obb.api }
    const answer = await fetch(obb.api + path, { method: 'POST', headers, body: JSON.stringify(body) })
    return (await answer.json()) as { success: boolean; error?: string; data: Record<string, string> }
  }
  const expectFine = async () => {
    await page.getByRole('heading', { level: 1 }).waitFor()
    expect(await axeFaults(page)).toEqual([])
    expect(await overflow(page)).toBe(0)
  }

  it('sends people to the OpenID provider, tells why it did not do, and lets them in where they wanted to go', async () => {
    provider.user = { ...SOMEBODY, email_verified: false }
    await page.goto(`${obb.api}/profile?tab=password`)
    await page.getByRole('button', { name: 'Sign in with Example ID' }).click()
    await page.getByText('The sign-in service does not vouch for your e-mail.').waitFor()
    await expectFine()
    provider.user = { ...SOMEBODY, email_verified: true }
    await page.goto(`${obb.api}/profile?tab=password`)
    await page.getByRole('button', { name: 'Sign in with Example ID' }).click()
    await page.getByRole('heading', { name: 'Sign-in with Example ID', exact: true }).waitFor()
    await page.getByText(`Linked as ${SOMEBODY.email}`).waitFor()
    await page.getByText('It is your only way to sign in.').waitFor()
    await expectFine()
  })

  it('gives a client without a browser a key, once its user has seen who asks', async () => {
    const { data: asked } = await post(`${EXTERNAL_API}/device/code`, { client_name: 'Living room' })
    const poll = () => post(`${EXTERNAL_API}/device/token`, { device_code: asked['device_code'] })
    expect(await poll()).toMatchObject({ success: false, error: 'authorization_pending' })
    await page.goto(asked['verification_uri_complete'] ?? '')
    await expectFine()
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByText('Living room asks for a key to your account').waitFor()
    await expectFine()
    await page.getByRole('checkbox', { name: /download/i }).uncheck()
    await page.getByRole('button', { name: 'Allow' }).click()
    await page.getByText('Living room gets its key within a few seconds.').waitFor()
    await obb.pass(Number(asked['interval']) * 1_000)
    const { data: key } = await poll()
    expect(key).toMatchObject({ token_type: 'Bearer', scope: 'read submit', name: 'Living room' })
    await page.getByRole('link', { name: 'See your keys' }).click()
    await page.getByText('Living room').waitFor()
    expect(complaints).toEqual([])
  })
})
