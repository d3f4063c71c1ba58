import * as xfilesharing from '../../dialects/xfilesharing/index.js'

export const site: xfilesharing.Site = {
  id: 'Ddownload',
  domains: ['ddownload.com', 'ddl.to', 'ucdn.to'],
  api: 'https://api-v2.ddownload.com/api',
  givesDirectLinks: false,
  maxChunks: 1,
  maxDownloads: 10,
  trafficUnit: 'MB',
  facts: [
    { fact: 'direct links of the API are refused since 2024-11-28', evidence: 'client' },
    { fact: 'one connection per file, ten downloads at once', evidence: 'client' },
    { fact: 'traffic is stated in MB', evidence: 'client' },
  ],
  reviewed: '2026-08-22',
}

export const adapter = xfilesharing.adapter(site)
