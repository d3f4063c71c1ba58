import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { resume } from '../tracing/index.js'
import { type LogLine, openLog, readable } from './index.js'
import { readableLine } from './readable.js'

describe('the log', () => {
  let lines: LogLine[]
  const log = () =>
    openLog('test', 'debug', { write: (line) => void lines.push(JSON.parse(line) as LogLine) })

  beforeEach(() => {
    lines = []
    jest.useFakeTimers()
  })
  afterEach(() => {
    jest.useRealTimers()
  })

  it('writes a warning at once, and counts those that are all alike', () => {
    const away = log()
    for (let n = 0; n < 85; n++) {
      away.warn({ err: 'connect ECONNREFUSED' }, 'queue connection')
      jest.advanceTimersByTime(100)
    }
    expect(lines.map(({ msg }) => msg)).toEqual(['queue connection'])
    jest.advanceTimersByTime(10_000)
    expect(lines).toHaveLength(2)
    expect(lines[1]).toMatchObject({
      msg: 'queue connection',
      err: 'connect ECONNREFUSED',
      times: 84,
      seconds: 10,
    })
    jest.advanceTimersByTime(60_000)
    expect(lines).toHaveLength(2)
    away.warn({ err: 'connect ECONNREFUSED' }, 'queue connection')
    expect(lines).toHaveLength(3)
  })

  it('folds nothing that differs, and nothing that is no warning', () => {
    const busy = log()
    for (const account of ['a', 'b']) busy.warn({ account, err: new Error('no') }, 'account check')
    busy.error({ account: 'a', err: new Error('no') }, 'account check')
    for (let n = 0; n < 3; n++) busy.info({ fileId: 'f' }, 'fetch')
    expect(lines.map(({ level }) => level)).toEqual([40, 40, 50, 30, 30, 30])
  })

  it('has the request and its subject in every line, but for the count of those of several requests', () => {
    const away = log()
    const warn = (request: string) =>
      resume({ request }, { fileId: 'f' }, () => away.warn({ err: 'refused' }, 'queue connection'))
    resume({ request: 'a' }, {}, () => away.info({ link: 'l' }, 'link'))
    for (const request of ['a', 'b']) warn(request)
    jest.advanceTimersByTime(10_000)
    expect(lines.map(({ request, fileId, times }) => [request, fileId, times])).toEqual([
      ['a', undefined, undefined],
      ['a', 'f', undefined],
      [undefined, undefined, 1],
    ])
  })

  it('cuts out what looks like a secret, in folded lines too', () => {
    const leaky = log()
    for (let n = 0; n < 2; n++) leaky.warn({ password: 'secret', a: { authorization: 'secret' } }, 'leak')
    jest.advanceTimersByTime(10_000)
    expect(lines).toHaveLength(2)
    expect(JSON.stringify(lines)).not.toContain('secret')
  })
})

describe('a line for people', () => {
  it('has the reason, what it concerns, how often, and what to do', () => {
    const line = {
      ...{ level: 40, time: '2027-01-01T10:11:12.000Z', app: 'fetcher', msg: 'account set aside' },
      ...{ platform: 'RapidGator', fileId: 'f1', account: 'a1', reason: 'wrong password' },
      ...{ times: 3, seconds: 8, action: 'Check it.' },
    }
    const text =
      'account set aside: wrong password (platform RapidGator, file f1, account a1) … 3 times in 8 s. Check it.'
    expect(readable(line)).toBe(text)
    expect(readableLine(line)).toBe(`10:11:12 fetcher: warning: ${text}`)
  })

  it.each<[LogLine, string]>([
    [{ msg: 'ready' }, 'ready'],
    [{ msg: 'fetch job', err: { type: 'Error', message: 'no', stack: 'at x' } }, 'fetch job: no'],
    [{ msg: 'sweep: queues', err: 'timeout' }, 'sweep: queues: timeout'],
  ])('is %j as %s', (line, text) => {
    expect(readable(line)).toBe(text)
  })
})
