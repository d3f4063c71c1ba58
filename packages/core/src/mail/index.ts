export { Mail } from './mail.table.js'
export * from './mail.module.js'
export * from './mails.js'
export * from './patience.js'
