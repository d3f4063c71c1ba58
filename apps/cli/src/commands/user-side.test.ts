import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../main.js'
import { type TestIo, testIo } from '../testing/test-io.js'
import { TEST_KEY, TestObb } from '../testing/test-obb.js'
import { TestServer, ok, refused, sendJson } from '../testing/test-server.js'

const CHECKED = { availability: 'online', platform: 'RapidGator', filename: 'a.bin', filesize: '1000' }
const CHEAP = { cost: 0, reusable: true }
const OFFLINE = {
  ...CHECKED,
  availability: 'offline',
  filename: null,
  filesize: null,
  cost: null,
  reusable: false,
}
const GONE = { status: 103, msg: 'It is gone.', action: 'Use another link.' }

const LISTED = {
  ...{ linkId: 'abc', download_ready: false, remote_status: 'downloading', link: null, filename: 'a.bin' },
  ...{
    filesize: '1000',
    hostDomain: 'rapidgator.net',
    maxchunks: 16,
    resumable: true,
    poll_after_seconds: 2,
  },
  ...{ reusedExisting: false, progress: 0.456, bytes_done: 456, attempt: 0, expires_at: 0 },
  ...{
    state: 'downloading',
    platform: 'RapidGator',
    package: null,
    created_at: 0,
    ended_at: null,
    stream: null,
  },
}
const BELOW = /\n\n103: Use another link\.\n$/
const FAILED = { ...LISTED, state: 'error', remote_status: 'error', error: GONE }

const SHARE = {
  ...{ id: 'x'.repeat(32), linkId: 'abc', url: 'https://proxy.test/download/x/a.bin', filename: 'a.bin' },
  ...{ state: 'open', downloads: 1, max_downloads: 3, created_at: 0, expires_at: 0 },
}
const HOST_LIMITS = { maxChunks: 16, maxDownloads: 3, resumable: true }
const OTHER_KEY = TEST_KEY.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a'))

let directory: string
let server: TestServer
let io: TestIo

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'obb-cli-'))
  server = await TestServer.start((request, response) => {
    const path = request.path.replace('/api/external/v1', '')
    const { urls = [] } = (request.body ?? {}) as { urls?: string[] }
    if (path === '/check') {
      const checked = (url: string) =>
        url.includes('gone') ? { ...OFFLINE, ...GONE } : { ...CHECKED, ...CHEAP }
      sendJson(response, 200, ok({ results: urls.map((url) => ({ url, ...checked(url) })) }))
    } else if (path === '/expand') {
      const link = { kind: 'file', filename: 'b.bin', filesize: null }
      sendJson(response, 200, ok({ platform: 'GoFile', links: [{ url: 'https://gofile.io/1', ...link }] }))
    } else if (path.startsWith('/explain')) {
      const file = { platform: 'RapidGator', filename: null, filesize: null, cost: null }
      const gate = { gate: 'slots', pass: false, status: 56, msg: 'Too many.', used: 3, max: 3 }
      const refusal = {
        allowed: false,
        status: 56,
        msg: 'Too many.',
        action: 'Try later.',
        retry_in_seconds: 90,
      }
      sendJson(response, 200, ok({ ...refusal, ...file, gates: [{ ...gate, clears_in_seconds: 90 }] }))
    } else if (path === '/account') {
      const traffic = { trafficleft: 5e9, trafficmax: 1e12, trafficmax_daily: 0 }
      const account = { accountType: 'premium', timeleft: null, login_check_interval: 1000 }
      sendJson(response, 200, ok({ ...account, ...traffic, limits: [] }))
    } else if (path.startsWith('/links?')) {
      const after = new URLSearchParams(path.split('?')[1]).get('after')
      const links = after === null ? [] : [LISTED, FAILED, FAILED]
      sendJson(response, 200, ok({ links, next: after === null ? 'more' : null }))
    } else if (path.startsWith('/links/abc/shares')) {
      sendJson(response, 200, ok(request.method === 'GET' ? { shares: [SHARE] } : SHARE))
    } else if (path.startsWith('/usage')) {
      const day = { day: '2026-01-31', platform: 'RapidGator', charged: 3e9, refunded: 1e9, links: 4 }
      sendJson(response, 200, ok({ days: [day] }))
    } else if (path.startsWith('/ledger')) {
      const entry = { at: '2026-01-31T00:00:00.000Z', kind: 'charge', amount: -3e9, balance: 7e9 }
      const isFirst = !path.includes('after=')
      sendJson(
        response,
        200,
        ok({ items: [{ ...entry, fileName: '=a.bin' }], next: isFirst ? 'more' : null }),
      )
    } else if (path === '/hosts/grouped') {
      const figures = { trafficleft: null, trafficmax_daily: 0, trafficmax: 0, traffic24h_used: 2e9 }
      const host = { platform: 'RapidGator', host: 'rapidgator.net', domains: ['rapidgator.net', 'rg.to'] }
      const works = { ...HOST_LIMITS, currently_working: true }
      sendJson(response, 200, ok({ supportedhosts: [{ ...host, ...works, ...figures }], updated_at: 0 }))
    } else if (path === '/hosts/history?days=90') {
      const period = {
        from: '2026-01-31T00:00:00.000Z',
        succeeded: 9,
        failures: { file_gone: 2 },
        speed: 5e6,
      }
      sendJson(response, 200, ok({ hosts: [{ platform: 'RapidGator', periods: [period] }] }))
    } else if (path === '/nzb' || path.startsWith('/link/')) {
      sendJson(response, 200, ok(LISTED))
    } else sendJson(response, 404, refused(900, 'There is no such route.'))
  })
  io = testIo(directory, { OBB_API: server.url, OBB_KEY: TEST_KEY })
})
afterEach(async () => {
  await server.close()
  rmSync(directory, { recursive: true, force: true })
})

