import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { createHash } from 'node:crypto'
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { Agent, request, type IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hasNginx, startNginx, type Nginx } from '@obb/testing/nginx'
import { LINK, pattern, Rig } from '../testing/rig.js'

/*
 * The proxy beside nginx, which serves the same bytes as a static file: thousands of generated requests have to get
 * the same status, the same headers that matter and the same bytes. Where the two differ on purpose, DIFFERENCES
 * says why and what the proxy may answer; whatever it answers, its bytes are those it says they are.
 */

const SIZE = 5_000
const FILE = pattern(SIZE)
const MODIFIED = Date.UTC(2026, 2, 4, 5, 6, 7)
const RUNS = Number(process.env['DIFFERENTIAL_RUNS'] ?? 3_000)

type Tag = 'own' | 'weak own' | 'other' | 'any'
type DateForm = 'date' | 'rfc850' | 'asctime' | 'rubbish'
interface When {
  /** Seconds from Last-Modified. */
  offset: number
  form: DateForm
}

interface Asked {
  method: 'GET' | 'HEAD'
  range: string | undefined
  ifRange: Tag | When | undefined
  ifMatch: Tag[] | undefined
  ifNoneMatch: Tag[] | undefined
  ifModifiedSince: When | undefined
  ifUnmodifiedSince: When | undefined
}

interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
}

interface Difference {
  why: string
  applies(asked: Asked): boolean
  /** Codes that the proxy may answer with, those of its preconditions included. */
  allowed: number[]
}

const elements = ({ range = '' }: Asked): string[] => {
  const set = /^bytes=(.*)$/i.exec(range)?.[1]
  return set === undefined ? [] : set.split(',').map((each) => each.trim())
}
const bounds = (element: string): [number, number] | undefined => {
  const [, first, last] = /^(\d+)-(\d+)$/.exec(element) ?? []
  return first === undefined || last === undefined ? undefined : [Number(first), Number(last)]
}

const DIFFERENCES: Difference[] = [
  {
    why: 'a Range that is no range is ignored (RFC 9110 §14.2, and clients that send rubbish get their file); nginx says 416',
    applies: (asked) =>
      elements(asked).some((each) => {
        const [first = 0, last = 0] = bounds(each) ?? []
        return each !== '' && (!/^(\d+-\d*|-\d+)$/.test(each) || first > last)
      }) || /^bytes=[ ,]*$/i.test(asked.range ?? ''),
    allowed: [200, 304, 412],
  },
  {
    why: 'empty elements of a list are ignored (RFC 9110 §5.6.1.2); nginx says 416',
    applies: (asked) => elements(asked).length > 1 && elements(asked).includes(''),
    allowed: [200, 206, 304, 412, 416],
  },
  {
    why: 'an end beyond the file is clamped however far beyond (CLIENTS.md); nginx says 416 to what overflows it',
    applies: (asked) => elements(asked).some((each) => /\d{19,}/.test(each)),
    allowed: [200, 206, 304, 412, 416],
  },
  {
    why: 'several ranges are sent in order, joined where they overlap or touch, at most 16 of them; nginx sends them as they were asked for, or everything',
    applies: (asked) => elements(asked).length > 1,
    allowed: [200, 206, 304, 412, 416],
  },
  {
    why: 'a date that is none is as good as absent (RFC 9110 §13.1.4); nginx says 412',
    applies: ({ ifUnmodifiedSince }) => ifUnmodifiedSince?.form === 'rubbish',
    allowed: [200, 206, 304, 412, 416],
  },
  {
    why: 'If-Unmodified-Since does not count beside If-Match (RFC 9110 §13.2.2); nginx heeds both',
    applies: ({ ifMatch, ifUnmodifiedSince }) => ifMatch !== undefined && ifUnmodifiedSince !== undefined,
    allowed: [200, 206, 304, 412, 416],
  },
  {
    why: 'If-Modified-Since does not count beside If-None-Match (RFC 9110 §13.2.2); nginx heeds both',
    applies: ({ ifNoneMatch, ifModifiedSince }) => ifNoneMatch !== undefined && ifModifiedSince !== undefined,
    allowed: [200, 206, 304, 412, 416],
  },
]

