export * from './fetches.js'
export * from './stored-files.js'
export * from './hash-states.js'
