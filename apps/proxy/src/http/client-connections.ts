import type { Server } from 'node:http'
import { Inject, Injectable, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common'
import { HttpAdapterHost } from '@nestjs/core'
import { type ConnectionCap, Connections as ServerConnections } from '@obb/core/process'
import { CONNECTION_CAP, TIMING, type Timing } from '../ports.js'

export type { Work } from '@obb/core/process'

/** The connections of this proxy, from its first one to the end of the application. */
@Injectable()
export class ClientConnections extends ServerConnections implements OnModuleInit, BeforeApplicationShutdown {
  constructor(
    private readonly host: HttpAdapterHost,
    @Inject(TIMING) timing: Timing,
    @Inject(CONNECTION_CAP) cap: ConnectionCap,
  ) {
    super(timing, cap)
  }

  onModuleInit(): void {
    this.watch(this.host.httpAdapter.getHttpServer() as Server)
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.end()
  }
}
