import type { Server } from 'node:http'
import { type BeforeApplicationShutdown, Inject, Injectable, type OnModuleInit } from '@nestjs/common'
import { HttpAdapterHost } from '@nestjs/core'
import { CONFIG, type ApiConfig } from '@obb/core/config'
import { LOG, type Log } from '@obb/core/log'
import { Forwarding } from '@obb/core/origin'
import { Connections } from '@obb/core/process'

/** How long answers may take on shutdown, and then their last bytes, ms. */
const TIMING = { drain: 5_000, flush: 500 }

/** The connections of this gateway, from its first one to the end of the application. */
@Injectable()
export class OpenConnections extends Connections implements OnModuleInit, BeforeApplicationShutdown {
  constructor(
    private readonly host: HttpAdapterHost,
    @Inject(CONFIG) { MAX_CONNECTIONS: max }: Pick<ApiConfig, 'MAX_CONNECTIONS'>,
    forwarding: Forwarding,
    @Inject(LOG) log: Log,
  ) {
    super(TIMING, {
      max,
      isShared: (address) => forwarding.isTrusted(address),
      onFull: (open) => log.warn({ open, max }, 'no place for a connection: see MAX_CONNECTIONS'),
    })
  }

  onModuleInit(): void {
    this.watch(this.host.httpAdapter.getHttpServer() as Server)
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.end()
  }
}
