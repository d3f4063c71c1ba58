import type { HostGroup, HostGroupsAnswer, HostRow, HostsAnswer } from '@obb/contracts'
import { type HostHealth, isWorking } from '@obb/core/health'
import type { HostPolicy } from '@obb/core/hosts'
import type { PlatformTraffic } from '@obb/core/pool'
import type { UsageFigures } from '@obb/core/traffic'

export interface HostFacts {
  policies: readonly HostPolicy[]
  traffic: ReadonlyMap<string, PlatformTraffic>
  health: ReadonlyMap<string, HostHealth>
  /** This account's use in the last 24 h, by platform. */
  windows: ReadonlyMap<string, Pick<UsageFigures, 'used'>>
  /** Epoch ms of the operator's last change of settings. */
  settingsChangedAt: number
}

/** One row per platform that is switched on; its first hostname is the canonical one. `now`: epoch ms. */
export function hostGroups(facts: HostFacts, now: number): HostGroupsAnswer {
  const supportedhosts = facts.policies.filter(isListed).map((policy): HostGroup => {
    const [host = policy.platform] = policy.domains
    return {
      platform: policy.platform,
      host,
      domains: [...policy.domains].sort(),
      ...figures(policy, facts, now),
    }
  })
  return { supportedhosts, updated_at: updatedAt(facts) }
}

/** One row per hostname, from the same source. */
export function hostRows(facts: HostFacts, now: number): HostsAnswer {
  const supportedhosts = facts.policies.filter(isListed).flatMap((policy) => {
    const row = figures(policy, facts, now)
    return policy.domains.map((host): HostRow => ({ host, ...row }))
  })
  return { supportedhosts, updated_at: updatedAt(facts) }
}

function isListed({ enabled, switches, adapter: { manifest } }: HostPolicy): boolean {
  return enabled && (manifest.listedBy === undefined || switches.includes(manifest.listedBy))
}

/** Every file is served from our own storage, so all of them are resumable whatever the host can do. */
function figures(policy: HostPolicy, facts: HostFacts, now: number): Omit<HostRow, 'host'> {
  const traffic = facts.traffic.get(policy.platform)
  const total = traffic?.total ?? 0
  const hasAccount = !policy.adapter.manifest.needsAccount || (traffic?.usable ?? 0) > 0
  return {
    maxChunks: policy.maxChunks,
    maxDownloads: policy.maxDownloads,
    resumable: true,
    currently_working: isWorking(facts.health.get(policy.platform), now) && hasAccount,
    trafficleft: traffic?.left ?? null,
    trafficmax_daily: total,
    trafficmax: total,
    traffic24h_used: facts.windows.get(policy.platform)?.used ?? 0,
  }
}

function updatedAt(facts: HostFacts): number {
  const accounts = [...facts.traffic.values()].map((each) => each.changedAt.getTime())
  const reviews = facts.policies.map((policy) => Date.parse(policy.adapter.manifest.reviewed))
  return Math.max(0, facts.settingsChangedAt, ...accounts, ...reviews)
}
