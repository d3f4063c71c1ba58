import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { createRegistry } from '@obb/host-adapters'
import { sampleManifest } from '@obb/host-adapters/testing'
import type { DataSource } from 'typeorm'
import { START, TestClock } from '@obb/testing/clock'
import { randomBytes } from 'node:crypto'
import { Vault } from '../secrets/index.js'
import { TestDatabase, anAdapter } from '../testing/index.js'
import { HostCatalog } from './index.js'

const clock = new TestClock()

const switches = ['first', 'second'].map((name) => ({ name, label: `The ${name}` }))
const origins = { api: 'https://api.sample.test/v2/', site: 'https://sample.test' }
const registry = createRegistry([
  anAdapter(sampleManifest('Sample', { switches, origins, domains: ['sample.test', 'smpl.test'] })),
  anAdapter(sampleManifest('Plain', { enabledByDefault: false })),
  anAdapter(sampleManifest('FoldersOfOne', { domains: ['one.test'], foldersOfOne: true })),
])

const vault = new Vault(randomBytes(32))

let db: TestDatabase
let database: DataSource
let catalog: HostCatalog

beforeAll(async () => {
  db = await TestDatabase.open(clock)
  database = db.source
})
afterAll(() => db.close())
beforeEach(async () => {
  await database.query('DELETE FROM host_setting')
  clock.set()
  catalog = new HostCatalog(registry, database, clock, vault)
})
afterEach(() => {
  jest.restoreAllMocks()
})

describe('a platform without settings', () => {
  it('is run by its manifest', () => {
    expect(catalog.get('Sample')).toMatchObject({
      platform: 'Sample',
      enabled: true,
      domains: ['sample.test', 'smpl.test'],
      maxChunks: 16,
      maxDownloads: 3,
      maxQueued: 100,
      origins: { api: 'https://api.sample.test/v2', site: 'https://sample.test' },
      originOverrides: {},
    })
    expect(catalog.get('Plain').enabled).toBe(false)
    expect(catalog.changedAt()).toBe(0)
  })

  it('is found by its id without regard to case, and by a URL', () => {
    expect(catalog.get('sAMPLE').platform).toBe('Sample')
    expect(catalog.match('https://www.smpl.test/abc')).toMatchObject({
      policy: { platform: 'Sample' },
      ref: { fileId: 'abc', hostDomain: 'smpl.test' },
    })
    expect(catalog.match('https://elsewhere.test/abc')).toBeUndefined()
    expect(catalog.all().map(({ platform }) => platform)).toEqual(['FoldersOfOne', 'Plain', 'Sample'])
  })

  it('that nobody knows is refused', async () => {
    expect(() => catalog.get('Nothing')).toThrow(expect.objectContaining({ refusal: 'resource_unknown' }))
    await expect(catalog.update('Nothing', { enabled: true })).rejects.toMatchObject({
      refusal: 'resource_unknown',
    })
  })
})

