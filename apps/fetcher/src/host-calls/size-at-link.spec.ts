import { describe, expect, it } from '@jest/globals'
import type { HostAdapter, HostContext, Source } from '@obb/host-adapters'
import { HostError } from '@obb/host-adapters'
import { Readable } from 'node:stream'
import { sizeAtLink } from './size-at-link.js'

const URL = 'https://files.test/a'
const source: Source = { kind: 'url', url: URL }
const quota = new HostError('ACCOUNT_QUOTA', 'used up')
const adapter = { explainDownload: ({ status }) => (status === 403 ? quota : undefined) } as HostAdapter

function asked(status: number, headers: Record<string, string>, of: Source = source) {
  const open = () => Promise.resolve({ status, headers, url: URL, body: Readable.from([]) })
  const context = { http: { open }, now: () => 0, signal: new AbortController().signal }
  return sizeAtLink(adapter, context as unknown as HostContext, of)
}

describe('the size of a file whose host does not state it', () => {
  it.each([
    [206, { 'content-range': 'bytes 0-0/230000', 'content-length': '1' }, 230000],
    [200, { 'content-length': '230000' }, 230000],
    [206, { 'content-range': 'bytes 0-0/*', 'content-length': '1' }, undefined],
    [200, {}, undefined],
  ])('is what the direct link says: %d %j', async (status, headers, size) => {
    expect(await asked(status, headers as Record<string, string>)).toBe(size)
  })

  it('is not asked for where it is stated', async () => {
    expect(await asked(500, {}, { ...source, size: 7 })).toBe(7)
  })

  it('is never that of a page: what the host says is raised', async () => {
    await expect(asked(403, {})).rejects.toBe(quota)
    const page = { 'content-type': 'text/html', 'content-length': '512' }
    await expect(asked(200, page)).rejects.toMatchObject({ kind: 'LINK_EXPIRED' })
  })
})
