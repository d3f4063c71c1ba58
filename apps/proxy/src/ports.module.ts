import { type DynamicModule, Module } from '@nestjs/common'
import { CoreModule } from '@obb/core'
import { type Clock, systemClock } from '@obb/core/clock'
import type { ProxyConfig } from '@obb/core/config'
import { type Downloads, LinksModule } from '@obb/core/links'
import type { Log as ProcessLog } from '@obb/core/log'
import { DownloadUrls, Forwarding, OriginModule } from '@obb/core/origin'
import { type ObjectStore, StorageModule } from '@obb/core/storage'
import { DatabaseProbes, logChanges, type Probe, Readiness, ReadinessModule } from '@obb/core/readiness'
import { InstallationFacts, type StoreFacts, StoreStateModule } from '@obb/core/store-state'
import { Streams, StreamsModule } from '@obb/core/streams'
import type { ConnectionCap } from '@obb/core/process'
import type { OffloadMode } from './download/offload.js'
import { RecentDownloads } from './links/recent-downloads.js'
import {
  CLOCK,
  CONNECTION_CAP,
  DOWNLOADS,
  LOG,
  OBJECT_STORE,
  OFFLOAD,
  SERVE_WHILE_FETCHING,
  STORE_FACTS,
  STREAMS,
  TIMING,
  TIMINGS,
  type Log,
  type Timing,
} from './ports.js'
import { downloadsProbe, servedStoreProbe } from './readiness.js'

export interface ProxyParts {
  downloads: Downloads
  store: ObjectStore
  facts: StoreFacts
  clock: Clock
  log: Log
  /** URLs by which clients reach the proxy; without, by the address that they come by. */
  urls?: DownloadUrls
  /** Connections at once. */
  maxConnections?: number
  /** Reverse proxies that are believed; none unless given. */
  forwarding?: Forwarding
  /** Both off unless given. */
  offload?: OffloadMode
  serveWhileFetching?: boolean
  /** Nowhere unless given. */
  streams?: Pick<Streams, 'report' | 'leave'>
  /** Timings that differ from TIMINGS. */
  timing?: Partial<Timing>
}

const PORTS = [
  CLOCK,
  CONNECTION_CAP,
  DOWNLOADS,
  DownloadUrls,
  Forwarding,
  OFFLOAD,
  Readiness,
  SERVE_WHILE_FETCHING,
  STORE_FACTS,
  STREAMS,
  TIMING,
]

/** MAX_CONNECTIONS is how many a proxy takes that is told no number. */
const MAX_CONNECTIONS = 5_000

/** NOWHERE is where streams are told that nobody asks about. */
const NOWHERE = { report: () => Promise.resolve(), leave: () => Promise.resolve() }

function connectionCap(max: number, forwarding: Forwarding, log: Log): ConnectionCap {
  return {
    max,
    isShared: (address) => forwarding.isTrusted(address),
    onFull: (open) => log.warn({ open, max }, 'no place for a connection: see MAX_CONNECTIONS'),
  }
}

function readinessOf(
  { downloads, store, facts, log }: Pick<ProxyParts, 'downloads' | 'store' | 'facts' | 'log'>,
  patienceMs: number,
  others: readonly Probe[] = [],
): Readiness {
  const probes = [downloadsProbe(downloads), ...others, servedStoreProbe(store, facts)]
  return new Readiness(probes, { patienceMs, onChange: logChanges(log) })
}

/** Everything that the proxy knows of the world, for all its modules. */
@Module({})
export class PortsModule {
  /** forRoot gives the ports of a process: made from its settings. */
  static forRoot(config: ProxyConfig, log: ProcessLog): DynamicModule {
    const { PROXY_OFFLOAD: offload, PUBLIC_PROXY_URL: publicUrl, SERVE_WHILE_FETCHING: eager } = config
    return {
      module: PortsModule,
      global: true,
      imports: [
        CoreModule.forRoot(config, { log, pool: config.PROXY_DATABASE_POOL }),
        LinksModule,
        OriginModule,
        ReadinessModule,
        StorageModule,
        StoreStateModule,
        StreamsModule,
      ],
      providers: [
        RecentDownloads,
        { provide: DOWNLOADS, useExisting: RecentDownloads },
        { provide: STORE_FACTS, useClass: InstallationFacts },
        { provide: STREAMS, useExisting: Streams },
        {
          provide: DownloadUrls,
          inject: [Forwarding],
          useFactory: (forwarding: Forwarding) => new DownloadUrls({ publicUrl, forwarding }),
        },
        {
          provide: CONNECTION_CAP,
          inject: [Forwarding],
          useFactory: (forwarding: Forwarding) => connectionCap(config.MAX_CONNECTIONS, forwarding, log),
        },
        {
          provide: Readiness,
          inject: [DatabaseProbes, DOWNLOADS, OBJECT_STORE, STORE_FACTS],
          useFactory: (
            database: DatabaseProbes,
            downloads: Downloads,
            store: ObjectStore,
            facts: StoreFacts,
          ) => readinessOf({ downloads, store, facts, log }, TIMINGS.health, database.others),
        },
        { provide: CLOCK, useValue: systemClock },
        { provide: OFFLOAD, useValue: offload },
        { provide: SERVE_WHILE_FETCHING, useValue: eager },
        { provide: TIMING, useValue: TIMINGS },
      ],
      exports: [...PORTS.filter((port) => port !== Forwarding), OriginModule, StorageModule],
    }
  }

  /** of gives the ports as `parts` has them. */
  static of(parts: ProxyParts): DynamicModule {
    return {
      module: PortsModule,
      global: true,
      providers: [
        { provide: DOWNLOADS, useValue: parts.downloads },
        { provide: OBJECT_STORE, useValue: parts.store },
        { provide: STORE_FACTS, useValue: parts.facts },
        { provide: STREAMS, useValue: parts.streams ?? NOWHERE },
        { provide: CLOCK, useValue: parts.clock },
        { provide: LOG, useValue: parts.log },
        {
          provide: CONNECTION_CAP,
          useValue: connectionCap(parts.maxConnections ?? MAX_CONNECTIONS, new Forwarding([]), parts.log),
        },
        { provide: DownloadUrls, useValue: parts.urls ?? new DownloadUrls({}) },
        { provide: Forwarding, useValue: parts.forwarding ?? new Forwarding([]) },
        {
          provide: Readiness,
          useValue: readinessOf(parts, parts.timing?.health ?? TIMINGS.health),
        },
        { provide: OFFLOAD, useValue: parts.offload ?? 'off' },
        { provide: SERVE_WHILE_FETCHING, useValue: parts.serveWhileFetching ?? false },
        { provide: TIMING, useValue: { ...TIMINGS, ...parts.timing } },
      ],
      exports: [...PORTS, OBJECT_STORE, LOG],
    }
  }
}
