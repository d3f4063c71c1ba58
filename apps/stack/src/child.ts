import { fork, type ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseConfig, settingsFor, toldToGateway } from '@obb/core/config'
import type { AppLog, Print } from './app-log.js'
import { Backoff } from '@obb/core/process'
import type { Environment } from './settings.js'
import { StartError } from './start-error.js'

const READY_LIMIT_MS = 60_000

/** The processes of the stack. */
export type AppName = 'api' | 'fetcher' | 'proxy'

interface Tuning {
  flags: string[]
  env: Record<string, string>
}

const SOURCE_MAPS = '--enable-source-maps'

/**
 * Memory is what a fetcher is short of (docs/benchmarks.md, `memory`): its bytes pass through buffers, so that a small
 * heap costs it next to no time, and so do allocations that its threads share one arena for. Source maps, which Node
 * parses when it loads a module, are 7 MiB.
 */
const TUNING: Record<AppName, Tuning> = {
  api: { flags: [SOURCE_MAPS], env: {} },
  fetcher: { flags: ['--max-semi-space-size=2', '--optimize-for-size'], env: { MALLOC_ARENA_MAX: '1' } },
  proxy: { flags: [SOURCE_MAPS], env: {} },
}

interface ReadyMessage {
  ready: true
  /** The URLs where it listens, by the names of its listeners; workers do not. */
  urls?: Record<string, string>
}

const isReadyMessage = (message: unknown): message is ReadyMessage =>
  typeof message === 'object' && message !== null && 'ready' in message && message.ready === true

/** The settings that keep the ports of a process over restarts. */
export const portsOf = (urls: Readonly<Record<string, string>>): Environment =>
  Object.fromEntries(
    Object.entries(urls).map(([listener, url]) => [`${listener.toUpperCase()}_PORT`, new URL(url).port]),
  )

const mainOf = (app: AppName) => fileURLToPath(new URL(`../../${app}/dist/main.js`, import.meta.url))

interface Life {
  process: ChildProcess
  born: number
  ready: Promise<ReadyMessage>
  exited: Promise<string>
}

/**
 * A process of the stack, kept alive: one that dies after it was ready is started again. It runs in a process
 * group of its own, so that Ctrl-C reaches it through us and in order; it ends by itself when we are gone.
 */
export class Child {
  private life: Life | undefined
  /** Their successors work already. */
  private readonly leaving = new Set<Life>()
  private pinned: Environment = {}
  private addresses: Readonly<Record<string, string>> = {}
  /** One that takes over may be starting. */
  private succession: Promise<unknown> = Promise.resolve()
  private readonly backoff = new Backoff()
  private readonly stopped = new AbortController()
  private keeping: Promise<void> = Promise.resolve()

  constructor(
    readonly app: AppName,
    private env: Environment,
    private readonly log: AppLog,
    private readonly print: Print,
  ) {}

  get pid(): number | undefined {
    return this.life?.process.pid
  }

  /** Where its health is told, once it is ready. */
  get url(): string | undefined {
    return this.addresses[this.app]
  }

  /** Ends a process that hangs; it is started again as any other that ended. */
  killHung(): void {
    if (this.life !== undefined) killGroup(this.life.process)
  }

  /**
   * Resolves with its addresses, by the names of its listeners, when it is ready. Raises StartError if it ends before,
   * or is not ready within a minute.
   */
  async start(): Promise<Record<string, string>> {
    const life = (this.life = this.spawn())
    const { urls = {} } = await this.readiness(life)
    // A fetcher that picks its port picks another one each time: nobody but us looks for it there.
    if (this.app !== 'fetcher') this.pinned = portsOf(urls)
    this.keeping = this.keep(life)
    return urls
  }

  /**
   * Everything of it anew, with `env` from now on; each new process is ready before an old one stops. How many processes
   * that were. Raises StartError if one does not start; then what ran goes on.
   */
  async restart(env: Environment): Promise<number> {
    const { life } = this
    if (life === undefined) throw new StartError(`The ${this.app} is not running.`)
    const before = this.env
    this.env = env
    try {
      if (this.app !== 'fetcher') return await this.renew(life)
      const done = this.succeed(life)
      this.succession = done.catch(() => undefined)
      return await done
    } catch (error) {
      this.env = before
      throw error
    }
  }

