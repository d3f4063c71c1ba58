import { Inject, Injectable } from '@nestjs/common'
import { DEFAULT_MAX_CHUNKS, Refusal, type HostUpdate } from '@obb/contracts'
import {
  type DomainChanges,
  type HostAdapter,
  type HostManifest,
  type HostRegistry,
  type MatchedRef,
  ownsNoDomain,
  resolveOrigin,
} from '@obb/host-adapters'
import { DataSource } from 'typeorm'
import { Clock, dateOf } from '../clock/index.js'
import { SEALED, Vault } from '../secrets/index.js'
import { HostSetting } from './host-setting.table.js'

/** Token of the platforms that this OBB has. */
export const HOST_REGISTRY = Symbol('HostRegistry')

/** How long settings are used before they are read again, ms: an operator's change holds after this. */
const SETTINGS_AGE_MS = 1_000

const DEFAULT_MAX_QUEUED = 100

/** A platform as this installation runs it: its manifest with the operator's settings applied. */
export interface HostPolicy {
  platform: string
  adapter: HostAdapter
  enabled: boolean
  /** Canonical first, with what an operator added and without what was retired. */
  domains: readonly string[]
  /** A link whose file is known to be there, without what is secret of it: see `canaryOf`. */
  canaryUrl: string | null
  /** Connections per file of a client against our proxy. */
  maxChunks: number
  /** Fetches of one account at once. */
  maxDownloads: number
  /** One fetch of an account at a time. */
  solo: boolean
  /** Bytes per second of all fetchers together; null is without a limit. */
  bandwidth: number | null
  /** Links of one account that may wait beyond that. */
  maxQueued: number
  /** Names of the manifest's switches that are on. */
  switches: readonly string[]
  /** Base URLs in force, by origin name. */
  origins: Record<string, string>
  originOverrides: Record<string, string>
}

/** The platforms of this installation. Matching is pure; settings come from the database. */
@Injectable()
export class HostCatalog {
  private settings = new Map<string, HostSetting>()
  private domains: DomainChanges = {}
  /** Made once for the settings that were read last: a folder has thousands of links to match. */
  private readonly policies = new Map<string, HostPolicy>()
  private readAt = Number.NEGATIVE_INFINITY
  private reading: Promise<void> | undefined

  constructor(
    @Inject(HOST_REGISTRY) private readonly registry: HostRegistry,
    private readonly database: DataSource,
    private readonly clock: Clock,
    private readonly vault: Vault,
  ) {}

  /**
   * Reads the settings if they are older than a second. With the database down the last ones hold; it fails
   * only if none were ever read.
   */
  async refresh(): Promise<void> {
    if (performance.now() - this.readAt < SETTINGS_AGE_MS) return
    this.reading ??= this.read().finally(() => (this.reading = undefined))
    try {
      await this.reading
    } catch (error) {
      if (this.readAt === Number.NEGATIVE_INFINITY) throw error
    }
  }

  /** Reads the settings now: for what must not act on those of a second ago. */
  async reload(): Promise<void> {
    this.readAt = Math.min(this.readAt, performance.now() - SETTINGS_AGE_MS)
    await this.reading?.catch(() => undefined)
    this.reading = undefined
    await this.refresh()
  }

  private async read(): Promise<void> {
    const rows = await this.database.manager.find(HostSetting)
    this.settings = new Map(rows.map((row) => [row.platform, row]))
    this.domains = {
      added: Object.fromEntries(rows.map((row) => [row.platform, row.addedDomains])),
      retired: Object.fromEntries(rows.map((row) => [row.platform, row.retiredDomains])),
    }
    this.policies.clear()
    this.readAt = performance.now()
  }

  /** Which platform and file a URL means; undefined for none. The platform may be disabled. */
  match(url: string): { policy: HostPolicy; ref: MatchedRef } | undefined {
    const match = this.registry.match(url, this.domains)
    return match && { policy: this.policyOf(match.adapter), ref: match.ref }
  }

  /** Raises Refusal `resource_unknown`. The id is compared without regard to case. */
  get(platform: string): HostPolicy {
    const wanted = platform.toLowerCase()
    const adapter = this.registry.adapters().find((each) => each.manifest.id.toLowerCase() === wanted)
    if (adapter) return this.policyOf(adapter)
    const known = this.registry.adapters().map((each) => each.manifest.id)
    throw new Refusal('resource_unknown', {
      details: [`There is no platform ${JSON.stringify(platform)}; known are ${known.join(', ')}.`],
    })
  }

  all(): HostPolicy[] {
    return this.registry.adapters().map((adapter) => this.policyOf(adapter))
  }

  /** Epoch ms of the operator's last change; 0 if there was none. */
  changedAt(): number {
    return Math.max(0, ...[...this.settings.values()].map((row) => row.updatedAt.getTime()))
  }

