import { downloadName } from './disposition.js'

export interface MetalinkFile {
  name: string
  /** Bytes. */
  size: number
  /** Lower-case hex. */
  sha256: string
  md5: string | null
  /** URL that it can be downloaded from; absolute. */
  url: string
  /** Bytes of every piece but the last, and the SHA-256 of each, 32 bytes each in order. */
  pieces: { length: number; digests: Buffer } | undefined
}

const DIGEST = 32

/** A Metalink 4 document (RFC 5854): with the pieces, clients find and repair the piece that is wrong. */
export function metalink({ name, size, sha256, md5, url, pieces }: MetalinkFile): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<metalink xmlns="urn:ietf:params:xml:ns:metalink">',
    `  <file name="${escapeXml(downloadName(name))}">`,
    `    <size>${size}</size>`,
    `    <hash type="sha-256">${sha256}</hash>`,
    ...(md5 === null ? [] : [`    <hash type="md5">${md5}</hash>`]),
    ...(pieces === undefined ? [] : piecesOf(pieces)),
    `    <url>${escapeXml(url)}</url>`,
    '  </file>',
    '</metalink>',
    '',
  ].join('\n')
}

function piecesOf({ length, digests }: { length: number; digests: Buffer }): string[] {
  const count = Math.floor(digests.length / DIGEST)
  const hashes = Array.from({ length: count }, (_, index) => {
    return `      <hash>${digests.toString('hex', index * DIGEST, (index + 1) * DIGEST)}</hash>`
  })
  return [`    <pieces length="${length}" type="sha-256">`, ...hashes, '    </pieces>']
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** Text for XML 1.0, which has no way to say most control characters, surrogates and U+FFFE. */
function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replace(/[&<>"']/g, (char) => ENTITIES[char] ?? '')
}
