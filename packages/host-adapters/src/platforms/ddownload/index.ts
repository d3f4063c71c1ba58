import * as xfilesharing from '../../dialects/xfilesharing-session/index.js'

export const site: xfilesharing.Site = {
  id: 'Ddownload',
  domains: ['ddownload.com', 'ddl.to', 'ucdn.to'],
  pages: 'https://ddownload.com',
  api: 'https://api-v2.ddownload.com/api',
  maxChunks: 1,
  maxDownloads: 10,
  facts: [
    {
      fact: 'premium downloads by the pages of the script, with the session of a browser',
      evidence: 'client',
    },
    { fact: 'direct links of the API are refused since 2024-11-28', evidence: 'client' },
    { fact: 'one connection per file, ten downloads at once', evidence: 'client' },
  ],
  reviewed: '2026-08-22',
}

export const adapter = xfilesharing.adapter(site)
