import * as rapidgator from '../../dialects/rapidgator/index.js'
import { REFUSALS } from './refusals.js'

export const site: rapidgator.Site = {
  id: 'Alfafile',
  domains: ['alfafile.net'],
  api: 'https://alfafile.net/api/v1',
  ids: { file: '[a-z0-9]{1,64}' },
  lowerCase: false,
  limits: { maxChunks: 5, maxDownloads: 3, resumable: true },
  checkBatchSize: 1,
  refusals: REFUSALS,
  facts: [
    { fact: 'methods and fields of API v1, those of RapidGator without a check of many', standing: 'client' },
    { fact: 'the hash of a file is its MD5', standing: 'client' },
    { fact: 'a token is good for 45 minutes', standing: 'inferred' },
    { fact: 'five connections per file', standing: 'client' },
    { fact: 'three downloads at once per account', standing: 'inferred' },
  ],
  reviewed: '2026-08-22',
}

export const adapter = rapidgator.adapter(site)
