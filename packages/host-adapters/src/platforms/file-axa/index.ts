import * as xfilesharing from '../../dialects/xfilesharing-session/index.js'

export const site: xfilesharing.Site = {
  id: 'FileAxa',
  domains: ['fileaxa.com'],
  pages: 'https://fileaxa.com',
  api: 'https://fileaxa.com/api',
  maxChunks: 4,
  maxDownloads: 5,
  facts: [
    {
      fact: 'premium downloads by the pages of the script, with the session of a browser',
      evidence: 'client',
    },
    { fact: 'direct links of the API are not known to be given', evidence: 'client' },
    { fact: 'any number of connections per file', evidence: 'client' },
    { fact: 'four of them are enough', evidence: 'inferred' },
    { fact: 'five downloads at once', evidence: 'inferred' },
  ],
  reviewed: '2026-08-22',
}

export const adapter = xfilesharing.adapter(site)
