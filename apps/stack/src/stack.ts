import type { RecentLog, Restarted } from '@obb/contracts'
import { rolePasswords } from '@obb/core/config'
import { unfinishedRestore } from '@obb/core/backup'
import { databaseFault, migrate, type RolePasswords } from '@obb/core/database'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { Control } from './control.js'
import { AppLog, type Print } from './app-log.js'
import { Child, portsOf, type AppName } from './child.js'
import { EmbeddedDatabase } from './database.js'
import { FIRST_USER, awaitsSetUp, createFirstUser, isKeyValid } from './first-user.js'
import { greeting, type Ready } from './greeting.js'
import { HealthWatch } from './health-watch.js'
import { homeError, makeHome } from './home.js'
import { lockHome } from './home-lock.js'
import { NightlyBackups } from './nightly-backups.js'
import { readJson, writePrivateJson } from './private-file.js'
import { StartError } from './start-error.js'
import { afterRestore, readSecrets, writeSecrets, type Secrets } from './secrets.js'
import {
  backupDirectory,
  checkAddresses,
  checkSettings,
  roleSettings,
  secretsFor,
  type Environment,
} from './settings.js'

const CHILD_GRACE_MS = 8_000
const DATABASE_GRACE_MS = 1_200

/** Everything that `npm start` starts. `stop()` may be called at any time, also while it starts. */
export class Stack {
  private readonly children: Child[] = []
  private readonly logs: AppLog[] = []
  private readonly watch: HealthWatch
  private database: EmbeddedDatabase | undefined
  private release: (() => void) | undefined
  private home = ''
  private control: Control | undefined
  private backups: NightlyBackups | undefined
  private ready: Ready | undefined
  private restarting: Promise<unknown> = Promise.resolve()
  /** found is what was made up; whoever reads it is told it, unless the settings say otherwise. */
  private found: Environment = {}
  /** fixed is what no restart changes: where things lie, and where it listens. */
  private fixed: Environment = {}
  private starting: Promise<unknown> = Promise.resolve()
  private stopping: Promise<void> | undefined

  /** `read`: every setting, those of `.env` included. `print`: a line for the operator. */
  constructor(
    private readonly read: () => Environment,
    private readonly print: Print,
  ) {
    this.watch = new HealthWatch(this.children, print)
  }

  /** Resolves when everything is ready and announced. Raises ConfigError or StartError, and leaves nothing running. */
  async start(): Promise<void> {
    try {
      await (this.starting = this.startAll())
    } catch (error) {
      const wasStopped = this.stopping !== undefined
      await this.stop()
      if (!wasStopped) throw homeError(this.home, error)
    }
  }

  /** Within 10 s nothing of it is left. */
  stop(): Promise<void> {
    return (this.stopping ??= this.stopAll())
  }

  /**
   * Every process anew, one after the other, without a moment in which nobody serves; settings are read again, but
   * those of ports, addresses, the data directory and the numbers of workers. Raises ConfigError or StartError; then
   * what was not replaced goes on.
   */
  restart(): Promise<Restarted> {
    const done = this.restarting.then(() => this.restartAll())
    this.restarting = done.catch(() => undefined)
    return done
  }

  private async restartAll(): Promise<Restarted> {
    if (this.ready === undefined) throw new StartError('OBB is still starting, or stops.')
    const settings = this.read()
    checkSettings(settings)
    const env = { ...this.found, ...settings, ...this.fixed }
    const restarted: Restarted = []
    for (const child of this.children) {
      this.throwIfStopping()
      restarted.push({ app: child.app, processes: await child.restart(env) })
    }
    await this.backUpNightly(env)
    // The key may have been rotated since; it is kept there.
    const ready = { ...this.ready, ...(readJson(this.readyFile) as Ready) }
    delete ready.setupCode
    this.tell({ ...ready, adminToken: env['ADMIN_TOKEN'] ?? '', ...(await this.setUp(ready.api, env)) })
    const parts = restarted.map(({ app, processes }) => `${app} (${processes})`)
    this.print(`Restarted, one process after the other: ${parts.join(', ')}`)
    return restarted
  }

  private async startAll(): Promise<void> {
    const began = performance.now()
    const settings = this.read()
    const config = checkSettings(settings)
    this.home = config.OBB_HOME
    makeHome(this.home)
    this.release = lockHome(this.home)
    this.forgetReady()
    const address = await checkAddresses(config)
    const kept = secretsFor(this.home, settings)
    const isEmbedded = settings['DATABASE_URL'] === undefined
    const databaseUrl = isEmbedded ? await this.openEmbedded(kept) : config.DATABASE_URL
    const roles = isEmbedded ? roleSettings(kept) : {}
    const secrets = await this.migrate(databaseUrl, kept, rolePasswords({ ...roles, ...settings }))
    this.found = {
      ...roles,
      SECRETS_KEY: secrets.secretsKey ?? '',
      ADMIN_TOKEN: secrets.adminToken ?? '',
      SETUP_CODE: secrets.setupCode ?? '',
      FETCHER_PORT: '0', // where its health is told, to us alone
    }
    this.fixed = { OBB_HOME: this.home, DATABASE_URL: databaseUrl }
    const env = { ...this.found, ...settings, ...this.fixed }
    const urls = await this.startApps(env)
    const { api = '', admin = '', proxy = '' } = urls
    Object.assign(this.fixed, { HOST: config.HOST, ADMIN_HOST: config.ADMIN_HOST, ...portsOf(urls) })
    const adminToken = env['ADMIN_TOKEN'] ?? ''
    const apiKey = await this.keyOfFirstUser({ api, admin, adminToken }, secrets)
    this.throwIfStopping()
    const control = join(this.home, 'control.sock')
    this.control = await Control.open(control, {
      'POST /restart': () => this.restart(),
      'GET /health': () => this.watch.health(),
      'GET /log': () => Promise.resolve(this.recentLog()),
    })
    const user = FIRST_USER.email
    const ready: Ready = {
      ...{ api, admin, proxy, apiKey, user, adminToken },
      ...(this.control && { control }),
      ...(await this.setUp(api, env)),
    }
    this.tell(ready)
    await this.backUpNightly(env)
    const seconds = (performance.now() - began) / 1000
    const database = this.database?.directory
    this.print(greeting(ready, { config, address, database, seconds }))
    this.watch.start()
  }

