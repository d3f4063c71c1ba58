import fc from 'fast-check'
import { describe, expect, it } from '@jest/globals'
import { loadFake } from '../fake/load-fake.js'
import { sampleManifest } from '../fake/sample-manifest.js'
import type { FileRef, HostAdapter } from './adapter.js'
import type { HostManifest } from './manifest.js'
import { type DomainChanges, MAX_FILE_ID_BYTES, createRegistry, loadRegistry } from './registry.js'

function platform(
  id: string,
  domains: [string, ...string[]],
  changes: Partial<HostManifest> = {},
): HostAdapter {
  const manifest = sampleManifest(id, { domains, ...changes })
  const match = (url: URL): FileRef | undefined => {
    const owned = changes.catchAll || domains.includes(url.hostname)
    return owned && url.pathname.startsWith('/f/') ? fileOf(url) : undefined
  }
  const never = () => Promise.reject(new Error('not called'))
  return { manifest, match, check: never, resolve: never }
}

function fileOf(url: URL): FileRef {
  return { fileId: url.pathname, canonicalUrl: url.href, kind: 'file' }
}

const field = (name: string) => ({ name, label: name, secret: false, required: false })

const registry = createRegistry([
  platform('Two', ['two.test', 'zwei.test']),
  platform('Any', ['direct'], { catchAll: true }),
  platform('One', ['one.test']),
])
const matched = (url: string, extra?: DomainChanges) => registry.match(url, extra)?.adapter.manifest.id

