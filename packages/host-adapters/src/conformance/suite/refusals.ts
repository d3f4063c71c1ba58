import { describe, expect, it } from '@jest/globals'
import { HOST_ERROR_SCOPES } from '../../kit/errors.js'
import type { HostError } from '../../kit/errors.js'
import type { TransferKnobs } from '../../fake/transfer.js'
import type { RefusalCase } from '../platform-conformance.js'
import { caseUnless } from '../case.js'
import { explain, openUrl } from '../reference-download.js'
import { everythingAbout } from '../secrecy.js'
import { soon, urlOf } from '../subject.js'
import type { Subject } from '../subject.js'

export function describeRefusals<Knobs extends TransferKnobs>(subject: Subject<Knobs>): void {
  const { adapter, platform } = subject

  async function provoke({ during, arrange }: RefusalCase<Knobs>): Promise<HostError | string> {
    const { bench } = subject
    if (during !== 'download') arrange(bench.fake, subject.link)
    if (during === 'checkAccount') return subject.failure(adapter.checkAccount?.(bench.context()))
    if (during === 'resolve') return subject.failure(subject.resolve())
    if (during === 'expand') {
      const link = bench.fake.addFolder?.({ name: 'folder', entries: [subject.link] }) ?? ''
      return subject.failure(subject.expand(link))
    }
    if (during === 'check') {
      const work = subject.check()
      const [info] = await work.catch(() => [undefined])
      if (info === undefined) return subject.failure(work)
      return info.state === 'refused' ? subject.failure(Promise.reject(info.error)) : info.state
    }
    const source = urlOf(await subject.resolve())
    arrange(bench.fake, subject.link)
    const ctx = bench.context()
    const meaning = await explain(bench, await openUrl(bench, source, ctx, { range: 'bytes=0-' }), ctx)
    subject.errors.push(meaning)
    return meaning
  }

  describe('refusals', () => {
    it.each(platform.refusals)('$during: $name is $expected', async (refusal) => {
      const outcome = await provoke(refusal)
      if (typeof outcome === 'string') return expect(outcome).toBe(refusal.expected)
      expect(outcome.kind).toBe(refusal.expected)
      expect(outcome.scope).toBe(HOST_ERROR_SCOPES[outcome.kind])
      if (outcome.humanAction) expect(new URL(outcome.humanAction.url).search).toBe('')
      if (refusal.retryAfterMs !== undefined)
        expect(outcome.retryAt).toBe(subject.bench.clock.now + refusal.retryAfterMs)
    })

    it('cover every row of the table', () => {
      const texts = subject.errors.map(everythingAbout)
      const missing = platform.table.filter((row) => !texts.some((text) => text.includes(row.message)))
      expect(missing).toEqual([])
    })

    const http = caseUnless(platform.tooManyRequests === undefined && 'it does not speak HTTP')
    http('of too many requests take both forms of Retry-After', async () => {
      const { now } = subject.bench.clock
      for (const retryAfter of ['120', new Date(now + 120_000).toUTCString()]) {
        subject.answerAll({ status: 429, body: '', headers: { 'retry-after': retryAfter } })
        const error = await subject.failure(subject.check())
        expect(error).toMatchObject({ kind: platform.tooManyRequests, retryAt: now + 120_000 })
      }
    })

    it('leave no connection in use', async () => {
      await subject.bench.http.close()
      await soon(() => subject.bench.fake.connections() === 0)
    })
  })
}
