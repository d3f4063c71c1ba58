import { once } from 'node:events'
import { type IncomingMessage, type Server, createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { EXTERNAL_API, PORTAL_API } from '@obb/contracts'
import {
  type ApiKnobs,
  type FakeHost,
  type TransferKnobs,
  contentBytes,
  patternContent,
} from '@obb/host-adapters/testing'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { axeFaults, complaintsOf, inBrowser, openBrowser } from './browser.js'
import { Installation } from './installation.js'

const SETUP_CODE = 'ABCD-EFGH-JKMN'
const OPERATOR = { email: 'boss@example.test', password: 'correct horse battery' }
const USER = { email: 'reader@example.test', password: 'battery horse correct' }
const OTHER = { email: 'other@example.test', password: 'horse correct battery' }
const GB = 1e9
/** Markup that would change the title of whichever page took it for that. */
const HOSTILE = `<img src=x onerror="document.title='hacked'">`

interface Person {
  context: BrowserContext
  page: Page
}

/* People at work in front of gateway, fetcher and proxy. */
export const describePortalWork = inBrowser('in the portal', (stores) => {
  let obb: Installation
  let rapid: FakeHost<ApiKnobs>
  let folders: FakeHost<ApiKnobs>
  let news: FakeHost<TransferKnobs>
  let browser: Browser
  let boss: Person
  let user: Person
  let other: Person
  /** Of the user, for what is looked at beside the page. */
  let key: string
  let foreign: Server
  /** Of each page. */
  const complaints: string[][] = []

  const post = async ({ context }: Person, path: string, data: object) => {
    const url = obb.api + PORTAL_API + path
    const answer = await context.request.post(url, { data, headers: { origin: obb.api } })
    const body = (await answer.json()) as { data: Record<string, string> }
    if (!answer.ok()) throw new Error(`${path}: ${JSON.stringify(body)}`)
    return body.data
  }
  const person = async (): Promise<Person> => {
    const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' })
    const page = await context.newPage()
    page.setDefaultTimeout(20_000)
    complaints.push(complaintsOf(page))
    return { context, page }
  }
  const signUp = async (who: { email: string; password: string }) => {
    const { token } = await post(boss, '/admin/invitations', { email: who.email, traffic: GB })
    const made = await person()
    await post(made, '/sign-up', { token, ...who })
    return made
  }
  const open = async ({ page }: Person, path: string) => {
    await page.goto(obb.api + path)
    await page.getByRole('heading', { level: 1 }).waitFor()
  }
  const add = async (who: Person, link: string) => {
    await open(who, '/')
    await who.page.getByRole('textbox', { name: 'Links' }).fill(link)
    await who.page.getByRole('button', { name: /^Add 1 file/ }).click()
    await who.page.getByText('1 file was added.').waitFor()
  }
  const trafficLeft = async () => (await obb.call(key, 'GET', '/account')).body.data.trafficleft as number
  /** What a page of this portal is answered that calls the API; with the session that is its own. */
  const ask = (page: Page, method: string, path: string, body?: object) => {
    const init = { method, ...(body && { body: JSON.stringify(body) }) }
    const headers = body ? `, headers: { 'content-type': 'application/json' }` : ''
    const text = `fetch(${JSON.stringify(PORTAL_API + path)}, { ...${JSON.stringify(init)}${headers} })`
    return page.evaluate<number>(`${text}.then(({ status }) => status)`)
  }

  beforeAll(async () => {
    obb = await Installation.start(stores, { SETUP_CODE })
    rapid = await obb.addHost<ApiKnobs>('RapidGator')
    folders = await obb.addHost<ApiKnobs>('OneFichier')
    await obb.admin('PATCH', '/hosts/Usenet', { enabled: true })
    news = await obb.addHost('Usenet')
    await obb.startFetcher()
    foreign = createServer((_, response) => {
      response.setHeader('content-type', 'text/html')
      response.end('<title>Another site</title>')
    })
    await once(foreign.listen(0, '127.0.0.1'), 'listening')
    browser = await openBrowser()
    boss = await person()
    await post(boss, '/set-up', { code: SETUP_CODE, ...OPERATOR })
    user = await signUp(USER)
    other = await signUp(OTHER)
    key = (await post(user, '/keys', { name: 'beside the page' }))['apiKey'] ?? ''
  })
  afterAll(async () => {
    await browser?.close()
    foreign?.close()
    await obb?.close()
  })

  describe('somebody', () => {
    it('sees a file come in, stops it, and has the traffic back', async () => {
      const { page } = user
      rapid.knobs.bytesPerSecond = 300_000
      await add(user, rapid.addFile({ name: 'long.iso', content: patternContent(60e6, 1) }))
      expect(await trafficLeft()).toBe(GB - 60e6)
      await page.getByRole('link', { name: 'See how they come in' }).click()
      const bar = page.getByRole('progressbar', { name: /long\.iso/ })
      await bar.waitFor()
      const early = (await bar.getAttribute('aria-valuenow')) ?? ''
      const later = page.locator(`[role=progressbar][aria-label*="long.iso"]:not([aria-valuenow="${early}"])`)
      expect(Number(await later.getAttribute('aria-valuenow'))).toBeGreaterThan(Number(early))
      await page.getByRole('button', { name: 'long.iso', exact: true }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Cancel', exact: true }).click()
      await bar.waitFor({ state: 'detached' })
      await page.getByText('1 download is cancelled.').waitFor()
      await page.waitForResponse((answer) => answer.request().method() === 'DELETE')
      await open(user, '/traffic')
      const refund = page.getByRole('row').filter({ hasText: 'Refund' }).filter({ hasText: 'long.iso' })
      await refund.getByText('+60.0 MB').waitFor()
      await page.getByText(/All of it came back/).waitFor()
      await page.getByRole('combobox', { name: 'Kind' }).selectOption('Refund')
      await page.waitForURL(/kind=refund/)
      await page.getByText(/All of it came back/).waitFor({ state: 'detached' })
      await refund.getByText(/Refund of the charge of/).waitFor()
      await refund.getByRole('button', { name: 'long.iso' }).click()
      const details = page.getByRole('dialog')
      await details.getByText('Cancelled or deleted by you').waitFor()
      await details.getByText('+60.0 MB').waitFor()
      expect(await axeFaults(page)).toEqual([])
      expect(await trafficLeft()).toBe(GB)
      rapid.knobs.bytesPerSecond = 0
    })

    it('drops an NZB, takes its file, and gives the link to a machine at another address', async () => {
      const { page } = user
      const content = patternContent(300_000, 2)
      const nzb = await (await fetch(news.addFile({ name: 'posted.bin', content }))).text()
      await open(user, '/')
      const dropped = await page.evaluateHandle(`(() => {
        const data = new DataTransfer()
        data.items.add(new File([${JSON.stringify(nzb)}], 'posted.nzb', { type: 'application/x-nzb' }))
        return data
      })()`)
      await page.getByRole('textbox', { name: 'Links' }).dispatchEvent('drop', { dataTransfer: dropped })
      await page.getByText('1 file was added.').waitFor()
      await page.getByRole('link', { name: 'Files', exact: true }).click()
      const link = page.getByRole('link', { name: 'Download posted.bin' })
      const href = (await link.getAttribute('href')) ?? ''
      const [response] = (await once(get(href, { localAddress: '127.0.0.2' }), 'response')) as [
        IncomingMessage,
      ]
      expect((await buffer(response)).equals(Buffer.from(await contentBytes(content)))).toBe(true)
    })

    it('goes on being told without the stream of events, and by it again when it is back', async () => {
      const { page } = user
      const events = (url: URL) => url.pathname === `${PORTAL_API}/events`
      const lists = (url: URL) => url.pathname === `${PORTAL_API}/links`
      await page.route(events, (route) => route.abort('connectionreset'))
      await open(user, '/downloads')
      rapid.knobs.bytesPerSecond = 300_000
      const begin = (name: string, seed: number) =>
        obb.call(key, 'POST', '/unrestrict', {
          url: rapid.addFile({ name, content: patternContent(60e6, seed) }),
        })
      const first = await begin('polled.iso', 3)
      await page.getByText('polled.iso').waitFor()
      const back = page.waitForResponse((answer) => events(new URL(answer.url())) && answer.ok())
      await page.unroute(events)
      await back
      await page.route(lists, (route) => route.abort())
      const second = await begin('streamed.iso', 4)
      await page.getByText('streamed.iso').waitFor()
      await page.unroute(lists)
      for (const { body } of [first, second]) await obb.call(key, 'DELETE', `/link/${body.data.linkId}`)
      rapid.knobs.bytesPerSecond = 0
    })

    it('makes a key that works at once, and revokes it, which ends what is open by it', async () => {
      const { page } = user
      await open(user, '/connect')
      const card = page.getByRole('region', { name: 'curl' })
      await card.getByRole('button', { name: 'Make a key' }).click()
      const [made = ''] = /obb_\w+/.exec((await card.getByText('obb_').textContent()) ?? '') ?? []
      const stream = await fetch(`${obb.api}${EXTERNAL_API}/events`, {
        headers: { authorization: `Bearer ${made}`, 'user-agent': 'curl/8' },
      })
      expect(stream.status).toBe(200)
      await card.getByText(/^curl was here ./).waitFor()
      await open(user, '/try')
      await page.getByLabel('API key').fill(made)
      await page.getByLabel('Call').selectOption(`GET ${EXTERNAL_API}/account`)
      await page.getByRole('button', { name: 'Send' }).click()
      await page.getByText('"success": true').waitFor()
      await open(user, '/profile')
      const row = page.getByRole('row').filter({ hasText: /^curl/ })
      await row.getByRole('button', { name: 'Revoke' }).click()
      await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke' }).click()
      await row.waitFor({ state: 'detached' })
      await stream.text() // to its end
      expect((await obb.call(made, 'GET', '/account')).code).toBe(401)
    })
  })

  describe('an operator', () => {
    it('changes the plan and the role of a user', async () => {
      const { page } = boss
      await open(boss, `/admin/users?user=${OTHER.email}`)
      const details = page.getByRole('dialog')
      await details.getByRole('button', { name: 'Change plan' }).click()
      await details.getByLabel(/^Share of the queue/).fill('3')
      await details.getByRole('switch', { name: /^One fetch per host/ }).check()
      await details.getByRole('button', { name: 'Save' }).click()
      await page.getByText(`The plan of ${OTHER.email} is changed.`).waitFor()
      await details.getByRole('button', { name: 'Make operator' }).click()
      await page.getByRole('alertdialog').getByRole('button', { name: 'Make operator' }).click()
      await details.getByRole('button', { name: 'Make user' }).waitFor()
      await open(other, '/admin')
      await other.page.getByRole('heading', { name: 'Overview', exact: true }).waitFor()
      await details.getByRole('button', { name: 'Make user' }).click()
      await page.getByRole('alertdialog').getByRole('button', { name: 'Make user' }).click()
      await details.getByRole('button', { name: 'Make operator' }).waitFor()
      const { items } = await obb.admin('GET', `/users?search=${OTHER.email}`)
      expect(items).toMatchObject([{ weight: 3, solo: true, role: 'user' }])
      expect(await ask(other.page, 'GET', '/admin/users')).toBe(403)
    })

    it('hands over a link by which a user chooses another password', async () => {
      const { page } = boss
      await open(boss, `/admin/users?user=${OTHER.email}`)
      await page.getByRole('dialog').getByRole('button', { name: 'Make reset link' }).click()
      const link = (await page.getByRole('dialog').getByText('/reset?').textContent()) ?? ''
      const { pathname, search } = new URL(link)
      await other.context.clearCookies()
      await open(other, pathname + search)
      await other.page.getByLabel(/^New password/).fill('a password that is new')
      await other.page.getByRole('button', { name: 'Set it and sign in' }).click()
      await other.page.getByRole('heading', { name: 'Add links', exact: true }).waitFor()
    })

    it('replaces the credentials of a host account, which are tested first, and limits the host', async () => {
      const { page } = boss
      await open(boss, '/admin/accounts')
      await page.getByRole('button', { name: rapid.credentials['email'] ?? '' }).click()
      const details = page.getByRole('dialog')
      await details.getByRole('button', { name: 'Replace credentials' }).click()
      const secret = details.getByLabel(/^Password/)
      await secret.fill('not-the-password')
      await details.getByRole('button', { name: 'Test and save' }).click()
      await details.getByRole('alert').getByText('The host refuses this account.').waitFor()
      await secret.fill(rapid.credentials['password'] ?? '')
      await details.getByRole('button', { name: 'Test and save' }).click()
      await page.getByText('The credentials for RapidGator are replaced.').waitFor()
      await details.getByRole('button', { name: 'Change limits' }).click()
      await details.getByLabel(/^Downloads at once/).fill('2')
      await details.getByRole('button', { name: 'Save' }).click()
      await details.getByRole('button', { name: 'Change limits' }).waitFor()
      await open(boss, '/admin/hosts?host=RapidGator')
      await details.getByRole('button', { name: 'Change limits' }).click()
      await details.getByLabel(/^Connections of one download/).fill('4')
      await details.getByRole('button', { name: 'Save' }).click()
      await page.getByText('RapidGator is changed.').waitFor()
      const { items } = (await obb.admin('GET', '/accounts')) as { items: object[] }
      expect(items).toContainEqual(expect.objectContaining({ platform: 'RapidGator', maxDownloads: 2 }))
      expect(await obb.admin('GET', '/hosts/RapidGator')).toMatchObject({ maxChunks: 4 })
    })

    it('keeps a file, and reads how the server is set', async () => {
      const { page } = boss
      await open(boss, '/admin/files?search=posted')
      await page.getByRole('button', { name: 'posted.bin' }).click()
      const details = page.getByRole('dialog')
      await details.getByRole('button', { name: 'Keep', exact: true }).click()
      await details.getByRole('button', { name: 'No longer keep' }).waitFor()
      const { items } = await obb.admin('GET', '/files?search=posted')
      expect(items).toMatchObject([{ pinned: true }])
      await open(boss, '/admin/settings')
      await page.getByRole('heading', { name: 'Addresses', exact: true }).waitFor()
      await page.getByText(obb.proxy).first().waitFor()
    })
  })

  describe('nobody', () => {
    it('is hacked by what a host says', async () => {
      const { page } = boss
      rapid.knobs.apiAnswer = { status: 200, body: { response: null, status: 418, details: HOSTILE } }
      await open(boss, '/admin/accounts')
      await page.getByRole('button', { name: rapid.credentials['email'] ?? '' }).click()
      const checked = page.waitForResponse((answer) => answer.url().endsWith('/check'))
      await page.getByRole('dialog').getByRole('button', { name: 'Check now' }).click()
      await checked
      await open(boss, '/admin/hosts?tab=words')
      await page.getByText(HOSTILE).waitFor()
      expect(await page.title()).not.toContain('hacked')
      rapid.knobs.apiAnswer = undefined
    })

    it('is hacked by what a folder is called', async () => {
      const { page } = user
      const file = folders.addFile({ name: 'inside.bin', content: patternContent(1000, 5) })
      const folder = folders.addFolder?.({ name: HOSTILE, entries: [file] }) ?? ''
      await open(user, '/')
      await page.getByRole('textbox', { name: 'Links' }).fill(folder)
      await page.getByRole('button', { name: 'A folder: show its files' }).click()
      await page.getByText('inside.bin').waitFor()
      expect(await page.title()).not.toContain('hacked')
      await page.getByRole('textbox', { name: 'Links' }).fill('')
    })

    it('reaches the links, keys and sessions of another by their ids', async () => {
      const links = (await obb.call(key, 'GET', '/links')).body.data.links as { linkId: string }[]
      const linkId = links[0]?.linkId ?? ''
      const [own] = await obb.database.query<{ id: string }[]>(`SELECT id FROM api_key WHERE name = $1`, [
        'beside the page',
      ])
      const [session] = await obb.database.query<{ id: string }[]>(
        'SELECT s.id FROM session s JOIN account a ON a.id = s.account_id WHERE a.email = $1',
        [USER.email],
      )
      await open(other, `/downloads?link=${linkId}`)
      await other.page.getByRole('dialog').getByText('There is no such link.').waitFor()
      const { page } = other
      expect([
        await ask(page, 'GET', `/link/${linkId}`),
        await ask(page, 'DELETE', `/link/${linkId}`),
        await ask(page, 'PATCH', `/keys/${own?.id}`, { name: 'mine' }),
        await ask(page, 'POST', `/keys/${own?.id}/rotate`),
      ]).toEqual([404, 404, 404, 404])
      await ask(page, 'DELETE', `/keys/${own?.id}`)
      await ask(page, 'DELETE', `/sessions/${session?.id}`)
      // All of it is there still.
      expect((await obb.call(key, 'GET', `/link/${linkId}`)).code).toBe(200)
      await open(user, '/downloads')
    })

    it('has a page of another site act in the name of who is signed in', async () => {
      const keys = () =>
        obb.database.query<{ id: string }[]>(
          `SELECT k.id, k.hash, k.revoked_at FROM api_key k JOIN account a ON a.id = k.account_id
           WHERE a.email = $1 ORDER BY k.created_at DESC`,
          [USER.email],
        )
      const before = await keys()
      const visited = await user.context.newPage()
      const { port } = foreign.address() as AddressInfo
      await visited.goto(`http://127.0.0.1:${port}/`)
      const own = `${obb.api}${PORTAL_API}/keys`
      const send = (path: string, init: string) =>
        visited.evaluate(
          `fetch(${JSON.stringify(own + path)}, { method: 'POST', credentials: 'include', ${init} }).then(() => 0, () => 0)`,
        )
      await send('', `mode: 'no-cors', body: '{"name":"theirs"}'`)
      await send('', `headers: { 'content-type': 'application/json' }, body: '{"name":"theirs"}'`)
      const answered = visited.waitForResponse((answer) => answer.url().endsWith('/rotate'))
      await send(`/${before[0]?.id}/rotate`, `mode: 'no-cors'`)
      // The cookie went along, or it would be 401.
      expect((await answered).status()).toBe(403)
      await visited.close()
      expect(await keys()).toEqual(before)
    })

    it('is shown a page that breaks its own rules of content', () => {
      expect(complaints.flat()).toEqual([])
    })
  })
})