describe('a setting', () => {
  it('holds at once where it was made, and leaves the others as they were', async () => {
    await catalog.update('plain', { enabled: true, maxDownloads: 7 })
    clock.advance(5_000)
    const policy = await catalog.update('Plain', { maxChunks: 2, maxQueued: 0 })
    expect(policy).toMatchObject({ enabled: true, maxDownloads: 7, maxChunks: 2, maxQueued: 0 })
    expect(catalog.get('Sample')).toMatchObject({ maxDownloads: 3, maxChunks: 16 })
    expect(catalog.changedAt()).toBe(START + 5_000)
  })

  it('switches a platform off that is on by default', async () => {
    expect((await catalog.update('Sample', { enabled: false })).enabled).toBe(false)
    expect(catalog.match('https://sample.test/abc')?.policy.enabled).toBe(false)
  })

  it('of an origin replaces it, beside the others, until it is taken back', async () => {
    await catalog.update('Sample', { origins: { api: 'http://127.0.0.1:9999' } })
    const both = await catalog.update('Sample', { origins: { site: 'https://mirror.test/base/' } })
    expect(both.origins).toEqual({ api: 'http://127.0.0.1:9999/v2', site: 'https://mirror.test/base' })
    expect(both.originOverrides).toEqual({ api: 'http://127.0.0.1:9999', site: 'https://mirror.test/base/' })
    const one = await catalog.update('Sample', { origins: { api: null } })
    expect(one.origins.api).toBe('https://api.sample.test/v2')
    expect(one.originOverrides).toEqual({ site: 'https://mirror.test/base/' })
  })

  it('of a switch turns it on until it is turned off, beside the others', async () => {
    expect(catalog.get('Sample').switches).toEqual([])
    await catalog.update('Sample', { switches: { second: true } })
    const both = await catalog.update('Sample', { switches: { first: true }, maxChunks: 2 })
    expect(both.switches).toEqual(['first', 'second'])
    const one = await catalog.update('Sample', { switches: { second: false } })
    expect(one.switches).toEqual(['first'])
    for (const platform of ['Sample', 'Plain']) {
      const update = catalog.update(platform, { switches: { third: true } })
      await expect(update).rejects.toMatchObject({ refusal: 'request_invalid' })
    }
    expect(catalog.get('Sample')).toMatchObject({ switches: ['first'], maxChunks: 2 })
  })

  it('of an origin that the platform does not have is refused, and nothing is kept', async () => {
    const update = catalog.update('Sample', { enabled: false, origins: { cdn: 'https://cdn.test' } })
    await expect(update).rejects.toMatchObject({ refusal: 'request_invalid' })
    await expect(catalog.update('Plain', { origins: { api: null } })).rejects.toMatchObject({
      refusal: 'request_invalid',
    })
    expect(catalog.get('Sample').enabled).toBe(true)
    expect(await database.query('SELECT 1 FROM host_setting')).toEqual([])
  })
})

describe('settings made elsewhere', () => {
  let stopwatch: number
  beforeEach(() => {
    stopwatch = 1_000_000
    jest.spyOn(performance, 'now').mockImplementation(() => stopwatch)
  })

  it('hold after a second', async () => {
    await catalog.refresh()
    await new HostCatalog(registry, database, clock, vault).update('Sample', { maxChunks: 5 })
    stopwatch += 999
    await catalog.refresh()
    expect(catalog.get('Sample').maxChunks).toBe(16)
    stopwatch += 1
    await catalog.refresh()
    expect(catalog.get('Sample').maxChunks).toBe(5)
  })

  it('are read once for all who ask at the same time', async () => {
    const find = jest.spyOn(database.manager, 'find')
    await Promise.all(Array.from({ length: 20 }, () => catalog.refresh()))
    expect(find).toHaveBeenCalledTimes(1)
  })

  it('stay as they were last read while the database is down', async () => {
    await catalog.update('Sample', { maxChunks: 5 })
    stopwatch += 1_000
    const find = jest.spyOn(database.manager, 'find').mockRejectedValue(new Error('no connection'))
    await catalog.refresh()
    expect(find).toHaveBeenCalledTimes(1)
    expect(catalog.get('Sample').maxChunks).toBe(5)
    find.mockRestore()
    await catalog.refresh()
    expect(catalog.get('Sample').maxChunks).toBe(5)
  })

  it('that were never read are not taken for none', async () => {
    jest.spyOn(database.manager, 'find').mockRejectedValue(new Error('no connection'))
    await expect(catalog.refresh()).rejects.toThrow('no connection')
  })
})