const bodies = () => server.requests.map(({ body }) => body as { urls: string[] })

describe('what a user asks of OBB', () => {
  it('checks links of arguments and files, each once, in pieces that the server takes', async () => {
    const lines = Array.from({ length: 150 }, (_, index) => `https://a.test/${index}`)
    writeFileSync(join(directory, 'links.txt'), `# mine\r\n\n${lines.join('\r\n')}\nhttps://a.test/0\n`)
    expect(await run(['check', 'https://b.test/', '-i', 'links.txt', '--json'], io)).toBe(0)
    expect(bodies().map(({ urls }) => urls.length)).toEqual([100, 51])
    expect(bodies().flatMap(({ urls }) => urls)).toEqual(['https://b.test/', ...lines])
    expect((JSON.parse(io.stdout.text) as { results: unknown[] }).results).toHaveLength(151)
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${TEST_KEY}`)
  })

  it('lists links, through pages without any, as they are asked for', async () => {
    const asked = [
      'links',
      '--state',
      'downloading',
      '--host',
      'rapidgator.net',
      '--search',
      'a b',
      '--limit',
      '600',
    ]
    expect(await run([...asked, '--since', '2026-01-31'], io)).toBe(0)
    expect(io.stdout.text).toMatch(/abc +1970\S+Z +downloading 45 % +1\.0 kB +RapidGator +a\.bin +-/)
    const queries = server.requests.map(({ path }) =>
      Object.fromEntries(new URLSearchParams(path.split('?')[1])),
    )
    const filter = { state: 'downloading', platform: 'rapidgator.net', search: 'a b' }
    const first = { ...filter, since: '2026-01-31T00:00:00.000Z', limit: '500' }
    expect(queries).toEqual([first, { ...first, after: 'more' }])
  })

  it('tells links as JSON with where the list goes on, and refuses a state that there is not', async () => {
    expect(await run(['links', '--all', '--json'], io)).toBe(0)
    expect(JSON.parse(io.stdout.text)).toEqual({ links: [LISTED, FAILED, FAILED], next: null })
    expect(await run(['links', '--state', 'finished'], io)).toBe(2)
  })

  it('shares a link with others, lists shares, and takes one back', async () => {
    expect(await run(['share', 'add', 'abc', '--downloads', '3', '--expires-in-hours', '2'], io)).toBe(0)
    expect(io.stdout.text).toContain(SHARE.url)
    expect(server.requests[0]?.body).toEqual({ max_downloads: 3, expires_in_seconds: 7200 })
    const listing = testIo(directory, { OBB_API: server.url, OBB_KEY: TEST_KEY })
    expect(await run(['share', 'list', 'abc'], listing)).toBe(0)
    expect(listing.stdout.text).toMatch(/x{32} +open +1 of 3 +1970/)
    expect(await run(['share', 'add', 'abc', '--downloads', '0'], io)).toBe(2)
  })

  it('writes all of the own ledger as CSV, in which no name is a formula', async () => {
    expect(await run(['ledger', '--csv'], io)).toBe(0)
    const line = "2026-01-31T00:00:00.000Z,charge,-3000000000,7000000000,,'=a.bin,,,"
    const [head, ...lines] = io.stdout.text.split('\r\n')
    expect(head).toBe('time,kind,amount,balance,platform,file,link,note,key')
    expect(lines).toEqual([line, line, ''])
    expect(server.requests.map(({ path }) => path.split('?')[1])).toEqual([
      'limit=500',
      'limit=500&after=more',
    ])
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${TEST_KEY}`)
  })

  it.each([['--limit', '10'], ['--all'], ['--email', 'a@example.org'], ['--json']])(
    'refuses %s beside --csv, and writes nothing',
    async (...more) => {
      expect(await run(['ledger', '--csv', ...more], io)).toBe(2)
      expect(io.stderr.text).toContain('--csv')
      expect(server.requests).toEqual([])
    },
  )

  it.each([
    ['of one file', ['explain', 'https://a.test/1'], /what to do +Try later\.\n/],
    ['of several, each once', ['check', 'https://gone.test/1', 'https://gone.test/2'], BELOW],
    ['of links that failed', ['links', '--all'], BELOW],
  ])('says what to do about refusals %s', async (_what, args, text) => {
    expect([await run(args, io), io.stderr.text]).toEqual([0, ''])
    expect(io.stdout.text).toMatch(text)
  })

  it('says what to do about a refusal, and what the log calls it', async () => {
    const told = { ...GONE, details: ['url: of nothing'] }
    const other = await TestServer.start((_request, response) =>
      sendJson(response, 404, { success: false, ...told }, { 'x-request-id': 'req-1' }),
    )
    try {
      const env = { OBB_API: other.url, OBB_KEY: TEST_KEY }
      const people = testIo(directory, env)
      expect(await run(['account'], people)).toBe(1)
      expect(people.stderr.text.split('\n').slice(1)).toEqual([
        ...['  url: of nothing', '  Use another link.', "  request req-1 in the server's log", ''],
      ])
      const programs = testIo(directory, env)
      expect(await run(['account', '--json'], programs)).toBe(1)
      expect(JSON.parse(programs.stdout.text)).toEqual({
        error: { ...told, msg: 'It is gone. (status 103)', request: 'req-1' },
      })
    } finally {
      await other.close()
    }
  })

  it('takes links from standard input', async () => {
    const piped = testIo(directory, { OBB_API: server.url, OBB_KEY: TEST_KEY }, 'https://a.test/1\n')
    expect(await run(['check', '-i', '-'], piped)).toBe(0)
    expect(piped.stdout.text).toMatch(/online +1\.0 kB +0 B +a\.bin .*https:\/\/a\.test\/1/)
  })

  it.each([
    [['expand', 'https://gofile.io/d/x'], /file +- +b\.bin +https:\/\/gofile\.io\/1/],
    [['explain', 'https://a.test/?a=b&c'], /slots +no +56 +3 of 3 +1:30 +Too many\./],
    [['account'], /traffic left +5\.0 GB/],
    [['usage', '--days', '7'], /2026-01-31 +RapidGator +4 +3\.0 GB +1\.0 GB/],
    [['ledger', '--all'], /charge +-3\.0 GB +7\.0 GB +- +=a\.bin +-\n.*charge/],
    [['hosts'], /RapidGator +yes +2\.0 GB +- +rapidgator\.net rg\.to/],
    [['hosts', 'history', '--days', '90'], /RapidGator +2026-\S+ +9 +file_gone 2 +5\.0 MB\/s/],
    [['links', 'cancel', 'abc'], /^ended: a\.bin/],
  ])('answers %j', async (args, text) => {
    expect([await run(args, io), io.stderr.text]).toEqual([0, ''])
    expect(io.stdout.text).toMatch(text)
    if (args[0] === 'explain')
      expect(server.requests[0]?.path).toContain('url=https%3A%2F%2Fa.test%2F%3Fa%3Db%26c')
  })

  it('sends an NZB as it is, and tells the link to its file', async () => {
    writeFileSync(join(directory, 'post.nzb'), '<nzb/>')
    expect([await run(['nzb', 'post.nzb'], io), io.stderr.text]).toEqual([0, ''])
    expect(io.stdout.text).toMatch(/id +abc\nname +a\.bin/)
    expect(server.requests[0]).toMatchObject({
      ...{ method: 'POST', headers: { 'content-type': 'application/x-nzb' } },
      body: '<nzb/>',
    })
    expect(await run(['nzb', 'none.nzb'], io)).toBe(1)
    expect(io.stderr.text).toBe('obb: none.nzb cannot be read (ENOENT)\n')
  })

  it('gives the key of the whole command to what stands below it', async () => {
    await run(['links', 'cancel', 'abc', '--key', OTHER_KEY], io)
    await run(['hosts', 'history', '--days', '90', '--key', OTHER_KEY], io)
    await run(['ledger', '--key', OTHER_KEY], io)
    expect(server.requests.map(({ method, headers }) => [method, headers.authorization])).toEqual([
      ['DELETE', `Bearer ${OTHER_KEY}`],
      ['GET', `Bearer ${OTHER_KEY}`],
      ['GET', `Bearer ${OTHER_KEY}`],
      ['GET', `Bearer ${OTHER_KEY}`],
    ])
  })

  it.each([[['check']], [['get']], [['check', '-i', 'none.txt']]])(
    'says what is missing: %j',
    async (args) => {
      expect(await run(args, io)).toBeGreaterThan(0)
      expect(io.stderr.text).toMatch(/^obb: (no link is given|none\.txt cannot be read \(ENOENT\))/)
      expect(server.requests).toEqual([])
    },
  )

  it('gets several links, and goes on where one fails', async () => {
    const obb = await TestObb.start(Buffer.from('content'))
    try {
      const own = testIo(directory, { OBB_API: obb.url, OBB_KEY: TEST_KEY })
      obb.withHashes = false
      obb.onDownload = (_request, response, index) => {
        if (index > 0) return false
        sendJson(response, 410, refused(104, 'This link is no longer valid; request it again.'))
        return true
      }
      const links = ['https://a.test/1', 'https://a.test/2']
      expect(await run(['get', ...links, '-o', 'one.bin'], own)).toBe(2)
      expect(own.stderr.text).toContain('-o must be a directory')
      expect(await run(['get', ...links, '--force', '--json'], own)).toBe(0)
      const file = join(directory, 'film.mkv')
      expect(readFileSync(file, 'utf8')).toBe('content')
      expect(JSON.parse(own.stdout.text)).toMatchObject({ files: [{ file }, { file }] })
      const asked = obb.server.requests.filter(({ method }) => method === 'POST')
      expect(asked.map(({ path, body }) => [path.split('/v1')[1], body])).toEqual([
        ['/unrestrict/batch', { urls: links }],
        ['/unrestrict', { url: links[0] }], // its link had ended
      ])
      obb.refusal = { code: 403, body: refused(102, 'Blocked.', { action: 'Ask the operator.' }) }
      own.stderr.text = ''
      own.stdout.text = ''
      expect(await run(['get', ...links, '--json'], own)).toBe(1)
      expect(own.stderr.text).toContain('obb: https://a.test/1: Blocked. (status 102)\n  Ask the operator.\n')
      expect(own.stderr.text).toContain('2 of 2 links failed')
      const blocked = expect.objectContaining({ status: 102, action: 'Ask the operator.' })
      expect(JSON.parse(own.stdout.text)).toEqual({
        files: [],
        failed: links.map((url) => ({ url, error: blocked })),
        error: { status: null, msg: '2 of 2 links failed', details: links },
      })
    } finally {
      await obb.close()
    }
  })
})

