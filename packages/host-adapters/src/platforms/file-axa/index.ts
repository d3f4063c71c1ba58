import { SCRIPT_BATCH, xFileSharing } from '../../dialects/xfilesharing/index.js'
import type { XfsSite } from '../../dialects/xfilesharing/index.js'

export const site: XfsSite = {
  id: 'FileAxa',
  domains: ['fileaxa.com'],
  api: 'https://fileaxa.com/api',
  givesDirectLinks: false,
  maxChunks: 4,
  maxDownloads: 5,
  checkBatchSize: SCRIPT_BATCH,
  facts: [
    { fact: 'direct links of the API are not known to be given', standing: 'client' },
    { fact: 'fifty files per check', standing: 'client' },
    { fact: 'any number of connections per file', standing: 'client' },
    { fact: 'four of them are enough', standing: 'inferred' },
    { fact: 'five downloads at once', standing: 'inferred' },
  ],
  reviewed: '2026-08-22',
}

export const adapter = xFileSharing(site)
