import { isIP } from 'node:net'
import { Injectable } from '@nestjs/common'
import { Forwarding } from '@obb/core/origin'
import type { FastifyRequest } from 'fastify'

/** Where requests come from. */
@Injectable()
export class ClientAddress {
  constructor(private readonly forwarding: Forwarding) {}

  /** The client's address, as a trusted proxy tells it; of IPv6 the network of 64 bits, all of which one client has. */
  of(request: FastifyRequest): string {
    return networkOf(this.forwarding.read(request.raw)?.address ?? request.ip)
  }
}

/** An IPv4 address as it is, the first 64 bits of an IPv6 one. */
export function networkOf(address: string): string {
  const bare = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
  if (isIP(bare) !== 6) return bare
  const [head = '', tail] = new URL(`http://[${bare}]/`).hostname.slice(1, -1).split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const all =
    tail === undefined
      ? left
      : [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right]
  const network = new URL(`http://[${all.slice(0, 4).join(':')}::]/`).hostname.slice(1, -1)
  return `${network}/64`
}
