import { describe, expect, it } from '@jest/globals'
import { patternContent } from '../../fake/content.js'
import type { TransferKnobs } from '../../fake/transfer.js'
import type { FileInfo } from '../../kit/adapter.js'
import { FILE, SIZE } from '../sample-file.js'
import { caseUnless } from '../case.js'
import type { Subject } from '../subject.js'

function sizeOf(info: FileInfo): number | undefined {
  return info.state === 'available' ? info.size : undefined
}

export function describeCheck<Knobs extends TransferKnobs>(subject: Subject<Knobs>): void {
  const { adapter, platform } = subject
  const { checkBatchSize } = adapter.manifest

  describe('check', () => {
    it('tells name and exact size, where the host does, and never charges', async () => {
      const { fileId } = subject.file
      expect(await subject.check()).toMatchObject([{ fileId, state: 'available', name: FILE.name }])
      expect((await subject.check()).map(sizeOf)).toEqual([subject.toldSize(SIZE)])
      await adapter.checkAccount?.(subject.bench.context())
      expect(subject.calls(platform.chargingCalls)).toEqual([])
    })

    it('answers in order, gone files among them, beyond the size of a batch', async () => {
      const { bench } = subject
      const count = checkBatchSize === 1 ? 3 : checkBatchSize * 2 + 1
      const content = patternContent(3_000_000, 5)
      const sized = (size: number) => ({ ...content, size })
      const links = Array.from({ length: count }, (_, at) =>
        bench.fake.addFile({ name: `${at}.bin`, content: sized(at * 1000) }),
      )
      const gone = (at: number): boolean => at % 3 === 1
      links.forEach((one, at) => gone(at) && bench.fake.removeFile(one))
      const infos = await subject.check(links.map((one) => bench.ref(one)))
      const seen = infos.map((info) =>
        info.state === 'available'
          ? [info.fileId, info.state, info.size, info.name]
          : [info.fileId, info.state, undefined, undefined],
      )
      const expected = links.map((one, at) =>
        gone(at)
          ? [bench.ref(one).fileId, 'gone', undefined, undefined]
          : [bench.ref(one).fileId, 'available', subject.toldSize(at * 1000), `${at}.bin`],
      )
      expect(seen).toEqual(expected)
      expect(subject.calls(platform.chargingCalls)).toEqual([])
    })

    const together = caseUnless(adapter.checkTogether === undefined && 'no call for many files')
    together('asks about many by one call, and tells of each whether it is there and how large', async () => {
      const { bench } = subject
      const links = Array.from({ length: Math.min(checkBatchSize, 40) }, (_, at) =>
        bench.fake.addFile({
          name: `${at}.bin`,
          content: { ...patternContent(1_000_000, 5), size: at * 1000 },
        }),
      )
      links.forEach((one, at) => at % 3 === 1 && bench.fake.removeFile(one))
      await subject.check() // logs in, where that is needed
      const { http } = bench
      let requests = 0
      const request: typeof http.request = (call) => {
        requests++
        return http.request(call)
      }
      const context = bench.checkContext({ http: { ...http, request } })
      const refs = links.map((one) => bench.ref(one))
      const answers = (await adapter.checkTogether?.(context, refs)) ?? []
      expect(requests).toBe(1)
      const infos = answers.flatMap((answer) => (typeof answer === 'function' ? [] : [answer]))
      expect(infos.map(({ fileId }) => fileId)).toEqual(refs.map(({ fileId }) => fileId))
      expect(infos.map((info) => (info.state === 'available' ? info.size : info.state))).toEqual(
        links.map((_, at) => (at % 3 === 1 ? 'gone' : at * 1000)),
      )
    })

    const told = caseUnless(platform.sizeByLink && 'the host states no sizes')
    told('notices that a file has got another size', async () => {
      subject.bench.fake.replaceFile(subject.link, { ...FILE, content: patternContent(SIZE + 1) })
      expect(await subject.check()).toMatchObject([{ size: SIZE + 1 }])
    })

    it('takes an empty list for what it is', async () => {
      expect(await subject.check([])).toEqual([])
    })
  })

  describe('account', () => {
    const accounts = caseUnless(adapter.checkAccount === undefined && 'no accounts')
    accounts(
      'is told as premium, with numbers that are unknown, finite or unlimited, never negative',
      async () => {
        const info = await adapter.checkAccount?.(subject.bench.context())
        expect(info?.premium).toBe(true)
        const { resetAt, trafficLeft, trafficTotal, validUntil } = info ?? {}
        for (const value of [resetAt, trafficLeft, trafficTotal, validUntil]) {
          expect(value === undefined || value >= 0).toBe(true)
        }
        for (const time of [resetAt, validUntil]) {
          expect(time === undefined || time === Infinity || time > Date.UTC(2000, 0)).toBe(true)
        }
      },
    )
  })
}
