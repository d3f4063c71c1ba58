/*
 * Packets of PAR2 2.0 as they come: an 8 byte mark, the length, an MD5 over the rest, the id of the set, a type, a body.
 * Only whole packets of the types that a repair needs are handed on, of which none names a file outside of its folder,
 * so that a program that reads nothing else is told nothing else.
 */
import { createHash } from 'node:crypto'

/** A file of a set, as its packets describe it. */
export interface DescribedFile {
  /** A single path component, at most 255 bytes. */
  name: string
  /** Bytes. */
  size: number
  /** Hex; of the first 16 KiB too. */
  md5: string
  md5Of16k: string
}

/** What is known of a set by its packets so far. */
export interface SetFacts {
  /** Hex; undefined before the first packet. */
  setId: string | undefined
  /** Bytes of a block; 0 is not known. */
  blockBytes: number
  /** By their ids. */
  files: Map<string, DescribedFile>
  /** Exponents of the recovery blocks. */
  blocks: Set<number>
}

/** MARK begins every packet, and with it every file of PAR2. */
export const MARK = Buffer.from('PAR2\0PKT')
const HEADER = 64
/** Longest packet, bytes: a block may be as long. */
const MAX_PACKET = 128 * 1024 * 1024
const TYPES = { 'Main\0\0\0\0': 'main', FileDesc: 'file', 'IFSC\0\0\0\0': 'sums', RecvSlic: 'block' } as const
const MAX_NAME_BYTES = 255
/** OWN_PREFIX begins the names of our own files beside those of a set. */
export const OWN_PREFIX = 'obb.'

export const noFacts = (): SetFacts => ({
  setId: undefined,
  blockBytes: 0,
  files: new Map(),
  blocks: new Set(),
})

/** Reads packets of one set out of a file in pieces, whatever else is in it. */
export class PacketReader {
  private pieces: Buffer[] = []
  private length = 0
  /** Before so many bytes are there, there is nothing to read. */
  private needed = HEADER

  constructor(private readonly facts: SetFacts) {}

  /** The packets that are whole with this piece, good to be written as they are. */
  read(piece: Buffer): Buffer[] {
    this.pieces.push(piece)
    this.length += piece.length
    if (this.length < this.needed) return []
    const bytes = Buffer.concat(this.pieces, this.length)
    const packets: Buffer[] = []
    let at = 0
    for (;;) {
      at = bytes.indexOf(MARK, at)
      if (at === -1) at = Math.max(0, bytes.length - MARK.length + 1)
      this.needed = HEADER
      if (bytes.length - at < HEADER) break
      const length = lengthAt(bytes, at)
      if (length === undefined) {
        at += MARK.length
        continue
      }
      this.needed = length
      if (bytes.length - at < length) break
      const packet = bytes.subarray(at, at + length)
      const isWhole = isIntact(packet)
      if (isWhole && this.take(packet)) packets.push(Buffer.from(packet))
      at += isWhole ? length : MARK.length
    }
    const rest = bytes.subarray(at)
    this.pieces = [rest]
    this.length = rest.length
    return packets
  }

  /** False for what is of no use, or of another set. */
  private take(packet: Buffer): boolean {
    const setId = packet.toString('hex', 32, 48)
    const isPar2 = packet.toString('latin1', 48, 56) === 'PAR 2.0\0'
    const type = isPar2 ? TYPES[packet.toString('latin1', 56, 64) as keyof typeof TYPES] : undefined
    if (type === undefined || (this.facts.setId ?? setId) !== setId) return false
    const body = packet.subarray(HEADER)
    if (type === 'file' && !this.describe(body)) return false
    if (type === 'main') {
      if (body.length < 12) return false
      this.facts.blockBytes = Number(body.readBigUInt64LE(0))
    }
    if (type === 'block') {
      if (body.length < 4) return false
      this.facts.blocks.add(body.readUInt32LE(0))
    }
    this.facts.setId = setId
    return true
  }

  private describe(body: Buffer): boolean {
    if (body.length < 57) return false
    const padded = body.subarray(56)
    const end = padded.indexOf(0)
    const name = padded.toString('utf8', 0, end === -1 ? padded.length : end)
    const size = Number(body.readBigUInt64LE(48))
    if (!isFileName(name) || !Number.isSafeInteger(size)) return false
    const [md5, md5Of16k] = [body.toString('hex', 16, 32), body.toString('hex', 32, 48)]
    this.facts.files.set(body.toString('hex', 0, 16), { name, size, md5, md5Of16k })
    return true
  }
}

function lengthAt(bytes: Buffer, at: number): number | undefined {
  const length = Number(bytes.readBigUInt64LE(at + 8))
  return length >= HEADER && length % 4 === 0 && length <= MAX_PACKET ? length : undefined
}

function isIntact(packet: Buffer): boolean {
  return createHash('md5').update(packet.subarray(32)).digest().equals(packet.subarray(16, 32))
}

/** Whether it names something in the folder itself, and nothing of ours. */
function isFileName(name: string): boolean {
  const isComponent = name !== '' && name !== '.' && name !== '..' && !/[/\\\0]/.test(name)
  return isComponent && !name.startsWith(OWN_PREFIX) && Buffer.byteLength(name) <= MAX_NAME_BYTES
}
