import { afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Ready } from './greeting.js'
import { processIdentity } from './process-identity.js'

/* The real stack, as built: processes, PostgreSQL, ports and all. `npm test` builds before. */

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const LIMIT_MS = 60_000

interface Run {
  process: ChildProcess
  output: () => string
  /** Its direct children: proxy, fetcher, api, PostgreSQL. */
  children: () => number[]
  exit: Promise<number | null>
}

const running: Run[] = []
const homes: string[] = []

function newHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'obb-stack-'))
  homes.push(home)
  return home
}

function launch(home: string, env: Record<string, string> = {}): Run {
  const child = spawn(process.execPath, [MAIN], {
    cwd: home, // no .env of the developer
    env: { PATH: process.env['PATH'] ?? '', OBB_HOME: home, API_PORT: '0', PROXY_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => (text += `${line}\n`))
  }
  const run: Run = {
    process: child,
    output: () => text,
    children: () => childrenOf(child.pid ?? 0),
    exit: once(child, 'close').then(([code]) => code as number | null),
  }
  running.push(run)
  return run
}

function childrenOf(parent: number): number[] {
  const { stdout } = spawnSync('ps', ['-e', '-o', 'pid=,ppid=,comm='], { encoding: 'utf8' })
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, ppid, command]) => Number(ppid) === parent && command !== 'ps')
    .map(([pid]) => Number(pid))
}

async function until(what: string, isSo: () => boolean, limitMs = LIMIT_MS): Promise<void> {
  const deadline = performance.now() + limitMs
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`not within ${limitMs} ms: ${what}`)
    await sleep(25)
  }
}

async function launchReady(home: string, env?: Record<string, string>): Promise<Run> {
  const run = launch(home, env)
  await until('ready', () => /^ready/m.test(run.output()) || run.process.exitCode !== null)
  if (run.process.exitCode !== null) throw new Error(run.output())
  return run
}

const readyOf = (home: string) => JSON.parse(readFileSync(join(home, 'ready.json'), 'utf8')) as Ready
const gone = (pids: number[]) => pids.every((pid) => processIdentity(pid) === undefined)

