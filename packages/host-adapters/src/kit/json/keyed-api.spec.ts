import { describe, expect, it } from '@jest/globals'
import { z } from 'zod'
import type { HostContext } from '../adapter.js'
import type { HostRequest } from '@obb/host-http'
import { API_KEY } from '../credentials.js'
import { KeyedApi } from './keyed-api.js'
import type { KeyedApiOptions } from './keyed-api.js'

const answers = { 'file/info': z.object({ size: z.number() }) }

function apiOf(more: Pick<KeyedApiOptions<typeof answers, typeof API_KEY>, 'signed' | 'path'>) {
  const common = { platform: 'Sample', refusals: [], parseRefusal: () => undefined, credentials: API_KEY }
  return new KeyedApi({ ...common, answers, ...more })
}

function contextOf(credentials: Record<string, string>) {
  const sent: HostRequest[] = []
  const request = (one: HostRequest) => {
    sent.push(one)
    return Promise.resolve({ status: 200, headers: {}, setCookie: [], url: one.url, text: '{"size":7}' })
  }
  const ctx = {
    account: { id: 'account-1', credentials },
    http: { request },
    origin: () => 'https://api.test',
    now: () => 0,
  } as unknown as HostContext
  return { ctx, sent }
}

describe('an API with a key', () => {
  it('signs every call, and keeps what the call has itself', async () => {
    const { ctx, sent } = contextOf({ apiKey: 'k' })
    const inQuery = apiOf({
      signed: ({ apiKey: key }) => ({ query: { key } }),
      path: (name) => `${name}.cgi`,
    })
    expect(await inQuery.ask(ctx, 'file/info', { query: { id: '1' }, headers: { accept: 'x' } })).toEqual({
      size: 7,
    })
    await apiOf({ signed: ({ apiKey }) => ({ headers: { 'x-key': apiKey } }) }).ask(ctx, 'file/info', {
      json: {},
    })
    expect(sent).toMatchObject([
      { url: 'https://api.test/file/info.cgi', query: { key: 'k', id: '1' }, headers: { accept: 'x' } },
      { url: 'https://api.test/file/info', headers: { 'x-key': 'k' }, json: {} },
    ])
  })

  it('is not asked without a key', async () => {
    const { ctx, sent } = contextOf({})
    const asked = apiOf({ signed: () => ({}) }).ask(ctx, 'file/info')
    await expect(asked).rejects.toMatchObject({ kind: 'CONFIG' })
    expect(sent).toEqual([])
  })
})
