import {
  type DoctorView,
  type HostAccountView,
  doctorSchema,
  hostAccountSchema,
  hostViewSchema,
  livenessSchema,
  pageSchema,
  processHealthSchema,
  storeViewSchema,
} from '@obb/contracts'
import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import {
  accountFindings,
  findingLine,
  forecastFindings,
  type Finding,
  gatewayFindings,
  hostFindings,
  processFindings,
} from '../doctor/findings.js'
import { CliError, PortalRefusal } from '../failure.js'
import { callJson, Http, type Shape } from '../http.js'
import { printable } from '../output.js'
import { readList } from '../pages.js'
import { knownServer } from '../settings.js'

/** A process that hangs is told of after so long, ms. */
const IDLE_MS = 15_000

/** What clients have an address of. */
interface Service {
  name: string
  of: 'api' | 'proxy'
  /** Path that only it answers there, also where a reverse proxy has both under one name. */
  health: string
  setting: string
}

const API: Service = { name: 'API', of: 'api', health: '/health', setting: 'PUBLIC_API_URL' }
const DOWNLOADS: Service = {
  ...{ name: 'downloads', of: 'proxy', health: '/download/health', setting: 'PUBLIC_PROXY_URL' },
}

export function registerDoctor(program: Command, cli: Cli): void {
  program
    .command('doctor')
    .description('look at everything that OBB needs, and say what to do; 1 if something fails')
    .action(async () => {
      const findings = await new Doctor(cli).findings()
      cli.print(findings, (all) => all.map((finding) => printable(findingLine(finding))).join('\n'))
      if (findings.some(({ status }) => status === 'failing')) cli.exitCode = 1
    })
}

class Doctor {
  constructor(private readonly cli: Cli) {}

  async findings(): Promise<Finding[]> {
    const gateway = await this.tryTo('gateway', () => this.cli.admin().get(['doctor'], doctorSchema))
    if ('finding' in gateway) return [...(await this.processes()), gateway.finding]
    const { addresses } = gateway.value
    return [
      ...(await this.processes(gateway.value)),
      ...gatewayFindings(gateway.value, this.cli.io.clock.now()),
      ...(await this.address(API, addresses.api)),
      ...(await this.address(DOWNLOADS, addresses.proxy)),
      ...(await this.accounts()),
      ...(await this.hosts()),
      ...(await this.store()),
    ]
  }

  /** What the supervisor of `npm start` sees, where there is one here. */
  private async processes(gateway?: DoctorView): Promise<Finding[]> {
    const control = knownServer(this.cli.io)?.control
    if (control === undefined) return []
    const http = new Http({ socketPath: control })
    try {
      const asked = await this.tryTo('npm start', () =>
        this.ask(http, 'http://localhost/health', processHealthSchema.array()),
      )
      return 'finding' in asked ? [asked.finding] : processFindings(asked.value, gateway)
    } finally {
      await http.destroy()
    }
  }

  /** Whether clients find what they are told to ask. `url`: as the settings say, else as this machine knows it. */
  private async address({ name, of, health, setting }: Service, url: string | null): Promise<Finding[]> {
    const place = url ?? knownServer(this.cli.io)?.[of]
    if (place === undefined) return []
    const asked = await this.tryTo(`${name} at ${place}`, () =>
      this.ask(this.cli.http, `${place}${health}`, livenessSchema),
    )
    if (!('finding' in asked)) return [{ name: `${name} at ${place}`, status: 'ok' }]
    const action =
      url === null
        ? 'Look whether the process runs.'
        : `Check ${setting}, its name in the DNS and the reverse proxy (docs/reverse-proxy.md).`
    return [{ ...asked.finding, action }]
  }

  private async accounts(): Promise<Finding[]> {
    const asked = await this.tryTo('accounts', () =>
      readList<HostAccountView>(this.cli, { all: true }, ['accounts'], pageSchema(hostAccountSchema)),
    )
    return 'finding' in asked ? [asked.finding] : accountFindings(asked.value.items, this.cli.io.clock.now())
  }

  private async hosts(): Promise<Finding[]> {
    const asked = await this.tryTo('hosts', () => this.cli.admin().get(['hosts'], hostViewSchema.array()))
    if ('finding' in asked) return [asked.finding]
    const now = this.cli.io.clock.now()
    return [...hostFindings(asked.value), ...forecastFindings({ hosts: asked.value }, now)]
  }

  /** How it is now the gateway's checks tell. */
  private async store(): Promise<Finding[]> {
    const asked = await this.tryTo('store', () => this.cli.admin().get(['store'], storeViewSchema))
    if ('finding' in asked) return [asked.finding]
    return forecastFindings({ store: asked.value }, this.cli.io.clock.now())
  }

  private ask<T>(http: Http, url: string, shape: Shape<T>): Promise<T> {
    const { signal } = this.cli.io
    return callJson(http, { method: 'GET', url, headers: {}, signal, idleMs: IDLE_MS }, shape)
  }

  /** What fails here is a finding, not the end: the others are looked at all the same. */
  private async tryTo<T>(name: string, work: () => Promise<T>): Promise<{ value: T } | { finding: Finding }> {
    try {
      return { value: await work() }
    } catch (error) {
      if (!(error instanceof CliError) || error.exitCode !== 1) throw error
      const { message, details } = error
      const { action } = error instanceof PortalRefusal ? error : {}
      const detail = [message, ...details].join('; ')
      return { finding: { name, status: 'failing', detail, ...(action !== undefined && { action }) } }
    }
  }
}
