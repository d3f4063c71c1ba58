/*
 * CRC-32C, incrementally. The processor has an instruction for it, which a prebuilt library of the platform's brings;
 * where none is installed (--omit=optional, another system) WebAssembly takes its place, some ten times as slow.
 * The state of the one means nothing to the other, which refuses it.
 */
import { Buffer } from 'node:buffer'

const CASTAGNOLI = 0x82f63b78

/** By the processor. Undefined where there is no library for it. `state`: the CRC so far, four bytes. */
export async function nativeCrc32c(state) {
  const library = await import('@node-rs/crc32').catch(() => undefined)
  if (library === undefined) return undefined
  const { crc32c } = library.default
  if (state && state.length !== 4) throw Object.assign(new Error('not a CRC'), { code: 'STATE' })
  let crc = state ? Buffer.from(state).readUInt32BE() : 0
  const save = () => {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(crc)
    return bytes
  }
  return {
    update: (bytes) => void (crc = crc32c(bytes, crc)),
    save,
    digest: () => save().toString('hex'),
  }
}

/** In WebAssembly. */
export async function portableCrc32c(state) {
  const hash = await (await import('hash-wasm/dist/crc32.umd.min.js')).default.createCRC32(CASTAGNOLI)
  hash.init()
  if (state) hash.load(state)
  return {
    update: (bytes) => hash.update(bytes),
    save: () => hash.save(),
    digest: () => hash.digest('hex'),
  }
}
