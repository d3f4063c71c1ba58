import { describe, expect, it } from '@jest/globals'
import type { Readable } from 'node:stream'
import type { TransferKnobs } from '../../fake/transfer.js'
import { caseUnless } from '../case.js'
import { openUrl } from '../reference-download.js'
import { soon } from '../subject.js'
import type { Subject } from '../subject.js'

export function describeAbort<Knobs extends TransferKnobs>(subject: Subject<Knobs>): void {
  describe('abort', () => {
    it('closes the connection of a download within a second', async () => {
      const source = await subject.resolve()
      subject.knobs.bytesPerSecond = 10_000
      const stop = new AbortController()
      const ctx = subject.bench.context({ signal: stop.signal })
      const body: Readable =
        source.kind === 'url'
          ? (await openUrl(subject.bench, source, ctx, {})).body
          : await source.open({ start: 0, end: source.size }, stop.signal)
      body.on('error', () => undefined).resume()
      stop.abort()
      await soon(() => subject.bench.fake.connections() === 0)
      expect(body.destroyed).toBe(true)
    })

    const endsWaiting = (call: 'check' | 'resolve') => async () => {
      subject.knobs.delayMs = 60_000
      const stop = new AbortController()
      const { signal } = stop
      const work = call === 'check' ? subject.check([subject.file], { signal }) : subject.resolve({ signal })
      const ended = work.then(
        () => 'answered',
        (error: unknown) => error,
      )
      await soon(() => subject.bench.fake.connections() > 0)
      stop.abort(new Error('stopped by the caller'))
      expect(await ended).toMatchObject({ message: 'stopped by the caller' })
      await soon(() => subject.bench.fake.connections() === 0)
    }
    it('ends a check that waits for the host', endsWaiting('check'))
    const offline = !subject.traits.resolveAsks && 'direct links are known without asking'
    caseUnless(offline)('ends a resolve that waits for the host', endsWaiting('resolve'))
  })
}
