export * from './download.js'
export * from './link.table.js'
export * from './links.js'
export * from './pg-downloads.js'
