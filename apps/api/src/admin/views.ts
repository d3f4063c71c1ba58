import type {
  BlockView,
  FileView,
  HostAccountView,
  HostView,
  HostWordsView,
  LedgerCheckView,
  LedgerView,
  NightlyBackupView,
  StoreView,
  SweepView,
  UserView,
} from '@obb/contracts'
import type { User } from '@obb/core/accounts'
import type { NightlyBackup } from '@obb/core/backup'
import type { Block } from '@obb/core/blocks'
import type { SourceFile } from '@obb/core/files'
import { type HostHealth, type HostWordsRow, isWorking, medianSpeed } from '@obb/core/health'
import type { HostPolicy } from '@obb/core/hosts'
import type { Use } from '@obb/core/levels'
import type { ListedAccount, PlatformTraffic } from '@obb/core/pool'
import type { LedgerEntry, LedgerFault } from '@obb/core/traffic'
import {
  type Installation,
  type StorePlace,
  type StoreState,
  type StoreSweep,
  stateWord,
} from '@obb/core/store-state'

const iso = (date: Date | null) => date?.toISOString() ?? null

export function userView(account: User): UserView {
  const { id, email, state, role, trafficLeft, trafficMax, dailyPerHost, hostCaps, weight, solo } = account
  const { errorsAs200, passkeys, identities } = account
  return {
    id,
    email,
    state,
    role,
    trafficLeft,
    trafficMax,
    dailyPerHost,
    hostCaps,
    weight,
    solo,
    errorsAs200,
    passkeys,
    identities,
    expiresAt: iso(account.expiresAt),
    createdAt: account.createdAt.toISOString(),
  }
}

export function ledgerEntryView({
  createdAt,
  keyName,
  ...entry
}: LedgerEntry): LedgerView['entries'][number] {
  return { ...entry, key: keyName, at: createdAt.toISOString() }
}

export function ledgerFaultView({ hour, ...fault }: LedgerFault): LedgerCheckView['faults'][number] {
  return { ...fault, hour: iso(hour) }
}

/** Nothing sealed ever leaves. */
export function hostAccountView(account: ListedAccount): HostAccountView {
  const { id, platform, label, enabled, offReason, premium, trafficLeft, trafficTotal } = account
  const { downloads, maxDownloads, connections, maxConnections, bandwidth, proxy } = account
  return {
    id,
    platform,
    label,
    enabled,
    offReason,
    premium,
    trafficLeft,
    trafficTotal,
    downloads,
    maxDownloads,
    connections,
    maxConnections,
    bandwidth,
    proxy,
    coolUntil: iso(account.coolUntil),
    validUntil: iso(account.validUntil),
    checkedAt: iso(account.checkedAt),
  }
}

/** HostState is what a platform's row is made of beside its settings. `now`: epoch ms. */
export interface HostState {
  traffic: PlatformTraffic | undefined
  use: Use | undefined
  health: HostHealth | undefined
  now: number
}

export function hostView(policy: HostPolicy, { traffic, use, health, now }: HostState): HostView {
  const { platform, enabled, domains, maxChunks, maxDownloads, maxQueued, solo, bandwidth, canaryUrl } =
    policy
  const { origins, originOverrides } = policy
  const { manifest } = policy.adapter
  return {
    platform,
    enabled,
    domains: [...domains],
    maxChunks,
    maxDownloads,
    maxQueued,
    solo,
    bandwidth,
    canaryUrl,
    health: healthView(health, now),
    resumable: manifest.limits.resumable,
    needsAccount: manifest.needsAccount,
    accounts: traffic?.accounts ?? 0,
    traffic: trafficView(traffic?.left ?? null, use),
    credentials: manifest.credentials.map((field) => ({ ...field })),
    switches: (manifest.switches ?? []).map(({ name, label }) => ({
      ...{ name, label },
      on: policy.switches.includes(name),
    })),
    origins,
    originOverrides,
  }
}

function trafficView(left: number | null, use: Use | undefined): HostView['traffic'] {
  if (left === null) return null
  const { perDay = null, renewsAt = null } = use ?? {}
  return { left, perDay, renewsAt: renewsAt === null ? null : new Date(renewsAt).toISOString() }
}

function healthView(health: HostHealth | undefined, now: number): HostView['health'] {
  return {
    working: isWorking(health, now),
    openUntil: iso(health?.openUntil ?? null),
    failures: health?.failures ?? 0,
    successRate: health?.successRate ?? null,
    speed: health ? medianSpeed(health) : null,
    lastError: health?.lastError ?? null,
    lastErrorAt: iso(health?.lastErrorAt ?? null),
    canaryAt: iso(health?.canaryAt ?? null),
    canaryError: health?.canaryError ?? null,
  }
}

export function blockView({ id, kind, value, reason, createdAt }: Block): BlockView {
  return { id, kind, value, reason, createdAt: createdAt.toISOString() }
}

export function fileView(file: SourceFile & { links: number }): FileView {
  const { id, platform, name, size, state, bytesDone, attempts, refusal, sha256, worker, links, pinned } =
    file
  return {
    id,
    platform,
    name,
    size,
    state,
    bytesDone,
    attempts,
    refusal,
    sha256,
    worker,
    links,
    pinned,
    fileId: file.hostFileId,
    updatedAt: file.updatedAt.toISOString(),
  }
}

export interface KnownStore {
  state: StoreState
  place: StorePlace
  installation: Awaited<ReturnType<Installation['current']>>
  /** Bytes of the files that lie there. */
  stored: number
  /** Bytes a day. */
  growth: number | null
}

export function storeView({ state, place, installation, stored, growth }: KnownStore): StoreView {
  return {
    ...{ place: place.place, stored, quota: place.quota, growth, testedAt: iso(place.testedAt) },
    state: stateWord(state),
    reason: state.reason,
    since: iso(state.since),
    retryAt: iso(state.retryAt),
    room: state.room,
    lacking: state.lacking,
    installation: installation?.id ?? null,
    copied: installation?.copied ?? [],
  }
}

export function nightlyBackupView({ since, madeAt, failedAt, failure }: NightlyBackup): NightlyBackupView {
  return { since: since.toISOString(), madeAt: iso(madeAt), failedAt: iso(failedAt), failure }
}

export function sweepView(sweep: StoreSweep): SweepView {
  const { id, dryRun, objects, bytes, orphans, orphanBytes, names, failure } = sweep
  return {
    id,
    dryRun,
    requestedAt: sweep.requestedAt.toISOString(),
    finishedAt: iso(sweep.finishedAt),
    objects,
    bytes,
    orphans,
    orphanBytes,
    names,
    failure,
  }
}

export function hostWordsView({
  count,
  firstAt,
  lastAt,
  platform,
  takenFor,
  words,
}: HostWordsRow): HostWordsView {
  return {
    ...{ platform, words, takenFor, count },
    ...{ firstAt: firstAt.toISOString(), lastAt: lastAt.toISOString() },
  }
}
