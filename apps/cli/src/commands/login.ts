import { hostname } from 'node:os'
import {
  type DeviceKey,
  type DeviceStarted,
  EXTERNAL_API,
  deviceKeySchema,
  deviceStartSchema,
  deviceStartedSchema,
} from '@obb/contracts'
import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { CliError, ConnectionFault, PortalRefusal, interruption } from '../failure.js'
import { type Shape, callJson } from '../http.js'
import { forgetLogin, keepLogin } from '../login-file.js'
import { checkedBody } from '../options.js'
import { printable } from '../output.js'
import { loginAddress } from '../settings.js'

/** Longest wait for an answer, ms. */
const IDLE_MS = 15_000

/** `login` and `logout` of the command `account`. */
export function registerLogin(account: Command, cli: Cli): void {
  account
    .command('login')
    .description(
      'get an API key of a server by its portal, in whatever browser, and keep it for get and the like',
    )
    .option(
      '--server <url>',
      'address of the server (default: --api, OBB_API, or that of $OBB_HOME/ready.json)',
    )
    .option('--name <name>', 'what the key is called, unless you say otherwise in the portal')
    .action(async ({ server, name = `obb on ${hostname()}` }: { server?: string; name?: string }) => {
      const { client_name } = checkedBody(deviceStartSchema, { client_name: name })
      const { url, key } = await new DeviceLogin(cli, loginAddress(cli.io, server ?? cli.flags.api)).run(
        client_name,
      )
      const path = keepLogin(cli.io, { api: url, apiKey: key.access_token })
      cli.print({ server: url, name: key.name, scopes: key.scope.split(' '), file: path }, (login) =>
        [
          `Logged in to ${login.server} with the key ${JSON.stringify(login.name)}.`,
          `It is kept in ${path}.`,
        ].join('\n'),
      )
    })

  account
    .command('logout')
    .description('forget the API key that login has kept; to end it, revoke it in the portal')
    .action(() => {
      const server = forgetLogin(cli.io) ?? null
      cli.print({ server }, () => (server === null ? 'There was no login.' : `Logged out of ${server}.`))
    })
}

/** Asks for a key by the device authorization grant (RFC 8628). */
class DeviceLogin {
  constructor(
    private readonly cli: Cli,
    private readonly url: string,
  ) {}

  async run(name: string): Promise<{ url: string; key: DeviceKey }> {
    const started = await this.call('code', deviceStartedSchema, { client_name: name })
    const { user_code: code, verification_uri: page, verification_uri_complete: link } = started
    this.tell(
      `Open ${page} and type ${code}\nor open ${link}\nThe code is good for ${started.expires_in / 60} minutes.\n`,
    )
    return { url: this.url, key: await this.key(started) }
  }

  /** Asks until somebody has answered. A server that is away for a moment is asked again, while the code is good. */
  private async key({ device_code, interval, expires_in }: DeviceStarted): Promise<DeviceKey> {
    const { clock, signal } = this.cli.io
    const end = clock.now() + expires_in * 1_000
    let wait = interval
    for (;;) {
      await clock.sleep(wait * 1_000, signal).catch(() => {
        throw interruption()
      })
      try {
        return await this.call('token', deviceKeySchema, { device_code })
      } catch (error) {
        if (!(error instanceof CliError) || !this.mayGoOn(error) || clock.now() >= end) throw error
        if (error instanceof PortalRefusal) wait = error.retryInSeconds ?? wait
      }
    }
  }

  private mayGoOn(error: CliError): boolean {
    if (error instanceof ConnectionFault) return true
    if (!(error instanceof PortalRefusal)) return false
    return error.http >= 500 || error.error === 'authorization_pending' || error.error === 'slow_down'
  }

  private call<T>(path: string, shape: Shape<T>, body: object): Promise<T> {
    const { io, http } = this.cli
    return callJson(
      http,
      {
        ...{ method: 'POST', url: `${this.url}${EXTERNAL_API}/device/${path}` },
        ...{ headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
        ...{ signal: io.signal, idleMs: IDLE_MS },
      },
      shape,
    )
  }

  private tell(text: string): void {
    this.cli.io.stderr.write(text.split('\n').map(printable).join('\n'))
  }
}
