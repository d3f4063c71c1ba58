import { describe, expect } from '@jest/globals'
import { fieldsSeen } from '../../fake/api-knobs.js'
import { patternContent } from '../../fake/content.js'
import type { TransferKnobs } from '../../fake/transfer.js'
import { caseUnless } from '../case.js'
import { MemorySession } from '../memory-session.js'
import type { Subject } from '../subject.js'

const MAINTENANCE = '<!doctype html><html><body><h1>Site maintenance, back soon</h1></body></html>'

const NONSENSE = [
  '',
  '{',
  'null',
  '[]',
  '{}',
  '"x"',
  '1',
  '<html></html>',
  '{"status":200}',
  '{"result":[]}',
  '{"response":{"file":7},"status":200}',
]

/** Every way of asking the API, with a login of its own. */
export async function askEverything<Knobs extends TransferKnobs>(subject: Subject<Knobs>): Promise<void> {
  const { adapter, bench } = subject
  const fresh = { session: new MemorySession(() => bench.clock.now) }
  const other = bench.ref(bench.fake.addFile({ name: 'other.bin', content: patternContent(1000) }))
  const folder = adapter.expand && bench.fake.addFolder?.({ name: 'folder', entries: [subject.link] })
  await subject.unlessRefused(adapter.checkAccount?.(bench.context(fresh)))
  await subject.unlessRefused(subject.check([subject.file], fresh))
  await subject.unlessRefused(subject.check([subject.file, other], fresh))
  await subject.unlessRefused(subject.resolve(fresh))
  if (folder !== undefined) await subject.unlessRefused(subject.expand(folder, fresh))
}

export function describeAnswers<Knobs extends TransferKnobs>(subject: Subject<Knobs>): void {
  const ofApi = caseUnless(!subject.traits.api && 'no JSON API')

  describe('answers of the API', () => {
    ofApi('may state numbers as strings', async () => {
      const { adapter, api, bench } = subject
      const [before] = await subject.check()
      const account = await adapter.checkAccount?.(bench.context())
      api.numbersAsStrings = true
      expect(await subject.check()).toEqual([before])
      expect(await adapter.checkAccount?.(bench.context())).toEqual(account)
      await subject.resolve()
    })

    const ofJson = caseUnless(!subject.traits.json && 'no JSON API')
    ofJson('may lack any field: then they are refused, or do without', async () => {
      const { api } = subject
      await askEverything(subject)
      const fields = fieldsSeen(api)
      expect(fields.length).toBeGreaterThan(0)
      for (const field of fields) {
        api.withoutField = field
        await askEverything(subject)
      }
    })

    ofApi('may be a maintenance page', async () => {
      const body = subject.platform.maintenance ?? MAINTENANCE
      for (const answer of [
        { status: 200, body },
        { status: 503, body },
      ]) {
        subject.answerAll(answer)
        expect((await subject.failure(subject.check())).kind).toBe('HOST_DOWN')
      }
      subject.answerAll({ status: 502, body: '<html></html>' })
      expect((await subject.failure(subject.check())).scope).toBe('host')
    })

    for (const body of NONSENSE) {
      ofApi(`may be ${JSON.stringify(body)}, which gives no file`, async () => {
        subject.answerAll({ status: 200, body })
        const [info] = (await subject.unlessRefused(subject.check())) ?? []
        expect(info?.state === 'available' && info.size !== undefined).toBe(false)
        const account = subject.adapter.checkAccount?.(subject.bench.context())
        expect((await subject.unlessRefused(account))?.premium ?? false).toBe(false)
        await askEverything(subject)
      })
    }
  })
}
