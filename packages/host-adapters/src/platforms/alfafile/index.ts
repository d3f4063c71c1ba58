import * as rapidgator from '../../dialects/rapidgator/index.js'
import { REFUSALS } from './refusals.js'

export const site: rapidgator.Site = {
  id: 'Alfafile',
  domains: ['alfafile.net'],
  api: 'https://alfafile.net/api/v1',
  ids: { file: '[a-z0-9]{1,64}', folder: '[a-z0-9]{1,64}' },
  lowerCase: false,
  limits: { maxChunks: 5, maxDownloads: 3, resumable: true },
  checkBatchSize: 1,
  refusals: REFUSALS,
  facts: [
    { fact: 'methods and fields of API v1, those of RapidGator without a check of many', evidence: 'client' },
    { fact: 'the hash of a file is its MD5', evidence: 'client' },
    { fact: 'a token is good for 45 minutes', evidence: 'inferred' },
    { fact: 'five connections per file', evidence: 'client' },
    { fact: 'three downloads at once per account', evidence: 'inferred' },
  ],
  reviewed: '2026-08-22',
}

export const adapter = rapidgator.adapter(site)
