import { AdminClient } from './admin-client.js'
import { Http } from './http.js'
import type { Io } from './io.js'
import { type EndpointFlags, adminEndpoint, keepKey } from './settings.js'

/** Options that every command takes, before or after its name. */
export interface GlobalFlags {
  json?: boolean
  api?: string
  token?: string
}

/** Cli is what the commands of one run share. */
export class Cli {
  /** Whether a result stands on stdout. */
  hasPrinted = false

  /** What the process ends with where a command tells something other than success without an error. */
  exitCode: 0 | 1 = 0

  /** `flags` is read when it is used: after the arguments were parsed. */
  constructor(
    readonly io: Io,
    private readonly parsed: () => GlobalFlags,
    readonly http = new Http(),
  ) {}

  get flags(): GlobalFlags {
    return this.parsed()
  }

  get json(): boolean {
    return this.flags.json === true
  }

  /** The admin API. Raises UsageError or CliError where it is unknown. */
  admin(): AdminClient {
    return new AdminClient(adminEndpoint(this.io, this.endpointFlags), this.http, this.io.signal)
  }

  /** See `keepKey` of the settings. */
  keepKey(email: string, apiKey: string): void {
    keepKey(this.io, this.endpointFlags, { email, apiKey })
  }

  private get endpointFlags(): EndpointFlags {
    const { api, token } = this.flags
    return { ...(api === undefined ? {} : { api }), ...(token === undefined ? {} : { secret: token }) }
  }

  /** The result of a command: `data` as the one JSON document, or `human` as text. */
  print<T>(data: T, human: (data: T) => string): void {
    this.hasPrinted = true
    this.io.stdout.write(`${this.json ? JSON.stringify(data) : human(data)}\n`)
  }

  close(): Promise<void> {
    return this.http.destroy()
  }
}
