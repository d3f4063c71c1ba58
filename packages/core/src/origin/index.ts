export { readAuthority, type Authority } from './authority.js'
export { DownloadUrls, downloadUrl, type DownloadUrlsOptions } from './download-urls.js'
export { Forwarding } from './forwarding.js'
export * from './origin.module.js'
