/*
 * bzip2, which Node does not have. `@foxglove/wasm-bz2` reads the first of several streams only (pbzip2 writes several)
 * and takes the most there may be beforehand; `seek-bzip`, `unbzip2-stream` and `compressjs` (GPL) rest since 2021 or
 * longer. A stream is blocks of up to 900 kB: run lengths, the Burrows-Wheeler transform of those, move-to-front, run
 * lengths of zeros, and Huffman codes by up to six tables of which a selector names one for every 50 symbols. Time and
 * memory are in proportion to what is read and written.
 */

/** What the bytes are not: bzip2 as they should be. */
export class BadBzip2 extends Error {
  override readonly name = 'BadBzip2'
}
/** There is more in them than was asked for. */
export class LargeBzip2 extends Error {
  override readonly name = 'LargeBzip2'
}

const BLOCK = 0x314159265359
const END = 0x177245385090
const UNIT = 100_000
const GROUP = 50
const MAX_CODE_BITS = 20
const MAX_SYMBOLS = 258

export function isBzip2(bytes: Uint8Array): boolean {
  const [first, second, third, level = 0] = bytes
  return first === 0x42 && second === 0x5a && third === 0x68 && level >= 0x31 && level <= 0x39
}

/** What is in one or more streams, at most `max` bytes. Raises BadBzip2, LargeBzip2. */
export function bunzip2(bytes: Uint8Array, max: number): Uint8Array {
  const output = new Output(max)
  const bits = new Bits(bytes)
  do readStream(bits, output)
  while (isBzip2(bytes.subarray(bits.nextByte())))
  return output.bytes()
}

function readStream(bits: Bits, output: Output): void {
  if (!isBzip2(bits.rest())) throw new BadBzip2('no header')
  bits.take(24)
  const links = new Uint32Array((bits.take(8) - 0x30) * UNIT)
  for (;;) {
    const mark = bits.take(24) * 2 ** 24 + bits.take(24)
    if (mark === END) break
    if (mark !== BLOCK) throw new BadBzip2('no block')
    const expected = bits.take32()
    if (bits.take(1) !== 0) throw new BadBzip2('a randomised block')
    const origin = bits.take(24)
    const length = readSymbols(bits, links)
    if (length > 0 && origin >= length) throw new BadBzip2('no origin')
    output.beginBlock()
    if (length > 0) untransform(links, length, origin, output)
    if (output.checksum() !== expected) throw new BadBzip2('a wrong checksum')
  }
  bits.take32() // of all blocks, each of which was right
}

/** Puts the bytes of a transformed block into the low bits of `into`; how many there are. */
function readSymbols(bits: Bits, into: Uint32Array): number {
  const front = readAlphabet(bits)
  const symbols = front.length + 2
  const tables = bits.take(3)
  if (front.length === 0 || tables < 2 || tables > 6) throw new BadBzip2('no tables')
  const selectors = readSelectors(bits, tables)
  const codes = Array.from({ length: tables }, () => readCode(bits, symbols))
  let length = 0
  let run = 0
  let runUnit = 1
  for (let at = 0; ; at++) {
    const code = codes[selectors[Math.floor(at / GROUP)] ?? -1]
    if (code === undefined) throw new BadBzip2('no selector')
    const symbol = readSymbol(bits, code)
    if (symbol < 2) {
      // Digits 1 and 2 of a number to base 2, the least first.
      run += (symbol + 1) * runUnit
      runUnit *= 2
      if (run > into.length) throw new BadBzip2('a long block')
      continue
    }
    if (run > 0) {
      if (length + run > into.length) throw new BadBzip2('a long block')
      into.fill(front[0] ?? 0, length, length + run)
      length += run
      run = 0
      runUnit = 1
    }
    if (symbol === symbols - 1) return length
    if (length === into.length) throw new BadBzip2('a long block')
    const byte = front[symbol - 1] ?? 0
    front.copyWithin(1, 0, symbol - 1)
    front[0] = byte
    into[length++] = byte
  }
}

/** The bytes that a block has, in their order. */
function readAlphabet(bits: Bits): Uint8Array {
  const ranges = bits.take(16)
  const bytes: number[] = []
  for (let range = 0; range < 16; range++) {
    if ((ranges & (0x8000 >> range)) === 0) continue
    const used = bits.take(16)
    for (let at = 0; at < 16; at++) if ((used & (0x8000 >> at)) !== 0) bytes.push(range * 16 + at)
  }
  return Uint8Array.from(bytes)
}

function readSelectors(bits: Bits, tables: number): Uint8Array {
  const selectors = new Uint8Array(bits.take(15))
  const front = Uint8Array.from({ length: tables }, (_, at) => at)
  for (let at = 0; at < selectors.length; at++) {
    let place = 0
    while (bits.take(1) === 1) if (++place >= tables) throw new BadBzip2('no such table')
    const table = front[place] ?? 0
    front.copyWithin(1, 0, place)
    front[0] = table
    selectors[at] = table
  }
  return selectors
}

/** A canonical Huffman code: per length the first code, how many there are, and where their symbols begin. */
interface Code {
  /** Bits of the shortest. */
  least: number
  first: Uint32Array
  count: Uint32Array
  start: Uint32Array
  symbols: Uint16Array
}

