/* NZBs as indexers pack them, told by their first bytes: names and types say anything. */
import { crc32, gunzipSync, inflateRawSync } from 'node:zlib'
import { BadBzip2, LargeBzip2, bunzip2, isBzip2 } from './bunzip2.js'
import { MAX_BYTES, badNzb, tooLarge } from './nzb.js'

/** Codes of errors of fields that would lie outside of the bytes. */
const OUTSIDE: ReadonlySet<string> = new Set(['ERR_OUT_OF_RANGE', 'ERR_BUFFER_OUT_OF_BOUNDS'])

/** How packed uploads begin; gzip is undone where they come in. */
export const UPLOADED_PACKINGS = ['BZh', 'PK\u0003\u0004'] as const
/** Uploads are kept as gzip, however they are packed themselves. */
const MAX_LAYERS = 2

/** The NZB in gzip, bzip2 or a ZIP, or the bytes as they are. Raises BAD_URL for what is broken or too large. */
export function unpacked(bytes: Buffer, layers = MAX_LAYERS): Uint8Array {
  const unpack = packingOf(bytes)
  if (unpack === undefined || layers === 0) return bytes
  try {
    const inner = unpack(bytes)
    return unpacked(Buffer.from(inner.buffer, inner.byteOffset, inner.length), layers - 1)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'ERR_BUFFER_TOO_LARGE' || error instanceof LargeBzip2) throw tooLarge()
    const isBroken = error instanceof BadBzip2 || code.startsWith('Z_') || OUTSIDE.has(code)
    throw isBroken ? badNzb('NZB is packed, and broken') : error
  }
}

function packingOf(bytes: Buffer): ((bytes: Buffer) => Uint8Array) | undefined {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b)
    return (packed) => gunzipSync(packed, { maxOutputLength: MAX_BYTES })
  if (isBzip2(bytes)) return (packed) => bunzip2(packed, MAX_BYTES)
  return bytes.subarray(0, 4).equals(LOCAL_HEADER) ? onlyNzbIn : undefined
}

const LOCAL_HEADER = Buffer.from('PK\u0003\u0004', 'latin1')
const DIRECTORY_HEADER = Buffer.from('PK\u0001\u0002', 'latin1')
const DIRECTORY_END = Buffer.from('PK\u0005\u0006', 'latin1')
/** The end of the directory may have a comment of 64 KiB behind it. */
const MAX_END = 22 + 0xffff
const STORED = 0
const DEFLATED = 8
const ENCRYPTED = 1

/** Of a file in a ZIP, as its directory says (APPNOTE 4.3.12). */
interface Packed {
  name: string
  flags: number
  method: number
  crc: number
  length: number
  header: number
}

/** Raises an error of OUTSIDE where a field lies there. */
function onlyNzbIn(zip: Buffer): Uint8Array {
  const nzbs = directoryOf(zip).filter(({ name }) => /\.nzb$/i.test(name))
  const [only] = nzbs
  if (only === undefined) throw badNzb('ZIP has no NZB in it')
  if (nzbs.length > 1) throw badNzb('ZIP has several NZBs in it')
  const { crc, flags, header, length, method } = only
  if ((flags & ENCRYPTED) !== 0) throw badNzb('ZIP is encrypted')
  const begin = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28)
  const packed = zip.subarray(begin, begin + length)
  if (packed.length < length) throw badNzb('ZIP is cut short')
  if (method !== STORED && method !== DEFLATED) throw badNzb('ZIP is packed in a way that is not known')
  const bytes = method === STORED ? packed : inflateRawSync(packed, { maxOutputLength: MAX_BYTES })
  if (crc32(bytes) !== crc) throw badNzb('ZIP has a wrong checksum')
  return bytes
}

function directoryOf(zip: Buffer): Packed[] {
  const end = zip.lastIndexOf(DIRECTORY_END)
  if (end < Math.max(0, zip.length - MAX_END)) throw badNzb('ZIP is cut short')
  const files: Packed[] = []
  let at = zip.readUInt32LE(end + 16)
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    if (!zip.subarray(at, at + 4).equals(DIRECTORY_HEADER)) throw badNzb('ZIP has a broken directory')
    const nameEnd = at + 46 + zip.readUInt16LE(at + 28)
    files.push({
      name: zip.toString('latin1', at + 46, nameEnd),
      flags: zip.readUInt16LE(at + 8),
      method: zip.readUInt16LE(at + 10),
      crc: zip.readUInt32LE(at + 16),
      length: zip.readUInt32LE(at + 20),
      header: zip.readUInt32LE(at + 42),
    })
    at = nameEnd + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)
  }
  return files
}
