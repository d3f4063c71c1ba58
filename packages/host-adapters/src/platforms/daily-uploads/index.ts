import * as xfilesharing from '../../dialects/xfilesharing-session/index.js'

export const site: xfilesharing.Site = {
  id: 'DailyUploads',
  domains: ['dailyuploads.net'],
  pages: 'https://dailyuploads.net',
  maxChunks: 1,
  maxDownloads: 5,
  facts: [
    {
      fact: 'premium downloads by the pages of the script, with the session of a browser',
      evidence: 'client',
    },
    { fact: 'no API gives files of others', evidence: 'client' },
    { fact: 'one connection per file', evidence: 'inferred' },
    { fact: 'five downloads at once', evidence: 'inferred' },
  ],
  reviewed: '2026-11-29',
}

export const adapter = xfilesharing.adapter(site)
