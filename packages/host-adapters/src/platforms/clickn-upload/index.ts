import * as xfilesharing from '../../dialects/xfilesharing-session/index.js'

export const site: xfilesharing.Site = {
  id: 'ClicknUpload',
  domains: [
    'clicknupload.click',
    'clicknupload.site',
    'clicknupload.xyz',
    'clicknupload.cfd',
    'clickndownload.click',
    'clicknupload.to',
    'clicknupload.cc',
    'clicknupload.co',
    'clicknupload.org',
    'clicknupload.me',
    'clicknupload.online',
    'clicknupload.download',
    'clicknupload.vip',
    'clicknupload.space',
    'clicknupload.name',
    'clicknupload.one',
    'clickndownload.org',
    'clickndownload.site',
    'clickndownload.space',
    'clickndownload.xyz',
    'clicknupload.red',
    'clicknupload.link',
    'clicknupload.com',
    'clicknupload.club',
  ],
  pages: 'https://clicknupload.click',
  maxChunks: 5,
  maxDownloads: 5,
  facts: [
    {
      fact: 'premium downloads by the pages of the script, with the session of a browser',
      evidence: 'client',
    },
    { fact: 'no API gives files of others', evidence: 'client' },
    { fact: 'the domain changes, clicknupload.click is the present one', evidence: 'client' },
    { fact: 'five connections per file', evidence: 'client' },
    { fact: 'five downloads at once', evidence: 'inferred' },
  ],
  reviewed: '2026-11-29',
}

export const adapter = xfilesharing.adapter(site)
