import { escapeXml, metalinkName } from '@obb/contracts'
import { PIECE_DIGEST_BYTES as DIGEST } from '@obb/core/files'

export interface MetalinkFile {
  name: string
  /** Bytes. */
  size: number
  /** Lower-case hex. */
  sha256: string
  md5: string | null
  /** URL that it can be downloaded from; absolute. */
  url: string
  /** Bytes of every piece but the last, and how many there are, if their hashes shall stand in it. */
  pieces: { length: number; count: number } | undefined
}

/** MetalinkFrame is a Metalink without the lines of its pieces, which stand between `head` and `tail`. */
export interface MetalinkFrame {
  head: Buffer
  tail: Buffer
  /** Bytes of the whole document. */
  length: number
}

/** A Metalink 4 document (RFC 5854): with the pieces, clients find and repair the piece that is wrong. */
export function metalinkFrame({ name, size, sha256, md5, url, pieces }: MetalinkFile): MetalinkFrame {
  const head = lines([
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<metalink xmlns="urn:ietf:params:xml:ns:metalink">',
    `  <file name="${escapeXml(metalinkName(name))}">`,
    `    <size>${size}</size>`,
    `    <hash type="sha-256">${sha256}</hash>`,
    ...(md5 === null ? [] : [`    <hash type="md5">${md5}</hash>`]),
    ...(pieces === undefined ? [] : [`    <pieces length="${pieces.length}" type="sha-256">`]),
  ])
  const tail = lines([
    ...(pieces === undefined ? [] : ['    </pieces>']),
    `    <url>${escapeXml(url)}</url>`,
    '  </file>',
    '</metalink>',
  ])
  return { head, tail, length: head.length + (pieces?.count ?? 0) * PIECE_LINE + tail.length }
}

/** The lines of some pieces. `digests`: the SHA-256 of each, in order. */
export function pieceLines(digests: Buffer): Buffer {
  const count = digests.length / DIGEST
  const hashes = Array.from({ length: count }, (_, index) => {
    return `      <hash>${digests.toString('hex', index * DIGEST, (index + 1) * DIGEST)}</hash>`
  })
  return lines(hashes)
}

/** Bytes of such a line: what a Metalink takes is known before its hashes are. */
const PIECE_LINE = pieceLines(Buffer.alloc(DIGEST)).length

function lines(texts: readonly string[]): Buffer {
  return Buffer.from(texts.map((text) => `${text}\n`).join(''))
}
