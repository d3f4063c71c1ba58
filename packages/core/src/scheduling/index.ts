export * from './fetch-schedule.js'
export * from './fetch-share.table.js'
