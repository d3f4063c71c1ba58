import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Installation } from './installation.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const MAIN = fileURLToPath(new URL('../../apps/fetcher/dist/main.js', import.meta.url))

/** The built fetcher: `npm test` has built it; a single test on a fresh checkout does so here. */
export function buildFetcher(): void {
  if (existsSync(MAIN)) return
  const built = spawnSync('node_modules/.bin/turbo', ['run', 'build', '--filter=@obb/fetcher...'], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${ROOT}/node_modules/.bin:${process.env['PATH'] ?? ''}` },
  })
  if (built.status !== 0) throw new Error(`the fetcher cannot be built:\n${built.stdout}${built.stderr}`)
}

/** A fetch worker as production runs it: the built program in a process of its own. */
export class FetcherProcess {
  /** output is what it has logged, and what it wrote to stderr. */
  output = ''

  private constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text))
    }
  }

  /** Resolves when it is at work. */
  static async start(obb: Installation): Promise<FetcherProcess> {
    const child = spawn(process.execPath, ['--max-semi-space-size=2', '--optimize-for-size', MAIN], {
      cwd: obb.config.OBB_HOME, // where no .env lies
      env: { PATH: process.env['PATH'], ...obb.env, LOG_LEVEL: 'info' },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    const fetcher = new FetcherProcess(child)
    const ended = once(child, 'exit').then(() => {
      throw new Error(`the fetcher did not start:\n${fetcher.output}`)
    })
    await Promise.race([once(child, 'message'), ended])
    ended.catch(() => undefined)
    return fetcher
  }

  get alive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null
  }

  /** Ends it and tells how it ended: an exit code, or the signal that killed it. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | string | null> {
    if (this.alive) {
      const exited = once(this.child, 'exit')
      this.child.kill(signal)
      await exited
    }
    return this.child.exitCode ?? this.child.signalCode
  }
}
