export * from './status-page.js'
export * from './status-page.module.js'
export * from './status-page.table.js'
