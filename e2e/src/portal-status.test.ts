import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { PORTAL_API } from '@obb/contracts'
import { HostHistory } from '@obb/core/health'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { CHROMIUM, axeFaults, complaintsOf, makeOperator, openBrowser, overflow } from './browser.js'
import { Installation } from './installation.js'

const SETUP_CODE = 'ABCD-EFGH-JKMN'
const OPERATOR = { email: 'boss@example.test', password: 'correct horse battery' }
const DAY_MS = 86_400_000
/** A page takes none of it for markup. */
const ANNOUNCED = `<img src=x onerror="document.title='hacked'"> at 20:00\nand later`

const withBrowser = CHROMIUM === undefined ? describe.skip : describe
if (CHROMIUM === undefined)
  console.warn('SKIPPED: charts and the status page need a Chromium, and there is none')

/* What everybody sees of an installation that has been in use, and its figures over time. */
withBrowser('hosts over time', () => {
  let obb: Installation
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let complaints: string[]

  beforeAll(async () => {
    obb = await Installation.start('embedded', { SETUP_CODE })
    await obb.addHost('RapidGator')
    browser = await openBrowser()
    context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' })
    page = await context.newPage()
    page.setDefaultTimeout(15_000)
    complaints = complaintsOf(page)
    await makeOperator(page, { url: obb.api, code: SETUP_CODE, ...OPERATOR })
    await useIt()
  })
  afterAll(async () => {
    await browser?.close()
    await obb?.close()
  })

  /** Fetches of some days, and what they took. */
  async function useIt(): Promise<void> {
    const made = await context.request.post(`${obb.api}${PORTAL_API}/keys`, {
      ...{ data: { name: 'Sonarr' }, headers: { origin: obb.api } },
    })
    const { data: key } = (await made.json()) as { data: { id: string } }
    for (let day = 0; day < 5; day++) {
      const at = { now: () => obb.clock.now() - day * DAY_MS }
      const history = new HostHistory(obb.database, at as typeof obb.clock)
      for (let time = 0; time < 9; time++) await history.record('RapidGator', 'done', 20e6)
      await history.record('RapidGator', 'upstream_error')
      await obb.database.query(
        `INSERT INTO traffic_entry (account_id, kind, bytes, platform, link_id, created_at, key_id)
         SELECT id, 'charge', -bytes, platform, 'link' || $2 || platform, $3,
                CASE platform WHEN 'RapidGator' THEN $4::uuid END
           FROM account, (VALUES ('RapidGator', 4e9::bigint), ('NitroFlare', 2e9::bigint)) used (platform, bytes)
          WHERE email = $1`,
        [OPERATOR.email, String(day), new Date(at.now()), key.id],
      )
    }
  }

  const open = async (path: string) => {
    await page.goto(obb.api + path)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.waitForLoadState('networkidle').catch(() => undefined)
  }
  /** Waits until a chart is drawn: some of its pixels are. */
  const drawn = async (name: string) => {
    await page.getByRole('img', { name }).locator('canvas').first().waitFor()
    const isDrawn = () =>
      page.evaluate<boolean>(`[...document.querySelectorAll('[role=img][aria-label^="${name}"] canvas')].some(
        (canvas) => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some(Boolean))`)
    while (!(await isDrawn())) await page.waitForTimeout(50)
  }

  it('shows the traffic of each day by host, as a picture and in words', async () => {
    await open('/traffic')
    await drawn('Last 30 days')
    await page
      .getByText(/RapidGator 4\.0 GB/)
      .first()
      .waitFor()
    expect(await axeFaults(page)).toEqual([])
  })

  it('shows what each key used, on the profile and beside the others, and leads to its entries', async () => {
    await open('/profile?tab=keys')
    await page
      .getByRole('row')
      .filter({ hasText: 'Sonarr' })
      .getByRole('link', { name: /20\.0 GB/ })
      .click()
    await page.waitForURL(/\/traffic\?.*key=/)
    const ledger = page.getByRole('table', { name: 'Ledger' })
    await page.getByRole('heading', { name: 'Ledger' }).scrollIntoViewIfNeeded()
    await ledger
      .getByText(/RapidGator · Sonarr/)
      .first()
      .waitFor()
    expect(await ledger.getByText('NitroFlare').count()).toBe(0)
    const byKey = page.getByRole('table', { name: 'By key' })
    await byKey.getByRole('row').filter({ hasText: 'Sonarr' }).getByText('67%').waitFor()
    await byKey.getByRole('link', { name: 'Without a key' }).click()
    await page.waitForURL(/key=none/)
    await page.getByRole('heading', { name: 'Ledger' }).scrollIntoViewIfNeeded()
    await ledger.getByText('NitroFlare').first().waitFor()
    expect(await ledger.getByText('RapidGator').count()).toBe(0)
    expect(await axeFaults(page)).toEqual([])
    await page.setViewportSize({ width: 360, height: 740 })
    await page.getByRole('link', { name: 'Without a key' }).waitFor()
    expect([await overflow(page), await axeFaults(page)]).toEqual([0, []])
    await page.setViewportSize({ width: 1280, height: 720 })
  })

  it('shows how a host did by hour and by day, as a picture and in a table, with what failed', async () => {
    await open('/hosts')
    await page.getByRole('button', { name: 'RapidGator', exact: true }).click()
    await drawn('Fetches that succeeded')
    await drawn('Median speed')
    await page.getByRole('dialog').getByText('90 days').click()
    const table = page.getByRole('dialog').getByRole('table')
    await table.getByRole('row').nth(5).waitFor()
    expect(await table.getByRole('row').count()).toBe(6)
    await table.getByRole('row').nth(1).getByText('90%').waitFor()
    expect(await axeFaults(page)).toEqual([])
    await open('/admin/hosts?host=RapidGator')
    await drawn('Fetches that succeeded')
    await open('/admin')
    await drawn('Fetches by the hour')
    expect(await axeFaults(page)).toEqual([])
  })

  it('tells everybody how hosts do once the operator publishes it, and what he announces as he wrote it', async () => {
    const visitor = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' })
    const theirs = await visitor.newPage()
    const strangeness = complaintsOf(theirs)
    await theirs.goto(`${obb.api}/status`)
    await theirs.getByText('There is no public status page here').waitFor()
    await open('/admin/settings')
    await page.getByRole('switch', { name: 'Publish the status page' }).click()
    await page.getByText('The status page is published.').waitFor()
    await page.getByLabel('Announcement, English').fill(ANNOUNCED)
    await page.getByLabel('Announcement, 繁體中文').fill('20:00 維護')
    await page.getByRole('button', { name: 'Announce', exact: true }).click()
    await page.getByText('Announced since').waitFor()
    expect(await axeFaults(page)).toEqual([])
    await theirs.reload()
    await theirs.getByText('RapidGator').waitFor()
    await theirs.getByText('90% succeeded').first().waitFor()
    await theirs.getByText('and later').waitFor()
    for (const colorScheme of ['light', 'dark'] as const) {
      await theirs.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      expect(await axeFaults(theirs)).toEqual([])
    }
    await theirs.setViewportSize({ width: 360, height: 740 })
    expect(await overflow(theirs)).toBe(0)
    expect([await theirs.title(), strangeness]).toEqual(['Status · OBB', []])
    await visitor.close()
  })

  it('shows the announcement above each page until it was read', async () => {
    await open('/downloads')
    const notice = page.getByRole('status').filter({ hasText: 'and later' })
    await notice.waitFor()
    expect(await axeFaults(page)).toEqual([])
    await notice.getByRole('button', { name: 'Close' }).click()
    await notice.waitFor({ state: 'detached' })
    await open('/files')
    await page.getByRole('heading', { name: 'Files', exact: true }).waitFor()
    expect(await notice.count()).toBe(0)
  })

  it('begins a maintenance that everybody is told of above each page, and ends it', async () => {
    await open('/admin/settings')
    await page.getByLabel('Note on maintenance, English').fill('<b>Disks</b> are replaced')
    await page.getByRole('button', { name: 'Begin maintenance' }).click()
    await page.getByText('New links are refused now.').waitFor()
    const banner = page.getByRole('status').filter({ hasText: 'No new links are taken at the moment' })
    await banner.getByText('<b>Disks</b> are replaced').waitFor()
    expect(await axeFaults(page)).toEqual([])
    await open('/admin')
    await page.getByText('New links are refused since').waitFor()
    await page.setViewportSize({ width: 360, height: 740 })
    expect([await overflow(page), await axeFaults(page)]).toEqual([0, []])
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.getByRole('link', { name: 'End it on Settings' }).click()
    await page.getByRole('button', { name: 'End maintenance' }).click()
    await banner.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Begin maintenance' }).waitFor()
  })

  it('breaks none of its own rules of content on any of these pages', async () => {
    expect(await page.title()).not.toContain('hacked')
    expect(complaints).toEqual([])
  })
})
