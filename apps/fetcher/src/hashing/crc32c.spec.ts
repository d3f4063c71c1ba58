import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, it } from '@jest/globals'

interface Crc {
  update(bytes: Uint8Array): void
  save(): Uint8Array
  digest(): string
}
type Begin = (state?: Uint8Array) => Promise<Crc | undefined>

const NAMES = ['nativeCrc32c', 'portableCrc32c'] as const
let ways: Record<(typeof NAMES)[number], Begin>
beforeAll(async () => {
  ways = (await import(String(new URL('./crc32c.mjs', import.meta.url)))) as typeof ways
})

async function crcOf(name: (typeof NAMES)[number], ...chunks: Uint8Array[]): Promise<string> {
  const crc = (await ways[name]())!
  for (const chunk of chunks) crc.update(chunk)
  return crc.digest()
}

describe.each(NAMES)('CRC-32C by %s', (name) => {
  it.each([
    ['', '00000000'],
    ['123456789', 'e3069283'],
    ['\0'.repeat(32), '8a9136aa'],
  ])('of %j is that of RFC 3720 §B.4', async (text, expected) => {
    expect(await crcOf(name, Buffer.from(text))).toBe(expected)
  })

  it('is the same in however many steps, and over a saved state', async () => {
    const bytes = randomBytes(1_000_003)
    const whole = await crcOf(name, bytes)
    expect(await crcOf(name, bytes.subarray(0, 7), bytes.subarray(7, 7), bytes.subarray(7))).toBe(whole)
    const first = (await ways[name]())!
    first.update(bytes.subarray(0, 65_537))
    const second = (await ways[name](first.save()))!
    second.update(bytes.subarray(65_537))
    expect(second.digest()).toBe(whole)
  })

  it('refuses the state of the other', async () => {
    const other = NAMES.find((one) => one !== name)!
    const state = (await ways[other]())!.save()
    await expect(ways[name](state)).rejects.toThrow()
  })
})

it('CRC-32C is the same in both ways', async () => {
  const bytes = randomBytes(300_001)
  expect(await crcOf('nativeCrc32c', bytes)).toBe(await crcOf('portableCrc32c', bytes))
})
