import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { ADMIN_API, EXTERNAL_API } from '@obb/contracts'
import { childrenOf } from './proc.js'
import type { App } from './processes.js'

const MAIN = fileURLToPath(new URL('../../apps/stack/dist/main.js', import.meta.url))
const OBB = fileURLToPath(new URL('../../obb', import.meta.url))

/** What `npm start` writes into ready.json, as far as tests need it. */
interface Ready {
  api: string
  admin: string
  proxy: string
  adminToken: string
}

/** Of the answers of both APIs. */
export interface Envelope<Data> {
  success: boolean
  status?: number
  data: Data
}

/** OBB as an operator runs it, as built: `npm start` with all its processes, and `./obb` beside it. */
export class NpmStart {
  private text = ''

  private constructor(
    readonly home: string,
    private readonly child: ChildProcess,
    private readonly exited: Promise<unknown>,
  ) {}

  /** Resolves when it is ready. `env` is all of its settings beside OBB_HOME; ports are free ones unless given. */
  static async start(home: string, env: Readonly<Record<string, string>> = {}): Promise<NpmStart> {
    const child = spawn(process.execPath, [MAIN], {
      cwd: home, // no .env of the developer
      env: {
        ...{ PATH: process.env['PATH'] ?? '', OBB_HOME: home, BACKUP_KEEP: '0' },
        ...{ API_PORT: '0', PROXY_PORT: '0', ADMIN_PORT: '0', ...env },
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const run = new NpmStart(home, child, once(child, 'close'))
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => (run.text += `${line}\n`))
    while (!/^ready/m.test(run.text)) {
      if (child.exitCode !== null) throw new Error(`npm start ended:\n${run.text}`)
      await sleep(25)
    }
    return run
  }

  /** What it has printed so far. */
  get terminal(): string {
    return this.text
  }

  get ready(): Ready {
    return JSON.parse(readFileSync(join(this.home, 'ready.json'), 'utf8')) as Ready
  }

  /** The log of a process so far. */
  logOf(app: App): string {
    const path = join(this.home, 'logs', `${app}.log`)
    return existsSync(path) ? readFileSync(path, 'utf8') : ''
  }

  /** The processes that it started for an app. */
  pidsOf(app: App): number[] {
    return childrenOf(this.child.pid ?? 0).filter((pid) =>
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`apps/${app}/dist/main.js`),
    )
  }

  /** `./obb` beside it. */
  async obb(...args: string[]): Promise<{ code: number | null; text: string }> {
    const child = spawn(process.execPath, [OBB, ...args], {
      cwd: this.home,
      env: { PATH: process.env['PATH'] ?? '', OBB_HOME: this.home },
    })
    let text = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += String(chunk)))
    const [code] = (await once(child, 'close')) as [number | null]
    return { code, text }
  }

  /** A call of the external API; its envelope. */
  call<Data>(key: string, method: string, path: string, body?: object): Promise<Envelope<Data>> {
    return send(this.ready.api + EXTERNAL_API + path, method, key, body)
  }

  /** A call of the admin API that has to succeed; its data. */
  async admin<Data>(method: string, path: string, body?: object): Promise<Data> {
    const { admin, adminToken } = this.ready
    const answer = await send<Data>(admin + ADMIN_API + path, method, adminToken, body)
    if (!answer.success) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`)
    return answer.data
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.child.kill(signal)
    await this.exited
  }
}

async function send<Data>(
  url: string,
  method: string,
  token: string,
  body?: object,
): Promise<Envelope<Data>> {
  const response = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  return (await response.json()) as Envelope<Data>
}
