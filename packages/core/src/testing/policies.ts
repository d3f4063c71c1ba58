import type { HostAdapter, HostManifest } from '@obb/host-adapters'
import { sampleManifest } from '@obb/host-adapters/testing'
import type { HostPolicy } from '../hosts/index.js'

/** An adapter that knows its links, folders below /folder/, and asks no host. */
export function anAdapter(manifest: HostManifest = sampleManifest('Sample')): HostAdapter {
  return {
    manifest,
    match: (url) => ({
      fileId: url.pathname.slice(1),
      canonicalUrl: url.href.replace(url.hash, ''),
      kind: url.pathname.startsWith('/folder/') ? 'folder' : 'file',
      ...(url.hash !== '' && { secret: url.hash.slice(1) }),
    }),
    check: () => Promise.resolve([]),
    resolve: () => Promise.reject(new Error('not asked')),
  }
}

/** A platform as its operator runs it, with the defaults of a catalogue. `manifest`: what differs in its own. */
export function aPolicy({
  platform = 'Sample',
  manifest,
  ...more
}: Partial<HostPolicy> & { manifest?: Partial<HostManifest> } = {}): HostPolicy {
  const adapter = anAdapter(sampleManifest(platform, manifest))
  return {
    platform,
    adapter,
    enabled: true,
    domains: adapter.manifest.domains,
    canaryUrl: null,
    maxChunks: 16,
    maxDownloads: adapter.manifest.limits.maxDownloads,
    solo: false,
    bandwidth: null,
    maxQueued: 100,
    switches: [],
    origins: {},
    originOverrides: {},
    ...more,
  }
}
