import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { MailServer, WebhookReceiver } from '@obb/api/testing'
import { PORTAL_API } from '@obb/contracts'
import { type ApiKnobs, type FakeHost, patternContent } from '@obb/host-adapters/testing'
import type { Browser, Page } from 'playwright-core'
import { axeFaults, complaintsOf, inBrowser, makeOperator, openBrowser, overflow } from './browser.js'
import { Installation } from './installation.js'

const SETUP_CODE = 'ABCD-EFGH-JKMN'
const OPERATOR = { email: 'boss@example.test', password: 'correct horse battery' }
const PHONE = { width: 360, height: 740 }
const DESKTOP = { width: 1280, height: 800 }
/** Longer than a circuit stays open the first times, and than anything that is due waits; ms. */
const WHILE_MS = 6 * 60_000
/** Of a host that stays away: then it is not asked for minutes, however slow this machine is. */
const TRIES = 3

/** What `look` finds, once it does. */
async function until<Found>(look: () => Found | undefined): Promise<Found> {
  for (;;) {
    const found = look()
    if (found !== undefined) return found
    await sleep(50)
  }
}

/* Somebody who wants to be told of things, in the portal, by a webhook and by mail. */
export const describePortalTold = inBrowser('who wants to be told', (stores) => {
  let mails: MailServer
  let receiver: WebhookReceiver
  let obb: Installation
  let host: FakeHost<ApiKnobs>
  let browser: Browser
  let page: Page
  let complaints: string[]
  let seed = 0

  beforeAll(async () => {
    mails = await MailServer.start()
    receiver = await WebhookReceiver.start()
    obb = await Installation.start(stores, {
      ...{ SETUP_CODE, SMTP_URL: mails.url, MAIL_FROM: 'OBB <obb@example.test>' },
      PUBLIC_API_URL: 'https://obb.example.test',
    })
    host = await obb.addHost<ApiKnobs>('RapidGator')
    await obb.startFetcher()
    browser = await openBrowser()
    const context = await browser.newContext({
      ...{ locale: 'en-GB', reducedMotion: 'reduce', timezoneId: 'Asia/Taipei' },
    })
    page = await context.newPage()
    page.setDefaultTimeout(30_000)
    complaints = complaintsOf(page)
    await makeOperator(page, { url: obb.api, code: SETUP_CODE, ...OPERATOR })
  })
  afterAll(async () => {
    await browser?.close()
    await obb?.close()
    await Promise.all([receiver?.close(), mails?.close()])
  })

  const open = async (path: string) => {
    await page.goto(obb.api + path)
    await page.getByRole('heading', { level: 1 }).waitFor()
  }
  const openNotifications = async () => {
    await open('/profile?tab=notifications')
    await page.getByRole('table', { name: 'Notifications' }).waitFor()
  }
  const box = (name: string) => page.getByRole('checkbox', { name, exact: true })
  const expectFair = async () => {
    expect([await axeFaults(page), await overflow(page), complaints]).toEqual([[], 0, []])
  }
  const tick = async (name: string) => {
    await box(name).click()
    await box(name).and(page.locator(':checked:enabled')).waitFor()
  }
  /** Asks for another file of the host; the status of the answer. */
  const ask = async () => {
    const url = host.addFile({ name: `${++seed}.bin`, content: patternContent(1_000, seed) })
    const answer = await page.request.post(`${obb.api}${PORTAL_API}/unrestrict`, {
      ...{ data: { url }, headers: { origin: obb.api } },
    })
    return answer.status()
  }
  /** What came to the webhook since this was asked last. */
  const webhooks = () => receiver.take().map(({ body }) => JSON.parse(body) as { type: string; data: object })
  const works = async () => {
    const { supportedhosts } = (
      await (await page.request.get(`${obb.api}${PORTAL_API}/hosts/grouped`)).json()
    ).data as { supportedhosts: { platform: string; currently_working: boolean }[] }
    return supportedhosts.find(({ platform }) => platform === 'RapidGator')?.currently_working
  }

  it('gives a URL, is shown its secret once, and tries what is said there', async () => {
    await openNotifications()
    expect(await box('A file is ready to download: Webhook').isDisabled()).toBe(true)
    await page.getByLabel(/^URL/).fill(receiver.url)
    await page.getByLabel(/^URL/).press('Enter')
    await page.getByText(/^whsec_/).waitFor()
    await expectFair()
    const test = page.getByRole('button', { name: 'Send a test: Webhook' })
    receiver.answers.push({ status: 500 })
    await test.click()
    await page.getByText('it answered 500').waitFor()
    await expectFair()
    await test.click()
    await page.getByText('It was taken.').waitFor()
    await page.getByRole('button', { name: 'Send a test: Mail' }).click()
    await page.getByText('It was taken.').nth(1).waitFor()
    expect(webhooks().map(({ type }) => type)).toEqual(['test', 'test'])
    expect(mails.take().map(({ to }) => to)).toEqual([[OPERATOR.email]])
    await page.reload()
    await page.getByText(`They go to ${new URL(receiver.url).origin}.`).waitFor()
    expect(await page.getByText(/^whsec_/).count()).toBe(0)
  })

  it('ticks events and channels, which stay as they are, also on a phone', async () => {
    await page.setViewportSize(PHONE)
    await tick('A file is ready to download: Webhook')
    await tick('A link fails: Mail')
    await openNotifications()
    expect(await box('A file is ready to download: Webhook').isChecked()).toBe(true)
    expect(await box('A link fails: Mail').isChecked()).toBe(true)
    expect(await box('A link fails: Webhook').isChecked()).toBe(false)
    await expectFair()
    await page.setViewportSize(DESKTOP)
  })

  it('sets quiet hours by the clock of the browser, and does without them again', async () => {
    await openNotifications()
    await page.getByText('There are none: you are told at any time.').waitFor()
    await page.getByLabel(/^From( \*)?$/).fill('23:15')
    await page.getByLabel(/^To( \*)?$/).fill('06:45')
    await page.getByLabel(/^To( \*)?$/).press('Enter')
    await page.getByText('From 23:15 to 06:45 each day (Asia/Taipei).').waitFor()
    await expectFair()
    await openNotifications()
    expect(await page.getByLabel(/^From( \*)?$/).inputValue()).toBe('23:15')
    await page.getByRole('button', { name: 'No quiet hours' }).click()
    await page.getByText('There are none: you are told at any time.').waitFor()
  })

  it('is told by the webhook that a file is there', async () => {
    expect(await ask()).toBe(200)
    const told = await until(() => webhooks().at(0))
    expect(told).toMatchObject({ type: 'link_finished', data: { name: '1.bin' } })
  })

  it('rings the bell of a host that is away, and is told when it works again', async () => {
    const row = page.getByRole('row').filter({ hasText: 'RapidGator' })
    const openHost = async () => {
      await open('/hosts')
      await page.getByRole('searchbox', { name: 'Search by name, or paste a link' }).fill('RapidGator')
    }
    await openHost()
    await row.getByText('Works', { exact: true }).waitFor()
    expect(await row.getByRole('button', { name: 'Tell me when it works again' }).count()).toBe(0)
    host.knobs.apiAnswer = { status: 503, body: 'Service Unavailable' }
    while (await works()) await ask()
    for (let tries = 0; tries < TRIES; tries++) {
      await obb.pass(WHILE_MS)
      await ask()
    }

    await openHost()
    const bell = row.getByRole('button', { name: 'Tell me when it works again' })
    await bell.click()
    await row.locator('[aria-pressed=true]').waitFor()
    await expectFair()
    await openNotifications()
    await page.getByText('You wait for RapidGator.').waitFor()
    expect(await box('A host works again: Mail').isChecked()).toBe(true)
    await tick('A host works again: Webhook')

    host.knobs.apiAnswer = undefined
    await obb.pass(WHILE_MS)
    expect(await ask()).toBe(200) // somebody has to find out
    await obb.pass(WHILE_MS)
    await until(() => webhooks().find(({ type }) => type === 'host_works_again'))
    await obb.pass(WHILE_MS)
    await until(() => mails.take().find(({ text }) => text.includes('RapidGator works again')))
    await openHost()
    await row.getByText('Works', { exact: true }).waitFor()
    await openNotifications()
    await page.getByText('Of hosts whose bell you ring on the page Hosts.').waitFor()
    await expectFair()
  })
})
