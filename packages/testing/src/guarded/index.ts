export * from './guarded.js'
