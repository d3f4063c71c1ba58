import { Injectable } from '@nestjs/common'
import { Forwarding } from '@obb/core/origin'
import { networkOf } from '@obb/core/process'
import type { FastifyRequest } from 'fastify'

/** Where requests come from. */
@Injectable()
export class ClientAddress {
  constructor(private readonly forwarding: Forwarding) {}

  /** The client's address, as a trusted proxy tells it; of IPv6 the network of 64 bits, all of which one client has. */
  of(request: FastifyRequest): string {
    return networkOf(this.addressOf(request))
  }

  /** All of it. */
  addressOf(request: FastifyRequest): string {
    return this.forwarding.read(request.raw)?.address ?? request.ip
  }
}
