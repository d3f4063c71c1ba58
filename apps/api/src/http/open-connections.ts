import type { Server } from 'node:http'
import { type BeforeApplicationShutdown, Injectable, type OnModuleInit } from '@nestjs/common'
import { HttpAdapterHost } from '@nestjs/core'
import { Connections } from '@obb/core/process'

/** How long answers may take on shutdown, and then their last bytes, ms. */
const TIMING = { drain: 5_000, flush: 500 }

/** The connections of this gateway, from its first one to the end of the application. */
@Injectable()
export class OpenConnections extends Connections implements OnModuleInit, BeforeApplicationShutdown {
  constructor(private readonly host: HttpAdapterHost) {
    super(TIMING)
  }

  onModuleInit(): void {
    this.watch(this.host.httpAdapter.getHttpServer() as Server)
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.end()
  }
}
