import * as xfilesharing from '../../dialects/xfilesharing/index.js'

export const site: xfilesharing.Site = {
  id: 'SendNow',
  domains: [
    'send.now',
    'send.cm',
    'sendit.cloud',
    'tusfiles.com',
    'tusfiles.net',
    'userscloud.com',
    'usercdn.com',
  ],
  api: 'https://send.now/api',
  maxChunks: 10,
  maxDownloads: 10,
  sharedFolders: true,
  listsAllFiles: true,
  trafficGrantsDownloads: true,
  facts: [
    { fact: 'methods, fields and statuses of the API, SHA-256 of files', evidence: 'official' },
    { fact: 'direct links need bought traffic, which free accounts may have too', evidence: 'client' },
    { fact: 'ten connections per file, ten downloads at once', evidence: 'client' },
    { fact: 'direct links are bound to the address', evidence: 'inferred' },
  ],
  reviewed: '2026-08-22',
}

export const adapter = xfilesharing.adapter(site)