const position = fc.oneof(
  fc.nat(SIZE + 10),
  fc.constantFrom(0, 1, SIZE - 1, SIZE, SIZE + 1, 2 ** 31, 2 ** 32, 2 ** 53, 10 ** 18),
)
const element = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(position, position).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
  },
  { weight: 2, arbitrary: position.map((first) => `${first}-`) },
  { weight: 2, arbitrary: position.map((last) => `-${last}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', '-', '5-4', 'a-b', '0-99999999999999999999', '1--2', '+1-2', '1.0-2'),
  },
)
const range = fc.oneof(
  { weight: 8, arbitrary: element.map((each) => `bytes=${each}`) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.array(element, { minLength: 2, maxLength: 5 }), fc.constantFrom(',', ', ', ' ,'))
      .map(([list, comma]) => `bytes=${list.join(comma)}`),
  },
  { weight: 1, arbitrary: element.map((each) => `Bytes=${each}`) },
  { weight: 1, arbitrary: fc.constantFrom('bytes', 'bytes=', 'items=0-5', 'bytes 0-5', '0-5', 'bytes= 3-7') },
)
const tag = fc.constantFrom<Tag>('own', 'own', 'weak own', 'other')
const tags = fc.oneof(fc.array(tag, { minLength: 1, maxLength: 3 }), fc.constant<Tag[]>(['any']))
const when = fc.record<When>({
  offset: fc.constantFrom(0, 0, -1, 1, -86_400, 86_400),
  form: fc.constantFrom<DateForm>('date', 'date', 'rfc850', 'asctime', 'rubbish'),
})
const sometimes = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq: 2 })
const conditional: fc.Arbitrary<Asked> = fc.record({
  method: fc.constantFrom('GET', 'GET', 'GET', 'HEAD'),
  range: fc.option(range, { nil: undefined, freq: 6 }),
  ifRange: sometimes(fc.oneof(tag, when)),
  ifMatch: sometimes(tags),
  ifNoneMatch: sometimes(tags),
  ifModifiedSince: sometimes(when),
  ifUnmodifiedSince: sometimes(when),
})
const unconditional: fc.Arbitrary<Asked> = range.map((asked) => ({
  method: 'GET',
  range: asked,
  ...{ ifRange: undefined, ifMatch: undefined, ifNoneMatch: undefined },
  ...{ ifModifiedSince: undefined, ifUnmodifiedSince: undefined },
}))
const asking = fc.oneof({ weight: 4, arbitrary: conditional }, { weight: 1, arbitrary: unconditional })

function dateText({ offset, form }: When): string {
  const date = new Date(MODIFIED + offset * 1000)
  const [day = '', dayOfMonth = '', month = '', year = '', time = ''] = date.toUTCString().split(/,? /)
  const long = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'][
    date.getUTCDay()
  ]
  switch (form) {
    case 'date':
      return date.toUTCString()
    case 'rfc850':
      return `${long}, ${dayOfMonth}-${month}-${year.slice(2)} ${time} GMT`
    case 'asctime':
      return `${day} ${month} ${dayOfMonth.replace(/^0/, ' ')} ${time} ${year}`
    case 'rubbish':
      return `yesterday ${offset}`
  }
}

/** Each server has tags of its own. */
function headersOf(asked: Asked, etag: string): Record<string, string> {
  const text = (name: Tag): string =>
    ({ own: etag, 'weak own': `W/${etag}`, other: '"other"', any: '*' })[name]
  const list = (names: Tag[] | undefined): string | undefined => names?.map(text).join(', ')
  const { ifRange, ifModifiedSince, ifUnmodifiedSince } = asked
  const fields = {
    range: asked.range,
    'if-range': typeof ifRange === 'string' ? text(ifRange) : ifRange && dateText(ifRange),
    'if-match': list(asked.ifMatch),
    'if-none-match': list(asked.ifNoneMatch),
    'if-modified-since': ifModifiedSince && dateText(ifModifiedSince),
    'if-unmodified-since': ifUnmodifiedSince && dateText(ifUnmodifiedSince),
  }
  return Object.fromEntries(
    Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined),
  )
}

/** essence is what both have to agree in. A refusal has a body of its own on each side. */
function essence({ status, headers, body }: Answer): unknown {
  const hasContent = status === 200 || status === 206
  const names = [
    'content-range',
    ...(hasContent ? ['content-length'] : []),
    ...(status === 200 ? ['accept-ranges'] : []), // on a 206 Content-Range says it, and nginx leaves it out
  ]
  const matter = names.map((name) => [name, headers[name]])
  return {
    status,
    ...(Object.fromEntries(matter) as object),
    lastModified: hasContent || status === 304 ? headers['last-modified'] : undefined,
    hasTag: hasContent || status === 304 ? headers.etag !== undefined : undefined,
    body: hasContent ? createHash('sha256').update(body).digest('hex') : undefined,
  }
}

/** A body is right in itself: the ranges that it says it has, or everything. */
function expectRight(asked: Asked, { status, headers, body }: Answer): void {
  if (asked.method === 'HEAD' || (status !== 200 && status !== 206)) return
  expect(headers['content-length']).toBe(String(body.length))
  if (status === 200) expect(body.equals(FILE)).toBe(true)
  const boundary = /boundary=(.*)$/.exec(headers['content-type'] ?? '')?.[1]
  const parts =
    boundary === undefined
      ? [{ said: headers['content-range'] ?? `bytes 0-${SIZE - 1}/${SIZE}`, bytes: body }]
      : partsOf(body, boundary)
  for (const { said, bytes } of parts) {
    const [, first, last, size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(said) ?? []
    expect(Number(size)).toBe(SIZE)
    expect(bytes.equals(FILE.subarray(Number(first), Number(last) + 1))).toBe(true)
  }
}

function partsOf(body: Buffer, boundary: string): { said: string; bytes: Buffer }[] {
  const text = body.toString('latin1')
  return text
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => {
      const end = part.indexOf('\r\n\r\n')
      const said = /content-range: ([^\r]*)/i.exec(part.slice(0, end))?.[1] ?? ''
      return { said, bytes: Buffer.from(part.slice(end + 4, -2), 'latin1') }
    })
}

const describeWithNginx = hasNginx() ? describe : describe.skip

describeWithNginx('beside nginx', () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 })
  let directory: string
  let nginx: Nginx
  let rig: Rig
  const etags = { ours: '', nginx: '' }

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'obb-www-'))
    await writeFile(join(directory, 'file'), FILE)
    await utimes(join(directory, 'file'), MODIFIED / 1000, MODIFIED / 1000)
    nginx = await startNginx(`root ${directory}; if_modified_since before; keepalive_requests 1000000;`)
    rig = await Rig.start()
    await rig.put(FILE, { doneAt: new Date(MODIFIED) })
    etags.ours = (await ask(rig.port, `/download/${LINK}`, 'HEAD', {})).headers.etag ?? ''
    etags.nginx = (await ask(nginx.port, '/file', 'HEAD', {})).headers.etag ?? ''
  })
  afterAll(async () => {
    agent.destroy()
    await rig.stop()
    await nginx.stop()
    await rm(directory, { recursive: true })
  })

  /** On a kept connection, or on one of its own. */
  function ask(
    port: number,
    path: string,
    method: string,
    headers: Record<string, string>,
    where: Agent | false = agent,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, path, method, headers, agent: where }, (got) => {
        const chunks: Buffer[] = []
        got.on('data', (chunk: Buffer) => chunks.push(chunk))
        got.on('end', () => {
          resolve({ status: got.statusCode ?? 0, headers: got.headers, body: Buffer.concat(chunks) })
        })
        got.on('error', reject)
      })
      sent.on('error', (error) => reject(new Error(`${path}: ${error.message}`)))
      sent.end()
    })
  }

  /** nginx closes a kept connection now and then, as it may; then the request is made again. */
  async function askNginx(asked: Asked): Promise<Answer> {
    const headers = headersOf(asked, etags.nginx)
    const again = (): Promise<Answer> =>
      ask(nginx.port, '/file', asked.method, { ...headers, connection: 'close' })
    return ask(nginx.port, '/file', asked.method, headers).catch(again)
  }

  it(`answers ${RUNS} generated requests alike, but for the listed differences`, async () => {
    const agreed = { alike: 0 } as Record<string, number>
    let answeredSmall = 0
    rig.server.on('connection', () => (answeredSmall += 1))
    rig.server.on('request', ({ headers }) => (answeredSmall -= headers.connection === 'close' ? 1 : 0))
    await fc.assert(
      fc.asyncProperty(asking, async (asked) => {
        const fields = headersOf(asked, etags.ours)
        const ours = await ask(rig.port, `/download/${LINK}`, asked.method, fields)
        expectRight(asked, ours)
        // Kept connections have ended up at the HTTP server soon; fresh ones begin where small ranges are answered.
        if (Object.keys(fields).join() === 'range' && elements(asked).length < 2) {
          const fresh = await ask(rig.port, `/download/${LINK}`, asked.method, fields, false)
          expectRight(asked, fresh)
          expect(essence(fresh)).toEqual(essence(ours))
        }
        const difference = DIFFERENCES.find(({ applies }) => applies(asked))
        const name = difference?.why ?? 'alike'
        agreed[name] = (agreed[name] ?? 0) + 1
        if (difference === undefined) {
          const theirs = await askNginx(asked)
          expectRight(asked, theirs)
          expect(essence(ours)).toEqual(essence(theirs))
        } else expect(difference.allowed).toContain(ours.status)
      }),
      { numRuns: RUNS },
    )
    expect(agreed['alike']).toBeGreaterThan(RUNS / 4)
    expect(answeredSmall).toBeGreaterThan(RUNS / 20)
    for (const { why } of DIFFERENCES) expect([why, agreed[why] ?? 0]).not.toEqual([why, 0])
  })
})
