import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createCipheriv, randomBytes, randomUUID } from 'node:crypto'
import type { DataSource } from 'typeorm'
import { TestDatabase } from '../testing/index.js'
import { SEALED, Vault, reseal, sealedValues } from './index.js'

const [FIRST, SECOND] = [randomBytes(32), randomBytes(32)]
const NONE = { resealed: 0, current: 0, unreadable: 0 }

let db: TestDatabase
let database: DataSource
beforeAll(async () => {
  db = await TestDatabase.open()
  database = db.source
})
afterAll(() => db.close())

async function addAccount(vault: Vault, secret: string): Promise<string> {
  const id = randomUUID()
  await database.query(
    `INSERT INTO host_account (id, platform, label, sealed_credentials, sealed_proxy, sealed_session, created_at)
     VALUES ($1, 'P', 'one', $2, $3, $4, now())`,
    [
      id,
      vault.seal(SEALED.credentials.purpose, id, { apiKey: secret }),
      vault.seal(SEALED.proxy.purpose, id, `http://${secret}@p:1`),
      vault.seal(SEALED.session.purpose, id, { token: secret, expiresAt: 1 }),
    ],
  )
  return id
}

function addFile(vault: Vault, secrets: object) {
  const id = randomUUID()
  return db.aFile({ id, sealed: vault.seal(SEALED.file.purpose, id, secrets) })
}

async function addCanary(sealed: Buffer): Promise<void> {
  await database.query(
    `INSERT INTO host_setting (platform, sealed_canary, updated_at) VALUES ('P', $1, now())`,
    [sealed],
  )
}

async function addSecondFactor(vault: Vault): Promise<string> {
  const { accountId } = await db.anAccount()
  await database.query('INSERT INTO sign_in (account_id) VALUES ($1)', [accountId])
  await database.query('INSERT INTO second_factor (account_id, sealed_totp) VALUES ($1, $2)', [
    accountId,
    vault.seal(SEALED.totp.purpose, accountId, 'BASE32'),
  ])
  return accountId
}

describe('sealing everything again', () => {
  it('leaves nothing that needs an older key, counts, and has nothing to do the second time', async () => {
    const [before, rotated] = [new Vault(FIRST), new Vault(SECOND, [FIRST])]
    const old = await addAccount(before, 'old')
    const fresh = await addAccount(rotated, 'fresh')
    // More than one batch.
    for (let index = 0; index < 501; index++) await addFile(before, { password: `${index}` })
    await db.aFile({ sealed: null })
    await addCanary(before.seal(SEALED.canary.purpose, 'P', 'key'))
    const user = await addSecondFactor(before)
    await addFile(new Vault(randomBytes(32)), {})
    await db.aFile({ sealed: Buffer.from('garbage') })

    const one = { resealed: 1, current: 1, unreadable: 0 }
    expect(await reseal(database, rotated)).toEqual({
      ...{ credentials: one, proxy: one, session: one },
      file: { resealed: 502, current: 0, unreadable: 2 },
      totp: { resealed: 1, current: 0, unreadable: 0 },
    })
    const two = { resealed: 0, current: 2, unreadable: 0 }
    expect(await reseal(database, new Vault(SECOND))).toEqual({
      ...{ credentials: two, proxy: two, session: two },
      file: { resealed: 0, current: 502, unreadable: 2 },
      totp: { resealed: 0, current: 1, unreadable: 0 },
    })

    const after = new Vault(SECOND)
    for (const [id, secret] of [
      [old, 'old'],
      [fresh, 'fresh'],
    ] as const) {
      const [row] = await database.query<[{ c: Buffer; p: Buffer; s: Buffer }]>(
        'SELECT sealed_credentials AS c, sealed_proxy AS p, sealed_session AS s FROM host_account WHERE id = $1',
        [id],
      )
      expect(after.open(SEALED.credentials.purpose, id, row.c)).toEqual({ apiKey: secret })
      expect(after.open(SEALED.proxy.purpose, id, row.p)).toBe(`http://${secret}@p:1`)
      expect(after.open(SEALED.session.purpose, id, row.s)).toEqual({ token: secret, expiresAt: 1 })
    }
    const [factor] = await database.query<[{ sealed: Buffer }]>(
      'SELECT sealed_totp AS sealed FROM second_factor',
    )
    expect(after.open(SEALED.totp.purpose, user, factor.sealed)).toBe('BASE32')
    const files = await database.query<{ sealed: Buffer }[]>(
      'SELECT sealed FROM source_file WHERE sealed IS NOT NULL',
    )
    expect(files.filter(({ sealed }) => after.isCurrent(sealed))).toHaveLength(501)
  })

  it('binds to its row what was bound to its column alone, and leaves a value of another row as it is', async () => {
    const vault = new Vault(SECOND)
    const [one, other] = [randomUUID(), randomUUID()]
    const iv = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', SECOND, iv).setAAD(Buffer.from(SEALED.file.purpose))
    const text = Buffer.concat([cipher.update('{"password":"p"}'), cipher.final()])
    const keyId = vault.seal('', '', 0).subarray(1, 5)
    const before = await reseal(database, vault)
    await db.aFile({ id: one, sealed: Buffer.concat([Buffer.of(1), keyId, iv, cipher.getAuthTag(), text]) })
    await db.aFile({ sealed: vault.seal(SEALED.file.purpose, other, {}) })
    const { file } = await reseal(database, vault)
    expect(file).toEqual({
      resealed: 1,
      current: before.file.current,
      unreadable: before.file.unreadable + 1,
    })
    const [row] = await database.query<[{ sealed: Buffer }]>('SELECT sealed FROM source_file WHERE id = $1', [
      one,
    ])
    expect(vault.isCurrent(row.sealed)).toBe(true)
    expect(vault.open(SEALED.file.purpose, one, row.sealed)).toEqual({ password: 'p' })
  })

  it('tells without a change which keys open what operators sealed', async () => {
    await database.query('UPDATE host_setting SET sealed_canary = NULL')
    await database.query('DELETE FROM host_account')
    const id = await addAccount(new Vault(FIRST), 'one')
    const count = (vault: Vault) => sealedValues(database, vault)
    expect(await count(new Vault(FIRST))).toEqual({ checked: 3, unreadable: 0, older: 0 })
    expect(await count(new Vault(SECOND, [FIRST]))).toEqual({ checked: 3, unreadable: 0, older: 3 })
    expect(await count(new Vault(SECOND))).toEqual({ checked: 3, unreadable: 3, older: 0 })
    await database.query('UPDATE host_account SET sealed_proxy = sealed_credentials WHERE id = $1', [id])
    expect(await count(new Vault(FIRST))).toEqual({ checked: 3, unreadable: 1, older: 0 })
  })

  it('knows every sealed column there is', async () => {
    const columns = await database.query<{ table: string; column: string }[]>(
      `SELECT table_name AS table, column_name AS column FROM information_schema.columns
        WHERE table_schema = 'public' AND data_type = 'bytea' AND column_name LIKE '%sealed%'`,
    )
    const known = Object.values(SEALED).map(({ table, column }) => ({ table, column }))
    expect(columns).toHaveLength(known.length)
    expect(columns).toEqual(expect.arrayContaining(known))
  })

  it('of an empty installation does nothing', async () => {
    for (const table of ['host_account', 'source_file', 'host_setting', 'second_factor'])
      await database.query(`DELETE FROM ${table}`)
    expect(await reseal(database, new Vault(SECOND))).toEqual({
      ...{ credentials: NONE, proxy: NONE, session: NONE, file: NONE, totp: NONE },
    })
  })
})
