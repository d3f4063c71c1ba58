import type { Socket } from 'node:net'
import { TunnelFault } from './tunnel-fault.js'

const EVENTS = ['readable', 'end', 'error', 'close'] as const

/**
 * Takes the next message of a handshake off a socket and not one byte more: what follows stays readable
 * for whoever gets the socket afterwards. `endOf` says how long the message is once that can be told.
 * Rejects when the message grows beyond `maxBytes`, and when the peer hangs up before its end.
 */
export async function takeMessage(
  socket: Socket,
  maxBytes: number,
  endOf: (received: Buffer) => number | undefined,
): Promise<Buffer> {
  let received: Buffer = Buffer.alloc(0)
  for (;;) {
    const chunk = socket.read() as Buffer | null
    if (chunk !== null) {
      received = Buffer.concat([received, chunk])
      const end = endOf(received)
      if (end !== undefined && end <= received.length && end <= maxBytes) {
        if (end < received.length) socket.unshift(received.subarray(end))
        return received.subarray(0, end)
      }
      if (received.length > maxBytes || (end ?? 0) > maxBytes) {
        throw new TunnelFault('proxy', 'OVERSIZED', 'sent an oversized answer')
      }
    }
    if (socket.errored) throw socket.errored
    if (socket.readableEnded || socket.destroyed) {
      throw new TunnelFault('proxy', 'ECONNRESET', 'hung up inside the handshake')
    }
    await activity(socket)
  }
}

function activity(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      for (const event of EVENTS) socket.off(event, settle)
      resolve()
    }
    for (const event of EVENTS) socket.on(event, settle)
  })
}
