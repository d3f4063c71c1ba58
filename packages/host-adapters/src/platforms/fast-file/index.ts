import { SCRIPT_BATCH, xFileSharing } from '../../dialects/xfilesharing/index.js'
import type { XfsSite } from '../../dialects/xfilesharing/index.js'

export const site: XfsSite = {
  id: 'FastFile',
  domains: ['fastfile.cc'],
  api: 'https://fastfile.cc/api',
  givesDirectLinks: false,
  maxChunks: 1,
  maxDownloads: 5,
  checkBatchSize: SCRIPT_BATCH,
  facts: [
    { fact: 'direct links of the API are not known to be given', standing: 'client' },
    { fact: 'fifty files per check', standing: 'client' },
    { fact: 'one connection per file', standing: 'client' },
    { fact: 'five downloads at once', standing: 'inferred' },
  ],
  reviewed: '2026-08-22',
}

export const adapter = xFileSharing(site)
