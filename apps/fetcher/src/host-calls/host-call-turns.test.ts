import { randomBytes, randomUUID } from 'node:crypto'
import { type AddressInfo, createServer } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { Documents } from '@obb/core/documents'
import { Files, type SourceFile, fileIdentity } from '@obb/core/files'
import { Folders } from '@obb/core/folders'
import { HostBreaker, HostWords } from '@obb/core/health'
import { HostCatalog } from '@obb/core/hosts'
import { openLog } from '@obb/core/log'
import { AccountPool, PgSessions } from '@obb/core/pool'
import { Vault } from '@obb/core/secrets'
import { TestDatabase } from '@obb/core/testing'
import { createHostHttp, loadRegistry } from '@obb/host-adapters'
import { type ApiKnobs, type FakeHost, loadFake, patternContent } from '@obb/host-adapters/testing'
import { TestClock } from '@obb/testing/clock'
import { CheckAccountJob } from './check-account-job.js'
import { ExpandFolderJob } from './expand-folder-job.js'
import { DocumentThreads } from './document-threads.js'
import { HostAccess } from './host-access.js'
import { HostCallTurns } from './host-call-turns.js'
import { HostClient } from './host-client.js'
import { InspectFileJob } from './inspect-file-job.js'

const log = openLog('fetcher', 'silent')
const registry = await loadRegistry()
const SIZE = 1000

const tick = () => new Promise((resolve) => setImmediate(resolve))

/** Time at the gates: whoever waits there moves it on, by itself or when it is let pass. */
class GateTime {
  /** Those who wait to be let pass, in order; undefined: nobody has to. */
  held: (() => void)[] | undefined
  private time = 0
  readonly now = (): number => this.time
  readonly wait = async (ms: number): Promise<void> => {
    const until = this.time + ms
    await (this.held ? new Promise<void>((pass) => this.held?.push(pass)) : tick())
    this.time = Math.max(this.time, until)
  }
}

