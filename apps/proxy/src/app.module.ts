import { Module, type DynamicModule } from '@nestjs/common'
import { APP_FILTER } from '@nestjs/core'
import type { Clock } from '@obb/core/clock'
import type { Downloads } from '@obb/core/links'
import { DownloadUrls } from '@obb/core/origin'
import type { ObjectStore } from '@obb/core/storage'
import type { StoreFacts } from '@obb/core/store-state'
import { Arrivals } from './unfinished/arrivals.js'
import { Connections } from './http/connections.js'
import { DownloadController } from './download/download.controller.js'
import { FailureFilter } from './http/failure.filter.js'
import { FileUses } from './links/file-uses.js'
import { HealthController } from './http/health.controller.js'
import { Metalinks } from './download/metalinks.js'
import { Offload, type OffloadMode } from './download/offload.js'
import { Places } from './links/places.js'
import {
  CLOCK,
  DOWNLOADS,
  LOG,
  OBJECT_STORE,
  OFFLOAD,
  SERVE_WHILE_FETCHING,
  STORE_FACTS,
  TIMING,
  TIMINGS,
  type Log,
  type Timing,
} from './ports.js'
import { SmallRanges } from './small-ranges/small-ranges.js'

export interface ProxyParts {
  downloads: Downloads
  store: ObjectStore
  facts: StoreFacts
  clock: Clock
  log: Log
  /** Where clients reach it; without, by the address that they come by. */
  urls?: DownloadUrls
  /** Both off unless given. */
  offload?: OffloadMode
  serveWhileFetching?: boolean
  /** What differs from TIMINGS. */
  timing?: Partial<Timing>
}

@Module({})
export class AppModule {
  static register(parts: ProxyParts): DynamicModule {
    return {
      module: AppModule,
      controllers: [DownloadController, HealthController],
      providers: [
        { provide: DOWNLOADS, useValue: parts.downloads },
        { provide: OBJECT_STORE, useValue: parts.store },
        { provide: STORE_FACTS, useValue: parts.facts },
        { provide: CLOCK, useValue: parts.clock },
        { provide: LOG, useValue: parts.log },
        { provide: DownloadUrls, useValue: parts.urls ?? new DownloadUrls({}) },
        { provide: OFFLOAD, useValue: parts.offload ?? 'off' },
        { provide: SERVE_WHILE_FETCHING, useValue: parts.serveWhileFetching ?? false },
        { provide: TIMING, useValue: { ...TIMINGS, ...parts.timing } },
        { provide: APP_FILTER, useClass: FailureFilter },
        Arrivals,
        Connections,
        FileUses,
        Metalinks,
        Offload,
        Places,
        SmallRanges,
      ],
    }
  }
}
