import { startPostgres, type PostgresServer } from '@obb/embedded-postgres'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Print } from './app-log.js'
import { Backoff } from '@obb/core/process'
import { databaseDirectory } from './settings.js'
import { StartError } from './start-error.js'

const NAME = 'postgres'

/** The embedded PostgreSQL, kept alive on one port. */
export class EmbeddedDatabase {
  private readonly backoff = new Backoff()
  private readonly stopped = new AbortController()
  private keeping: Promise<void>

  private constructor(
    private server: PostgresServer,
    private readonly password: string,
    private readonly home: string,
    private readonly print: Print,
  ) {
    this.keeping = this.keep()
  }

  static async start(home: string, password: string, print: Print): Promise<EmbeddedDatabase> {
    const server = await startPostgres({ directory: databaseDirectory(home), password }).catch(
      (error: unknown) => {
        throw new StartError(error instanceof Error ? error.message : String(error))
      },
    )
    return new EmbeddedDatabase(server, password, home, print)
  }

  get url(): string {
    return this.server.url(NAME)
  }

  get pid(): number {
    return this.server.pid
  }

  /** directory is where the database lies: elsewhere than in OBB_HOME when its account cannot reach that. */
  get directory(): string {
    return this.server.directory
  }

  /** Everything is written; without mercy after `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    this.stopped.abort()
    await this.server.stop(graceMs)
    await this.keeping
  }

  private async keep(): Promise<void> {
    const { port } = this.server
    let since = performance.now()
    for (;;) {
      await this.server.exited
      if (this.stopped.signal.aborted) return
      const wait = this.backoff.after(performance.now() - since)
      this.print(`postgres: ended; starting it again in ${wait / 1000} s`)
      await sleep(wait, undefined, { signal: this.stopped.signal }).catch(() => undefined)
      if (this.stopped.signal.aborted) return
      since = performance.now()
      await this.restart(port)
    }
  }

  private async restart(port: number): Promise<void> {
    try {
      this.server = await startPostgres({
        directory: databaseDirectory(this.home),
        password: this.password,
        port,
      })
      if (this.stopped.signal.aborted) await this.server.stop()
    } catch (error) {
      this.print(`postgres: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}
