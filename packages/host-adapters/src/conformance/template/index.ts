import { z } from 'zod'
import type { HostAdapter } from '../../kit/adapter.js'
import { API_KEY } from '../../kit/credentials.js'
import { present } from '../../kit/fields/present.js'
import { field } from '../../kit/fields/schema.js'
import { hashOf } from '../../kit/fields/text.js'
import { KeyedApi } from '../../kit/json/keyed-api.js'
import { checkByRows } from '../../kit/check.js'
import { linksAt } from '../../kit/links.js'
import { hostManifest } from '../../kit/manifest.js'
import { explainBy } from '../../kit/refusal-rules.js'
import { REFUSALS, parseRefusal } from './refusals.js'

const manifest = hostManifest({
  id: 'Sample',
  domains: ['sample.invalid'],
  limits: { maxChunks: 4, maxDownloads: 4, resumable: true },
  credentials: API_KEY,
  origins: { api: 'https://api.sample.invalid/v1' },
  checkBatchSize: 100,
  requestGate: { minIntervalMs: 1000, burst: 3 },
  facts: [],
  reviewed: '1970-01-01',
})

const LINK = /^\/file\/([A-Za-z0-9]{4,32})(?:\/([^/]*))?\/?$/

export const api = new KeyedApi({
  platform: manifest.id,
  refusals: REFUSALS,
  parseRefusal,
  credentials: API_KEY,
  signed: ({ apiKey }) => ({ headers: { 'x-api-key': apiKey } }),
  answers: {
    account: z.object({ premium: field.flag, until: field.time, left: field.bytes, total: field.bytes }),
    check: z.array(
      z.object({ id: field.requiredText, name: field.text, size: field.bytes, md5: field.text }),
    ),
    link: z.object({ url: field.requiredUrl, size: field.bytes }),
  },
})

export const adapter: HostAdapter = {
  manifest,
  match: linksAt(manifest.domains, { path: LINK, canonical: (fileId) => `/file/${fileId}` }),
  async checkAccount(ctx) {
    const { left, premium = false, total, until } = await api.ask(ctx, 'account')
    return { premium, ...present({ validUntil: until, trafficLeft: left, trafficTotal: total }) }
  },
  check: checkByRows(manifest, {
    async rows(ctx, refs) {
      const ids = refs.map(({ fileId }) => fileId)
      const rows = await api.ask(ctx, 'check', { json: { ids }, idempotent: true })
      return new Map(rows.map((row) => [row.id, row]))
    },
    facts: ({ md5, name, size }) => ({ name, size, hash: hashOf('md5', md5) }),
  }),
  async resolve(ctx, { fileId }) {
    const { size, url } = await api.ask(ctx, 'link', { json: { id: fileId } })
    return { kind: 'url', url, resumable: true, ...present({ size }) }
  },
  explainDownload: explainBy(manifest.id, REFUSALS),
}
