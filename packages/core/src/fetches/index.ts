export * from './fetches.js'
export type { Claim, FetchJob, FetchProgress, FetchResult } from '../files/index.js'
export * from './fetches.module.js'