describe('registry', () => {
  it('finds the platforms of this package, and their stand-ins', async () => {
    const found = await loadRegistry()
    const ids = found.adapters().map(({ manifest }) => manifest.id)
    expect(ids).toEqual([...ids].sort())
    expect(ids).toEqual(expect.arrayContaining(['Http', 'RapidGator']))
    for (const id of ids) expect(await loadFake(id)).toHaveProperty('start')
    await expect(loadFake('Nobody')).rejects.toThrow('Nobody')
    expect(found.get('Http')?.manifest).toMatchObject({
      catchAll: true,
      enabledByDefault: false,
      needsAccount: false,
    })
  })

  it.each([
    [
      'an id that no index takes',
      (n: number) => `https://one.test/f/${'x'.repeat(n)}`,
      MAX_FILE_ID_BYTES - 3,
    ],
    ['one that grows as it is encoded', (n: number) => `https://one.test/f/${'é'.repeat(n)}`, 170],
  ])('takes no link to a file with %s', (_, urlOf, longest) => {
    expect(matched(urlOf(longest))).toBe('One')
    expect(matched(urlOf(longest + 1))).toBeUndefined()
  })

  it('takes no link whose canonical form is longer than a link may be, or has control characters in it', () => {
    const adapterOf = (ref: Partial<FileRef>) => ({
      ...platform('Odd', ['odd.test']),
      match: (url: URL): FileRef => ({ ...fileOf(url), fileId: 'x', ...ref }),
    })
    const isTaken = (ref: Partial<FileRef>) =>
      createRegistry([adapterOf(ref)]).match('https://odd.test/f/1') !== undefined
    expect(isTaken({ canonicalUrl: `https://odd.test/${'x'.repeat(2_031)}` })).toBe(true)
    expect(isTaken({ canonicalUrl: `https://odd.test/${'x'.repeat(2_032)}` })).toBe(false)
    for (const text of ['a\u0000b', 'a\nb', 'a\u0085b']) {
      expect([isTaken({ fileId: text }), isTaken({ canonicalUrl: text })]).toEqual([false, false])
    }
  })

  it('knows platforms by id and by hostname', () => {
    expect(registry.adapters().map(({ manifest }) => manifest.id)).toEqual(['Any', 'One', 'Two'])
    expect(registry.get('Two')?.manifest.id).toBe('Two')
    expect(registry.get('Three')).toBeUndefined()
    expect(registry.owner('WWW.Zwei.Test.')?.manifest.id).toBe('Two')
    expect(registry.owner('cdn7.one.test')?.manifest.id).toBe('One')
    expect(registry.owner('notone.test')).toBeUndefined()
    expect(registry.owner('direct')).toBeUndefined()
  })

  it.each([
    ['http://one.test/f/1', 'One'],
    ['  HTTPS://WWW.ONE.TEST./f/1  ', 'One'],
    ['one.test/f/1', 'One'],
    ['<hxxp://m.one[.]test/f/%31>, please', 'One'],
    ['http://zwei.test/f/1', 'Two'],
    // the first column of a table, a link in lines, a page that leads on
    ['http://one.test/f/1,name.rar,5', 'One'],
    ['http://one.test/f/1;name.rar', 'One'],
    ['http://one.te\nst/f/1\n', 'One'],
    ['http://forum.test/redirect?to=http%3A%2F%2Fone.test%2Ff%2F1&x=2', 'One'],
    ['http://forum.test/go.php?http://one.test/f/1', 'One'],
    ['http://forum.test/f/?u=http://one.test/elsewhere', 'Any'],
    ['http://forum.test/f/file.zip?url=http://one.test/f/1', 'Any'],
    ['http://forum.test/f/page?ref=http://one.test/f/1', 'Any'],
    ['http://other.test/f/a,b.rar', 'Any'],
    ['http://other.test/f/1', 'Any'],
    ['http://one.test/elsewhere', undefined],
    ['http://cdn.one.test/f/1', undefined],
    ['http://one.test.other.test/f/1', 'Any'],
    ['http://direct/f/1', 'Any'],
  ])('gives %j to %s', (url, id) => {
    expect(matched(url)).toBe(id)
  })

  it.each([
    '',
    'one.test',
    'ftp://one.test/f/1',
    'javascript:alert(1)',
    'http://',
    'http://./f/1',
    'http://one.test/f/\u0000',
    'http://one.test/f/a\nhttp://one.test/f/b',
    'http://one.test/f/\u0085x',
    `http://one.test/f/${'x'.repeat(2048)}`,
  ])('refuses %j', (url) => {
    expect(matched(url)).toBeUndefined()
  })

  it('takes further domains from the operator, but not away from a platform', () => {
    const extra = { added: { Two: ['Deux.test', 'one.test'], Any: ['six.test'], Unknown: ['seven.test'] } }
    expect(registry.match('https://www.deux.test/f/9', extra)).toMatchObject({
      adapter: { manifest: { id: 'Two' } },
      ref: { fileId: '/f/9', hostDomain: 'deux.test' },
    })
    expect(matched('https://deux.test/nothing', extra)).toBeUndefined()
    expect(matched('https://one.test/f/1', extra)).toBe('One')
    expect(matched('https://six.test/f/1', extra)).toBe('Any')
    expect(matched('https://seven.test/f/1', extra)).toBe('Any')
    expect(registry.owner('deux.test', extra)?.manifest.id).toBe('Two')
  })

  it('knows no owner of a hostname that was retired, but of the others', () => {
    const retired = { retired: { Two: ['zwei.test'] } }
    expect(matched('https://zwei.test/f/1', retired)).toBe('Any')
    expect(registry.owner('cdn.zwei.test', retired)).toBeUndefined()
    expect(matched('https://two.test/f/1', retired)).toBe('Two')
  })

  it('asks a platform of foreign hostnames before the catch-all and after the owners', () => {
    const kind = platform('Kind', ['kind'], { anyDomain: true })
    const document = {
      ...kind,
      match: (url: URL) => (url.pathname.endsWith('.doc') ? fileOf(url) : undefined),
    }
    const three = createRegistry([
      document,
      platform('Any', ['direct'], { catchAll: true }),
      platform('One', ['one.test']),
    ])
    const found = (url: string) => three.match(url, { added: { Kind: ['six.test'] } })?.adapter.manifest.id
    expect(found('https://other.test/f/a.doc')).toBe('Kind')
    expect(found('https://six.test/f/a.doc')).toBe('Kind')
    expect(found('https://other.test/f/a')).toBe('Any')
    expect(found('https://one.test/f/a.doc')).toBe('One')
    expect(three.owner('kind')).toBeUndefined()
  })

  it('names every fault when platforms collide or are unsound', () => {
    const build = () =>
      createRegistry([
        platform('One', ['one.test']),
        platform('one', ['uno.test']),
        platform('Two', ['one.test']),
        platform('AnyA', ['direct'], { catchAll: true }),
        platform('AnyB', ['other'], { catchAll: true }),
        platform('Bad', ['WWW.Bad.test'], { needsAccount: true, checkBatchSize: 0 }),
        platform('Pseudo', ['pseudo']),
        platform('Both', ['both'], { catchAll: true, anyDomain: true }),
        platform('Checks', ['checks.test'], { checkNeedsAccount: true }),
        platform('Fields', ['fields.test'], {
          credentials: [field('no-name'), field('twice'), field('twice')],
        }),
      ])
    for (const fault of [
      /the id is taken/,
      /one\.test is claimed by/,
      /more than one catch-all/,
      /Bad: domains/,
      /Bad: checkBatchSize/,
      /Pseudo: domains/,
      /Both: anyDomain/,
      /Checks: credentials/,
      /Fields: credentials\.0\.name/,
      /Fields: credentials: a name is taken twice/,
    ]) {
      expect(build).toThrow(fault)
    }
  })

  it('is total: no text makes it throw', async () => {
    const real = await loadRegistry()
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.webUrl({ withFragments: true, withQueryParameters: true }),
      fc
        .tuple(fc.constantFrom('http://', 'https://', 'HTTP:\\\\', 'http:'), fc.string({ unit: 'binary' }))
        .map((parts) => parts.join('')),
      fc
        .tuple(
          fc.constantFrom('rapidgator.net', 'www.rg.to', 'RAPIDGATOR.ASIA.', 'u:p@rg.to'),
          fc.string({ unit: 'binary' }),
        )
        .map(([host, rest]) => `https://${host}/file/${rest}`),
    )
    fc.assert(
      fc.property(texts, (text) => {
        const match = real.match(text)
        if (match === undefined) return
        expect(match.ref.fileId).not.toBe('')
        expect(new URL(match.ref.canonicalUrl).username).toBe('')
        expect(real.owner(match.ref.hostDomain) ?? match.adapter).toBe(match.adapter)
      }),
      { numRuns: 1000 },
    )
  })
})
