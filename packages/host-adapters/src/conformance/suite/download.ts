import { describe, expect, it } from '@jest/globals'
import { contentBytes } from '../../fake/content.js'
import type { TransferKnobs } from '../../fake/transfer.js'
import { SOURCE_ALIGNMENT } from '../../kit/limits.js'
import type { Source } from '../../kit/source.js'
import { caseUnless } from '../case.js'
import { download } from '../reference-download.js'
import { FILE, SIZE } from '../sample-file.js'
import type { Subject } from '../subject.js'

/** Bytes at the end of the file that come slowly. */
const END_BYTES = 10_000

export function describeDownload<Knobs extends TransferKnobs>(subject: Subject<Knobs>): void {
  const { manifest } = subject.adapter
  const fetchFrom = (source: Source, start = 0) => {
    const { bench } = subject
    return download(bench, source, bench.context(), start)
  }
  const sameBytes = async (bytes: Buffer, start = 0) => bytes.equals(await contentBytes(FILE.content, start))

  const { source: seen } = subject.traits
  const resumable = caseUnless(!manifest.limits.resumable && 'downloads are not resumable')
  const single = (seen?.maxChunks ?? manifest.limits.maxChunks) === 1 || seen?.resumable === false
  const ranged = caseUnless(single && 'one connection per file')
  const verified = caseUnless(seen !== undefined && seen.verifier === undefined && 'no verifier')
  const byUrl = caseUnless(seen?.kind === 'stream' && 'the adapter brings the bytes itself')
  const ofApi = caseUnless(
    seen?.kind === 'stream' ? 'the adapter brings the bytes itself' : !subject.traits.api && 'no JSON API',
  )
  const coarse = seen !== undefined && alignmentOf(seen) > END_BYTES

  describe('download', () => {
    it('hands out the whole file', async () => {
      const source = await subject.resolve()
      expect(source.size).toBe(SIZE)
      expect(await sameBytes(await fetchFrom(source))).toBe(true)
    })

    resumable('goes on at any offset, the last byte and what is not aligned included', async () => {
      const source = await subject.resolve()
      expect(source.resumable).not.toBe(false)
      for (const start of [1, 15, 16, 17, 65_535, 65_536, 2 ** 20, SIZE >> 1, SIZE - 1]) {
        expect([start, await sameBytes(await fetchFrom(source, start), start)]).toEqual([start, true])
      }
    })

    it('begins where parts of an upload begin', async () => {
      expect(SOURCE_ALIGNMENT % alignmentOf(await subject.resolve())).toBe(0)
    })

    ranged('is several ranges at once', async () => {
      const source = await subject.resolve()
      const connections = source.maxChunks ?? manifest.limits.maxChunks
      const starts = [0, 2 ** 20, 2 ** 21].slice(0, connections)
      const all = await Promise.all(
        starts.map(async (start) => sameBytes(await fetchFrom(source, start), start)),
      )
      expect(all).toEqual(starts.map(() => true))
    })

    verified('is verified to the last byte where there is a verifier', async () => {
      const source = await subject.resolve()
      const bytes = await contentBytes(FILE.content)
      const judge = (changed: Buffer) => {
        const verifier = source.verifier?.()
        for (let at = 0; at < changed.length; at += 99_991)
          verifier?.update(changed.subarray(at, at + 99_991))
        verifier?.finish()
      }
      expect(() => judge(bytes)).not.toThrow()
      for (const at of [0, SIZE >> 1, SIZE - 1]) {
        const changed = Buffer.from(bytes)
        changed[at] = (changed[at] ?? 0) ^ 1
        expect(() => judge(changed)).toThrow(expect.objectContaining({ kind: 'CORRUPT' }))
      }
    })

    it.each([
      ['ends', false],
      ['is reset', true],
    ])('survives a connection that %s inside the body', async (_, cutResets) => {
      const source = await subject.resolve()
      subject.knobs.cutResets = cutResets
      // One that has to begin before the cut would meet it again, so it is cut where it can go on.
      subject.knobs.cutAtByte = alignmentOf(source) === 1 ? 1_000_003 : SOURCE_ALIGNMENT
      expect(await sameBytes(await fetchFrom(source))).toBe(true)
    })

    byUrl('survives a server that ignores ranges', async () => {
      const source = await subject.resolveUrl()
      subject.knobs.ignoreRange = true
      expect(await sameBytes(await fetchFrom(source, 1000), 1000)).toBe(true)
    })

    caseUnless(coarse && 'ranges begin at large blocks')('survives a slow trickle', async () => {
      const source = await subject.resolve()
      subject.knobs.bytesPerSecond = 40_000
      const start = SIZE - END_BYTES
      expect(await sameBytes(await fetchFrom(source, start), start)).toBe(true)
    })

    for (const bodyDelta of [-1, 1]) {
      byUrl(`notices a body that is ${bodyDelta} byte too long`, async () => {
        const source = await subject.resolveUrl()
        subject.knobs.bodyDelta = bodyDelta
        expect((await subject.failure(fetchFrom(source))).kind).toBe('CORRUPT')
      })
    }

    byUrl('notices an answer about another range', async () => {
      const source = await subject.resolveUrl()
      subject.knobs.wrongContentRange = true
      expect((await subject.failure(fetchFrom(source, 10))).kind).toBe('CORRUPT')
    })

    ofApi('notices a page in place of the file', async () => {
      const source = await subject.resolveUrl()
      for (const body of ['<html>Please log in</html>', { error: 'no' }]) {
        subject.api.linkAnswer = { status: 200, body }
        await subject.failure(fetchFrom(source))
      }
    })
  })
}

function alignmentOf(source: Source): number {
  return (source.kind === 'stream' ? source.partAlignment : source.transform?.alignment) ?? 1
}