describe('host calls in turns', () => {
  const clock = new TestClock()
  const vault = new Vault(randomBytes(32))
  const http = createHostHttp({ allowNetworks: ['127.0.0.0/8'] })
  let db: TestDatabase
  let files: Files
  let pool: AccountPool
  let breaker: HostBreaker
  let catalog: HostCatalog
  let gates: GateTime
  let turns: HostCallTurns
  let hosts: FakeHost[]
  let stop: AbortController

  beforeAll(async () => {
    db = await TestDatabase.open(clock, { pool: 8 })
    files = new Files(db.source, clock, vault)
    pool = new AccountPool(db.source, clock, vault)
    breaker = new HostBreaker(db.source, clock)
    catalog = new HostCatalog(registry, db.source, clock, vault)
  })
  afterAll(async () => {
    await http.close()
    await db.close()
  })
  beforeEach(() => {
    stop = new AbortController()
    gates = new GateTime()
    hosts = []
    const sessions = new PgSessions(db.source, clock, vault)
    const access = new HostAccess(
      http,
      sessions,
      clock,
      new Documents(db.source, clock),
      new DocumentThreads(),
      gates,
    )
    const words = new HostWords(db.source, clock)
    const client = new HostClient(pool, access, breaker, words, log)
    const folders = new Folders(db.source, clock, vault)
    turns = new HostCallTurns(
      catalog,
      access,
      new InspectFileJob(files, catalog, client, clock, log),
      new ExpandFolderJob(folders, catalog, client, clock, log),
      new CheckAccountJob(catalog, pool, access, words, log),
    )
  })
  afterEach(async () => {
    stop.abort(new Error('the test is over'))
    await Promise.all(hosts.map((host) => host.close()))
    await db.source.query('DELETE FROM host_account')
    await db.source.query('DELETE FROM host_health')
  })

  async function start(platform: string): Promise<FakeHost<ApiKnobs>> {
    const host = await (await loadFake<ApiKnobs>(platform)).start()
    hosts.push(host)
    await catalog.update(platform, { enabled: true, origins: host.origins })
    const label = randomUUID()
    await pool.add({ platform, label, credentials: { ...host.credentials }, proxy: null })
    return host
  }
  const some = (host: FakeHost, count: number, password?: string): string[] =>
    Array.from({ length: count }, () =>
      host.addFile({
        name: 'a.bin',
        content: patternContent(SIZE),
        ...(password === undefined ? {} : { password }),
      }),
    )

  async function fileOf(url: string, password?: string): Promise<SourceFile> {
    const match = catalog.match(url)
    if (!match) throw new Error(`nobody takes ${url}`)
    return files.ensure(fileIdentity(match.policy.platform, match.ref, password), match.ref, password)
  }
  const call = (accountId: string, { id: fileId, platform }: SourceFile): Promise<void> =>
    turns.run({ call: 'inspect', fileId, accountId, platform }, stop.signal)
  /** What is known of the file in the end. */
  async function inspect(accountId: string, url: string, password?: string): Promise<SourceFile | undefined> {
    const file = await fileOf(url, password)
    await call(accountId, file)
    return files.byId(file.id)
  }
  /** The same of files that are asked for in the same moment. */
  async function inspectAll(
    accountId: string,
    urls: readonly string[],
    password?: string,
  ): Promise<(SourceFile | undefined)[]> {
    const asked = await Promise.all(urls.map((url) => fileOf(url, password)))
    await Promise.all(asked.map((file) => call(accountId, file)))
    return Promise.all(asked.map(({ id }) => files.byId(id)))
  }
  const healthOf = async (platform: string) => (await breaker.all()).get(platform)

  it('RapidGator takes 32 new links of two accounts at once: few calls, and none is refused', async () => {
    const host = await start('RapidGator')
    const links = some(host, 32)
    const told = await Promise.all([
      inspectAll('one', links.slice(0, 16)),
      inspectAll('two', links.slice(16)),
    ])
    expect(told.flat().map((file) => [file?.size, file?.refusal])).toEqual(links.map(() => [SIZE, null]))
    expect(host.calls.length).toBeLessThanOrEqual(8)
    expect(host.calls.filter((call) => call === 'file/check_link').length).toBeGreaterThanOrEqual(1)
    expect(gates.now()).toBeLessThan(8_000)
    expect((await healthOf('RapidGator'))?.failures ?? 0).toBe(0)
  })

  it.each([undefined, 'sesame'])(
    'OneFichier tells of six files with a password, known or not (%s), and its circuit stays closed',
    async (password) => {
      const host = await start('OneFichier')
      const told = await inspectAll('one', some(host, 6, 'sesame'), password)
      const expected = password === undefined ? [null, 'password_required'] : [SIZE, null]
      expect(told.map((file) => [file?.size, file?.refusal])).toEqual(told.map(() => expected))
      expect((await healthOf('OneFichier'))?.failures ?? 0).toBe(0)
      // Of the twenty seconds for which a request for a link waits.
      expect(gates.now()).toBeLessThan(20_000)
    },
  )

  it('an account that asks for one file is served among the first, however many another one asks for', async () => {
    const host = await start('Alfafile') // has no call for many
    const held = (gates.held = [] as (() => void)[])
    const flooding = inspectAll('flood', some(host, 60))
    while (held.length < 2) await tick()
    const wanted = await fileOf(some(host, 1)[0] ?? '')
    let isTold = false
    const quiet = call('quiet', wanted).then(() => (isTold = true))
    let passed = 0
    while (!isTold) {
      if (held.length === 2 && passed++ < 60) held.shift()?.()
      await tick()
    }
    await quiet
    // Behind the two that were at the gate already.
    expect(passed).toBe(3)
    expect(await files.byId(wanted.id)).toMatchObject({ size: SIZE })
    gates.held = undefined
    for (const pass of held) pass()
    await flooding
  })

  it('one file of a batch that the host cannot read spoils none of the others', async () => {
    const host = await start('RapidGator')
    const links = some(host, 20)
    host.knobs.answers['file/check_link'] = { status: 200, body: { status: 200, response: 'nonsense' } }
    const told = await inspectAll('one', links)
    expect(told.map((file) => file?.size)).toEqual(links.map(() => SIZE))
  })

  it('the same file is asked about once for all who want it', async () => {
    const host = await start('RapidGator')
    const [link = ''] = some(host, 1)
    await Promise.all(['one', 'two', 'three'].map((account) => inspect(account, link)))
    expect(host.calls.filter((call) => call.startsWith('file/'))).toEqual(['file/info'])
  })

  it('a host that is silent has no more than its share, and keeps nobody else waiting', async () => {
    const open = new Set<unknown>()
    const silent = createServer((socket) => {
      open.add(socket)
      socket.on('error', () => undefined).on('close', () => open.delete(socket))
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => silent.once('listening', resolve))
    const { port } = silent.address() as AddressInfo
    const host = await start('RapidGator')
    const [link = ''] = some(host, 1)
    await catalog.update('Http', { enabled: true })
    const urls = (count: number) =>
      Array.from({ length: count }, () => `http://127.0.0.1:${port}/${randomUUID()}.bin`)
    const flood = (account: string, count: number) =>
      urls(count).map((url) => inspect(account, url).catch(() => undefined))
    const flooding = flood('flood', 60)
    while (open.size < 16) await tick()
    flooding.push(...['a', 'b', 'c', 'd'].flatMap((account) => flood(account, 10)))
    while (open.size < 24) await tick()
    expect(await inspect('quiet', link)).toMatchObject({ size: SIZE })
    expect(open.size).toBe(24)
    stop.abort(new Error('enough'))
    await Promise.all(flooding)
    silent.close()
  })
})
