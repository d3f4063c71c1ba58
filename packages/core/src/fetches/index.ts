export * from './fetches.js'
export * from './stored-files.js'
