import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { startBench } from '../../conformance/bench.js'
import type { Bench } from '../../conformance/bench.js'
import type { RapidGatorKnobs } from '../../dialects/rapidgator/fake.js'
import { patternContent } from '../../fake/content.js'
import { fake } from './fake.js'
import { adapter } from './index.js'

const MINUTE = 60_000
const content = patternContent(1_000_000)
const md5 = '9e107d9d372bb6826bd81d3542a419d6'
let bench: Bench<RapidGatorKnobs>
let link: string

beforeEach(async () => {
  bench = await startBench(adapter, fake)
  link = bench.fake.addFile({ name: 'a.bin', content, md5 })
})
afterEach(() => bench.close())

const resolve = () => adapter.resolve(bench.context(), bench.ref(link))

describe('Alfafile', () => {
  it('is read behind the character that slips in before its JSON', async () => {
    bench.fake.knobs.strayCharacter = true
    expect(await adapter.check(bench.context(), [bench.ref(link)])).toMatchObject([
      { name: 'a.bin', size: content.size, hash: { algorithm: 'md5', value: md5 } },
    ])
    expect(await resolve()).toMatchObject({ size: content.size })
    bench.fake.removeFile(link)
    await expect(resolve()).rejects.toMatchObject({ kind: 'FILE_GONE' })
  })

  it('keeps the case of ids', () => {
    const ids = ['aB3d', 'AB3D'].map((id) => bench.ref(`https://alfafile.net/file/${id}`).fileId)
    expect(ids).toEqual(['aB3d', 'AB3D'])
  })

  it('waits between downloads as long as it is told', async () => {
    bench.fake.knobs.downloadPauseMs = 60 * MINUTE
    await resolve()
    bench.clock.now += 48 * MINUTE
    const retryAt = bench.clock.now + 12 * MINUTE
    await expect(resolve()).rejects.toMatchObject({ kind: 'ACCOUNT_QUOTA', retryAt })
    bench.clock.now = retryAt
    expect(await resolve()).toMatchObject({ kind: 'url' })
  })

  it('takes the end of a premium time as it is stated', async () => {
    const account = bench.fake.knobs.accounts[0]
    expect(await adapter.checkAccount?.(bench.context())).toMatchObject({
      premium: true,
      validUntil: (account?.premiumEnd ?? 0) * 1000,
    })
  })

  it('tells the private files of many from the others', async () => {
    bench.fake.knobs.mode = 2
    const gone = bench.fake.addFile({ name: 'b.bin', content })
    bench.fake.removeFile(gone)
    expect(await adapter.check(bench.context(), [bench.ref(link), bench.ref(gone)])).toMatchObject([
      { state: 'refused', error: { kind: 'FILE_RESTRICTED' } },
      { state: 'gone' },
    ])
  })
})
