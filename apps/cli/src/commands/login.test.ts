import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { REFUSALS, Refusal, type RefusalCause, failureAnswer } from '@obb/contracts'
import { run } from '../main.js'
import { type TestIo, testIo } from '../testing/test-io.js'
import { type Received, TestServer, ok, sendJson } from '../testing/test-server.js'

const KEY = `obb_${'l'.repeat(32)}`
const STARTED = {
  ...{ device_code: 'device-code', user_code: 'BCDF-GHJK', verification_uri: 'http://obb.test/device' },
  ...{ verification_uri_complete: 'http://obb.test/device?code=BCDF-GHJK', expires_in: 600, interval: 5 },
}
const GIVEN = { access_token: KEY, token_type: 'Bearer', scope: 'read submit', name: 'laptop' }

let directory: string
let server: TestServer
let io: TestIo
/** What `/device/token` answers, one after the other; then the key. */
let answers: (RefusalCause | 'broken')[]
const waits: number[] = []

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'obb-cli-'))
  answers = []
  waits.length = 0
  server = await TestServer.start((request, response) => {
    if (request.path.endsWith('/device/code')) return sendJson(response, 200, ok(STARTED))
    if (request.path.endsWith('/account')) return sendJson(response, 200, ok(accountOf(request)))
    const next = answers.shift()
    if (next === undefined) return sendJson(response, 200, ok(GIVEN))
    if (next === 'broken') return void response.destroy()
    const { code, body } = failureAnswer(new Refusal(next))
    sendJson(response, code, body)
  })
  io = testIo(directory)
  const { sleep } = io.clock
  io.clock.sleep = (ms, signal) => {
    waits.push(ms)
    io.clock.advance(ms)
    return signal?.aborted ? sleep.call(io.clock, 0, signal) : Promise.resolve()
  }
})
afterEach(async () => {
  await server.close()
  rmSync(directory, { recursive: true, force: true })
})

const accountOf = ({ headers }: Received) => ({
  ...{ accountType: headers.authorization === `Bearer ${KEY}` ? 'premium' : 'free', timeleft: null },
  ...{ trafficleft: 5e9, trafficmax: 1e12, trafficmax_daily: 0, login_check_interval: 1000, limits: [] },
})
const login = (...more: string[]) => run(['account', 'login', '--server', server.url, ...more], io)
const kept = join('data', 'login.json')

describe('obb account login', () => {
  it('tells code and link, waits as it is told, and keeps the key for itself alone', async () => {
    answers = ['authorization_pending', 'slow_down', 'authorization_pending']
    expect(await login('--name', 'laptop')).toBe(0)
    expect(server.requests[0]?.body).toEqual({ client_name: 'laptop' })
    expect(io.stderr.text).toContain('Open http://obb.test/device and type BCDF-GHJK')
    expect(io.stderr.text).toContain('http://obb.test/device?code=BCDF-GHJK')
    expect(waits).toEqual([5_000, 5_000, (REFUSALS.slow_down.retryInSeconds ?? 0) * 1_000, 5_000])
    const path = join(directory, kept)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ api: server.url, apiKey: KEY })
    expect(io.stdout.text + io.stderr.text).not.toContain(KEY)
  })

  it('is what other commands ask with, until logout', async () => {
    await login()
    const shown = testIo(directory)
    expect(await run(['account', '--json'], shown)).toBe(0)
    expect(shown.stdout.text).toContain('premium')
    expect(server.requests.at(-1)?.headers.authorization).toBe(`Bearer ${KEY}`)
    expect(await run(['account', 'logout'], testIo(directory))).toBe(0)
    expect(existsSync(join(directory, kept))).toBe(false)
    expect(await run(['account', 'logout'], testIo(directory))).toBe(0)
    expect(await run(['account'], testIo(directory))).toBe(1)
  })

  it('is sent to no other server', async () => {
    await login()
    const requests = server.requests.length
    const other = testIo(directory)
    expect(await run(['account', '--api', 'http://127.0.0.1:1'], other)).toBe(2)
    expect(server.requests.length).toBe(requests)
  })

  it('goes on while the server is away for a moment', async () => {
    answers = ['broken', 'service_unavailable']
    expect(await login()).toBe(0)
  })

  it.each(['access_denied', 'expired_token'] as const)(
    'ends with %s, and keeps what was kept',
    async (cause) => {
      await login()
      const before = readFileSync(join(directory, kept), 'utf8')
      answers = [cause]
      expect(await login()).toBe(1)
      expect(io.stderr.text).toContain(REFUSALS[cause].msg)
      expect(readFileSync(join(directory, kept), 'utf8')).toBe(before)
    },
  )

  it('says what to do where its file is damaged, and where no server is named', async () => {
    await login()
    writeFileSync(join(directory, kept), '{')
    expect(await run(['account'], io)).toBe(1)
    expect(io.stderr.text).toContain('log in again with ./obb account login')
    const nowhere = testIo(mkdtempSync(join(directory, 'empty-')))
    expect(await run(['account', 'login'], nowhere)).toBe(2)
    expect(nowhere.stderr.text).toContain('--server')
  })
})
