export * from './shared-buckets.js'
export * from './shared-buckets.module.js'
