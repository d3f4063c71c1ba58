import { type ChildProcess, execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../../', import.meta.url))

export type App = 'api' | 'fetcher' | 'proxy'

export interface ProcessOptions {
  env: Record<string, string>
  /** A step before or after which it is killed (kill-at.mjs). */
  killAt?: string
  /** How far its clock is ahead, ms (shift-date.mjs); a message `{ shiftDate }` sets it anew. */
  shiftDate?: number
}

/** An app of OBB as a process of its own, from what was built. */
export interface AppProcess {
  /** The URL where it listens; empty for a fetcher. */
  url: string
  /** Of a gateway that has an ADMIN_TOKEN: where its admin API is. */
  adminUrl: string
  /** All of them, by the names of its listeners. */
  urls: Readonly<Record<string, string>>
  process: ChildProcess
  /** Resolves with the signal or the code that it ended with. */
  ended: Promise<string | number>
  /** kill -9 */
  kill(): Promise<void>
}

/** Brings `dist` up to date with the sources; next to nothing if it is. */
export async function build(): Promise<void> {
  const bin = join(root, 'node_modules', '.bin')
  const env = {
    ...process.env,
    PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`,
    TURBO_TELEMETRY_DISABLED: '1',
  }
  const filters = ['--filter=@obb/api', '--filter=@obb/fetcher', '--filter=@obb/proxy']
  await promisify(execFile)('turbo', ['run', 'build', ...filters], { cwd: root, env }).catch(
    (error: unknown) => {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
      throw new Error(`the build failed\n${stdout}${stderr}`)
    },
  )
}

/** Resolves when it is ready, or has ended before. */
export async function startApp(app: App, { env, killAt, shiftDate }: ProcessOptions): Promise<AppProcess> {
  const preloads = {
    ...(killAt !== undefined && { 'kill-at.mjs': { KILL_AT: killAt } }),
    ...(shiftDate !== undefined && { 'shift-date.mjs': { SHIFT_DATE: String(shiftDate) } }),
  }
  const child = fork(join(root, 'apps', app, 'dist', 'main.js'), {
    execArgv: Object.keys(preloads).flatMap((name) => ['--import', new URL(name, import.meta.url).href]),
    env: {
      PATH: process.env['PATH'],
      API_WORKERS: '1',
      ADMIN_PORT: '0',
      ...env,
      ...Object.assign({}, ...Object.values(preloads)),
    },
    stdio: ['ignore', process.env['TEST_LOG'] ? 'inherit' : 'ignore', 'pipe', 'ipc'],
  })
  let errors = ''
  child.stderr?.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-4_000)))
  const ended = once(child, 'exit').then(([code, signal]) => (signal ?? code) as string | number)
  const told = once(child, 'message').then(([message]) => {
    const { url = '', urls = {} } = message as { url?: string; urls?: Record<string, string> }
    return { url, adminUrl: urls['admin'] ?? '', urls }
  })
  const early = ended.then((end) => `ended with ${end}`)
  const outcome = await Promise.race([told, early])
  if (typeof outcome === 'string' && !outcome.endsWith('SIGKILL'))
    throw new Error(`${app} ${outcome}\n${errors}`)
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await ended
  }
  const urls = typeof outcome === 'string' ? { url: '', adminUrl: '', urls: {} } : outcome
  return { ...urls, process: child, ended, kill }
}
