import { describe, expect, it } from '@jest/globals'
import { HostError } from './host-error.js'
import type { HostHttp, HostRequest } from './host-http.js'
import { NetworkFault } from './network-fault.js'
import { retryingHttp } from './retry.js'

const fault = (code: string, kind: HostError['kind'] = 'HOST_TEMP') =>
  new HostError(kind, 'fault', { cause: new NetworkFault(code) })

/** Fails so often with this, then answers; keeps what was waited for. */
function unreliable(failures: number, error: Error) {
  const waits: number[] = []
  let calls = 0
  const answer = <T>(value: T) => (++calls <= failures ? Promise.reject(error) : Promise.resolve(value))
  const http = { request: () => answer('answer'), open: () => answer('opened') } as unknown as HostHttp
  const wait = (ms: number, signal?: AbortSignal) => {
    signal?.throwIfAborted()
    return Promise.resolve(void waits.push(ms))
  }
  return { http: retryingHttp(http, { wait, random: () => 0.5 }), waits, calls: () => calls }
}

const get: HostRequest = { url: 'https://a.test/' }
const safe: HostRequest[] = [get, { ...get, method: 'HEAD' }, { ...get, form: {}, idempotent: true }]
const unsafe: HostRequest[] = [
  { ...get, method: 'POST' },
  { ...get, form: {} },
  { ...get, json: {} },
  { ...get, raw: { type: 'text/plain', body: '' } },
  { ...get, idempotent: false },
]

describe('a request that met a network failure before any answer', () => {
  it.each(safe)('is sent again if that is safe, ever later: %j', async (request) => {
    const { http, waits } = unreliable(2, fault('ECONNRESET'))
    expect(await http.request(request)).toBe('answer')
    expect(waits).toEqual([200, 400])
  })

  it.each(unsafe)('is not sent again if it might do something twice: %j', async (request) => {
    const { http, calls } = unreliable(1, fault('ECONNRESET'))
    await expect(http.request(request)).rejects.toMatchObject({ kind: 'HOST_TEMP' })
    expect(calls()).toBe(1)
  })

  it('is given up after three tries, downloads too', async () => {
    const { http, calls } = unreliable(9, fault('ECONNREFUSED'))
    await expect(http.open(get)).rejects.toMatchObject({ kind: 'HOST_TEMP' })
    expect(calls()).toBe(3)
  })

  it.each([
    fault('ETIMEDOUT'),
    fault('ECONNRESET', 'TRUNCATED'),
    fault('ECONNREFUSED', 'EGRESS_BLOCKED'),
    new HostError('HOST_TEMP', 'the host says so'),
    new Error('something else'),
  ])('is sent again for nothing else: %s', async (error) => {
    const { http, calls } = unreliable(1, error)
    await expect(http.request(get)).rejects.toBe(error)
    expect(calls()).toBe(1)
  })

  it('is not sent again when the caller has stopped meanwhile', async () => {
    const { http, calls } = unreliable(1, fault('ECONNRESET'))
    const stopped = http.request({ ...get, signal: AbortSignal.abort(new Error('stopped')) })
    await expect(stopped).rejects.toThrow('stopped')
    expect(calls()).toBe(1)
  })
})
