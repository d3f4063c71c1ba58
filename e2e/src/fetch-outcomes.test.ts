import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { AccountPool } from '@obb/core/pool'
import { Vault } from '@obb/core/secrets'
import { openObjectStore, storeSettings } from '@obb/core/storage'
import { type CannedAnswer, type FakeHost, type TransferKnobs, loadFake } from '@obb/host-adapters/testing'
import { PART, WatchedContent } from './fetch-content.js'
import { Installation } from './installation.js'

const SIZE = 2 * PART + 77
const TRAFFIC = 1000 * SIZE

interface Knobs extends TransferKnobs {
  answers: Record<string, CannedAnswer | undefined>
  linkAnswer: CannedAnswer | undefined
  linkRequests: number
  rangeRefusals: number
}

describe('what a host says about a file, an account or itself', () => {
  let obb: Installation
  let host: FakeHost<Knobs>
  let key: string
  let content: WatchedContent
  let url: string
  let seed = 0

  beforeAll(async () => {
    obb = await Installation.start('embedded', { LOG_LEVEL: 'info' })
    host = await (await loadFake<Knobs>('RapidGator')).start()
    await obb.admin('PATCH', '/hosts/RapidGator', { origins: host.origins })
    key = (await obb.admin('POST', '/users', { email: 'jd@example.test', traffic: TRAFFIC })).apiKey
    await obb.startFetcher()
  })
  afterAll(async () => {
    await obb.close()
    await host.close()
  })
  beforeEach(async () => {
    host.knobs.answers = {}
    Object.assign(host.knobs, { linkRequests: Infinity })
    Object.defineProperty(host.knobs, 'linkAnswer', { value: undefined, writable: true, configurable: true })
    content = new WatchedContent(SIZE, ++seed)
    url = host.addFile({ name: `file-${seed}.bin`, content, md5: await content.digest('md5') })
    await freshAccounts(2)
  })

  /** Accounts in unknown state in place of those of the test before. */
  async function freshAccounts(count: number): Promise<void> {
    await obb.database.query('DELETE FROM host_account')
    await obb.admin('POST', '/accounts', {
      ...{ platform: 'RapidGator', credentials: host.credentials },
      untested: true,
    })
    // The stand-in knows one account, which the gateway takes once.
    const pool = new AccountPool(obb.database, obb.clock, new Vault(obb.config.SECRETS_KEY))
    for (let n = 1; n < count; n++) {
      await pool.add({ platform: 'RapidGator', label: `another ${n}`, credentials: host.credentials })
    }
  }

  const accounts = async (): Promise<{ enabled: boolean; offReason: string | null; cooling: boolean }[]> =>
    obb.database.query(
      `SELECT enabled, off_reason AS "offReason", cool_until > $1 AS cooling FROM host_account ORDER BY off_reason`,
      [new Date(obb.clock.now())],
    )
  const fileCalls = () => host.calls.filter((call) => call.startsWith('file/')).length
  const unrestrict = () => obb.call(key, 'POST', '/unrestrict', { url })
  const view = async (linkId: string) => (await obb.call(key, 'GET', `/link/${linkId}`)).body.data

  async function link(): Promise<string> {
    const answer = await unrestrict()
    expect([answer.code, answer.body.msg]).toEqual([200, undefined])
    return answer.body.data.linkId
  }

  const file = async (linkId: string) => {
    const [row] = await obb.database.query(
      `SELECT f.*, extract(epoch FROM f.next_attempt_at) * 1000 AS due FROM source_file f JOIN link l ON l.file_id = f.id WHERE l.id = $1`,
      [linkId],
    )
    return row
  }

  /** Until the file waits for a time that is not now. */
  async function waiting(linkId: string): Promise<{ attempts: number; inSeconds: number }> {
    for (;;) {
      const { state, due, attempts } = await file(linkId)
      if (state === 'done' || state === 'error') throw new Error(`it is ${state}`)
      if (state === 'pending' && Number(due) > obb.clock.now() + 500) {
        return { attempts, inSeconds: Math.round((Number(due) - obb.clock.now()) / 1000) }
      }
      await sleep(20)
    }
  }

  /** Lets the time of each wait pass until it has ended; true if it was seen as ready at any moment. */
  async function ended(linkId: string): Promise<boolean> {
    let seen = false
    for (;;) {
      const { state, due } = await file(linkId)
      seen ||= (await view(linkId)).download_ready
      if (state === 'done' || state === 'error') return seen
      if (state === 'pending') await obb.pass(Math.max(0, Number(due) - obb.clock.now()))
      await sleep(50)
    }
  }

  async function entries(linkId: string): Promise<[string, number][]> {
    const rows = await obb.database.query(
      'SELECT kind, bytes FROM traffic_entry WHERE link_id = $1 ORDER BY id',
      [linkId],
    )
    return rows.map((row: { kind: string; bytes: number }) => [row.kind, row.bytes])
  }
  const refunded = [
    ['charge', -SIZE],
    ['refund', SIZE],
  ]

  /** In place of the real answer of a method: each call's own, the real one after them. */
  function answers(method: string, ...given: (() => CannedAnswer | undefined)[]): void {
    Object.defineProperty(host.knobs.answers, method, { get: () => given.shift()?.() })
  }

  it('a file that is gone: 104, and the host is not asked again for minutes', async () => {
    host.removeFile(url)
    const first = await unrestrict()
    expect([first.code, first.body.status]).toEqual([404, 104])
    const asked = fileCalls()
    await obb.pass(9 * 60_000)
    expect((await unrestrict()).body.status).toBe(104)
    expect(fileCalls()).toBe(asked)
  })

  it('a file that is deleted before its fetch: asked twice, then 104 with all traffic given back', async () => {
    answers('file/download', () => (host.removeFile(url), undefined))
    const linkId = await link()
    expect((await waiting(linkId)).attempts).toBe(1)
    await ended(linkId)
    expect(await view(linkId)).toMatchObject({ remote_status: 'error', error: { status: 104 } })
    expect(await entries(linkId)).toEqual(refunded)
    const asked = fileCalls()
    expect((await unrestrict()).body.status).toBe(104)
    expect(fileCalls()).toBe(asked)
  })

  it('a file for subscribers only: 103 with all traffic given back, answered from memory', async () => {
    answers('file/download', () => refusal(401, 'This file can be downloaded only by subscribers'))
    const linkId = await link()
    await ended(linkId)
    expect(await view(linkId)).toMatchObject({ remote_status: 'error', error: { status: 103 } })
    expect(await entries(linkId)).toEqual(refunded)
    const asked = fileCalls()
    expect((await unrestrict()).body.status).toBe(103)
    expect(fileCalls()).toBe(asked)
    expect((await accounts()).every(({ enabled, cooling }) => enabled && !cooling)).toBe(true)
  })

  it('an account without traffic: the next one goes on, and the user sees nothing of it', async () => {
    answers('file/download', () => refusal(423, 'Error: Exceeded traffic'))
    const linkId = await link()
    await ended(linkId)
    expect(await view(linkId)).toMatchObject({ remote_status: 'done', attempt: 0 })
    const [cooling, other] = await accounts()
    expect(cooling).toMatchObject({
      enabled: true,
      cooling: true,
      offReason: expect.stringContaining('ACCOUNT_QUOTA'),
    })
    expect(other).toMatchObject({ enabled: true, offReason: null })
  })

  it('an account with a wrong password: disabled with the reason, and the next one goes on', async () => {
    answers('file/download', () => refusal(401, 'Error: Error e-mail or password.'))
    const linkId = await link()
    await ended(linkId)
    expect((await view(linkId)).remote_status).toBe('done')
    const [off, other] = await accounts()
    expect(off).toMatchObject({ enabled: false, offReason: expect.stringContaining('ACCOUNT_INVALID') })
    expect(other).toMatchObject({ enabled: true, offReason: null })
  })

  it('all accounts without traffic: a link that was made waits for the first to be back, a new one gets 107', async () => {
    const exceeded = () => refusal(423, 'Error: Exceeded traffic')
    answers('file/download', exceeded, exceeded)
    const linkId = await link()
    const { attempts, inSeconds } = await waiting(linkId)
    expect([attempts, inSeconds > 3 * 3600]).toEqual([0, true])
    expect((await view(linkId)).remote_status).toBe('pending')
    const other = host.addFile({ name: `other-${seed}.bin`, content })
    const refused = await obb.call(key, 'POST', '/unrestrict', { url: other })
    expect([refused.code, refused.body.status]).toEqual([429, 107])
    await ended(linkId)
    expect((await view(linkId)).remote_status).toBe('done')
    expect(await entries(linkId)).toEqual([['charge', -SIZE]])
  })

  it('the last account refused when a file is first asked about: 107 with the time when that account is back', async () => {
    await freshAccounts(1)
    const exceeded = () => refusal(423, 'Error: Exceeded traffic')
    answers('file/info', exceeded, exceeded)
    const other = host.addFile({ name: `first-${seed}.bin`, content })
    const refused = await obb.call(key, 'POST', '/unrestrict', { url: other })
    expect(refused.body).toMatchObject({ status: 107 })
    expect(refused.body.retry_in_seconds).toBeGreaterThan(3 * 3600)
    const { health } = await obb.admin('GET', '/hosts/RapidGator')
    expect(health.lastError).toBe('ACCOUNT_QUOTA')
  })

  it('no account that works at all: 107 with all traffic given back', async () => {
    await freshAccounts(1)
    answers('file/download', () => refusal(401, 'Error: User is FROZEN'))
    const linkId = await link()
    await ended(linkId)
    expect(await view(linkId)).toMatchObject({ remote_status: 'error', error: { status: 107 } })
    expect(await entries(linkId)).toEqual(refunded)
  })

  it('a host that is busy: the link waits without using up an attempt, then goes on', async () => {
    host.knobs.linkAnswer = { status: 503, body: 'busy', headers: { 'retry-after': '120' } }
    const linkId = await link()
    const { attempts, inSeconds } = await waiting(linkId)
    expect([attempts, Math.abs(inSeconds - 120) <= 3]).toEqual([0, true])
    expect((await view(linkId)).remote_status).toBe('pending')
    host.knobs.linkAnswer = undefined
    await ended(linkId)
    expect((await view(linkId)).hashes.sha256).toBe(await content.digest('sha256'))
  })

  it('bytes that do not have the hash the host states: never ready, tried again, then 106 with all traffic given back', async () => {
    url = host.addFile({ name: `corrupt-${seed}.bin`, content, md5: '0'.repeat(32) })
    const linkId = await link()
    expect(await ended(linkId)).toBe(false)
    expect(await view(linkId)).toMatchObject({ remote_status: 'error', error: { status: 106 } })
    expect(content.reads.length).toBe(5 * 3)
    expect(await entries(linkId)).toEqual(refunded)
    const store = await openObjectStore(storeSettings(obb.config))
    expect(await store.listUploads()).toEqual([])
    expect((await file(linkId)).object_key).toBeNull()
    await store.close()
  }, 60_000)

  it('a file of another size than its host told: fetched as it is, and what was charged is settled', async () => {
    const bigger = new WatchedContent(SIZE + 1, seed)
    url = host.addFile({ name: `grown-${seed}.bin`, content })
    answers(
      'file/info',
      () => undefined,
      () => (host.replaceFile(url, { name: 'b.bin', content: bigger }), undefined),
    )
    const linkId = await link()
    await ended(linkId)
    expect(await view(linkId)).toMatchObject({ remote_status: 'done', filesize: String(SIZE + 1) })
    expect(await entries(linkId)).toEqual([
      ['charge', -SIZE],
      ['adjustment', -1],
    ])
  })

  /** A link that tells no name to a file whose name the API does not tell either. */
  function nameless(name: string): string {
    const named = host.addFile({ name, content })
    const id = /\/file\/(\w+)/.exec(named)?.[1] ?? ''
    const file = { file_id: id, mode: 0, size: SIZE }
    host.knobs.answers['file/info'] = {
      status: 200,
      body: { response: { file }, status: 200, details: null },
    }
    return `https://rapidgator.net/file/${id}`
  }

  it('a name that its API does not tell: the file gets that of the download, everywhere', async () => {
    url = nameless('Die Brücke; a "b".mkv')
    const asked = await unrestrict()
    expect(asked.body.data.filename).toBe(url.split('/').at(-1))
    const { linkId } = asked.body.data
    await ended(linkId)
    const done = await view(linkId)
    expect(done).toMatchObject({ remote_status: 'done', filename: 'Die Brücke; a _b_.mkv' })
    const name = encodeURIComponent(done.filename)
    expect(done.link).toContain(name)
    const answer = await fetch(done.link)
    expect(answer.headers.get('content-disposition')).toContain(`filename*=UTF-8''${name}`)
    expect((await answer.arrayBuffer()).byteLength).toBe(SIZE)
    const metalink = await (await fetch(`${done.link}.meta4`)).text()
    expect(metalink).toContain('<file name="Die Brücke; a _b_.mkv">')
  })

  it('a name that comes with the bytes and is blocked: 102 with all traffic given back, and known from then on', async () => {
    const { id } = await obb.admin('POST', '/blocks', { kind: 'name', value: 'Taboo*', reason: 'a test' })
    url = nameless('taboo film.mkv')
    const linkId = await link()
    expect(await ended(linkId)).toBe(false)
    expect(await view(linkId)).toMatchObject({ remote_status: 'error', error: { status: 102 } })
    expect(await entries(linkId)).toEqual(refunded)
    const asked = fileCalls()
    expect((await unrestrict()).body.status).toBe(102)
    expect(fileCalls()).toBe(asked)
    await obb.admin('DELETE', `/blocks/${id}`)
  })

  it('a direct link that expires again and again: resolved again, nothing is fetched twice', async () => {
    content = new WatchedContent(8 * PART, seed)
    url = host.addFile({ name: `expiring-${seed}.bin`, content })
    host.knobs.linkRequests = 3
    const linkId = await link()
    await ended(linkId)
    expect(await view(linkId)).toMatchObject({ remote_status: 'done', attempt: 0 })
    expect(content.partsAsked()).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  })

  /** linkAnswers sets what the direct link answers: each request its own, the real bytes after them. */
  function linkAnswers(...given: CannedAnswer[]): void {
    const once = { get: () => given.shift(), set: () => undefined, configurable: true }
    Object.defineProperty(host.knobs, 'linkAnswer', once)
  }
  const NOT_YOURS = { status: 401, body: 'This download session is not for you' }
  const logins = () => host.calls.filter((call) => call === 'user/login').length

  it('a direct link of a session that is over: one more login, and the user sees nothing of it', async () => {
    await freshAccounts(1)
    linkAnswers(NOT_YOURS)
    const linkId = await link()
    const before = logins()
    await ended(linkId)
    expect(await view(linkId)).toMatchObject({ remote_status: 'done', attempt: 0 })
    expect(logins() - before).toBe(1)
    expect(await accounts()).toMatchObject([{ enabled: true, offReason: null }])
  })

  it('direct links that are refused to every session: the account is off, and why is told', async () => {
    await freshAccounts(1)
    host.knobs.linkAnswer = NOT_YOURS
    const linkId = await link()
    await ended(linkId)
    expect(await view(linkId)).toMatchObject({ remote_status: 'error', error: { status: 107 } })
    const offReason = expect.stringContaining('ACCOUNT_INVALID: RapidGator: session is not known any more')
    expect(await accounts()).toMatchObject([{ enabled: false, offReason }])
    const { health } = await obb.admin('GET', '/hosts/RapidGator')
    expect(health.lastError).toBe('ACCOUNT_INVALID')
  })

  it('a range that is refused once: asked for again, not the whole file', async () => {
    host.knobs.rangeRefusals = 1
    const linkId = await link()
    await ended(linkId)
    expect((await view(linkId)).remote_status).toBe('done')
    expect(content.partsAsked()).toEqual([1, 2, 3])
  })

  it('ranges that are always refused: one stream, and the right bytes', async () => {
    host.knobs.rangeRefusals = Infinity
    const linkId = await link()
    await ended(linkId)
    host.knobs.rangeRefusals = 0
    expect((await view(linkId)).hashes.sha256).toBe(await content.digest('sha256'))
    expect(content.reads).toEqual([[0, SIZE]])
  })

  it('six requests in 105 s after a failure do not become six calls to the host', async () => {
    host.knobs.answers['file/info'] = { status: 500, body: 'oops' }
    const before = fileCalls()
    for (let index = 0; index < 6; index++) {
      const answer = await unrestrict()
      expect([answer.code, answer.body.status]).toEqual([503, 105])
      expect(answer.body.data?.retry_in_seconds ?? answer.body.retry_in_seconds).toBeGreaterThan(0)
      await obb.pass(21_000)
    }
    expect(fileCalls() - before).toBe(1)
  })

  it('none of it left a lease, an unbalanced ledger or a secret in the log', async () => {
    expect(await obb.database.query('SELECT 1 FROM pool_lease')).toEqual([])
    const [{ left, sum }] = await obb.database.query(
      'SELECT traffic_left AS left, (SELECT sum(bytes)::bigint FROM traffic_entry) AS sum FROM account',
    )
    expect(left).toBe(sum)
    const lines = obb.logged.join('\n')
    expect(lines).toContain('account set aside')
    for (const secret of [key, ...obb.secrets, ...Object.values(host.credentials)]) {
      expect(lines).not.toContain(secret)
    }
    expect(lines).not.toContain('/dl/')
    expect(lines).not.toMatch(/[?&](token|session_id|password)=/i)
  })
})

/** RapidGator's envelope of a refusal. */
function refusal(status: number, details: string): CannedAnswer {
  return { status, body: { response: null, status, details } }
}
