import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { ROLE_SETTINGS, createTestDatabase } from '@obb/core/testing'
import {
  type FakeHost,
  type TransferKnobs,
  contentBytes,
  loadFake,
  patternContent,
} from '@obb/host-adapters/testing'
import type { ScratchDatabase } from '@obb/testing/postgres'
import type { Browser, Page } from 'playwright-core'
import { complaintsOf, inBrowser, makeOperator, openBrowser } from './browser.js'
import { NpmStart } from './npm-start.js'
import { ProductionStores } from './production-stores.js'

const OPERATOR = { email: 'boss@example.test', password: 'correct horse battery' }
/** What somebody may need from the first click to the first file, ms. */
const THREE_MINUTES = 180_000

/* Somebody who has just installed OBB: `npm start` in an empty directory, and a browser. */
export const describePortalFromNothing = inBrowser('from an empty directory to a first file', (stores) => {
  let home: string
  let database: ScratchDatabase | undefined
  let production: ProductionStores | undefined
  let obb: NpmStart
  let host: FakeHost<TransferKnobs>
  let browser: Browser
  let page: Page
  let complaints: string[]

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'obb-nothing-'))
    if (stores === 'production') {
      database = await createTestDatabase()
      production = await ProductionStores.start()
    }
    obb = await NpmStart.start(home, {
      FETCH_ALLOW_NETWORKS: '127.0.0.0/8',
      ...(database && { DATABASE_URL: database.url, ...ROLE_SETTINGS }),
      ...production?.env,
    })
    host = await (await loadFake<TransferKnobs>('RapidGator')).start()
    await obb.admin('PATCH', '/hosts/RapidGator', { origins: host.origins })
    browser = await openBrowser()
    page = await (await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' })).newPage()
    page.setDefaultTimeout(60_000)
    complaints = complaintsOf(page)
  })
  afterAll(async () => {
    await browser?.close()
    await obb?.stop()
    await host?.close()
    await production?.close()
    await database?.drop()
    await rm(home, { recursive: true, force: true })
  })

  it(
    'it takes the code of the terminal, an account, a link, and less than three minutes',
    async () => {
      const content = patternContent(3_000_000, 7)
      const bytes = await contentBytes(content)
      const md5 = createHash('md5').update(bytes).digest('hex')
      const url = host.addFile({ name: 'first.bin', content, md5 })
      const [, code = ''] = /with the code (\S+)/.exec(obb.terminal) ?? []
      await makeOperator(page, { url: obb.ready.api, code, ...OPERATOR })

      await page.getByRole('button', { name: /^\d\. First host account/ }).click()
      const account = page.locator('#step-account')
      await account.getByLabel(/^Host/).selectOption('RapidGator')
      await account.getByLabel(/^E-mail/).fill(host.credentials['email'] ?? '')
      await account.getByLabel(/^Password/).fill(host.credentials['password'] ?? '')
      await account.getByRole('button', { name: 'Test and save' }).click()
      await account.getByText(/^RapidGator · /).waitFor()

      await page.getByRole('button', { name: /^\d\. First file/ }).click()
      await page.getByLabel(/^Link/).fill(url)
      await page.keyboard.press('Enter')
      await page.getByText('It is here, all 3.0 MB.').waitFor()
      const downloaded = page.waitForEvent('download')
      await page.getByRole('link', { name: 'Download it' }).click()
      expect((await readFile(await (await downloaded).path())).equals(Buffer.from(bytes))).toBe(true)
      expect(complaints).toEqual([])
    },
    THREE_MINUTES,
  )
})