  /** What a restore left to do, if it was killed, is done first: the secrets are those of its backup then. */
  private async migrate(databaseUrl: string, kept: Secrets, passwords: RolePasswords): Promise<Secrets> {
    try {
      const secrets = afterRestore(kept, kept.restoring && (await unfinishedRestore(databaseUrl)))
      if (secrets !== kept) writeSecrets(this.home, secrets)
      await migrate(databaseUrl, passwords)
      return secrets
    } catch (error) {
      const fault = databaseFault(error, databaseUrl)
      throw fault === undefined ? error : new StartError(fault)
    }
  }

  private tell(ready: Ready): void {
    this.ready = ready
    writePrivateJson(this.readyFile, ready)
  }

  private async backUpNightly(env: Environment): Promise<void> {
    await this.backups?.stop()
    const {
      BACKUP_KEEP: keep,
      BACKUP_PASSPHRASE: passphrase,
      SECRETS_KEY: secretsKey,
      ...config
    } = checkSettings(env)
    const { apiKey } = readSecrets(this.home)
    const secrets = { secretsKey: env['SECRETS_KEY'] ?? '', adminToken: env['ADMIN_TOKEN'], apiKey }
    this.backups = new NightlyBackups({
      directory: backupDirectory(config),
      keep,
      request: {
        databaseUrl: config.DATABASE_URL,
        secretsKey,
        sealed: passphrase === undefined ? undefined : { passphrase, secrets },
      },
      print: this.print,
    })
    this.backups.start()
  }

  private async openEmbedded({ databasePassword = '' }: Secrets): Promise<string> {
    this.print('Starting the database …')
    this.database = await EmbeddedDatabase.start(this.home, databasePassword, this.print)
    this.throwIfStopping()
    return this.database.url
  }

  /** The gateway has to know the proxy's port, so a proxy that picks its port goes first. */
  private async startApps(env: Environment): Promise<Record<string, string>> {
    this.print('Starting proxy, API and fetcher …')
    const proxyStarts = this.launch('proxy', env).start()
    const fetcherStarts = this.launch('fetcher', env).start()
    const portKnown =
      checkSettings(env).PROXY_PORT === 0
        ? proxyStarts.then((urls) => Object.assign(this.fixed, portsOf(urls)))
        : Promise.resolve()
    const apiStarts = portKnown.then(() => this.launch('api', { ...env, ...this.fixed }).start())
    const [proxy, api] = await Promise.all([proxyStarts, apiStarts, fetcherStarts])
    return { ...proxy, ...api }
  }

  private launch(app: AppName, env: Environment): Child {
    this.throwIfStopping()
    const log = new AppLog(this.home, app, this.print)
    const child = new Child(app, env, log, this.print)
    this.logs.push(log)
    this.children.push(child)
    return child
  }

  private recentLog(): RecentLog {
    return this.logs.map(({ app, warnings: lines }) => ({ app, lines }))
  }

  /** The code by which somebody becomes the first operator, while there is none. */
  private async setUp(
    api: string,
    { SETUP_CODE: setupCode = '' }: Environment,
  ): Promise<Pick<Ready, 'setupCode'>> {
    return setupCode !== '' && (await awaitsSetUp(api)) ? { setupCode } : {}
  }

  private async keyOfFirstUser(
    { api, admin, adminToken }: Pick<Ready, 'api' | 'admin' | 'adminToken'>,
    secrets: Secrets,
  ): Promise<string> {
    if (secrets.apiKey !== undefined) {
      return secrets.apiKey !== '' && (await isKeyValid(api, secrets.apiKey)) ? secrets.apiKey : ''
    }
    const apiKey = await createFirstUser(admin, adminToken)
    writeSecrets(this.home, { ...secrets, apiKey })
    return apiKey
  }

  private async stopAll(): Promise<void> {
    this.ready = undefined
    this.control?.close()
    this.forgetReady()
    await this.backups?.stop()
    await this.watch.stop()
    await Promise.all(this.children.map((child) => child.stop(CHILD_GRACE_MS)))
    // A step of the start may have been under way and have brought up one thing more.
    await this.starting.catch(() => undefined)
    await Promise.all(this.children.map((child) => child.stop(CHILD_GRACE_MS)))
    await this.database?.stop(DATABASE_GRACE_MS)
    await Promise.all(this.logs.map((log) => log.close()))
    this.release?.()
  }

  private throwIfStopping(): void {
    if (this.stopping !== undefined) throw new Error('stopped while starting')
  }

  private get readyFile(): string {
    return join(this.home, 'ready.json')
  }

  private forgetReady(): void {
    if (this.release !== undefined) rmSync(this.readyFile, { force: true })
  }
}
