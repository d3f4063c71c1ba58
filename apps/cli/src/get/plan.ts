import type { Span } from './range-set.js'

const MIN_PIECE = 2 ** 20
const MAX_PIECE = 16 * 2 ** 20

/**
 * Length of one ranged request, bytes. Several per connection, so that a fast connection takes over the
 * work of a slow one; large enough that the pause between two requests does not show.
 */
export function pieceLength(size: number, connections: number): number {
  const even = Math.ceil(size / (connections * 4))
  return Math.min(MAX_PIECE, Math.max(MIN_PIECE, even))
}

/** The gaps of a file as pieces to ask for, in order; every missing byte in exactly one piece. */
export function plan(missing: readonly Span[], length: number): Span[] {
  const pieces: Span[] = []
  for (const { start, end } of missing) {
    for (let at = start; at < end; at += length) pieces.push({ start: at, end: Math.min(at + length, end) })
  }
  return pieces
}

/** connectionCount is as many as the user wants and the link allows; one where ranges do not work. */
export function connectionCount(wanted: number, link: { maxchunks: number; resumable: boolean }): number {
  return link.resumable ? Math.max(1, Math.min(wanted, link.maxchunks)) : 1
}
