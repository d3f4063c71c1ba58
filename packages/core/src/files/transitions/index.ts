export * from './fetching.js'
export * from './keeping.js'
export * from './telling.js'
export * from './wanting.js'