function readCode(bits: Bits, symbols: number): Code {
  const lengths = new Uint8Array(symbols)
  let length = bits.take(5)
  for (let symbol = 0; symbol < symbols; symbol++) {
    for (;;) {
      if (length < 1 || length > MAX_CODE_BITS) throw new BadBzip2('a code of no length')
      if (bits.take(1) === 0) break
      length += bits.take(1) === 0 ? 1 : -1
    }
    lengths[symbol] = length
  }
  const [first, count, start] = [0, 1, 2].map(() => new Uint32Array(MAX_CODE_BITS + 2)) as [
    Uint32Array,
    Uint32Array,
    Uint32Array,
  ]
  for (const each of lengths) count[each] = (count[each] ?? 0) + 1
  for (let bit = 1; bit <= MAX_CODE_BITS; bit++) {
    first[bit + 1] = 2 * ((first[bit] ?? 0) + (count[bit] ?? 0))
    start[bit + 1] = (start[bit] ?? 0) + (count[bit] ?? 0)
  }
  const sorted = new Uint16Array(Math.min(symbols, MAX_SYMBOLS))
  const next = start.slice()
  for (const [symbol, each] of lengths.entries()) {
    const place = next[each] ?? 0
    sorted[place] = symbol
    next[each] = place + 1
  }
  return { least: Math.min(...lengths), first, count, start, symbols: sorted }
}

function readSymbol(bits: Bits, { count, first, least, start, symbols }: Code): number {
  let code = bits.take(least)
  for (let length = least; ; code = code * 2 + bits.take(1)) {
    const at = code - (first[length] ?? 0)
    if (at >= 0 && at < (count[length] ?? 0)) return symbols[(start[length] ?? 0) + at] ?? 0
    if (length++ === MAX_CODE_BITS) throw new BadBzip2('no such code')
  }
}

/** Undoes the transform, for which each byte is linked to the one behind it, and then the run lengths. */
function untransform(links: Uint32Array, length: number, origin: number, output: Output): void {
  const places = new Uint32Array(256)
  for (let at = 0; at < length; at++) {
    const byte = (links[at] ?? 0) & 0xff
    places[byte] = (places[byte] ?? 0) + 1
  }
  let sum = 0
  for (let byte = 0; byte < 256; byte++) {
    const count = places[byte] ?? 0
    places[byte] = sum
    sum += count
  }
  for (let at = 0; at < length; at++) {
    const byte = (links[at] ?? 0) & 0xff
    const place = places[byte] ?? 0
    links[place] = (links[place] ?? 0) | (at << 8)
    places[byte] = place + 1
  }
  let link = (links[origin] ?? 0) >>> 8
  let last = -1
  let same = 0
  for (let at = 0; at < length; at++) {
    const entry = links[link] ?? 0
    const byte = entry & 0xff
    link = entry >>> 8
    if (same === 4) {
      output.write(last, byte)
      same = 0
      last = -1
      continue
    }
    same = byte === last ? same + 1 : 1
    last = byte
    output.write(byte, 1)
  }
}

/** Bits, the first of a byte first. */
class Bits {
  private at = 0
  private held = 0
  private count = 0

  constructor(private readonly bytes: Uint8Array) {}

  /** `count` ≤ 24. */
  take(count: number): number {
    while (this.count < count) {
      const byte = this.bytes[this.at++]
      if (byte === undefined) throw new BadBzip2('cut short')
      this.held = ((this.held << 8) | byte) & 0x7fffffff
      this.count += 8
    }
    this.count -= count
    const taken = (this.held >>> this.count) & (2 ** count - 1)
    this.held &= 2 ** this.count - 1
    return taken
  }

  take32(): number {
    return this.take(16) * 2 ** 16 + this.take(16)
  }

  /** Leaves out what is left of a byte that was begun: the place of the next one. */
  nextByte(): number {
    this.count = 0
    this.held = 0
    return this.at
  }

  rest(): Uint8Array {
    return this.bytes.subarray(this.nextByte())
  }
}

const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc < 0 ? 0x04c11db7 : 0)
  return crc >>> 0
})

class Output {
  private buffer = new Uint8Array(64 * 1024)
  private length = 0
  private crc = 0

  constructor(private readonly max: number) {}

  beginBlock(): void {
    this.crc = 0xffffffff
  }

  write(byte: number, count: number): void {
    if (this.length + count > this.max) throw new LargeBzip2()
    if (this.length + count > this.buffer.length) this.grow()
    for (let end = this.length + count; this.length < end; this.length++) {
      this.buffer[this.length] = byte
      this.crc = ((this.crc << 8) ^ (CRC[(this.crc >>> 24) ^ byte] ?? 0)) >>> 0
    }
  }

  checksum(): number {
    return ~this.crc >>> 0
  }

  bytes(): Uint8Array {
    return this.buffer.subarray(0, this.length)
  }

  private grow(): void {
    const larger = new Uint8Array(2 * this.buffer.length)
    larger.set(this.buffer)
    this.buffer = larger
  }
}
