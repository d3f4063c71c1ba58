import { afterEach, describe, expect, it } from '@jest/globals'
import {
  type Span,
  type SpanOptions,
  annotate,
  contextOfNow,
  detached,
  lineFields,
  requestContext,
  resume,
  startSpan,
  traced,
  useTracer,
  withFields,
} from './index.js'

const TRACE = 'a'.repeat(32)
const spanOf = (id: number): string => `00-${TRACE}-${String(id).padStart(16, '0')}-01`

describe('the context of a request', () => {
  it('is in the lines of whatever the request begins, and of nothing else', async () => {
    const seen: unknown[] = []
    const work = async (id: string): Promise<void> => {
      await new Promise(setImmediate)
      withFields({ link: `l-${id}` }, () => seen.push(lineFields()))
      seen.push(lineFields())
    }
    await Promise.all([
      resume({ request: 'a' }, {}, () => work('a')),
      resume({ request: 'b' }, {}, () => work('b')),
    ])
    expect(seen).toEqual([
      { request: 'a', link: 'l-a' },
      { request: 'a' },
      { request: 'b', link: 'l-b' },
      { request: 'b' },
    ])
    expect([lineFields(), requestContext()]).toEqual([{}, {}])
  })

  it('goes along to other processes, with the trace, and nothing of the fields', () => {
    resume({ request: 'a', traceparent: spanOf(1) }, { fileId: 'f' }, () => {
      expect(requestContext()).toEqual({ request: 'a', traceparent: spanOf(1) })
      expect(lineFields()).toEqual({ request: 'a', fileId: 'f', trace: TRACE })
      resume({ request: 'b' }, {}, () => expect(lineFields()).toEqual({ request: 'b' }))
      detached(() => expect(lineFields()).toEqual({}))
    })
  })

  it('is kept for work that somebody else begins', () => {
    const inContext = resume({ request: 'a' }, {}, contextOfNow)
    resume({ request: 'b' }, {}, () => expect(inContext(lineFields)).toEqual({ request: 'a' }))
  })
})

describe('spans', () => {
  let told: { name: string; options: SpanOptions; set: object; failed?: string; ended: boolean }[] = []
  const start = (name: string, options: SpanOptions): Span => {
    const of: (typeof told)[number] = { name, options, set: {}, ended: false }
    told.push(of)
    return {
      traceparent: spanOf(told.length),
      set: (attributes) => Object.assign(of.set, attributes),
      fail: (cause) => (of.failed = cause),
      end: () => (of.ended = true),
    }
  }
  afterEach(() => {
    useTracer(undefined)
    told = []
  })

  it('are children of the one around them, and of the request of another process', async () => {
    useTracer({ start, close: async () => undefined })
    await resume({ traceparent: spanOf(99) }, {}, () =>
      traced('outer', {}, () =>
        traced('inner', {}, async () => {
          annotate({ size: 1 })
          expect(requestContext().traceparent).toBe(spanOf(2))
        }),
      ),
    )
    expect(told.map(({ name, options, set, ended }) => [name, options.parent, set, ended])).toEqual([
      ['outer', spanOf(99), {}, true],
      ['inner', spanOf(1), { size: 1 }, true],
    ])
  })

  it('end with what their work raised, which is raised', async () => {
    useTracer({ start, close: async () => undefined })
    const failing = traced('work', {}, () => Promise.reject(new RangeError('too far')))
    await expect(failing).rejects.toThrow('too far')
    expect(told).toMatchObject([{ failed: 'RangeError: too far', ended: true }])
  })

  it('are none without a tracer, and the work is done', async () => {
    expect(startSpan('a')).toBeUndefined()
    expect(await traced('b', {}, async () => lineFields())).toEqual({})
  })
})
