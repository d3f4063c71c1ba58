import * as xfilesharing from '../../dialects/xfilesharing-session/index.js'

export const site: xfilesharing.Site = {
  id: 'Katfile',
  domains: [
    'katfile.biz',
    'katfile.space',
    'katfile.ws',
    'katfile.vip',
    'katfile.online',
    'katfile.cloud',
    'katfile.com',
  ],
  pages: 'https://katfile.biz',
  api: 'https://katfile.biz/api',
  maxChunks: 2,
  maxDownloads: 5,
  facts: [
    {
      fact: 'premium downloads by the pages of the script, with the session of a browser',
      evidence: 'client',
    },
    { fact: 'direct links of the API are for own files only', evidence: 'client' },
    { fact: 'the domain changes, katfile.biz since July 2026', evidence: 'client' },
    { fact: 'two connections per file', evidence: 'client' },
    { fact: 'five downloads at once', evidence: 'inferred' },
  ],
  reviewed: '2026-08-22',
}

export const adapter = xfilesharing.adapter(site)
