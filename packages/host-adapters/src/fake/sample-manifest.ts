import { hostManifest } from '../kit/manifest.js'
import type { HostManifest } from '../kit/manifest.js'

/** The manifest of a platform that wants no account and no pauses, at `<id>.test`, for tests of what is around platforms. */
export function sampleManifest(id: string, own: Partial<HostManifest> = {}): HostManifest {
  return hostManifest({
    id,
    domains: [`${id.toLowerCase()}.test`],
    needsAccount: false,
    limits: { maxChunks: 4, maxDownloads: 3, resumable: true },
    credentials: [],
    origins: {},
    checkBatchSize: 1,
    accountCheckIntervalMs: 0,
    requestGate: { minIntervalMs: 0, burst: 1 },
    facts: [],
    reviewed: '2026-01-01',
    ...own,
  })
}
