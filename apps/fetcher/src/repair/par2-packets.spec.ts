import { createHash } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { PacketReader, noFacts } from './par2-packets.js'

const SET = Buffer.alloc(16, 7)
const md5 = (bytes: Buffer): Buffer => createHash('md5').update(bytes).digest()

function packet(type: string, body: Buffer, set = SET): Buffer {
  const rest = Buffer.concat([set, Buffer.from(`PAR 2.0\0${type}`.padEnd(16, '\0')), body])
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(32 + rest.length))
  return Buffer.concat([Buffer.from('PAR2\0PKT'), length, md5(rest), rest])
}

function file(name: string, id = 1): Buffer {
  const text = Buffer.from(name)
  const size = Buffer.alloc(8)
  size.writeBigUInt64LE(1234n)
  const padded = Buffer.concat([text], Math.ceil(text.length / 4) * 4)
  return packet('FileDesc', Buffer.concat([Buffer.alloc(16, id), Buffer.alloc(32, 9), size, padded]))
}

function main(): Buffer {
  const body = Buffer.alloc(12)
  body.writeBigUInt64LE(20_000n)
  return packet('Main', body)
}

const block = (exponent: number): Buffer => {
  const body = Buffer.alloc(24)
  body.writeUInt32LE(exponent)
  return packet('RecvSlic', body)
}

function read(bytes: Buffer, step = bytes.length) {
  const facts = noFacts()
  const reader = new PacketReader(facts)
  const packets: Buffer[] = []
  for (let at = 0; at < bytes.length; at += step) packets.push(...reader.read(bytes.subarray(at, at + step)))
  return { facts, written: Buffer.concat(packets) }
}

describe('packets of a PAR2 file', () => {
  const whole = Buffer.concat([main(), file('a b.bin'), packet('IFSC', Buffer.alloc(36)), block(3), block(4)])

  it.each([1, 7, 64, 100, 10_000])('are read in pieces of %s bytes, and handed on as they are', (step) => {
    const { facts, written } = read(whole, step)
    expect(written.equals(whole)).toBe(true)
    expect(facts).toMatchObject({ blockBytes: 20_000, blocks: new Set([3, 4]), setId: SET.toString('hex') })
    expect([...facts.files.values()]).toMatchObject([{ name: 'a b.bin', size: 1234 }])
  })

  it('are found between whatever else is there; those of which a byte is wrong are left out', () => {
    const damaged = block(5)
    damaged[damaged.length - 1] = 1
    const noise = Buffer.concat([Buffer.alloc(50_000), Buffer.from('PAR2\0PKT'), Buffer.alloc(90, 0xff)])
    const { facts, written } = read(
      Buffer.concat([noise, main(), damaged, noise, block(6), Buffer.from('PAR2')]),
      999,
    )
    expect(written.equals(Buffer.concat([main(), block(6)]))).toBe(true)
    expect([...facts.blocks]).toEqual([6])
  })

  it('of another set, and of types that no repair needs, are left out', () => {
    const other = packet('RecvSlic', Buffer.alloc(24), Buffer.alloc(16, 8))
    const { facts, written } = read(
      Buffer.concat([main(), other, packet('Creator', Buffer.from('x   ')), block(1)]),
    )
    expect(written.equals(Buffer.concat([main(), block(1)]))).toBe(true)
    expect([...facts.blocks]).toEqual([1])
  })

  it.each([
    '../evil',
    '/etc/passwd',
    'a/b',
    'a\\b',
    '..',
    '.',
    '',
    'obb.par2',
    'x'.repeat(256),
    '../../a\0b',
  ])('that name %j are left out, so that nothing outside of the folder can be meant', (name) => {
    const { facts, written } = read(Buffer.concat([main(), file(name)]))
    expect(written.equals(main())).toBe(true)
    expect(facts.files.size).toBe(0)
  })

  it('that claim to be longer than any are passed over', () => {
    const huge = block(1)
    huge.writeBigUInt64LE(2n ** 62n, 8)
    expect(read(Buffer.concat([huge, block(2)])).facts.blocks).toEqual(new Set([2]))
  })
})
