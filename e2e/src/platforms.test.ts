import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { loadRegistry } from '@obb/host-adapters'
import {
  type CannedAnswer,
  type FakeHost,
  type TransferKnobs,
  contentBytes,
  loadFake,
  patternContent,
} from '@obb/host-adapters/testing'
import { type Answer, Installation } from './installation.js'

interface UsenetKnobs extends TransferKnobs {
  nzbAnswer: CannedAnswer | undefined
}

const SIZE = 9 * 1024 * 1024 + 12_345
const RANGES = 4

const registry = await loadRegistry()
/** Loaded here: Jest lets a test that runs beside others import nothing while one of those ends. */
const fakes = new Map<string, Awaited<ReturnType<typeof loadFake>>>()
for (const { manifest } of registry.adapters()) fakes.set(manifest.id, await loadFake(manifest.id))

async function start(platform: string): Promise<FakeHost> {
  const fake = fakes.get(platform)
  if (fake === undefined) throw new Error(`no stand-in for ${platform}`)
  return fake.start()
}

/**
 * Every platform through the whole stack, against its stand-in: from a link to bytes with the right hash. Several at a
 * time: most of it is waiting, as people do.
 */
describe('a file of', () => {
  let obb: Installation
  let key: string

  beforeAll(async () => {
    obb = await Installation.start('embedded', { LOG_LEVEL: 'debug' })
    await obb.startFetcher()
    key = (await obb.admin('POST', '/users', { email: 'all@example.test', traffic: 1e12 })).apiKey
  })
  afterAll(() => obb.close())

  it.concurrent.each(registry.adapters().map((adapter) => [adapter.manifest.id, adapter] as const))(
    '%s arrives whole, and its folders list their files',
    async (platform, { manifest, expand }) => {
      const host = await start(platform)
      try {
        await obb.admin('PATCH', `/hosts/${platform}`, { enabled: true, origins: host.origins })
        if (manifest.needsAccount) {
          // Tested by the platform's own check.
          await obb.admin('POST', '/accounts', { platform, credentials: host.credentials })
        }
        const content = patternContent(SIZE, 7)
        const bytes = await contentBytes(content)
        const hash = (algorithm: string) => createHash(algorithm).update(bytes).digest('hex')
        const url = host.addFile({ name: 'example.bin', content, md5: hash('md5'), sha256: hash('sha256') })
        expect(await downloaded(url)).toBe(hash('sha256'))
        if (expand && host.addFolder)
          await expectListed(host, host.addFolder({ name: 'folder', entries: [url] }))
      } finally {
        await host.close()
      }
    },
  )

  // A block of its own: it begins when the stand-ins before it have ended.
  describe('with a password', () => {
    it.concurrent.each(
      registry
        .adapters()
        .filter(({ manifest }) => manifest.filePasswords)
        .map(({ manifest }) => [manifest.id, manifest] as const),
    )(
      '%s arrives for who knows its password: 109 without, 110 with another',
      async (platform, { needsAccount }) => {
        const host = await start(platform)
        try {
          await obb.admin('PATCH', `/hosts/${platform}`, { enabled: true, origins: host.origins })
          await obb.database.query('DELETE FROM host_account WHERE platform = $1', [platform])
          if (needsAccount) await obb.admin('POST', '/accounts', { platform, credentials: host.credentials })
          const content = patternContent(SIZE, 9)
          const hash = createHash('sha256')
            .update(await contentBytes(content))
            .digest('hex')
          unlikeTheFirst(host)
          const url = host.addFile({ name: 'example.bin', content, password: 'sesame-word' })
          const outcome = async (password?: string): Promise<number | undefined> => {
            const asked = await obb.call(key, 'POST', '/unrestrict', { url, password })
            if (!asked.body.success) return asked.body.status
            return (await obb.settled(key, asked.body.data.linkId)).body.data.error?.status
          }
          expect([await outcome(), await outcome('wrong-word')]).toEqual([109, 110])
          const asked = await obb.call(key, 'POST', '/unrestrict', { url, password: 'sesame-word' })
          expect(await fetched(asked)).toBe(hash)
        } finally {
          await host.close()
        }
      },
    )
  })

  it('an NZB that is uploaded arrives whole, and is the same link as by its articles', async () => {
    const news = await (await loadFake('Usenet')).start()
    try {
      await obb.admin('PATCH', '/hosts/Usenet', { enabled: true })
      await obb.database.query('DELETE FROM host_account') // their servers are gone
      await obb.admin('POST', '/accounts', {
        platform: 'Usenet',
        credentials: news.credentials,
        untested: true,
      })
      const content = patternContent(SIZE, 8)
      unlikeTheFirst(news)
      const posted = news.addFile({ name: 'example.bin', content })
      const nzb = await (await fetch(posted)).text()
      const asked = await obb.upload(key, '/nzb', nzb, 'application/x-nzb')
      const hash = createHash('sha256')
        .update(await contentBytes(content))
        .digest('hex')
      expect(await fetched(asked)).toBe(hash)
      const again = await obb.upload(key, '/nzb', `<!-- changed -->${nzb}`, 'application/x-nzb')
      const { linkId } = asked.body.data
      expect(again.body).toMatchObject({ data: { linkId, reusedExisting: true, download_ready: true } })
    } finally {
      await news.close()
    }
  })

  it('an NZB arrives although the servers of others are down', async () => {
    const news = await (await loadFake<UsenetKnobs>('Usenet')).start()
    try {
      await obb.admin('PATCH', '/hosts/Usenet', { enabled: true })
      await obb.database.query('DELETE FROM host_account')
      await obb.admin('POST', '/accounts', {
        platform: 'Usenet',
        credentials: news.credentials,
        untested: true,
      })
      unlikeTheFirst(news)
      unlikeTheFirst(news)
      const content = patternContent(SIZE, 10)
      const hash = createHash('sha256')
        .update(await contentBytes(content))
        .digest('hex')
      const url = news.addFile({ name: 'example.bin', content })
      news.knobs.nzbAnswer = { status: 503, body: 'down' }
      for (let one = 1; one <= 4; one++) {
        const { body } = await obb.call(key, 'POST', '/unrestrict', {
          url: url.replace(/nzb\/\d+/, `nzb/9${one}`),
        })
        expect(body).toMatchObject({ success: false, status: 105 })
      }
      news.knobs.nzbAnswer = undefined
      expect(await downloaded(url)).toBe(hash)
    } finally {
      await news.close()
    }
  })

  it('none of it left a secret in the log', async () => {
    const secrets = new Set([key, ...obb.secrets, 'sesame-word', 'wrong-word'])
    for (const { manifest } of registry.adapters()) {
      const host = await start(manifest.id)
      await host.close()
      for (const { name, secret } of manifest.credentials) {
        const value = host.credentials[name]
        if (secret && value !== undefined) secrets.add(value)
      }
    }
    const lines = obb.logged.join('')
    const silent = registry.adapters().filter(({ manifest: { id } }) => !lines.includes(`"platform":"${id}"`))
    expect(silent).toEqual([])
    expect([...secrets].filter((secret) => lines.includes(secret))).toEqual([])
    expect(/\w:\/\/[^"\s]*[?#@]/.exec(lines)).toBeNull()
  })

  /** Stand-ins number their files, and this installation knows the first of each already. */
  function unlikeTheFirst(host: FakeHost): void {
    host.addFile({ name: 'another.bin', content: patternContent(1, 1) })
  }

  /** SHA-256 of what a download manager gets for a link. */
  async function downloaded(url: string): Promise<string> {
    return fetched(await obb.call(key, 'POST', '/unrestrict', { url }))
  }

  /** The same for the answer to a request for it, over several connections. */
  async function fetched(asked: Answer): Promise<string> {
    expect(asked.body).toMatchObject({ success: true, data: { filesize: String(SIZE) } })
    const { body } = await obb.settled(key, asked.body.data.linkId)
    expect(body).toMatchObject({ success: true, data: { remote_status: 'done', filename: 'example.bin' } })
    const length = Math.ceil(SIZE / RANGES)
    const parts = await Promise.all(
      Array.from({ length: RANGES }, async (_, index) => {
        const range = `bytes=${index * length}-${(index + 1) * length - 1}`
        const response = await fetch(body.data.link, { headers: { range } })
        expect(response.status).toBe(206)
        return Buffer.from(await response.arrayBuffer())
      }),
    )
    return createHash('sha256').update(Buffer.concat(parts)).digest('hex')
  }

  async function expectListed(host: FakeHost, url: string): Promise<void> {
    const { body } = await obb.call(key, 'POST', '/expand', { url })
    expect(body).toMatchObject({ success: true, data: { links: [{ kind: 'file' }] } })
    const again = await obb.call(key, 'POST', '/unrestrict', { url: body.data.links[0].url })
    expect(again.body).toMatchObject({ success: true, data: { filesize: String(SIZE) } })
    expect(host.calls.length).toBeGreaterThan(0)
  }
})
