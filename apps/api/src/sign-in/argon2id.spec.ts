import { describe, expect, it } from '@jest/globals'
import { hash, verify } from '@node-rs/argon2'
import { argon2id, deriveByAddon, deriveByNode, verifyArgon2id } from './argon2id.js'

const COST = { memory: 1_024, passes: 2, parallelism: 1 }
const hasOwn = 'argon2' in process.getBuiltinModule('node:crypto')
const WAYS = { ...(hasOwn && { Node: deriveByNode }), '@node-rs/argon2': deriveByAddon }

describe.each(Object.entries(WAYS))('Argon2id by %s', (_name, by) => {
  it('gives what others verify, and verifies what others give', async () => {
    const kept = await argon2id('pässword', COST, by)
    expect(kept).toMatch(/^\$argon2id\$v=19\$m=1024,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
    expect(await verify(kept, 'pässword')).toBe(true)
    const others = await hash('pässword', { memoryCost: 2_048, timeCost: 3, parallelism: 2 })
    expect(await verifyArgon2id(others, 'pässword', by)).toBe(true)
    expect(await verifyArgon2id(others, 'password', by)).toBe(false)
  })

  it('has a salt of its own each time', async () => {
    expect(await argon2id('a', COST, by)).not.toBe(await argon2id('a', COST, by))
  })
})

it.each([
  '',
  'plain',
  '$argon2i$v=19$m=1024,t=2,p=1$c2FsdHNhbHQ$aGFzaA',
  '$argon2id$v=16$m=8,t=1,p=1$c2FsdA$aGFzaA',
])('%j is no password that was kept, and nothing is verified by it', async (kept) => {
  await expect(verifyArgon2id(kept, 'a')).rejects.toThrow('something else than Argon2id')
})