describe('hostnames of a platform', () => {
  const owner = (url: string) => catalog.match(url)?.policy.platform
  const refusal = (update: object) =>
    catalog.update('Sample', update).then(
      () => undefined,
      (error: { refusal: string }) => error.refusal,
    )

  it('are added and retired by an operator at once, and come back', async () => {
    await catalog.update('Sample', { addDomains: ['new.test', 'newer.test'], retireDomains: ['smpl.test'] })
    expect(catalog.get('Sample').domains).toEqual(['sample.test', 'new.test', 'newer.test'])
    expect(catalog.match('https://www.new.test/f')).toMatchObject({
      policy: { platform: 'Sample' },
      ref: { canonicalUrl: 'https://sample.test/f', hostDomain: 'new.test' },
    })
    expect(owner('https://smpl.test/f')).toBeUndefined()
    await catalog.update('Sample', { addDomains: ['smpl.test', 'new.test'], retireDomains: ['newer.test'] })
    expect(catalog.get('Sample').domains).toEqual(['sample.test', 'smpl.test', 'new.test'])
    expect(owner('https://newer.test/f')).toBeUndefined()
    expect(owner('https://smpl.test/f')).toBe('Sample')
  })

  it('hold for other processes too', async () => {
    await catalog.update('Sample', { addDomains: ['new.test'] })
    const other = new HostCatalog(registry, database, clock, vault)
    await other.refresh()
    expect(other.match('https://new.test/f')?.policy.platform).toBe('Sample')
  })

  it('belong to one platform only, and never run out', async () => {
    expect(await refusal({ addDomains: ['plain.test'] })).toBe('conflict')
    expect(await refusal({ addDomains: ['cdn.plain.test'] })).toBe('conflict')
    expect(await refusal({ retireDomains: ['sample.test', 'smpl.test'] })).toBe('request_invalid')
    await catalog.update('Plain', { addDomains: ['new.test'] })
    expect(await refusal({ addDomains: ['new.test'] })).toBe('conflict')
    expect(catalog.get('Sample').domains).toEqual(['sample.test', 'smpl.test'])
  })
})

describe('a canary', () => {
  const of = (canaryUrl: string | null) => catalog.update('Sample', { canaryUrl })

  it('is a link to a file of its platform, and can be taken away', async () => {
    expect(await of('https://smpl.test/f')).toMatchObject({ canaryUrl: 'https://smpl.test/f' })
    await expect(of('https://plain.test/f')).rejects.toMatchObject({ refusal: 'request_invalid' })
    expect(catalog.get('Sample').canaryUrl).toBe('https://smpl.test/f')
    expect(await of(null)).toMatchObject({ canaryUrl: null })
    expect(catalog.canaryOf(catalog.get('Sample'))).toBeUndefined()
  })

  it('whose link has a secret is asked for with it, and shown and stored without', async () => {
    const policy = await of('https://smpl.test/f#deep-secret')
    expect(policy.canaryUrl).toBe('https://smpl.test/f')
    const canary = { canonicalUrl: 'https://smpl.test/f', secret: 'deep-secret' }
    expect(catalog.canaryOf(policy)).toEqual(canary)
    const other = new HostCatalog(registry, database, clock, vault)
    await other.refresh()
    expect(other.canaryOf(other.get('Sample'))).toEqual(canary)
    const [row] = await database.query<[object]>(`SELECT host_setting::text AS row FROM host_setting`)
    expect(JSON.stringify(row)).not.toMatch(/deep-secret|646565702d736563726574/)
    await catalog.update('Sample', { maxChunks: 5 })
    expect(catalog.canaryOf(catalog.get('Sample'))).toEqual(canary)
    expect(catalog.canaryOf(await of('https://smpl.test/g'))).toEqual({ canonicalUrl: 'https://smpl.test/g' })
  })

  it('may be a folder only where one of a single file is that file', async () => {
    await expect(of('https://smpl.test/folder/f')).rejects.toMatchObject({ refusal: 'request_invalid' })
    const url = 'https://one.test/folder/f'
    expect(await catalog.update('FoldersOfOne', { canaryUrl: url })).toMatchObject({ canaryUrl: url })
  })
})
