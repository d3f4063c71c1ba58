import * as xfilesharing from '../../dialects/xfilesharing-session/index.js'

export const site: xfilesharing.Site = {
  id: 'DropDownload',
  domains: ['drop.download', 'dropapk.to', 'dropapk.com', 'fastclick.to', 'mixloads.com', 'upstream.to'],
  pages: 'https://drop.download',
  api: 'https://drop.download/api',
  maxChunks: 4,
  maxDownloads: 5,
  facts: [
    {
      fact: 'premium downloads by the pages of the script, with the session of a browser',
      evidence: 'client',
    },
    { fact: 'direct links of the API are not known to be given', evidence: 'client' },
    { fact: 'four connections per file', evidence: 'client' },
    { fact: 'five downloads at once', evidence: 'inferred' },
  ],
  reviewed: '2026-08-22',
}

export const adapter = xfilesharing.adapter(site)
