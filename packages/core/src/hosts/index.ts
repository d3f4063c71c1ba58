export * from './host-catalog.js'
export * from './host-setting.table.js'
export * from './hosts.module.js'
