export { readAuthority, type Authority } from './authority.js'
export { DownloadUrls, downloadUrl, type DownloadUrlsOptions } from './download-urls.js'
export { Forwarding, isHostNamed } from './forwarding.js'
export * from './origin.module.js'
