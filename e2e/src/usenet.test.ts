import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  type FakeHost,
  type TransferKnobs,
  contentBytes,
  fileContent,
  loadFake,
  patternContent,
} from '@obb/host-adapters/testing'
import { Installation } from './installation.js'

interface UsenetKnobs extends TransferKnobs {
  missingParts: Set<number>
  damagedParts: Set<number>
  liesAboutStat: boolean
  articles: Map<string, unknown>
  connectionCap: number
}

const hasPar2 = spawnSync('par2', ['-V']).error === undefined
if (!hasPar2) console.warn('NOT TESTED: repairs, since this machine has no par2 (Debian package par2)')
const describeWithPar2 = hasPar2 ? describe : describe.skip

const PART = 100_000
const SIZE = 3_012_345
const TRAFFIC = 1e9
/** As many as the stand-in's account says. */
const CONNECTIONS = 9

/** Posts that are not whole, through the whole stack, against a stand-in of a news server. */
describe('a file on Usenet that lacks articles', () => {
  let obb: Installation
  let news: FakeHost<UsenetKnobs>
  let seed = 40

  beforeAll(async () => {
    obb = await Installation.start('embedded')
    await obb.startFetcher()
    news = await (await loadFake<UsenetKnobs>('Usenet')).start()
    news.knobs.connectionCap = CONNECTIONS
    await obb.admin('PATCH', '/hosts/Usenet', { enabled: true })
    await obb.admin('POST', '/accounts', {
      platform: 'Usenet',
      credentials: news.credentials,
      untested: true,
    })
  })
  afterAll(async () => {
    await news.close()
    await obb.close()
  })

  const user = async (): Promise<string> => {
    const email = `${++seed}@example.test`
    return (await obb.admin('POST', '/users', { email, traffic: TRAFFIC })).apiKey
  }
  const trafficLeft = async (key: string) => (await obb.call(key, 'GET', '/account')).body.data.trafficleft
  const unrestrict = (key: string, url: string) => obb.call(key, 'POST', '/unrestrict', { url })
  const lose = (...parts: number[]): void => {
    news.knobs.missingParts.clear()
    for (const part of parts) news.knobs.missingParts.add(part)
  }

  it('is served with zeros in their place, marked, hashed as it is served, and charged once', async () => {
    const content = patternContent(SIZE, seed)
    const url = news.addFile({ name: 'example.bin', content })
    lose(1, 7, 8, 31)
    const key = await user()
    const asked = await unrestrict(key, url)
    expect(asked.body).toMatchObject({ success: true, data: { filesize: String(SIZE) } })
    const { body } = await obb.settled(key, asked.body.data.linkId)
    const bytes = Buffer.from(await contentBytes(content))
    for (const [start, end] of [
      [0, PART],
      [6 * PART, 8 * PART],
      [30 * PART, SIZE],
    ] as const)
      bytes.fill(0, start, end)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const missing = 3 * PART + SIZE - 30 * PART
    expect(body.data).toMatchObject({
      remote_status: 'done',
      missing_bytes: missing,
      hashes: { sha256 },
    })
    const served = Buffer.from(await (await fetch(body.data.link)).arrayBuffer())
    expect(served.equals(bytes)).toBe(true)
    expect(await trafficLeft(key)).toBe(TRAFFIC - SIZE)
    const again = await unrestrict(key, url)
    expect(again.body.data).toMatchObject({ reusedExisting: true, missing_bytes: missing })
    expect(await trafficLeft(key)).toBe(TRAFFIC - SIZE)
  })

  it('tells nothing of it where all of them are there', async () => {
    lose()
    const key = await user()
    const url = news.addFile({ name: 'whole.bin', content: patternContent(SIZE, seed) })
    const { body } = await obb.settled(key, (await unrestrict(key, url)).body.data.linkId)
    expect(body.data.remote_status).toBe('done')
    expect(body.data).not.toHaveProperty('missing_bytes')
  })

  it('is 104 where more than half is gone, and what was charged comes back', async () => {
    lose(...Array.from({ length: 17 }, (_, at) => at + 8))
    news.knobs.liesAboutStat = true
    const key = await user()
    const url = news.addFile({ name: 'gone.bin', content: patternContent(SIZE, seed) })
    const asked = await unrestrict(key, url)
    expect(asked.body.success).toBe(true)
    expect(await trafficLeft(key)).toBe(TRAFFIC - SIZE)
    const { body } = await obb.settled(key, asked.body.data.linkId)
    expect(body.data).toMatchObject({ remote_status: 'error', error: { status: 104 } })
    expect(await trafficLeft(key)).toBe(TRAFFIC)
    news.knobs.liesAboutStat = false
    lose(...Array.from({ length: 24 }, (_, at) => at + 8))
    const another = news.addFile({ name: 'seen.bin', content: patternContent(SIZE, seed + 1) })
    expect((await unrestrict(key, another)).body).toMatchObject({ success: false, status: 104 })
  })

  describeWithPar2('with the PAR2 set that was posted with it', () => {
    let folder: string
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'obb-par2-'))
    })
    afterAll(() => rmSync(folder, { recursive: true }))
    let sets = 0

    /** Two files and their set, posted under names of one's choice: the URL of each, and of the articles that hold it. */
    async function posted(nameOf: (name: string) => string = (name) => name) {
      news.knobs.missingParts.clear()
      const set = `${++sets}`
      const names = [`${set}-a.bin`, `${set}-b.bin`]
      for (const [at, size] of [SIZE, 1_234_567].entries())
        writeFileSync(
          join(folder, names[at] ?? ''),
          await contentBytes(patternContent(size, 70 + 2 * sets + at)),
        )
      execFileSync('par2', ['create', '-q', '-q', '-s20000', '-c60', `${set}.par2`, ...names], {
        cwd: folder,
      })
      const files = readdirSync(folder).filter((name) => name.startsWith(set))
      const articlesOf = new Map<string, string[]>()
      const entries = files.map((file) => {
        const before = new Set(news.knobs.articles.keys())
        const link = news.addFile({ name: nameOf(file), content: fileContent(join(folder, file)) })
        articlesOf.set(
          file,
          [...news.knobs.articles.keys()].filter((id) => !before.has(id)),
        )
        return link
      })
      const url = news.addFolder?.({ name: 'post', entries }) ?? ''
      const key = await user()
      const { links } = (await obb.call(key, 'POST', '/expand', { url })).body.data
      const urlOf = (file: string): string => links[files.indexOf(file)].url
      const drop = (file: string, ...parts: number[]): void => {
        for (const id of articlesOf.get(file) ?? [])
          if (parts.length === 0 || parts.includes(Number(/^p(\d+)of/.exec(id)?.[1])))
            news.knobs.articles.delete(id)
      }
      const fetched = async (file: string) => {
        const asked = await unrestrict(key, urlOf(file))
        return (await obb.settled(key, asked.body.data.linkId)).body.data
      }
      const hashOf = (file: string) =>
        createHash('sha256')
          .update(readFileSync(join(folder, file)))
          .digest('hex')
      return { a: `${set}-a.bin`, b: `${set}-b.bin`, files, drop, fetched, hashOf }
    }

    it('is repaired before it is served, with the smallest recovery volumes that suffice', async () => {
      const { a, b, drop, fetched, files, hashOf } = await posted()
      drop(a, 3, 9)
      drop(b, 2)
      const largest =
        files.filter((name) => name.endsWith('.par2')).sort((x, y) => volume(y) - volume(x))[0] ?? ''
      drop(largest)
      const data = await fetched(a)
      expect(data).toMatchObject({ remote_status: 'done', hashes: { sha256: hashOf(a) } })
      expect(data).not.toHaveProperty('missing_bytes')
      const served = Buffer.from(await (await fetch(data.link)).arrayBuffer())
      expect(createHash('sha256').update(served).digest('hex')).toBe(hashOf(a))
    })

    it('is known by its bytes where the names were changed, and the other file may be lost as a whole', async () => {
      const { a, b, drop, fetched, hashOf } = await posted((name) =>
        name.endsWith('.par2') ? name : `${createHash('md5').update(name).digest('hex')}.bin`,
      )
      drop(a, 31)
      const data = await fetched(a)
      expect(data).toMatchObject({ remote_status: 'done', hashes: { sha256: hashOf(a) } })
      drop(b, 4)
      expect(await fetched(b)).toMatchObject({ hashes: { sha256: hashOf(b) } })
    })

    it('is repaired where no name tells what is a file and what is of the set', async () => {
      const { a, drop, fetched, hashOf } = await posted((name) =>
        createHash('md5').update(name).digest('hex'),
      )
      drop(a, 12, 13)
      expect(await fetched(a)).toMatchObject({ remote_status: 'done', hashes: { sha256: hashOf(a) } })
    })

    it('is served with its gaps where the set has too few blocks', async () => {
      const { a, drop, fetched } = await posted()
      drop(a, ...Array.from({ length: 14 }, (_, at) => at + 2))
      expect(await fetched(a)).toMatchObject({ remote_status: 'done', missing_bytes: 14 * PART })
    })
  })
})

/** Blocks by the name of a volume. */
function volume(name: string): number {
  return Number(/\+(\d+)\.par2$/.exec(name)?.[1] ?? 0)
}