  /** By a process that takes over; at once where both need the same port. */
  private async succeed(old: Life): Promise<1> {
    if (Number(this.environment['FETCHER_PORT'] ?? 0) !== 0) {
      old.process.kill('SIGTERM')
      await old.exited
    }
    const life = this.spawn()
    this.leaving.add(life) // until it is the one
    try {
      await this.readiness(life)
    } finally {
      this.leaving.delete(life)
    }
    this.leaving.add(old)
    this.life = life
    old.process.kill('SIGTERM')
    void old.exited.then(() => this.leaving.delete(old))
    return 1
  }

  /** By itself: it has workers, and they one another's places. */
  private async renew({ process, exited }: Life): Promise<number> {
    const answered = new Promise<number | string>((resolve) => {
      const hear = (message: { restarted?: number; failed?: string }): void => {
        const { restarted, failed } = message
        if (restarted === undefined && failed === undefined) return
        process.off('message', hear)
        resolve(restarted ?? failed ?? '')
      }
      process.on('message', hear)
    })
    process.send({ restart: this.environment })
    const outcome = await Promise.race([answered, exited])
    if (typeof outcome === 'number') return outcome
    throw new StartError(`The ${this.app} goes on as it was: ${outcome}. Its log:\n${this.log.tail()}`)
  }

  private async readiness(life: Life): Promise<ReadyMessage> {
    const outcome = await Promise.race([
      life.ready,
      life.exited,
      sleep(READY_LIMIT_MS, 'was not ready within a minute', { signal: this.stopped.signal, ref: false }),
    ])
    if (typeof outcome === 'string') {
      killGroup(life.process)
      throw new StartError(`The ${this.app} ${outcome}. The end of its log:\n${this.log.tail()}`)
    }
    return outcome
  }

  /** SIGTERM; after `graceMs` SIGKILL to the whole group. Resolves when it is gone. */
  async stop(graceMs: number): Promise<void> {
    this.stopped.abort()
    const lives = [this.life, ...this.leaving].filter((life) => life !== undefined)
    await Promise.all(lives.map((life) => this.end(life, graceMs)))
    await this.keeping
  }

  private async end(life: Life, graceMs: number): Promise<void> {
    life.process.kill('SIGTERM')
    const late = sleep(graceMs, true, { ref: false })
    if ((await Promise.race([life.exited, late])) === true) {
      this.print(`${this.app}: did not stop within ${graceMs / 1000} s and is killed`)
    }
    killGroup(life.process)
    await life.exited
  }

  private async keep(life: Life): Promise<void> {
    let current = life
    for (;;) {
      const end = await current.exited
      if (this.stopped.signal.aborted) return
      killGroup(current.process)
      await this.succession
      if (this.life !== undefined && this.life !== current) {
        current = this.life
        continue
      }
      const wait = this.backoff.after(performance.now() - current.born)
      this.print(`${this.app}: ${end}; starting it again in ${wait / 1000} s`)
      await sleep(wait, undefined, { signal: this.stopped.signal }).catch(() => undefined)
      if (this.stopped.signal.aborted) return
      current = this.life = this.spawn()
    }
  }

  private get environment(): Environment {
    const env = { ...this.env, ...this.pinned }
    return {
      ...TUNING[this.app].env,
      ...settingsFor(this.app, env),
      ...(this.app === 'api' && toldToGateway(parseConfig(env))),
    }
  }

  private spawn(): Life {
    const { flags } = TUNING[this.app]
    const child = fork(mainOf(this.app), {
      env: this.environment,
      // Inspector and loader flags of this process are not theirs.
      execArgv: flags,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    if (child.stdout) this.log.follow(child.stdout)
    if (child.stderr) this.log.follow(child.stderr)
    const exited = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(`could not be run (${error.message})`))
      child.once('exit', (code, signal) =>
        resolve(signal ? `was ended by ${signal}` : `ended with code ${code}`),
      )
    })
    const ready = new Promise<ReadyMessage>((resolve) => {
      child.on('message', (message) => {
        if (!isReadyMessage(message)) return
        this.addresses = message.urls ?? {}
        resolve(message)
      })
    })
    return { process: child, born: performance.now(), ready, exited }
  }
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