const admin = ({ api, adminToken }: Ready, path: string, body: unknown) =>
  fetch(`${api}/api/admin/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

describe('the stack', () => {
  beforeAll(() => {
    if (!existsSync(MAIN)) throw new Error('Not built: run `npm run build` first')
  })

  afterEach(async () => {
    for (const run of running.splice(0)) {
      run.process.kill('SIGTERM')
      await run.exit
    }
    for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true })
  })

  it('is ready with nothing but a directory, and SIGTERM leaves nothing behind', async () => {
    const home = newHome()
    const run = await launchReady(home)
    const ready = readyOf(home)
    expect(ready).toEqual({
      api: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      proxy: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      apiKey: expect.stringMatching(/^obb_[0-9A-Za-z]{32}$/),
      user: 'user@obb.local',
      adminToken: expect.stringMatching(/^.{32,}$/),
    })
    expect(statSync(join(home, 'ready.json')).mode & 0o777).toBe(0o600)
    expect(statSync(join(home, 'secrets.json')).mode & 0o777).toBe(0o600)
    const account = await fetch(`${ready.api}/api/external/v1/account`, {
      headers: { authorization: `Bearer ${ready.apiKey}` },
    })
    expect(await account.json()).toMatchObject({ success: true, data: { trafficleft: 1e12 } })

    const children = run.children()
    expect(children).toHaveLength(4)
    const asked = performance.now()
    run.process.kill('SIGTERM')
    expect(await run.exit).toBe(0)
    expect(performance.now() - asked).toBeLessThan(10_000)
    expect(gone(children)).toBe(true)
    expect(existsSync(join(home, 'ready.json'))).toBe(false)
    expect(existsSync(join(home, 'lock'))).toBe(false)
  }, 120_000)

  it.each(['/proc/nope', '/dev/null', join('/tmp', 'x'.repeat(300))])(
    'ends at once with a sentence where its data directory cannot be: %s',
    async (home) => {
      const run = launch(newHome(), { OBB_HOME: home })
      expect(await run.exit).toBe(1)
      expect(run.output()).toMatch(/^OBB_HOME .* cannot be used: [^\n]+\n$/)
    },
    60_000,
  )

  it('takes over after kill -9, and knows the same user', async () => {
    const home = newHome()
    const first = await launchReady(home)
    const children = first.children()
    const { apiKey } = readyOf(home)
    first.process.kill('SIGKILL')
    await first.exit
    const second = await launchReady(home)
    expect(readyOf(home).apiKey).toBe(apiKey)
    await until('the processes of the first are gone', () => gone(children), 10_000)
    expect(second.children()).toHaveLength(4)
  }, 120_000)

  it('refuses a second instance on the same data, and leaves the first alone', async () => {
    const home = newHome()
    const first = await launchReady(home)
    const second = launch(home)
    expect(await second.exit).toBe(1)
    expect(second.output()).toContain(`OBB already runs on ${home} (process ${first.process.pid})`)
    expect(existsSync(join(home, 'ready.json'))).toBe(true)
    const elsewhere = await launchReady(newHome())
    expect(elsewhere.process.exitCode).toBeNull()
  }, 120_000)

  it('starts a process again that dies, on the same port, and PostgreSQL too', async () => {
    const home = newHome()
    const run = await launchReady(home)
    const { api } = readyOf(home)
    const before = run.children()
    for (const pid of before) process.kill(pid, 'SIGKILL')
    await until('everybody was started again', () => {
      const now = run.children()
      return now.length === 4 && now.every((pid) => !before.includes(pid))
    })
    await until('the announcements', () => run.output().split('starting it again').length === 5)
    const deadline = performance.now() + LIMIT_MS
    for (;;) {
      const created = await admin(readyOf(home), '/users', { email: 'second@obb.local', traffic: 1 }).catch(
        () => undefined,
      )
      if (created?.ok) break
      if (performance.now() > deadline) throw new Error(`${api} did not come back:\n${run.output()}`)
      await sleep(100)
    }
  }, 120_000)

  it('says so, with an empty key, when the key of the first user was rotated', async () => {
    const home = newHome()
    const first = await launchReady(home)
    const rotated = await admin(readyOf(home), '/keys/rotate', { email: 'user@obb.local' })
    expect(rotated.status).toBe(200)
    first.process.kill('SIGTERM')
    await first.exit
    const second = await launchReady(home)
    expect(readyOf(home).apiKey).toBe('')
    expect(second.output()).toContain('key rotate --email user@obb.local')
  }, 120_000)

  it('names the variable of a port in use, and every fault of the settings at once', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const busy = launch(newHome(), { PROXY_PORT: String(port) })
    expect(await busy.exit).toBe(1)
    expect(busy.output()).toContain(`PROXY_PORT ${port} is in use`)
    taken.close()

    const faulty = launch(newHome(), { API_PORT: 'x', LINK_TTL: 'soon', SECRETS_KEY: 'short' })
    expect(await faulty.exit).toBe(1)
    for (const name of ['API_PORT', 'LINK_TTL', 'SECRETS_KEY']) expect(faulty.output()).toContain(name)
    expect(faulty.output()).not.toContain('short')
  }, 60_000)

  it('stops when it is asked to while it starts', async () => {
    const home = newHome()
    const run = launch(home)
    await until('the processes are being started', () => run.output().includes('Starting proxy'))
    const children = run.children()
    run.process.kill('SIGINT')
    expect(await run.exit).toBe(0)
    expect(run.output()).not.toMatch(/^ready/m)
    expect(gone(children)).toBe(true)
  }, 60_000)

  it('does not make up new secrets beside an old database', async () => {
    const home = newHome()
    const first = await launchReady(home)
    first.process.kill('SIGTERM')
    await first.exit
    rmSync(join(home, 'secrets.json'))
    const second = launch(home)
    expect(await second.exit).toBe(1)
    expect(second.output()).toContain('secrets.json is gone')
    writeFileSync(join(home, 'secrets.json'), '{"secretsKey":')
    const third = launch(home)
    expect(await third.exit).toBe(1)
    expect(third.output()).toContain('secrets.json is damaged')
  }, 60_000)
})
