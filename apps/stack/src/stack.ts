import { migrate } from '@obb/core/database'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { AppLog, type Print } from './app-log.js'
import { Child, type AppName } from './child.js'
import { EmbeddedDatabase } from './database.js'
import { FIRST_USER, createFirstUser, isKeyValid } from './first-user.js'
import { greeting, type Ready } from './greeting.js'
import { homeError, makeHome } from './home.js'
import { lockHome } from './home-lock.js'
import { writePrivateJson } from './private-file.js'
import { writeSecrets, type Secrets } from './secrets.js'
import { checkPorts, checkSettings, secretsFor, type Environment } from './settings.js'

const CHILD_GRACE_MS = 8_000
const DATABASE_GRACE_MS = 1_200

/** Everything that `npm start` starts. `stop()` may be called at any time, also while it starts. */
export class Stack {
  private readonly children: Child[] = []
  private readonly logs: AppLog[] = []
  private database: EmbeddedDatabase | undefined
  private release: (() => void) | undefined
  private home = ''
  private starting: Promise<unknown> = Promise.resolve()
  private stopping: Promise<void> | undefined

  /** `env`: every setting, those of `.env` included. `print`: a line for the operator. */
  constructor(
    private readonly env: Environment,
    private readonly print: Print,
  ) {}

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

  private async startAll(): Promise<void> {
    const began = performance.now()
    const config = checkSettings(this.env)
    this.home = config.OBB_HOME
    makeHome(this.home)
    this.release = lockHome(this.home)
    this.forgetReady()
    await checkPorts(config)
    const secrets = secretsFor(this.home, this.env)
    const isEmbedded = this.env['DATABASE_URL'] === undefined
    const databaseUrl = isEmbedded ? await this.openEmbedded(secrets) : config.DATABASE_URL
    await migrate(databaseUrl)
    const adminToken = this.env['ADMIN_TOKEN'] ?? secrets.adminToken ?? ''
    const { api, proxy } = await this.startApps({
      ...this.env,
      OBB_HOME: this.home,
      DATABASE_URL: databaseUrl,
      SECRETS_KEY: this.env['SECRETS_KEY'] ?? secrets.secretsKey ?? '',
      ADMIN_TOKEN: adminToken,
    })
    const apiKey = await this.keyOfFirstUser(api, adminToken, secrets)
    this.throwIfStopping()
    const ready: Ready = { api, proxy, apiKey, user: FIRST_USER.email, adminToken }
    writePrivateJson(this.readyFile, ready)
    const seconds = (performance.now() - began) / 1000
    this.print(greeting(ready, { home: this.home, database: this.database?.directory, seconds }))
  }

  private async openEmbedded({ databasePassword = '' }: Secrets): Promise<string> {
    this.print('Starting the database …')
    this.database = await EmbeddedDatabase.start(this.home, databasePassword, this.print)
    this.throwIfStopping()
    return this.database.url
  }

  /** The gateway has to know where the proxy listens, so a proxy that picks its port goes first. */
  private async startApps(env: Environment): Promise<{ api: string; proxy: string }> {
    this.print('Starting proxy, API and fetcher …')
    const proxyStarts = this.launch('proxy', env).start('PROXY_PORT')
    const fetcherStarts = this.launch('fetcher', env).start()
    const apiStarts = this.proxyUrl(env, proxyStarts).then((PUBLIC_PROXY_URL) =>
      this.launch('api', { ...env, PUBLIC_PROXY_URL }).start('API_PORT'),
    )
    const [proxy, api] = await Promise.all([proxyStarts, apiStarts, fetcherStarts])
    return { api, proxy }
  }

  private async proxyUrl(env: Environment, proxyStarts: Promise<string>): Promise<string> {
    const { PUBLIC_PROXY_URL, PROXY_PORT } = checkSettings(env)
    if (PUBLIC_PROXY_URL !== undefined) return PUBLIC_PROXY_URL
    return PROXY_PORT === 0 ? proxyStarts : `http://127.0.0.1:${PROXY_PORT}`
  }

  private launch(app: AppName, env: Environment): Child {
    this.throwIfStopping()
    const log = new AppLog(this.home, app, this.print)
    const child = new Child(app, env, log, this.print)
    this.logs.push(log)
    this.children.push(child)
    return child
  }

  private async keyOfFirstUser(api: string, adminToken: string, secrets: Secrets): Promise<string> {
    if (secrets.apiKey !== undefined) {
      return secrets.apiKey !== '' && (await isKeyValid(api, secrets.apiKey)) ? secrets.apiKey : ''
    }
    const apiKey = await createFirstUser(api, adminToken)
    writeSecrets(this.home, { ...secrets, apiKey })
    return apiKey
  }

  private async stopAll(): Promise<void> {
    this.forgetReady()
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