describe('obb get of many links', () => {
  it('asks for them together, and once more in its turn for what there was no place for', async () => {
    const obb = await TestObb.start(Buffer.from('content'))
    try {
      const own = testIo(directory, { OBB_API: obb.url, OBB_KEY: TEST_KEY })
      const links = Array.from({ length: 502 }, (_, index) => `https://a.test/${index}`)
      writeFileSync(join(directory, 'links.txt'), links.join('\n'))
      obb.batchRefuses.add(links[1] ?? '').add(links[501] ?? '')
      expect([await run(['get', '-q', '-i', 'links.txt'], own), own.stderr.text]).toEqual([0, ''])
      const asked = obb.server.requests.filter(({ method }) => method === 'POST')
      expect(asked.map(({ path, body }) => [path.split('/v1')[1], body])).toEqual([
        ['/unrestrict/batch', { urls: links.slice(0, 500) }],
        ['/unrestrict', { url: links[1] }],
        ['/unrestrict/batch', { urls: links.slice(500) }],
        ['/unrestrict', { url: links[501] }],
      ])
    } finally {
      await obb.close()
    }
  })
})

describe('obb completion', () => {
  const has = (shell: string) => spawnSync(shell, ['--version']).status === 0

  async function script(shell: string): Promise<string> {
    expect(await run(['completion', shell], io)).toBe(0)
    return io.stdout.text
  }

  it('has bash tell commands, what is below them, and their options', async () => {
    const text = await script('bash')
    const completed = (...words: string[]) =>
      spawnSync(
        'bash',
        [
          '-c',
          `${text}\nCOMP_WORDS=(${words.join(' ')} '')\nCOMP_CWORD=${words.length}\n_obb\necho "\${COMPREPLY[*]}"`,
        ],
        { encoding: 'utf8' },
      ).stdout.trim()
    expect(completed('obb').split(' ')).toEqual(expect.arrayContaining(['user', 'get', 'backup', '--json']))
    expect(completed('obb', '--json', 'user').split(' ')).toEqual(
      expect.arrayContaining(['add', 'list', '--help']),
    )
    expect(completed('obb', 'user', 'add', '--email', 'a').split(' ')).toEqual(
      expect.arrayContaining(['--traffic', '--json', '--token']),
    )
    expect(completed('obb', 'completion').split(' ')).toEqual(expect.arrayContaining(['bash', 'zsh', 'fish']))
  })

  it.each(['zsh', 'fish'])('is what %s can read, where it is installed', async (shell) => {
    const text = await script(shell)
    expect(text).toContain('user')
    if (!has(shell)) return
    const { status, stderr } = spawnSync(shell, ['-n', '-c', text], { encoding: 'utf8' })
    expect([stderr, status]).toEqual(['', 0])
  })

  it('leaves alone what is a variable of zsh itself', async () => {
    expect(await script('zsh')).not.toMatch(/\bpath=/)
  })

  it('knows no other shell', async () => {
    expect(await run(['completion', 'cmd'], io)).toBe(2)
    expect(io.stderr.text).toContain('bash, zsh, fish')
  })
})

describe('help', () => {
  it('marks what must be given, and has examples', async () => {
    expect(await run(['user', 'grant', '--help'], io)).toBe(0)
    expect(io.stdout.text).toMatch(/--email <email> +the user\s+\(required\)/)
    io.stdout.text = ''
    expect(await run(['check', '--help'], io)).toBe(0)
    expect(io.stdout.text).toContain('obb check -i links.txt')
  })
})