  /**
   * An origin of null goes back to the default. Raises `request_invalid` for an origin or a switch it does not have, for a canary
   * that is no file of the platform, and for hostnames that it cannot have; `conflict` for those of another platform.
   */
  async update(platform: string, update: HostUpdate): Promise<HostPolicy> {
    await this.read()
    const policy = this.get(platform)
    const { origins = {}, switches = {}, addDomains = [], retireDomains = [], ...columns } = update
    const names = Object.keys(policy.adapter.manifest.origins)
    for (const name of Object.keys(origins)) {
      if (names.includes(name)) continue
      const known = names.length === 0 ? 'no origins' : `the origins ${names.join(', ')}`
      throw new Refusal('request_invalid', { details: [`${policy.platform} has ${known}, not ${name}.`] })
    }
    const overrides: Record<string, string> = { ...policy.originOverrides }
    for (const [name, url] of Object.entries(origins)) {
      if (url === null) delete overrides[name]
      else overrides[name] = url
    }
    const switchedOn = changedSwitches(policy, switches)
    const domains = this.changedDomains(policy, addDomains, retireDomains)
    const canary = columns.canaryUrl === undefined ? {} : this.sealedCanary(policy, columns.canaryUrl)
    const given = Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined))
    await this.database.manager.upsert(
      HostSetting,
      {
        ...{ platform: policy.platform, ...given, ...domains, ...canary },
        ...{ switches: switchedOn, origins: overrides, updatedAt: dateOf(this.clock) },
      },
      ['platform'],
    )
    await this.read()
    return this.get(platform)
  }

  /** The link that is asked for to see whether the platform is there. */
  canaryOf({ canaryUrl, platform }: HostPolicy): { canonicalUrl: string; secret?: string } | undefined {
    if (canaryUrl === null) return undefined
    const sealed = this.settings.get(platform)?.sealedCanary
    if (!sealed) return { canonicalUrl: canaryUrl }
    return {
      canonicalUrl: canaryUrl,
      secret: String(this.vault.open(SEALED.canary.purpose, platform, sealed)),
    }
  }

  private sealedCanary(
    { platform, adapter }: HostPolicy,
    url: string | null,
  ): Pick<HostSetting, 'canaryUrl' | 'sealedCanary'> {
    if (url === null) return { canaryUrl: null, sealedCanary: null }
    const match = this.match(url)
    const isFile = match?.ref.kind === 'file' || adapter.manifest.foldersOfOne === true
    if (match?.policy.platform !== platform || !isFile) {
      throw new Refusal('request_invalid', { details: [`canaryUrl: no link to a file of ${platform}.`] })
    }
    const { canonicalUrl, secret } = match.ref
    const sealedCanary =
      secret === undefined ? null : this.vault.seal(SEALED.canary.purpose, platform, secret)
    return { canaryUrl: canonicalUrl, sealedCanary }
  }

  /** A hostname that is added is not retired any more, and one that is retired is not added any more. */
  private changedDomains(
    { platform, adapter: { manifest } }: HostPolicy,
    add: readonly string[],
    retire: readonly string[],
  ): Pick<HostSetting, 'addedDomains' | 'retiredDomains'> {
    if (add.length + retire.length > 0 && ownsNoDomain(manifest)) {
      throw new Refusal('request_invalid', { details: [`${platform} has no hostnames of its own.`] })
    }
    for (const name of add) {
      const owner = this.registry.owner(name, this.domains)?.manifest.id ?? platform
      if (owner !== platform)
        throw new Refusal('conflict', { details: [`${name} is a hostname of ${owner}.`] })
    }
    const setting = this.settings.get(platform)
    const own = (name: string) => manifest.domains.includes(name)
    const addedDomains = union(setting?.addedDomains ?? [], add).filter(
      (name) => !own(name) && !retire.includes(name),
    )
    const retiredDomains = union(setting?.retiredDomains ?? [], retire).filter(
      (name) => own(name) && !add.includes(name),
    )
    if (domainsOf(manifest, { addedDomains, retiredDomains }).length === 0) {
      throw new Refusal('request_invalid', { details: [`${platform} would have no hostname left.`] })
    }
    return { addedDomains, retiredDomains }
  }

  private policyOf(adapter: HostAdapter): HostPolicy {
    const { id } = adapter.manifest
    let policy = this.policies.get(id)
    if (!policy) this.policies.set(id, (policy = this.newPolicy(adapter)))
    return policy
  }

  private newPolicy(adapter: HostAdapter): HostPolicy {
    const { manifest } = adapter
    const setting = this.settings.get(manifest.id)
    const overrides = setting?.origins ?? {}
    const origins = Object.entries(manifest.origins).map(([name, url]) => [
      name,
      resolveOrigin(url, overrides[name]),
    ])
    return {
      platform: manifest.id,
      adapter,
      enabled: setting?.enabled ?? manifest.enabledByDefault,
      domains: domainsOf(manifest, setting),
      canaryUrl: setting?.canaryUrl ?? null,
      maxChunks: setting?.maxChunks ?? DEFAULT_MAX_CHUNKS,
      maxDownloads: setting?.maxDownloads ?? manifest.limits.maxDownloads,
      solo: setting?.solo ?? false,
      bandwidth: setting?.bandwidth ?? null,
      maxQueued: setting?.maxQueued ?? DEFAULT_MAX_QUEUED,
      switches: setting?.switches ?? [],
      origins: Object.fromEntries(origins) as Record<string, string>,
      originOverrides: overrides,
    }
  }
}

function domainsOf(
  manifest: HostManifest,
  setting: Pick<HostSetting, 'addedDomains' | 'retiredDomains'> | undefined,
): string[] {
  const { addedDomains = [], retiredDomains = [] } = setting ?? {}
  return [...manifest.domains.filter((name) => !retiredDomains.includes(name)), ...addedDomains]
}

function union(some: readonly string[], more: readonly string[]): string[] {
  return [...new Set([...some, ...more])]
}

function changedSwitches(
  { adapter: { manifest }, platform, switches }: HostPolicy,
  changes: Readonly<Record<string, boolean>>,
): string[] {
  const known = (manifest.switches ?? []).map(({ name }) => name)
  const unknown = Object.keys(changes).filter((name) => !known.includes(name))
  if (unknown.length > 0) {
    const has = known.length === 0 ? 'no switches' : `the switches ${known.join(', ')}`
    throw new Refusal('request_invalid', { details: [`${platform} has ${has}, not ${unknown.join(', ')}.`] })
  }
  return known.filter((name) => changes[name] ?? switches.includes(name))
}
