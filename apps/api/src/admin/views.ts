import type { FileView, HostAccountView, HostView, UserView } from '@obb/contracts'
import type { Account } from '@obb/core/accounts'
import type { SourceFile } from '@obb/core/files'
import type { HostPolicy } from '@obb/core/hosts'
import type { HostAccount, PlatformTraffic } from '@obb/core/pool'

const iso = (date: Date | null) => date?.toISOString() ?? null

export function userView(account: Account & { errorsAs200: boolean }): UserView {
  const { id, email, state, trafficLeft, trafficMax, dailyPerHost, errorsAs200 } = account
  return {
    id,
    email,
    state,
    trafficLeft,
    trafficMax,
    dailyPerHost,
    errorsAs200,
    expiresAt: iso(account.expiresAt),
    createdAt: account.createdAt.toISOString(),
  }
}

/** Nothing sealed ever leaves. */
export function hostAccountView(account: HostAccount & { downloads: number }): HostAccountView {
  const { id, platform, label, enabled, offReason, premium, trafficLeft, trafficTotal, downloads } = account
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
    coolUntil: iso(account.coolUntil),
    validUntil: iso(account.validUntil),
    checkedAt: iso(account.checkedAt),
  }
}

export function hostView(policy: HostPolicy, traffic: PlatformTraffic | undefined): HostView {
  const { platform, enabled, domains, maxChunks, maxDownloads, maxQueued, origins, originOverrides } = policy
  const { manifest } = policy.adapter
  return {
    platform,
    enabled,
    domains: [...domains],
    maxChunks,
    maxDownloads,
    maxQueued,
    resumable: manifest.limits.resumable,
    needsAccount: manifest.needsAccount,
    accounts: traffic?.accounts ?? 0,
    credentials: manifest.credentials.map((field) => ({ ...field })),
    origins,
    originOverrides,
  }
}

export function fileView(file: SourceFile & { links: number }): FileView {
  const { id, platform, name, size, state, bytesDone, attempts, refusal, sha256, worker, links } = file
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
    fileId: file.hostFileId,
    updatedAt: file.updatedAt.toISOString(),
  }
}
