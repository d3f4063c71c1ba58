import * as rapidgator from '../../dialects/rapidgator/index.js'
import { REFUSALS } from './refusals.js'

export const site: rapidgator.Site = {
  id: 'RapidGator',
  domains: ['rapidgator.net', 'rapidgator.asia', 'rg.to'],
  api: 'https://rapidgator.net/api/v2',
  ids: { file: '[a-z0-9]{32}|\\d{1,20}', folder: '\\d{1,20}' },
  lowerCase: true,
  limits: { maxChunks: 5, maxDownloads: 5, resumable: true },
  checkBatchSize: 25,
  secondFactor: true,
  egressSticky: true,
  graceMs: 24 * 60 * 60_000,
  singleConnectionBytes: 2 * 1024 * 1024,
  refusals: REFUSALS,
  facts: [
    { fact: 'methods, fields and statuses of API v2', evidence: 'official' },
    { fact: 'a token is good for 45 minutes', evidence: 'client' },
    { fact: 'accounts are served for a day after the stated end', evidence: 'client' },
    { fact: 'links are bound to the address', evidence: 'client' },
    { fact: 'five connections per file, one up to 2 MiB', evidence: 'client' },
    { fact: 'five downloads at once per account', evidence: 'inferred' },
  ],
  reviewed: '2026-08-22',
}

export const adapter = rapidgator.adapter(site)
