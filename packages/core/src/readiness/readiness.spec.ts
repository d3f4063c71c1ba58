import { describe, expect, it } from '@jest/globals'
import { readinessSchema, unreadySchema } from '@obb/contracts'
import { CheckFailure, logChanges, type Probe, Readiness } from './index.js'

const HOW = { action: 'do this' }
const fine = (name: Probe['name']): Probe => ({ name, ...HOW, look: () => Promise.resolve(undefined) })
const broken = (name: Probe['name'], error: Error): Probe => ({
  name,
  ...HOW,
  look: () => Promise.reject(error),
})

describe('readiness', () => {
  it('is there while every check is ok, one by one, with what was seen', async () => {
    const seen: Probe = { name: 'fetchers', ...HOW, look: () => Promise.resolve('2 alive') }
    const { code, body } = await new Readiness([fine('database'), seen]).answer()
    expect([code, body]).toEqual([
      200,
      {
        success: true,
        data: {
          ready: true,
          checks: [
            { name: 'database', status: 'ok' },
            { name: 'fetchers', status: 'ok', detail: '2 alive' },
          ],
        },
      },
    ])
  })

  it('is 503 with all checks in a failure of the contract once one fails, and says what to do', async () => {
    const readiness = new Readiness([fine('database'), broken('queue', new Error('connect 10.0.0.9:6379'))])
    const { code, headers, body } = await readiness.answer()
    expect([code, headers]).toEqual([503, { 'retry-after': '10' }])
    expect(unreadySchema.parse(body)).toMatchObject({
      status: 105,
      data: {
        ready: false,
        checks: [{ status: 'ok' }, { name: 'queue', status: 'failing', detail: 'Error', action: 'do this' }],
      },
    })
  })

  it.each<[string, Error, string]>([
    ['a code', Object.assign(new Error('connect 10.0.0.9:1'), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
    ['the code of its cause', new Error('at 10.0.0.9', { cause: { code: 1 } }), 'Error'],
    [
      'a driver',
      Object.assign(new Error('SELECT'), { driverError: Object.assign(new Error(), { code: '57P03' }) }),
      '57P03',
    ],
    ['words of ours', new CheckFailure('full, 3 B free', 'make room'), 'full, 3 B free'],
  ])('tells of an error by %s, and never its message', async (_by, error, detail) => {
    const { checks } = await new Readiness([broken('store', error)]).view()
    expect(checks[0]?.detail).toBe(detail)
  })

  it('tells one cause once: what is seen by way of a database that is away is not looked at', async () => {
    let looks = 0
    const look = (): Promise<undefined> => {
      looks++
      return Promise.resolve(undefined)
    }
    const clock: Probe = { name: 'clock', ...HOW, viaDatabase: true, look }
    const { ready, checks } = await new Readiness([broken('database', new Error()), clock]).view()
    expect([ready, looks]).toEqual([false, 0])
    expect(checks[1]).toEqual({ name: 'clock', status: 'failing', detail: expect.stringContaining('away') })
  })

  it('gives up what does not answer, and begins no second look before the first one ended', async () => {
    let looks = 0
    const hangs: Probe = { name: 'store', ...HOW, look: () => new Promise(() => void looks++) }
    let now = 0
    const readiness = new Readiness([hangs], { patienceMs: 5, now: () => now })
    for (; now < 10_000; now += 5_000) {
      const { checks } = await readiness.view()
      expect(checks[0]).toMatchObject({ status: 'failing', detail: 'no answer in time' })
    }
    expect(looks).toBe(1)
  })

  it('looks once a second at most, however many ask', async () => {
    let looks = 0
    const counted: Probe = { name: 'queue', ...HOW, look: () => Promise.resolve(String(++looks)) }
    let now = 0
    const readiness = new Readiness([counted], { now: () => now })
    await Promise.all([readiness.view(), readiness.view()])
    now = 999
    await readiness.view()
    expect(looks).toBe(1)
    now = 1_000
    expect(readinessSchema.parse(await readiness.view()).checks[0]?.detail).toBe('2')
  })

  it('logs what begins to fail, with its reason, and what is ok again, and nothing between', async () => {
    const lines: unknown[] = []
    const log = {
      info: (fields: object, message: string) => lines.push([message, fields]),
      warn: (fields: object, message: string) => lines.push([message, fields]),
    }
    let error: Error | undefined = new Error('connect ECONNREFUSED 10.0.0.9:6379')
    let now = 0
    const probe: Probe = {
      name: 'queue',
      ...HOW,
      look: async () =>
        Promise.reject(error).catch((reason) => {
          if (reason !== undefined) throw reason
          return undefined
        }),
    }
    const readiness = new Readiness([probe], { now: () => now, onChange: logChanges(log) })
    for (const next of [error, undefined, undefined]) {
      await readiness.view()
      now += 1_000
      await readiness.view()
      now += 1_000
      error = next === error ? undefined : next
    }
    expect(lines).toEqual([
      ['not ready', { check: 'queue', reason: 'connect ECONNREFUSED 10.0.0.9:6379', action: 'do this' }],
      ['ready again', { check: 'queue' }],
    ])
  })
})
