export * from './notification-settings.js'
export * from './notification-look.js'
export * from './notifications.js'
export * from './notifications.module.js'
